"""Accounts in the Backfill contract."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.models import Account
from tests.ledger.api.conftest import ApiClient

pytestmark = pytest.mark.django_db


def post_sale(api: ApiClient, day: str, amount: str) -> None:
    lines = [
        {"account_id": api.account("1000"), "debit_amount": amount},
        {"account_id": api.account("4000"), "credit_amount": amount},
    ]
    response = api.post("/v1/journal_entries", {"entry_date": day, "status": "posted", "lines": lines})
    assert response.status_code == 201, response.content


def test_lists_the_chart_in_the_reference_s_envelope(api: ApiClient) -> None:
    body = api.get("/v1/accounts", limit=2).json()

    assert body["object"] == "list"
    assert body["pagination"]["has_more"] is True
    first = body["data"][0]
    assert (first["object"], first["data"]["account_code"], first["data"]["account_type"]) == (
        "account",
        "1000",
        "asset",
    )
    assert first["data"]["normal_balance"] == "debit"


def test_states_balances_as_of_a_day_in_the_account_s_normal_sign(api: ApiClient) -> None:
    post_sale(api, "2026-01-10", "100.00")
    post_sale(api, "2026-02-20", "11.50")

    body = api.get("/v1/accounts", as_of_date="2026-02-19", type="revenue").json()

    balances = {row["data"]["code"]: row["data"]["balance"] for row in body["data"]}
    assert body["as_of_date"] == "2026-02-19"
    assert balances["4000"] == "100.00"
    assert api.get(f"/v1/accounts/{api.account('1000')}", as_of_date="2026-02-20").json()["data"]["balance"] == "111.50"


def test_creates_an_account(api: ApiClient) -> None:
    response = api.post(
        "/v1/accounts",
        {
            "name": "Petty cash",
            "type": "asset",
            "code": "1099",
            "active": True,
            "parent_name": "Cash",
            "sub_type": "bank",
        },
    )

    data = response.json()["data"]
    assert response.status_code == 201
    assert (data["name"], data["type"], data["code"], data["parent_name"]) == ("Petty cash", "asset", "1099", "Cash")
    assert data["account_id"] == response.json()["id"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"type": "asset"}, 422, "name"),
        ({"name": "X", "type": "income"}, 422, "type"),
        ({"name": "X", "type": "asset", "code": "1000"}, 409, "code"),
        ({"name": "X", "type": "asset", "slot": "nothing"}, 422, "slot"),
        ({"name": "X", "type": "asset", "parent_name": "Nowhere"}, 422, "parent_name"),
        ({"name": "a\u0000b", "type": "asset"}, 422, "name"),
    ],
)
def test_names_the_field_that_is_wrong(api: ApiClient, body: dict[str, Any], status: int, field: str) -> None:
    before = Account.objects.count()

    response = api.post("/v1/accounts", body)

    assert response.status_code == status, response.content
    assert response.json()["errors"][0]["field"] == field
    assert Account.objects.count() == before


def test_costs_the_same_statements_for_any_number_of_accounts(api: ApiClient) -> None:
    api.get("/v1/accounts")  # the key's first use is written down
    with CaptureQueriesContext(connection) as few:
        api.get("/v1/accounts", limit=1)
    with CaptureQueriesContext(connection) as many:
        api.get("/v1/accounts", limit=50)

    assert len(many) == len(few) <= 6


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"active": "false"}, ["1099"]),
        ({"type": "asset", "active": "true", "sort": "-code", "limit": 1}, ["1700"]),
        ({"sort": "name", "limit": 1}, ["6100"]),
    ],
)
def test_filters_and_sorts(api: ApiClient, params: dict[str, Any], expected: list[str]) -> None:
    api.post("/v1/accounts", {"name": "Old till", "type": "asset", "code": "1099", "active": False})
    Account.objects.filter(company=api.company, code="1590").update(name="ZZ")
    Account.objects.filter(company=api.company, code="6100").update(name="AAA")

    assert [row["data"]["code"] for row in api.get("/v1/accounts", **params).json()["data"]] == expected


def test_has_no_page_after_the_last(api: ApiClient) -> None:
    count = Account.objects.filter(company=api.company).count()

    last = api.get("/v1/accounts", limit=10, page=-(-count // 10)).json()
    beyond = api.get("/v1/accounts", limit=10, page=1_000).json()

    assert last["pagination"]["has_more"] is False
    assert last["data"]
    assert (beyond["data"], beyond["pagination"]["total_count"]) == ([], count)


def test_needs_no_code(api: ApiClient) -> None:
    made = [api.post("/v1/accounts", {"name": f"Known by id {n}", "type": "asset"}) for n in range(2)]

    assert [response.status_code for response in made] == [201, 201]
    assert made[0].json()["data"]["code"] is None


def test_updates_the_account_of_the_same_source_identity(api: ApiClient) -> None:
    body = {"name": "Bank", "type": "asset", "code": "1033", "source_system": "qbo", "source_id": "35"}
    first = api.post("/v1/accounts", body)

    same = api.post("/v1/accounts", body)
    renamed = api.post("/v1/accounts", body | {"name": "House bank", "parent_name": "Cash", "active": False})

    assert (first.status_code, same.status_code, renamed.status_code) == (201, 200, 200)
    assert first.json()["data"]["account_id"] == "35"
    assert {response.json()["id"] for response in (same, renamed)} == {first.json()["id"]}
    data = renamed.json()["data"]
    assert (data["name"], data["parent_name"], data["active"], data["code"]) == ("House bank", "Cash", False, "1033")


@pytest.mark.parametrize("change", [{"type": "expense"}, {"code": "1034"}])
def test_keeps_code_and_type_for_good(api: ApiClient, change: dict[str, str]) -> None:
    body = {"name": "Bank", "type": "asset", "code": "1033", "source_system": "qbo", "source_id": "35"}
    api.post("/v1/accounts", body)

    response = api.post("/v1/accounts", body | change)

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == next(iter(change))


def test_has_no_put(api: ApiClient) -> None:
    response = api.put(f"/v1/accounts/{api.account('1000')}", {"name": "x"})

    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_needs_the_scope_and_names_it(api_client: Any) -> None:
    reader = api_client(scopes=("finance:read",))

    assert reader.get("/v1/accounts").status_code == 200
    refused = reader.post("/v1/accounts", {"name": "X", "type": "asset"})
    assert refused.status_code == 403
    assert "journal:write" in refused.json()["message"]


def test_answers_another_company_s_account_as_absent(api: ApiClient, api_client: Any) -> None:
    assert api.get(f"/v1/accounts/{api_client().account('1000')}").status_code == 404
