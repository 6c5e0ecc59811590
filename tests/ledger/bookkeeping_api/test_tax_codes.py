"""GET and POST /v1/tax-codes, PATCH and DELETE /v1/tax-codes/{code}."""

from typing import Any

import pytest

from ledger.models import JournalLine, TaxCode
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient

pytestmark = pytest.mark.django_db

RC19 = {
    "code": "RC19",
    "label": "Reverse charge 19 %",
    "description": "EU services, §13b UStG",
    "rate": 19,
    "vat_account": "1407",
    "self_assess_account": "3837",
}


def codes(response: Any) -> list[str]:
    return [one["code"] for one in response.json()["tax_codes"]]


@pytest.fixture
def rc19(books: BookkeepingClient) -> dict[str, Any]:
    response = books.post("tax-codes", RC19)
    assert response.status_code == 201, response.content
    made: dict[str, Any] = response.json()
    return made


class TestList:
    def test_answers_the_seeded_codes(self, books: BookkeepingClient) -> None:
        listed = {one["code"]: one for one in books.get("tax-codes").json()["tax_codes"]}

        published = {
            "VST19": (19, "1406", None),
            "VST7": (7, "1401", None),
            "UST19": (19, "3806", None),
            "UST7": (7, "3801", None),
            "VST-IGE19": (19, "1404", "3804"),
            "VST-13B19": (19, "1407", "3837"),
        }
        assert published == {
            code: (listed[code]["rate"], listed[code]["vat_account"], listed[code]["self_assess_account"])
            for code in published
        }
        assert all(one["is_system"] and one["is_active"] and one["created_at"] for one in listed.values())

    def test_puts_system_codes_first_and_then_sorts_by_code(
        self, books: BookkeepingClient, rc19: dict[str, Any]
    ) -> None:
        books.post("tax-codes", {**RC19, "code": "A1"})

        listed = codes(books.get("tax-codes"))

        assert listed[-2:] == ["A1", "RC19"]
        assert listed[:-2] == sorted(listed[:-2])

    def test_hides_inactive_codes_unless_asked(self, books: BookkeepingClient, rc19: dict[str, Any]) -> None:
        books.delete("tax-codes/RC19")

        assert "RC19" not in codes(books.get("tax-codes"))
        assert "RC19" not in codes(books.get("tax-codes", include_inactive="false"))
        assert "RC19" in codes(books.get("tax-codes", include_inactive="true"))

    def test_refuses_what_is_neither_true_nor_false(self, books: BookkeepingClient) -> None:
        assert books.get("tax-codes", include_inactive="yes").status_code == 400

    def test_shows_nothing_of_another_company(self, books: BookkeepingClient, books_client: Any) -> None:
        books_client().post("tax-codes", RC19)

        assert "RC19" not in codes(books.get("tax-codes"))

    def test_costs_the_same_statements_for_any_number_of_codes(
        self, books: BookkeepingClient, django_assert_num_queries: Any
    ) -> None:
        seeded = len(codes(books.get("tax-codes")))
        for number in (0, 5):
            for extra in range(number):
                books.post("tax-codes", {**RC19, "code": f"X{extra}"})
            with django_assert_num_queries(4):
                assert len(codes(books.get("tax-codes"))) == seeded + number

    @pytest.mark.parametrize(("scope", "status"), [("config:read", 200), ("journal:read", 200), ("bank:read", 403)])
    def test_is_readable_for_whoever_books(self, books_client: Any, db: None, scope: str, status: int) -> None:
        assert books_client(scopes=(scope,)).get("tax-codes").status_code == status


class TestCreate:
    def test_answers_the_code_and_201(self, rc19: dict[str, Any]) -> None:
        ours = {"is_system": False, "is_active": True, "created_at": ""}
        gained = {"family": "", "valid_from": None, "valid_until": None, "account": None}
        assert rc19 | {"created_at": ""} == {**RC19, **ours, **gained}

    def test_books_with_the_new_code(self, books: BookkeepingClient, rc19: dict[str, Any]) -> None:
        books.book(("6815:rc19", 200, 0), ("3300", 0, 200))

        assert books.balances() == {"6815": 200.0, "1407": 38.0, "3837": -38.0, "3300": -200.0}

    def test_keeps_fractions_of_a_percent(self, books: BookkeepingClient) -> None:
        response = books.post("tax-codes", {**RC19, "rate": 5.5})

        assert b'"rate":5.5' in response.content

    @pytest.mark.parametrize("code", ["vst19", "VST19", "rc19"])
    def test_refuses_a_code_in_use_in_any_case(self, books: BookkeepingClient, rc19: dict[str, Any], code: str) -> None:
        books.delete("tax-codes/RC19")

        response = books.post("tax-codes", {**RC19, "code": code})

        assert (response.status_code, response.json()["code"]) == (409, "DUPLICATE_TAX_CODE")

    @pytest.mark.parametrize(
        ("change", "code", "field"),
        [
            ({"code": ""}, "INVALID_INPUT", "code"),
            ({"code": "x" * 21}, "INVALID_INPUT", "code"),
            ({"code": "A B"}, "INVALID_INPUT", "code"),
            ({"code": "Ä1"}, "INVALID_INPUT", "code"),
            ({"label": ""}, "INVALID_INPUT", "label"),
            ({"label": "x" * 121}, "INVALID_INPUT", "label"),
            ({"description": "x" * 501}, "INVALID_INPUT", "description"),
            ({"rate": -1}, "INVALID_INPUT", "rate"),
            ({"rate": 100.01}, "INVALID_INPUT", "rate"),
            ({"rate": "19"}, "INVALID_INPUT", "rate"),
            ({"rate": 19.00001}, "INVALID_INPUT", "rate"),
            ({"vat_account": "77777"}, "ACCOUNT_NOT_FOUND", "vat_account"),
            ({"vat_account": 1407}, "INVALID_INPUT", "vat_account"),
            ({"vat_account": "4400"}, "INVALID_INPUT", "vat_account"),
            ({"self_assess_account": "77777"}, "ACCOUNT_NOT_FOUND", "self_assess_account"),
            ({"self_assess_account": "1407"}, "INVALID_INPUT", "self_assess_account"),
        ],
    )
    def test_names_the_field_that_is_wrong(
        self, books: BookkeepingClient, change: dict[str, Any], code: str, field: str
    ) -> None:
        before = TaxCode.objects.count()

        response = books.post("tax-codes", RC19 | change)

        assert (response.status_code, response.json()["code"]) == (400, code), response.content
        assert response.json()["errors"][0]["field"] == field
        assert TaxCode.objects.count() == before

    def test_tells_an_inactive_account_from_an_unknown_one(self, books: BookkeepingClient) -> None:
        books.company.accounts.filter(code="3837").update(is_active=False)

        response = books.post("tax-codes", RC19)

        assert (response.status_code, response.json()["code"]) == (400, "ACCOUNT_INACTIVE")
        assert response.json()["errors"][0]["field"] == "self_assess_account"

    def test_does_not_know_another_company_s_account(self, books: BookkeepingClient, books_client: Any) -> None:
        books_client().post("accounts", {"number": "14071", "name": "Their tax", "type": "asset"})

        assert books.post("tax-codes", {**RC19, "vat_account": "14071"}).json()["code"] == "ACCOUNT_NOT_FOUND"

    @pytest.mark.parametrize("method", ["post", "patch", "delete"])
    def test_needs_the_scope_to_configure(self, books_client: Any, db: None, method: str) -> None:
        books = books_client(scopes=("journal:write",))
        answers = {
            "post": lambda: books.post("tax-codes", RC19),
            "patch": lambda: books.patch("tax-codes/VST19", {"label": "x"}),
            "delete": lambda: books.delete("tax-codes/VST19"),
        }

        assert answers[method]().status_code == 403


class TestChange:
    def test_changes_what_is_named_and_keeps_the_rest(self, books: BookkeepingClient, rc19: dict[str, Any]) -> None:
        response = books.patch("tax-codes/rc19", {"label": "Reverse charge 19 % (EU)", "is_active": False})

        assert response.status_code == 200
        assert response.json() == rc19 | {"label": "Reverse charge 19 % (EU)", "is_active": False}

    def test_clears_with_null(self, books: BookkeepingClient, rc19: dict[str, Any]) -> None:
        response = books.patch("tax-codes/RC19", {"description": None, "self_assess_account": None})

        assert (response.json()["description"], response.json()["self_assess_account"]) == (None, None)

    def test_never_changes_the_code_itself(self, books: BookkeepingClient, rc19: dict[str, Any]) -> None:
        assert books.patch("tax-codes/RC19", {"code": "RC20", "label": "New"}).json()["code"] == "RC19"

    @pytest.mark.parametrize("body", [{}, {"code": "RC20"}, {"colour": "red"}])
    def test_refuses_a_body_that_changes_nothing(
        self, books: BookkeepingClient, rc19: dict[str, Any], body: dict[str, Any]
    ) -> None:
        response = books.patch("tax-codes/RC19", body)

        assert (response.status_code, response.json()["code"]) == (400, "NO_CHANGES")

    @pytest.mark.parametrize(
        ("body", "code", "field"),
        [
            ({"rate": 101}, "INVALID_INPUT", "rate"),
            ({"rate": None}, "INVALID_INPUT", "rate"),
            ({"label": None}, "INVALID_INPUT", "label"),
            ({"vat_account": None}, "INVALID_INPUT", "vat_account"),
            ({"vat_account": "77777"}, "ACCOUNT_NOT_FOUND", "vat_account"),
            ({"vat_account": "3837"}, "INVALID_INPUT", "self_assess_account"),
            ({"is_active": "no"}, "INVALID_INPUT", "is_active"),
        ],
    )
    def test_names_the_field_that_is_wrong(
        self, books: BookkeepingClient, rc19: dict[str, Any], body: dict[str, Any], code: str, field: str
    ) -> None:
        response = books.patch("tax-codes/RC19", body)

        assert (response.status_code, response.json()["code"]) == (400, code), response.content
        assert response.json()["errors"][0]["field"] == field

    def test_does_not_touch_what_is_posted(self, books: BookkeepingClient, rc19: dict[str, Any]) -> None:
        intent_id = books.book(("6815:RC19", 100, 0), ("3300", 0, 100)).json()["intent_id"]
        before = books.get(f"journal/{intent_id}").json()

        books.patch("tax-codes/RC19", {"rate": 7})

        assert books.get(f"journal/{intent_id}").json() == before
        books.book(("6815:RC19", 200, 0), ("3300", 0, 200))
        assert books.balances()["1407"] == 19.0 + 14.0

    def test_changes_words_of_a_system_code_only(self, books: BookkeepingClient) -> None:
        assert books.patch("tax-codes/VST19", {"label": "Input tax"}).json()["label"] == "Input tax"
        for body in ({"rate": 16}, {"vat_account": "1401"}, {"is_active": False}):
            assert books.patch("tax-codes/VST19", body).status_code == 400

    def test_puts_a_code_back_into_use(self, books: BookkeepingClient, rc19: dict[str, Any]) -> None:
        books.delete("tax-codes/RC19")

        assert books.patch("tax-codes/RC19", {"is_active": True}).json()["is_active"] is True
        assert books.book(("6815:RC19", 100, 0), ("3300", 0, 100)).status_code == 200

    @pytest.mark.parametrize("code", ["NONE", "x" * 40, "a b"])
    def test_does_not_know_other_codes(self, books: BookkeepingClient, code: str) -> None:
        for response in (books.patch(f"tax-codes/{code}", {"label": "x"}), books.delete(f"tax-codes/{code}")):
            assert (response.status_code, response.json()["code"]) == (404, "TAX_CODE_NOT_FOUND")

    def test_does_not_know_another_company_s_code(
        self, books: BookkeepingClient, rc19: dict[str, Any], books_client: Any
    ) -> None:
        theirs = books_client()

        assert theirs.patch("tax-codes/RC19", {"label": "x"}).status_code == 404
        assert theirs.delete("tax-codes/RC19").status_code == 404


class TestDeactivate:
    def test_takes_the_code_out_of_use_and_keeps_it(self, books: BookkeepingClient, rc19: dict[str, Any]) -> None:
        books.book(("6815:RC19", 100, 0), ("3300", 0, 100))

        response = books.delete("tax-codes/rc19")

        assert response.status_code == 200
        assert response.json() == {"code": "RC19", "is_active": False}
        assert JournalLine.objects.filter(tax_code="RC19").count() == 3

    def test_refuses_bookings_with_it_from_then_on(self, books: BookkeepingClient, rc19: dict[str, Any]) -> None:
        books.delete("tax-codes/RC19")

        response = books.book(("6815:RC19", 100, 0), ("3300", 0, 100))

        assert (response.status_code, response.json()["code"]) == (400, "INVALID_TAX_CODE")
        assert response.json()["errors"][0]["field"] == "lines[0].tax_code"

    def test_changes_nothing_the_second_time(self, books: BookkeepingClient, rc19: dict[str, Any]) -> None:
        for _ in range(2):
            assert books.delete("tax-codes/RC19").json() == {"code": "RC19", "is_active": False}

    def test_keeps_system_codes(self, books: BookkeepingClient) -> None:
        response = books.delete("tax-codes/VST19")

        assert (response.status_code, response.json()["code"]) == (400, "SYSTEM_TAX_CODE_DELETE_FORBIDDEN")
