"""GET and POST /v1/accounts, GET /v1/accounts/search, GET /v1/accounts/{number}/entries."""

from typing import Any

import pytest

from backfill.tenancy.actors import system_actor
from ledger.accounts.accounts import deactivate_account
from ledger.models import Account
from tests.factories import make_company
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient

pytestmark = pytest.mark.django_db

CLOUD = {
    "number": "6817",
    "name": "Cloud hosting",
    "type": "expense",
    "category": "IT",
    "report_group": "other_opex",
}


def numbers(response: Any) -> list[str]:
    return [account["number"] for account in response.json()["accounts"]]


class TestList:
    def test_answers_the_chart_in_the_order_of_numbers(self, books: BookkeepingClient) -> None:
        body = books.get("accounts").json()

        assert [account["number"] for account in body["accounts"]] == sorted(
            str(account.code) for account in books.company.accounts.all()
        )
        assert (body["total"], body["offset"], body["limit"]) == (len(body["accounts"]), 0, 500)
        assert next(account for account in body["accounts"] if account["number"] == "1800") == {
            "number": "1800",
            "name": "Bank",
            "type": "asset",
            "category": books.company.accounts.get(code="1800").category,
            "report_group": books.company.accounts.get(code="1800").report_group,
            "is_system": True,
        }

    def test_pages_by_offset_and_keeps_the_true_total(self, books: BookkeepingClient) -> None:
        everything = numbers(books.get("accounts"))

        page = books.get("accounts", limit=3, offset=4)
        past_the_end = books.get("accounts", offset=100_000).json()

        assert numbers(page) == everything[4:7]
        assert (page.json()["total"], page.json()["offset"], page.json()["limit"]) == (len(everything), 4, 3)
        assert past_the_end["accounts"] == []
        assert past_the_end["total"] == len(everything)

    def test_answers_null_for_what_is_not_set(self, books: BookkeepingClient) -> None:
        books.post("accounts", {"number": "1", "name": "Bare", "type": "asset"})

        account = books.get("accounts").json()["accounts"]
        bare = next(one for one in account if one["number"] == "1")
        assert (bare["category"], bare["report_group"]) == (None, None)

    def test_leaves_out_what_is_inactive_or_has_no_number(self, books: BookkeepingClient) -> None:
        before = books.get("accounts").json()["total"]
        Account.objects.filter(company=books.company, code="6815").update(is_active=False)
        Account.objects.create(company=books.company, name="Known by its id", type="asset")

        body = books.get("accounts")

        assert body.json()["total"] == before - 1
        assert "6815" not in numbers(body)

    @pytest.mark.parametrize(
        "params", [{"limit": 0}, {"limit": 501}, {"limit": -1}, {"limit": "ten"}, {"offset": -1}, {"page": 1}]
    )
    def test_refuses_what_is_out_of_range(self, books: BookkeepingClient, params: dict[str, Any]) -> None:
        response = books.get("accounts", **params)

        assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
        assert response.json()["errors"][0]["field"] == next(iter(params))

    def test_shows_no_account_of_another_company(self, books: BookkeepingClient, books_client: Any) -> None:
        books_client().post("accounts", CLOUD)

        assert CLOUD["number"] not in numbers(books.get("accounts"))

    def test_costs_the_same_statements_for_any_page(
        self, books: BookkeepingClient, django_assert_num_queries: Any
    ) -> None:
        books.get("accounts")
        for limit in (1, 500):
            with django_assert_num_queries(5):
                books.get("accounts", limit=limit)


class TestCreate:
    def test_answers_the_account_and_201(self, books: BookkeepingClient) -> None:
        response = books.post("accounts", CLOUD)

        assert response.status_code == 201
        assert response.json() == {**CLOUD, "is_system": False}
        assert CLOUD["number"] in numbers(books.get("accounts"))

    def test_never_makes_a_system_account(self, books: BookkeepingClient) -> None:
        assert books.post("accounts", {**CLOUD, "is_system": True}).json()["is_system"] is False

    def test_keeps_leading_zeros_apart(self, books: BookkeepingClient) -> None:
        for number in ("0007", "7"):
            assert books.post("accounts", {**CLOUD, "number": number}).status_code == 201

    @pytest.mark.parametrize("number", ["1800", "6817"])
    def test_refuses_a_number_in_use(self, books: BookkeepingClient, number: str) -> None:
        books.post("accounts", CLOUD)

        response = books.post("accounts", {**CLOUD, "number": number})

        assert (response.status_code, response.json()["code"]) == (409, "DUPLICATE_ACCOUNT")
        assert response.json()["errors"][0]["field"] == "number"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"number": "68a7"}, "number"),
            ({"number": "123456789"}, "number"),
            ({"number": ""}, "number"),
            ({"number": 6817}, "number"),
            ({"number": "٦٨١٧"}, "number"),
            ({"number": None}, "number"),
            ({"name": ""}, "name"),
            ({"name": "x" * 256}, "name"),
            ({"name": "a\u0000b"}, "name"),
            ({"name": None}, "name"),
            ({"type": "income"}, "type"),
            ({"type": None}, "type"),
            ({"category": "x" * 101}, "category"),
            ({"report_group": "x" * 41}, "report_group"),
        ],
    )
    def test_names_the_field_that_is_wrong(self, books: BookkeepingClient, change: dict[str, Any], field: str) -> None:
        before = Account.objects.count()

        response = books.post("accounts", CLOUD | change)

        assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT"), response.content
        assert response.json()["errors"][0]["field"] == field
        assert Account.objects.count() == before

    def test_needs_the_scope_to_write(self, books_client: Any, db: None) -> None:
        response = books_client(scopes=("journal:read",)).post("accounts", CLOUD)

        assert response.status_code == 403
        assert "journal:write" in response.json()["message"]


class TestSearch:
    def test_finds_numbers_by_their_beginning(self, books: BookkeepingClient) -> None:
        found = numbers(books.get("accounts/search", q="14"))

        assert "1406" in found
        assert {"4400", "0140"}.isdisjoint(found)

    def test_finds_names_by_any_part_in_any_case(self, books: BookkeepingClient) -> None:
        assert "6815" in numbers(books.get("accounts/search", q="BÜROBED"))

    def test_answers_number_and_name_alone(self, books: BookkeepingClient) -> None:
        assert books.get("accounts/search", q="6815").json() == {"accounts": [{"number": "6815", "name": "Bürobedarf"}]}

    @pytest.mark.parametrize("sign", ["%", "_", "\\"])
    def test_takes_wildcards_literally(self, books: BookkeepingClient, sign: str) -> None:
        books.post("accounts", {**CLOUD, "name": f"Odd {sign} name"})
        books.post("accounts", {**CLOUD, "number": "6818", "name": "Odd x name"})

        assert numbers(books.get("accounts/search", q=f"d {sign} n")) == ["6817"]

    def test_answers_the_first_accounts_to_nothing(self, books: BookkeepingClient) -> None:
        for response in (books.get("accounts/search"), books.get("accounts/search", q="")):
            assert numbers(response) == numbers(books.get("accounts"))[:20]

    def test_never_answers_more_than_twenty(self, books: BookkeepingClient) -> None:
        assert len(numbers(books.get("accounts/search", q="6"))) == 20

    def test_narrows_by_type(self, books: BookkeepingClient) -> None:
        for kind in ("asset", "liability", "equity", "revenue", "expense"):
            found = numbers(books.get("accounts/search", type=kind))
            assert set(Account.objects.filter(company=books.company, code__in=found).values_list("type")) == {(kind,)}

    def test_refuses_an_unknown_type(self, books: BookkeepingClient) -> None:
        response = books.get("accounts/search", type="income")

        assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "type")

    def test_leaves_out_inactive_accounts_and_other_companies(
        self, books: BookkeepingClient, books_client: Any
    ) -> None:
        books_client().post("accounts", {**CLOUD, "name": "Theirs alone"})
        bank = Account.objects.get(company=books.company, code="6815")
        bank.is_active = False
        bank.save()

        assert numbers(books.get("accounts/search", q="Theirs alone")) == []
        assert numbers(books.get("accounts/search", q="6815")) == []

    def test_costs_the_same_statements_for_any_answer(
        self, books: BookkeepingClient, django_assert_num_queries: Any
    ) -> None:
        books.get("accounts/search")
        for q in ("", "nothing at all"):
            with django_assert_num_queries(4):
                books.get("accounts/search", q=q)


class TestEntries:
    def test_shows_every_event_on_the_account_with_a_running_balance(self, books: BookkeepingClient) -> None:
        books.book(("6815", 100, 0), ("1800", 0, 100), on="2026-03-17")
        books.book(("1800", 250, 0), ("4400", 0, 250), on="2026-03-02", description="Cash sale")
        books.book(("6815:VST19", 119, 0), ("1800", 0, 119), on="2026-03-17")

        body = books.get("accounts/1800/entries").json()

        # By date first, then by journal number: the sale of 2 March was booked second (number 2).
        assert [(row["booking_date"], row["journal_number"]) for row in body["entries"]] == [
            ("2026-03-02", 2),
            ("2026-03-17", 1),
            ("2026-03-17", 3),
            ("2026-03-17", 4),
        ]
        assert [(row["contra_account"], row["debit"], row["credit"]) for row in body["entries"]] == [
            ("4400", 250, 0),
            ("6815", 0, 100),
            ("6815", 0, 100),
            ("1406", 0, 19),
        ]
        assert [row["running_balance"] for row in body["entries"]] == [250, 150, 50, 31]
        assert body["balance"] == 31
        assert body["entries"][0]["description"] == "Cash sale"
        assert set(body["entries"][0]) == {
            *("id", "intent_id", "journal_number", "booking_date", "description", "contra_account", "debit"),
            *("credit", "running_balance"),
        }

    def test_carries_the_balance_before_the_first_day(self, books: BookkeepingClient) -> None:
        books.book(("1800", 10, 0), ("4400", 0, 10), on="2026-01-31")
        books.book(("1800", 5, 0), ("4400", 0, 5), on="2026-02-15")
        books.book(("1800", 7, 0), ("4400", 0, 7), on="2026-03-01")

        body = books.get("accounts/1800/entries", startDate="2026-02-15", endDate="2026-02-28").json()

        assert [row["running_balance"] for row in body["entries"]] == [15]
        assert body["balance"] == 15

    def test_counts_the_balance_over_everything_whatever_the_limit(self, books: BookkeepingClient) -> None:
        for amount in (1, 2, 4):
            books.book(("1800", amount, 0), ("4400", 0, amount))

        body = books.get("accounts/1800/entries", limit=2).json()

        assert [row["debit"] for row in body["entries"]] == [1, 2]
        assert body["balance"] == 7

    def test_shows_both_sides_where_an_account_meets_itself(self, books: BookkeepingClient) -> None:
        books.book(("1800", 10, 0), ("1800", 0, 10))

        row = books.get("accounts/1800/entries").json()["entries"][0]

        assert (row["contra_account"], row["debit"], row["credit"], row["running_balance"]) == ("1800", 10, 10, 0)

    def test_returns_to_the_balance_before_a_reversed_intent(self, books: BookkeepingClient) -> None:
        books.book(("1800", 10, 0), ("4400", 0, 10))
        intent_id = books.book(("1800", 90, 0), ("4400", 0, 90)).json()["intent_id"]
        books.post("journal/reverse", {"intent_id": intent_id, "posting_mode": "original_period"})

        assert books.get("accounts/1800/entries").json()["balance"] == 10

    def test_is_empty_without_movements(self, books: BookkeepingClient) -> None:
        assert books.get("accounts/1800/entries").json() == {"entries": [], "balance": 0}

    def test_still_shows_an_account_out_of_use(self, books: BookkeepingClient) -> None:
        books.book(("6815", 10, 0), ("1800", 0, 10))
        account = Account.objects.get(company=books.company, code="6815")
        deactivate_account(company_id=books.company.pk, account_id=account.pk, actor=system_actor())

        assert books.get("accounts/6815/entries", startDate="2026-01-01", endDate="2026-12-31").json()["balance"] == 10

    @pytest.mark.parametrize(
        ("params", "field"),
        [
            ({"startDate": "2026-03-02", "endDate": "2026-03-01"}, "startDate"),
            ({"startDate": "2026-02-30"}, "startDate"),
            ({"limit": 0}, "limit"),
            ({"limit": 1001}, "limit"),
            ({"start_date": "2026-03-01"}, "start_date"),
        ],
    )
    def test_refuses_ranges_that_cannot_be(self, books: BookkeepingClient, params: dict[str, Any], field: str) -> None:
        response = books.get("accounts/1800/entries", **params)

        assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
        assert response.json()["errors"][0]["field"] == field

    @pytest.mark.parametrize("number", ["9999999", "nonsense", "00000000-0000-7000-8000-000000000000"])
    def test_does_not_know_other_numbers(self, books: BookkeepingClient, number: str) -> None:
        response = books.get(f"accounts/{number}/entries")

        assert (response.status_code, response.json()["code"]) == (404, "NOT_FOUND")

    def test_does_not_know_another_company_s_account(self, books: BookkeepingClient, books_client: Any) -> None:
        theirs = books_client(make_company(chart="skr04", currency="EUR"))
        theirs.post("accounts", CLOUD)
        theirs.book(("1800", 10, 0), ("4400", 0, 10))

        assert books.get("accounts/6817/entries").status_code == 404
        assert books.get("accounts/1800/entries").json()["entries"] == []

    def test_costs_the_same_statements_for_any_number_of_rows(
        self, books: BookkeepingClient, django_assert_num_queries: Any
    ) -> None:
        books.book(("1800", 1, 0), ("4400", 0, 1))
        books.get("accounts/1800/entries")
        with django_assert_num_queries(9):
            books.get("accounts/1800/entries")
        for amount in range(2, 9):
            books.book(("1800:", amount, 0), ("4400", 0, amount))
        with django_assert_num_queries(9):
            assert len(books.get("accounts/1800/entries").json()["entries"]) == 8
