"""POST /v1/bookings."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from ledger.models import JournalEntry, Period
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient, booking

pytestmark = pytest.mark.django_db

PAPER = (("6815:VST19", 119, 0), ("1800", 0, 119))


def test_takes_the_tax_out_of_a_gross_line(books: BookkeepingClient) -> None:
    response = books.book(*PAPER)

    assert response.status_code == 200
    assert response.json()["event_count"] == 2
    assert books.balances() == {"6815": 100.0, "1406": 19.0, "1800": -119.0}


def test_adds_the_self_assessed_tax_as_a_pair_of_its_own(books: BookkeepingClient) -> None:
    response = books.book(("6815:VST-13B19", 100, 0), ("3300", 0, 100))

    assert response.json()["event_count"] == 2
    assert books.balances() == {"6815": 100.0, "1407": 19.0, "3837": -19.0, "3300": -100.0}
    events = books.get("journal").json()["entries"]
    assert {(event["account_debit"], event["account_credit"]) for event in events} == {
        ("1407", "3837"),
        ("6815", "3300"),
    }


def test_compares_tax_codes_without_regard_to_case(books: BookkeepingClient) -> None:
    assert books.book(("6815:vst19", 119, 0), ("1800", 0, 119)).status_code == 200


def test_balances_tenths_exactly(books: BookkeepingClient) -> None:
    assert books.book(("6815", 0.1, 0), ("6310", 0.2, 0), ("1800", 0, 0.3)).status_code == 200


def test_writes_one_event_per_pair_in_order(books: BookkeepingClient) -> None:
    response = books.book(("6815", 60, 0), ("6310", 40, 0), ("1800", 0, 70), ("1600", 0, 30))

    events = list(reversed(books.get("journal").json()["entries"]))
    assert response.json()["event_count"] == 3
    assert [(e["account_debit"], e["account_credit"], e["amount"]) for e in events] == [
        ("6815", "1800", 60.0),
        ("6310", "1800", 10.0),
        ("6310", "1600", 30.0),
    ]
    assert [e["journal_number"] for e in events] == [1, 2, 3]


def test_refuses_a_duplicate_unless_told_to_post_it(books: BookkeepingClient) -> None:
    first = books.book(*PAPER).json()["intent_id"]

    again = books.book(*PAPER)
    forced = books.book(*PAPER, skip_duplicate_check=True)

    assert (again.status_code, again.json()["code"]) == (409, "DUPLICATE_SUSPECTED")
    assert again.json()["details"]["existing_id"] == first
    assert forced.status_code == 200
    assert forced.json()["intent_id"] != first


def uploaded(books: BookkeepingClient) -> str:
    file = SimpleUploadedFile("rechnung.pdf", b"%PDF-1.7\n%%EOF\n", "application/pdf")
    response = books.client.post("/v1/documents", {"file": file}, headers={"Authorization": f"Bearer {books.token}"})
    assert response.status_code == 200, response.content
    return str(response.json()["id"])


def test_refuses_a_repeated_external_reference(books: BookkeepingClient) -> None:
    books.book(*PAPER, external_reference="ERP-778")

    for amount, (reference, status) in enumerate((("ERP-778", 409), ("ERP-779", 200), ("", 200), (None, 200)), start=1):
        response = books.book(("6310", amount, 0), ("1800", 0, amount), external_reference=reference)
        assert response.status_code == status, reference


def test_links_a_document_and_refuses_it_a_second_time(books: BookkeepingClient) -> None:
    document_id = uploaded(books)
    intent_id = books.book(*PAPER, document_id=document_id).json()["intent_id"]

    again = books.book(("6310", 5, 0), ("1800", 0, 5), document_id=document_id)

    assert (again.status_code, again.json()["details"]["existing_id"]) == (409, intent_id)
    view = books.get(f"journal/{intent_id}").json()
    assert view["metadata"]["documents"] == [{"id": document_id, "original_name": "rechnung.pdf"}]
    assert view["entries"][0]["document_id"] == document_id


def test_tells_sides_apart_when_it_looks_for_duplicates(books: BookkeepingClient) -> None:
    books.book(("6815", 10, 0), ("1800", 0, 10))

    assert books.book(("1800", 10, 0), ("6815", 0, 10)).status_code == 200
    assert books.book(("1800", 0, 10), ("6815", 10, 0)).status_code == 409


def test_takes_a_duplicate_of_a_reversed_intent(books: BookkeepingClient) -> None:
    intent_id = books.book(*PAPER).json()["intent_id"]
    books.post("journal/reverse", {"intent_id": intent_id})

    assert books.book(*PAPER).status_code == 200


def test_refuses_a_soft_locked_month_and_writes_nothing(books: BookkeepingClient) -> None:
    books.post("periods/2026-03/soft-lock")

    response = books.book(*PAPER)

    assert (response.status_code, response.json()["code"]) == (400, "PERIOD_LOCKED")
    assert response.json()["errors"][0]["field"] == "booking_date"
    assert JournalEntry.objects.count() == 0
    assert Period.objects.get().booking_count == 0


@pytest.mark.parametrize(
    ("number", "on", "status"),
    [(12, "2026-12-31", 400), (15, "2026-12-31", 400), (13, "2026-06-30", 400), (13, "2026-12-31", 200)],
)
def test_takes_adjustment_periods_in_the_last_month_only(
    books: BookkeepingClient, number: int, on: str, status: int
) -> None:
    response = books.book(*PAPER, on=on, adjustment_period=number)

    assert response.status_code == status, response.content
    if status == 200:
        assert Period.objects.get().name == "2026-P13"


def test_books_into_an_adjustment_period_while_its_month_is_closed(books: BookkeepingClient) -> None:
    books.post("periods/2026-12/soft-lock")

    assert books.book(*PAPER, on="2026-12-31").status_code == 400
    assert books.book(*PAPER, on="2026-12-31", adjustment_period=13).status_code == 200


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"lines": [{"account_number": "6815", "debit": 5, "credit": 5}]}, "INVALID_INPUT", "lines[0].debit"),
        ({"lines": []}, "INVALID_INPUT", "lines"),
        ({"description": ""}, "INVALID_INPUT", "description"),
        ({"booking_date": "2026-02-30"}, "INVALID_INPUT", "booking_date"),
        ({"custom_metadata": {"a": {"b": 1}}}, "INVALID_INPUT", "custom_metadata"),
        ({"custom_metadata": {str(n): n for n in range(21)}}, "INVALID_INPUT", "custom_metadata"),
        ({"custom_metadata": {"k": "x" * 257}}, "INVALID_INPUT", "custom_metadata"),
        ({"external_reference": "x" * 501}, "INVALID_INPUT", "external_reference"),
        ({"custom_metadata": {"k" * 65: 1}}, "INVALID_INPUT", "custom_metadata"),
        ({"custom_metadata": {f"k{n}": "x" * 256 for n in range(20)}}, "INVALID_INPUT", "custom_metadata"),
        ({"custom_metadata": {"a": [1]}}, "INVALID_INPUT", "custom_metadata"),
        ({"custom_metadata": "text"}, "INVALID_INPUT", "custom_metadata"),
        ({"description": "x" * 501}, "INVALID_INPUT", "description"),
        ({"description": 7}, "INVALID_INPUT", "description"),
        ({"document_id": "nonsense"}, "INVALID_INPUT", "document_id"),
        ({"skip_duplicate_check": "yes"}, "INVALID_INPUT", "skip_duplicate_check"),
        ({"fx": {"currency": "USD", "amount": 100}}, "INVALID_INPUT", "fx.rate"),
        ({"lines": [{"account_number": "6815", "debit": 0, "credit": 0}]}, "INVALID_INPUT", "lines[0].debit"),
        ({"lines": [{"account_number": "6815", "debit": 5}]}, "INVALID_INPUT", "lines[0].credit"),
        ({"lines": [{"account_number": 6815, "debit": 5, "credit": 0}]}, "INVALID_INPUT", "lines[0].account_number"),
        ({"lines": [{"account_number": "6815", "debit": 5, "credit": 0}]}, "INVALID_INPUT", "lines"),
        ({"lines": "none"}, "INVALID_INPUT", "lines"),
    ],
)
def test_names_the_field_that_is_wrong(books: BookkeepingClient, change: dict[str, Any], code: str, field: str) -> None:
    response = books.post("bookings", booking(*PAPER) | change)

    assert (response.status_code, response.json()["code"]) == (400, code), response.content
    assert response.json()["errors"][0]["field"] == field
    assert JournalEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((("6815", 10, 0), ("1800", 0, 9.99)), "BALANCE_MISMATCH"),
        ((("6819999", 10, 0), ("1800", 0, 10)), "ACCOUNT_NOT_FOUND"),
        ((("6815:NONE", 10, 0), ("1800", 0, 10)), "INVALID_TAX_CODE"),
        ((("6815:VST19", 119, 0), ("1406", 1, 0), ("1800", 0, 120)), "TAX_LINE_CONFLICT"),
        ((("6815", 10.001, 0), ("1800", 0, 10.001)), "INVALID_INPUT"),
        ((("6815", -10, 0), ("1800", 0, -10)), "INVALID_INPUT"),
        ((("6815", "10", 0), ("1800", 0, "10")), "INVALID_INPUT"),
    ],
)
def test_refuses_lines_that_cannot_post(books: BookkeepingClient, lines: Any, code: str) -> None:
    response = books.book(*lines)

    assert (response.status_code, response.json()["code"]) == (400, code), response.content
    assert JournalEntry.objects.count() == 0


def test_refuses_an_inactive_account_as_unknown(books: BookkeepingClient) -> None:
    books.company.accounts.filter(code="6815").update(is_active=False)

    assert books.book(*PAPER).json()["code"] == "ACCOUNT_NOT_FOUND"


FX = {"currency": "USD", "amount": 41.33, "rate": 1.08, "rate_date": "2026-03-17", "rate_source": "ECB"}


def test_keeps_the_foreign_currency_facts_beside_euro_lines(books: BookkeepingClient) -> None:
    intent_id = books.book(("6815", 38.27, 0), ("3300", 0, 38.27), fx=FX).json()["intent_id"]

    event = books.get(f"journal/{intent_id}").json()["entries"][0]
    assert (event["fx_currency"], event["fx_amount"], event["amount"]) == ("USD", 41.33, 38.27)
    assert (event["fx_rate"], event["fx_rate_date"], event["fx_rate_source"]) == ("1.08", "2026-03-17", "ECB")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": 41.40}, "INVALID_INPUT"),
        ({"currency": "EUR"}, "INVALID_INPUT"),
        ({"currency": "XXQ"}, "INVALID_CURRENCY"),
        ({"rate": 0}, "INVALID_INPUT"),
        ({"rate_source": "guess"}, "INVALID_INPUT"),
    ],
)
def test_refuses_foreign_currency_facts_that_do_not_fit(
    books: BookkeepingClient, change: dict[str, Any], code: str
) -> None:
    response = books.book(("6815", 38.27, 0), ("3300", 0, 38.27), fx=FX | change)

    assert (response.status_code, response.json()["code"]) == (400, code), response.content


def test_refuses_foreign_currency_with_a_self_assessed_code(books: BookkeepingClient) -> None:
    response = books.book(("6815:VST-13B19", 38.27, 0), ("3300", 0, 38.27), fx=FX)

    assert response.json()["code"] == "FX_TAX_UNSUPPORTED"


def test_refuses_a_document_it_does_not_have(books: BookkeepingClient, books_client: Any) -> None:
    for document_id in ("00000000-0000-7000-8000-000000000000", uploaded(books_client())):
        response = books.book(*PAPER, document_id=document_id)

        assert (response.status_code, response.json()["code"]) == (404, "DOCUMENT_NOT_FOUND")
        assert response.json()["errors"][0]["field"] == "document_id"
    assert JournalEntry.objects.count() == 0


def test_does_not_know_another_company_s_account(books: BookkeepingClient, books_client: Any) -> None:
    books_client().post("accounts", {"number": "6817", "name": "Theirs", "type": "expense"})

    response = books.book(("6817", 10, 0), ("1800", 0, 10))

    assert (response.status_code, response.json()["code"]) == (400, "ACCOUNT_NOT_FOUND")
    assert response.json()["errors"][0]["field"] == "lines[0].account_number"


def test_asks_for_a_second_person_where_the_company_does(books: BookkeepingClient) -> None:
    books.company.requires_approval = True
    books.company.save()

    response = books.book(*PAPER)

    assert (response.status_code, response.json()["code"]) == (409, "APPROVAL_REQUIRED")


def test_ignores_members_it_does_not_know(books: BookkeepingClient) -> None:
    line = {"account_number": "6815", "account_name": "Anything", "debit": 5, "credit": 0, "colour": "red"}
    contra = {"account_number": "1800", "debit": 0, "credit": 5}

    response = books.post("bookings", booking() | {"lines": [line, contra], "colour": "red"})

    assert response.status_code == 200, response.content


def test_needs_the_scope_to_write(books_client: Any, db: None) -> None:
    assert books_client(scopes=("journal:read", "bank:write")).book(*PAPER).status_code == 403


def test_posts_the_same_request_once(books: BookkeepingClient) -> None:
    headers = {"Authorization": f"Bearer {books.token}", "Idempotency-Key": "same"}
    first, second = (
        books.client.post("/v1/bookings", booking(*PAPER), content_type="application/json", headers=headers)
        for _ in range(2)
    )

    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert JournalEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_leaves_no_gap_and_no_duplicate_when_many_post_at_once(books: BookkeepingClient) -> None:
    def post(number: int) -> int:
        try:
            return int(books.book(("6815", number + 1, 0), ("1800", 0, number + 1)).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(post, range(20)))

    numbers = sorted(event["journal_number"] for event in books.get("journal").json()["entries"])
    assert set(statuses) == {200}
    assert numbers == list(range(1, 21))


@pytest.mark.django_db(transaction=True)
def test_posts_one_of_many_duplicates_sent_at_once(books: BookkeepingClient) -> None:
    def post(_: int) -> int:
        try:
            return int(books.book(*PAPER).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(post, range(20)))

    assert statuses == [200] + [409] * 19
    assert JournalEntry.objects.count() == 1
