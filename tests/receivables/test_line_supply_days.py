"""The day of supply of a line chooses its rate (§ 27 UStG): its delivery, else the end of the period billed for."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from backfill.tenancy.actors import system_actor
from ledger.errors import UnknownTaxCode
from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import update_invoice
from tests.receivables.books import lines_of, posted
from tests.receivables.test_derived_tax import first, german, invoice

pytestmark = pytest.mark.django_db
ACTOR = system_actor()


def period(start: date, end: date) -> dict[str, datetime]:
    return {
        "billing_period_start": datetime(start.year, start.month, start.day, tzinfo=UTC),
        "billing_period_end": datetime(end.year, end.month, end.day, tzinfo=UTC),
    }


@pytest.mark.parametrize(
    ("start", "end", "code", "total"),
    [
        (date(2020, 6, 1), date(2020, 6, 30), "UST19", "119.00"),
        (date(2020, 6, 1), date(2020, 7, 1), "UST16", "116.00"),
        (date(2020, 1, 1), date(2020, 12, 31), "UST16", "116.00"),
        (date(2020, 2, 1), date(2021, 1, 31), "UST19", "119.00"),
    ],
)
@pytest.mark.parametrize("dated", [date(2020, 6, 15), date(2020, 8, 1), date(2021, 2, 1)])
def test_a_period_ends_on_it(start: date, end: date, code: str, total: str, dated: date) -> None:
    made = invoice(german(), period(start, end), document_date=dated)
    assert first(made) == (code, "account", total)


def test_a_delivery_goes_before_a_period_and_both_before_the_documents() -> None:
    december, january = date(2020, 12, 20), date(2021, 1, 31)
    lines: list[dict[str, Any]] = [
        {"delivered_on": december, **period(january, january)},
        period(december, december),
        {},
    ]
    made = invoice(german(), *lines, document_date=date(2021, 2, 1), service_date=january)
    assert [line.tax_code for line in made.lines.order_by("line_number")] == ["UST16", "UST16", "UST19"]
    assert lines_of(made.entry) == posted(
        ("1400", "351.00"),
        *(("8400", "-100.00"),) * 3,
        ("1775", "-32.00"),
        ("1776", "-19.00"),
    )


def test_it_is_a_day_of_the_company() -> None:
    """Midnight of the first of January in Berlin is the last of December in Greenwich."""
    company = german(time_zone="Europe/Berlin")
    made = invoice(
        company, {"billing_period_end": datetime(2020, 12, 31, 23, tzinfo=UTC)}, document_date=date(2021, 1, 5)
    )
    assert first(made)[0] == "UST19"


@pytest.mark.parametrize("stated", [{"tax_code": "UST19"}, {"tax_rate": Decimal(19)}])
def test_another_rate_is_refused(stated: dict[str, Any]) -> None:
    line = {**period(date(2020, 11, 1), date(2020, 11, 30)), **stated}
    with pytest.raises(UnknownTaxCode, match="2020-11-30"):
        invoice(german(), line, document_date=date(2021, 1, 5))


def test_a_draft_keeps_it_when_its_header_changes() -> None:
    draft = invoice(
        german(), period(date(2020, 11, 1), date(2020, 11, 30)), status="draft", document_date=date(2021, 1, 5)
    )
    moved = update_invoice(draft, {"document_date": date(2021, 3, 1)}, actor=ACTOR)
    assert first(moved) == ("UST16", "account", "116.00")


def test_a_credit_has_that_of_the_line_it_credits() -> None:
    sold = invoice(german(), period(date(2020, 11, 1), date(2020, 11, 30)), {}, document_date=date(2021, 1, 5))
    back = {"description": "Back", "amount": Decimal(50)}
    memo = create_credit_memo(
        {
            "invoice_id": sold.id,
            "document_date": date(2021, 2, 1),
            "lines": [
                {**back, "invoice_line_ref": "1", "tax_code": "UST16"},
                {**back, "invoice_line_ref": "2", "tax_rate": Decimal(19)},
            ],
            "status": "open",
        },
        company=sold.company,
        actor=ACTOR,
    )
    assert [(line.tax_code, line.tax_amount) for line in memo.lines.order_by("line_number")] == [
        ("UST16", Decimal(8)),
        ("UST19", Decimal("9.50")),
    ]
