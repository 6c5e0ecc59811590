"""What every record of receivables does alike, over the Backfill contract."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.documents.api.steps import document_steps
from receivables.api.urls import urlpatterns
from receivables.types.invoices import INVOICE
from tests.receivables.api.conftest import Seller, refusal
from tests.receivables.api.samples import ALL_STEPS, BODIES, CONFIRMED, DOCUMENTS, EVERY_STEP, step_body

pytestmark = pytest.mark.django_db

EVERYTHING = list(BODIES)


def made(seller: Seller, plural: str, **values: Any) -> str:
    return str(seller.made(plural, {**BODIES[plural](seller), **values})["id"])


def test_covers_every_step_there_is() -> None:
    routes = {str(route.pattern) for route in urlpatterns}

    assert {f"{plural}/<str:id>/{step}" for plural, step in ALL_STEPS} == {one for one in routes if one.count("/") == 2}
    assert set(document_steps(INVOICE)) == set(EVERY_STEP)


@pytest.mark.parametrize("plural", EVERYTHING)
def test_hides_another_company_s_record(seller: Seller, other: Seller, plural: str) -> None:
    theirs = made(other, plural)
    mine = made(seller, plural)

    assert [row["id"] for row in seller.api.get(f"/v1/{plural}").json()["data"]] == [mine]
    for response in (
        seller.api.get(f"/v1/{plural}/{theirs}"),
        seller.api.put(f"/v1/{plural}/{theirs}", {"metadata": {}}),
        seller.api.delete(f"/v1/{plural}/{theirs}"),
    ):
        assert refusal(response)[:2] == (404, "NOT_FOUND")
    assert other.api.get(f"/v1/{plural}/{theirs}").status_code == 200


@pytest.mark.parametrize(("plural", "step"), ALL_STEPS)
def test_takes_no_step_with_another_company_s_record(seller: Seller, other: Seller, plural: str, step: str) -> None:
    theirs = made(other, plural)
    before = other.shown(plural, theirs)

    response = seller.api.post(f"/v1/{plural}/{theirs}/{step}", step_body(step, seller))

    assert refusal(response)[:2] == (404, "NOT_FOUND")
    assert other.shown(plural, theirs) == before


@pytest.mark.parametrize("plural", EVERYTHING)
def test_lists_with_a_fixed_number_of_statements(seller: Seller, plural: str) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            response = seller.api.get(f"/v1/{plural}")
        assert response.status_code == 200, response.content
        return len(captured)

    made(seller, plural)
    few = statements()
    for _ in range(3):
        made(seller, plural)

    assert statements() == few


@pytest.mark.parametrize("plural", EVERYTHING)
def test_creates_once_however_often_it_is_sent(seller: Seller, plural: str) -> None:
    body = BODIES[plural](seller)
    key = {"Idempotency-Key": "once"}

    first, again = (seller.api.post(f"/v1/{plural}", body, **key) for _ in range(2))

    assert first.json() == again.json()
    assert seller.api.get(f"/v1/{plural}").json()["pagination"]["total_count"] == 1


@pytest.mark.parametrize("plural", EVERYTHING)
def test_is_one_record_for_one_source_identity(seller: Seller, plural: str) -> None:
    body = {**BODIES[plural](seller), "source_system": "shop", "source_id": "1", "connection_id": "eu"}

    first = seller.api.post(f"/v1/{plural}", body)
    again = seller.api.post(f"/v1/{plural}", {**body, "metadata": {"seen": "twice"}})
    elsewhere = seller.api.post(f"/v1/{plural}", {**body, "connection_id": "us"})

    assert (first.status_code, again.status_code, elsewhere.status_code) == (201, 200, 201)
    assert again.json()["id"] == first.json()["id"] != elsewhere.json()["id"]
    assert again.json()["data"]["metadata"] == {"seen": "twice"}


@pytest.mark.parametrize("plural", EVERYTHING)
def test_names_a_field_that_is_unknown(seller: Seller, plural: str) -> None:
    body = {**BODIES[plural](seller), "surprise": 1}

    assert seller.refused(plural, body) == (422, "VALIDATION_ERROR", "surprise")


@pytest.mark.parametrize("plural", DOCUMENTS)
def test_confirms_once_on_a_double_click(seller: Seller, plural: str) -> None:
    document = made(seller, plural)

    first, again = (seller.did(plural, document, "confirm") for _ in range(2))

    assert first == again
    assert (first["status"], first["approval_status"]) == (CONFIRMED[plural], "approved")


@pytest.mark.parametrize("plural", DOCUMENTS)
def test_posts_at_once_when_the_status_says_so(seller: Seller, plural: str) -> None:
    document = seller.made(plural, {**BODIES[plural](seller), "status": CONFIRMED[plural]})

    assert document["status"] == CONFIRMED[plural]
    assert document["posted_at"]


@pytest.mark.parametrize("plural", DOCUMENTS)
def test_voids_once(seller: Seller, plural: str) -> None:
    document = made(seller, plural, status=CONFIRMED[plural])

    first = seller.api.post(f"/v1/{plural}/{document}/void", {"reason": "Typo"}).json()
    again = seller.api.post(f"/v1/{plural}/{document}/void").json()

    assert first["data"] == again["data"]
    assert (first["data"]["status"], again["void_report"]["date_policy"]) == ("void", "already void")
    entry, reversal = first["data"]["entry_id"], first["void_report"]["reversal_entry_id"]
    assert bool(entry) == bool(reversal)


@pytest.mark.parametrize("plural", DOCUMENTS)
def test_refuses_to_confirm_what_is_void(seller: Seller, plural: str) -> None:
    document = made(seller, plural)
    seller.did(plural, document, "void")

    response = seller.api.post(f"/v1/{plural}/{document}/confirm")

    assert refusal(response)[:2] == (409, "INVALID_STATE_TRANSITION")
    assert "is void" in response.json()["message"]


@pytest.mark.parametrize("plural", ["invoices", "sales_receipts", "credit_memos", "refund_receipts"])
def test_asks_for_a_second_person_where_the_company_does(seller: Seller, plural: str) -> None:
    body = BODIES[plural](seller)
    seller.company.requires_approval = True
    seller.company.save()
    document = str(seller.made(plural, body)["id"])

    assert refusal(seller.api.post(f"/v1/{plural}/{document}/confirm"))[:2] == (409, "APPROVAL_REQUIRED")
    seller.did(plural, document, "submit")
    assert refusal(seller.api.post(f"/v1/{plural}/{document}/approve"))[:2] == (403, "SELF_APPROVAL_DENIED")


@pytest.mark.parametrize("plural", DOCUMENTS)
def test_narrows_by_customer_status_and_date(seller: Seller, plural: str) -> None:
    document = made(seller, plural)
    customer = seller.shown(plural, document)["customer_id"]

    def found(**query: Any) -> list[str]:
        response = seller.api.get(f"/v1/{plural}", **query)
        assert response.status_code == 200, response.content
        return [row["id"] for row in response.json()["data"]]

    assert found(status=seller.shown(plural, document)["status"]) == [document]
    assert found(status="void") == found(approval_status="void") == []
    assert found(start_date="2026-05-01", end_date="2026-05-31") == [document]
    assert found(end_date="2026-04-30") == []
    if customer:
        assert found(customer_id=customer) == [document]
        assert found(customer_id=seller.customer()) == []
    assert refusal(seller.api.get(f"/v1/{plural}", status="lost")) == (422, "VALIDATION_ERROR", "status")
    assert refusal(seller.api.get(f"/v1/{plural}", customer_id="acme")) == (422, "VALIDATION_ERROR", "customer_id")


@pytest.mark.parametrize("plural", DOCUMENTS)
def test_refuses_what_other_companies_have(seller: Seller, other: Seller, plural: str) -> None:
    body = BODIES[plural](seller)
    body.pop("payment_id", None)

    theirs = {**body, "customer_id": other.customer()}

    assert seller.refused(plural, theirs) == (422, "REFERENCE_NOT_FOUND", "customer_id")


@pytest.mark.parametrize("plural", DOCUMENTS)
def test_refuses_a_status_that_is_reached_by_steps(seller: Seller, plural: str) -> None:
    body = BODIES[plural](seller)

    assert seller.refused(plural, {**body, "status": "void"})[::2] == (422, "status")
    assert seller.refused(plural, {**body, "approval_status": "void"})[::2] == (422, "approval_status")


@pytest.mark.parametrize("plural", EVERYTHING)
def test_needs_its_scope(seller: Seller, reader: Seller, plural: str) -> None:
    assert reader.api.get(f"/v1/{plural}").status_code == 200
    assert refusal(reader.api.post(f"/v1/{plural}", BODIES[plural](seller)))[:2] == (403, "FORBIDDEN")


@pytest.mark.parametrize("plural", DOCUMENTS)
def test_tells_that_a_posted_document_changes_its_state_by_steps(seller: Seller, plural: str) -> None:
    document = made(seller, plural, status=CONFIRMED[plural])

    response = seller.api.put(f"/v1/{plural}/{document}", {"status": "void"})

    assert refusal(response)[:2] == (409, "INVALID_STATE_TRANSITION")
    assert "use the actions" in response.json()["message"]
    draft = "pending" if plural == "refund_receipts" else "draft"
    unchanged = seller.api.put(f"/v1/{plural}/{document}", {"status": draft, "metadata": {"seen": True}})
    assert unchanged.json()["data"]["status"] == CONFIRMED[plural]
