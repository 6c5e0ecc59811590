"""Sales in euros with 19 % and 7 % VAT: net prices, prices including tax, discounts, one payment for many."""

from datetime import date
from decimal import Decimal

import pytest

from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import create_invoice, void_invoice
from receivables.services.payments import apply_payment, unapply_payment
from tests.factories import line, make_company, make_customer, make_invoice, make_payment
from tests.receivables.books import ACTOR, amounts, balances, by, lines_of, posted, prove

pytestmark = pytest.mark.django_db


def test_a_month_with_both_rates() -> None:
    company = make_company(chart="skr04", currency="EUR")
    customer = make_customer(company, personal_account="10001")

    # Two lines of 33.33 and one of 7 %: tax is calculated once per rate. 66.66 × 19 % = 12.67 (not 6.33 + 6.33).
    first = make_invoice(
        company,
        line("33.33", tax_code="UST19"),
        line("33.33", tax_code="UST19"),
        line("20.00", tax_code="UST7", account_code="4300"),
        customer=customer,
        on=date(2026, 4, 2),
    )
    assert lines_of(first.entry) == posted(
        *(("1200", "100.73"), ("4400", "-33.33"), ("4400", "-33.33"), ("4300", "-20.00")),
        *(("3806", "-12.67"), ("3801", "-1.40")),
    )

    # Prices including tax, 10 % off the whole: 119.00 and 107.00 become 107.10 and 96.30.
    # 19/119 of 107.10 is 17.10, 7/107 of 96.30 is 6.30.
    second = make_invoice(
        company,
        line("119.00", tax_code="UST19"),
        line("107.00", tax_code="UST7", account_code="4300"),
        customer=customer,
        on=date(2026, 4, 9),
        tax_behavior="inclusive",
        discount_details=[{"percent": 10}],
        total_amount=Decimal("203.40"),
    )
    assert (second.subtotal, second.discount_amount, second.tax_amount) == (
        Decimal("200.00"),
        Decimal("20.00"),
        Decimal("23.40"),
    )
    assert lines_of(second.entry) == posted(
        ("1200", "203.40"), ("4400", "-90.00"), ("4300", "-90.00"), ("3806", "-17.10"), ("3801", "-6.30")
    )

    # An intra-Community supply: no tax, and the line tells the tax return.
    third = make_invoice(
        company, line("500.00", tax_code="UST0-IGL", account_code="4125"), customer=customer, on=date(2026, 4, 10)
    )
    assert third.entry is not None
    assert list(third.entry.lines.filter(tax_role="base").values_list("tax_code", flat=True)) == ["UST0-IGL"]

    # 1,000.00 comes in for the three: 195.87 are left, then taken off the third and put back on it.
    payment = make_payment(
        company, "1000.00", first, second, third, on=date(2026, 4, 20), deposit_to_account_code="1800"
    )
    assert payment.unapplied_amount == Decimal("195.87")
    unapply_payment(**by(company, payment), invoice_ids=[third.id], on=date(2026, 4, 21))
    third.refresh_from_db()
    assert (third.status, third.settled_amount) == ("open", 0)
    apply_payment(**by(company, payment), allocations=[{"invoice_id": third.id}], applied_on=date(2026, 4, 22))
    third.refresh_from_db()
    assert third.status == "paid"

    # A credit of 11.90 for the first (paid already) stays with the customer.
    create_credit_memo(
        {
            "invoice_id": first.id,
            "document_date": date(2026, 4, 25),
            "lines": [line("10.00", tax_code="UST19")],
            "status": "open",
        },
        company=company,
        actor=ACTOR,
    )

    assert balances(company) == amounts(
        _1800="1000.00",
        _1200="-207.77",  # 804.13 owed, 1,000.00 paid, 11.90 credited
        _4400="-146.66",  # 66.66 + 90.00 - 10.00
        _4300="-110.00",  # 20.00 + 90.00
        _4125="-500.00",
        _3806="-27.87",  # 12.67 + 17.10 - 1.90
        _3801="-7.70",
    )
    prove(company)


def test_a_foreign_invoice_paid_at_another_rate() -> None:
    """books.md, section 7: a USD receivable booked at 38.27 EUR and received as 38.90 EUR gains 0.63."""
    company = make_company(chart="skr04", currency="EUR")
    customer = make_customer(company)
    invoice = make_invoice(
        company,
        line("42.00", account_code="4400", tax_rate=Decimal(0)),
        customer=customer,
        currency="USD",
        exchange_rate=Decimal("0.911190476"),
        on=date(2026, 5, 4),
    )
    assert invoice.base_amount == Decimal("38.27")
    payment = make_payment(
        company,
        "42.00",
        invoice,
        on=date(2026, 5, 20),
        currency="USD",
        exchange_rate=Decimal("0.926190476"),
        deposit_to_account_code="1800",
    )
    assert lines_of(payment.entry) == posted(("1800", "38.90"), ("1200", "-38.27"), ("4840", "-0.63"))
    assert balances(company) == amounts(_1800="38.90", _4400="-38.27", _4840="-0.63")
    prove(company)

    # Voiding the invoice undoes the payment's allocation, and with it the gain: 38.90 stay to the customer's credit.
    done = void_invoice(**by(company, invoice), on=date(2026, 5, 31))
    assert done.date_policy == "as asked"
    undone = {"payment_id": str(payment.id), "invoice_id": str(invoice.id), "amount": "42.0000"}
    assert done.undone["undone_allocations"] == [undone]
    payment.refresh_from_db()
    assert payment.unapplied_amount == Decimal("42.00")
    assert balances(company) == amounts(_1800="38.90", _1200="-38.90")
    prove(company)

    # The credit goes to a new invoice at a third rate: 42.00 at 0.95 is 39.90, so 1.00 is lost.
    untaxed = line("42.00", tax_rate=Decimal(0))
    again = make_invoice(
        company, untaxed, customer=customer, currency="USD", exchange_rate=Decimal("0.95"), on=date(2026, 6, 1)
    )
    apply_payment(**by(company, payment), allocations=[{"invoice_id": again.id}], applied_on=date(2026, 6, 2))
    assert balances(company) == amounts(_1800="38.90", _4400="-39.90", _6880="1.00")
    prove(company)


def test_draft_figures_that_do_not_add_up_are_refused_with_both() -> None:
    from ledger.documents.errors import TotalsMismatch

    company = make_company(chart="skr04", currency="EUR")
    customer = make_customer(company)
    with pytest.raises(TotalsMismatch, match=r"total_amount is 118.99, but the lines add up to 119.00") as refusal:
        create_invoice(
            {
                "customer_id": customer.id,
                "lines": [line("100.00", tax_code="UST19")],
                "total_amount": Decimal("118.99"),
            },
            company=company,
            actor=ACTOR,
        )
    assert refusal.value.field == "total_amount"
