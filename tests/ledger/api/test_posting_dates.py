"""An entry's effective date is that of reports, posting and cutoffs; the document's date is its default."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.tenancy.actors import system_actor
from ledger.accounts.balances import movements
from ledger.checks.books import check_books
from ledger.journal.posting import reverse
from ledger.models import JournalEntry, JournalLine
from ledger.periods.calendar import soft_lock
from tests.ledger.api.conftest import ApiClient
from tests.ledger.api.test_journal_entries import balanced

pytestmark = pytest.mark.django_db

ENTRY, DOCUMENT, EFFECTIVE = "2026-05-05", "2026-04-30", "2026-03-31"


def posted(api: ApiClient, **header: Any) -> dict[str, Any]:
    response = api.post("/v1/journal_entries", balanced(api, status="posted", **header))
    assert response.status_code == 201, response.content
    data: dict[str, Any] = response.json()["data"]
    return data


def cash_in(api: ApiClient, month: int) -> Decimal:
    end = date(2026, month + 1, 1).toordinal() - 1
    moved = movements(company_id=api.company.pk, start=date(2026, month, 1), end=date.fromordinal(end))
    return sum((balance.debit for balance in moved.values()), Decimal(0))


@pytest.mark.parametrize(
    ("header", "counts_on"),
    [
        ({}, ENTRY),
        ({"document_date": DOCUMENT}, DOCUMENT),
        ({"effective_date": EFFECTIVE}, EFFECTIVE),
        ({"document_date": DOCUMENT, "effective_date": EFFECTIVE}, EFFECTIVE),
        ({"document_date": None, "effective_date": None}, ENTRY),
        ({"document_date": DOCUMENT, "effective_date": ENTRY}, ENTRY),
    ],
)
@pytest.mark.parametrize("by", ["create", "confirm"])
def test_counts_on_the_effective_date(api: ApiClient, header: dict[str, Any], counts_on: str, by: str) -> None:
    if by == "create":
        data = posted(api, **header)
    else:
        draft = api.post("/v1/journal_entries", balanced(api, **header)).json()
        assert draft["data"]["effective_date"] == counts_on
        data = api.post(f"/v1/journal_entries/{draft['id']}/confirm").json()["data"]
    assert (data["entry_date"], data["effective_date"], data["posting_period"]) == (ENTRY, counts_on, counts_on[:7])
    assert data["document_date"] == header.get("document_date")
    assert {line.entry_date.isoformat() for line in JournalLine.objects.all()} == {counts_on}
    for month in (3, 4, 5):
        assert cash_in(api, month) == (Decimal(125) if month == int(counts_on[5:7]) else 0)
    listed = api.get("/v1/journal_entries", start_date=counts_on, end_date=counts_on).json()["data"]
    assert len(listed) == 1
    assert check_books(api.company).findings == []


def test_obeys_the_cutoff_of_the_period_it_counts_in(api: ApiClient) -> None:
    soft_lock(company=api.company, name="2026-03", actor=system_actor())
    key = api.post("/v1/journal_entries", balanced(api, status="posted", effective_date=EFFECTIVE))
    assert key.status_code == 201, "a key with admin may post into a soft-locked period"
    response = api.post(
        "/v1/journal_entries", balanced(api, status="posted", entry_date=EFFECTIVE, effective_date="2026-05-04")
    )
    assert response.json()["data"]["posting_period"] == "2026-05"


def test_names_the_date_that_lies_in_a_closed_period(api_client: Any) -> None:
    api = api_client(scopes=("journal:write",))
    soft_lock(company=api.company, name="2026-04", actor=system_actor())
    for header, field in (
        ({"document_date": DOCUMENT}, "document_date"),
        ({"effective_date": DOCUMENT}, "effective_date"),
        ({"entry_date": DOCUMENT}, "entry_date"),
    ):
        response = api.post("/v1/journal_entries", balanced(api, status="posted", **header))
        assert (response.status_code, response.json()["code"]) == (409, "PERIOD_LOCKED")
        assert response.json()["errors"][0]["field"] == field
    assert JournalEntry.objects.count() == 0


def test_takes_the_adjustment_period_of_the_effective_date(api: ApiClient) -> None:
    year_end = {"effective_date": "2025-12-31", "posting_period": "2025-P13"}
    assert posted(api, **year_end)["posting_period"] == "2025-P13"
    response = api.post(
        "/v1/journal_entries", balanced(api, status="posted", posting_period="2026-05", effective_date=EFFECTIVE)
    )
    assert (response.status_code, response.json()["errors"][0]["field"]) == (422, "posting_period")


def test_reverses_on_the_day_of_the_reversal(api: ApiClient) -> None:
    posted(api, document_date=DOCUMENT)
    reversal = reverse(JournalEntry.objects.get(), on=date(2026, 5, 20), reason="", actor=system_actor())
    assert (reversal.entry_date, reversal.effective_date) == (date(2026, 5, 20), date(2026, 5, 20))
    assert reversal.document_date == date(2026, 4, 30)


def test_takes_a_repeated_import_with_its_own_date(api: ApiClient) -> None:
    source = {"source_system": "erp", "source_id": "7"}
    posted(api, document_date=DOCUMENT, **source)
    again = api.post("/v1/journal_entries", balanced(api, status="posted", document_date=DOCUMENT, **source))
    assert again.status_code == 200
    assert JournalEntry.objects.count() == 1


def test_moves_a_draft_by_any_of_its_dates(api: ApiClient) -> None:
    draft = api.post("/v1/journal_entries", balanced(api, effective_date=EFFECTIVE)).json()["id"]
    data = api.put(f"/v1/journal_entries/{draft}", {"effective_date": None}).json()["data"]
    assert (data["entry_date"], data["effective_date"]) == (ENTRY, ENTRY)
    data = api.put(f"/v1/journal_entries/{draft}", {"document_date": DOCUMENT}).json()["data"]
    assert (data["entry_date"], data["effective_date"], data["posting_period"]) == (ENTRY, DOCUMENT, "2026-04")
