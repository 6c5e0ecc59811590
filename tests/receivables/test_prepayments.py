"""Advance invoices and the final invoice that takes them off: to the cent in the ledger, on paper and in e-invoices."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from facturx.parse_xml import parse_ubl_cii_xml

from backfill.einvoices.schematron import broken_rules, is_installed
from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.errors import DocumentPosted, InvalidStateTransition
from ledger.models import Account
from receivables.einvoices.documents import einvoice_xml
from receivables.models import CreditMemo, Customer, Invoice
from receivables.services.credit_memos import void_credit_memo
from receivables.services.invoices import confirm_invoice, update_invoice, void_invoice
from tests.factories import line, make_invoice, make_payment
from tests.receivables.books import ACTOR, balances, by, prove
from tests.receivables.einvoices import customer_values, data_of
from tests.receivables.letters import german_company, german_customer, printed, text_of

pytestmark = pytest.mark.django_db

ADVANCE_DAY, PAID_DAY, FINAL_DAY = date(2026, 9, 1), date(2026, 9, 20), date(2026, 11, 2)


@pytest.fixture
def company() -> Company:
    return german_company()


@pytest.fixture
def customer(company: Company) -> Customer:
    return german_customer(company, **customer_values())


def advance(company: Company, customer: Customer, amount: str, *, paid: str = "all", **values: Any) -> Invoice:
    """An advance invoice on 1710, advances received, and its payment."""
    account = Account.objects.get(company=company, code="1710")
    item = line(amount, tax_code="UST19", description="Anzahlung", account_id=account.id)
    invoice = make_invoice(company, item, customer=customer, on=ADVANCE_DAY, invoice_type="386", **values)
    if paid:
        make_payment(company, invoice.total_amount if paid == "all" else paid, invoice, on=PAID_DAY)
    return invoice


def final(company: Company, customer: Customer, *advances: Invoice, amount: str = "1000", **values: Any) -> Invoice:
    """The final invoice, as it is stored."""
    named = [{"invoice_id": str(one.id)} for one in advances]
    values = {"on": FINAL_DAY, "prepayments": named, **values}
    invoice = make_invoice(company, line(amount, tax_code="UST19"), customer=customer, **values)
    return Invoice.objects.get(pk=invoice.pk)


class TestLedger:
    def test_takes_what_was_paid_off_what_is_due(self, company: Company, customer: Customer) -> None:
        """119.00 paid in advance; 1,190.00 in all; 1,071.00 left. Revenue 1,000.00 and tax 190.00 in all."""
        first = advance(company, customer, "100")
        assert balances(company)["1710"] == Decimal("-100.00")
        invoice = final(company, customer, first)
        assert (invoice.total_amount, invoice.prepaid_amount, invoice.balance_due, invoice.status) == (
            *(Decimal("1190.00"), Decimal("119.00"), Decimal("1071.00")),
            "partially_paid",
        )
        found = balances(company)
        assert "1710" not in found
        assert (found["8400"], found["1776"]) == (Decimal("-1000.00"), Decimal("-190.00"))
        assert found["1400"] == Decimal("1071.00")
        prove(company)

    def test_takes_each_advance_off_to_the_cent(self, company: Company, customer: Customer) -> None:
        """Each of 33.33 has 6.33 of tax, 39.66; the final 1,000.00 has 190.00. 1,190.00 − 3 × 39.66 = 1,071.02."""
        three = [advance(company, customer, "33.33") for _ in range(3)]
        invoice = final(company, customer, *three)
        assert [(one["amount"], one["tax_amount"]) for one in invoice.prepayments] == [("39.66", "6.33")] * 3
        assert invoice.balance_due == Decimal("1071.02")
        assert balances(company)["1776"] == Decimal("-190.00")
        make_payment(company, "1071.02", invoice, on=date(2026, 11, 20))
        assert "1400" not in balances(company)
        prove(company)

    def test_takes_off_only_what_was_paid(self, company: Company, customer: Customer) -> None:
        """An advance that nobody paid is cancelled, and one that was paid in part takes that part off."""
        unpaid = advance(company, customer, "100", paid="")
        partly = advance(company, customer, "100", paid="59.50")
        invoice = final(company, customer, unpaid, partly)
        assert [(one["amount"], one["tax_amount"]) for one in invoice.prepayments] == [
            ("0.00", "0.00"),
            ("59.50", "9.50"),
        ]
        assert invoice.balance_due == Decimal("1130.50")
        unpaid.refresh_from_db()
        assert unpaid.status == "paid"
        assert balances(company)["1400"] == Decimal("1130.50")
        prove(company)

    def test_leaves_the_customer_what_was_paid_beyond_it(self, company: Company, customer: Customer) -> None:
        invoice = final(company, customer, advance(company, customer, "200"), amount="100")
        assert (invoice.prepaid_amount, invoice.balance_due, invoice.status) == (Decimal("119.00"), 0, "paid")
        assert balances(company)["1400"] == Decimal("-119.00")
        prove(company)

    def test_takes_off_with_discounts_and_prices_with_tax(self, company: Company, customer: Customer) -> None:
        terms = {"tax_behavior": "inclusive", "discount_details": [{"percent": "3"}]}
        first = advance(company, customer, "99.99", **terms)
        invoice = final(company, customer, first)
        assert invoice.prepaid_amount == first.total_amount == Decimal("96.99")
        assert "1710" not in balances(company)
        prove(company)

    def test_takes_off_at_the_rate_of_the_advance(self, company: Company, customer: Customer) -> None:
        first = advance(company, customer, "100", currency="USD", exchange_rate=Decimal("0.90"), paid="")
        make_payment(company, "119", first, on=PAID_DAY, currency="USD", exchange_rate=Decimal("0.92"))
        invoice = final(company, customer, first, currency="USD", exchange_rate=Decimal("0.95"))
        assert invoice.balance_due == Decimal("1071.00")
        assert "1710" not in balances(company)
        prove(company)


class TestUndoing:
    def test_lets_the_advance_stand_again(self, company: Company, customer: Customer) -> None:
        first = advance(company, customer, "100")
        before = balances(company)
        invoice = final(company, customer, first)
        void_invoice(**by(company, invoice))
        assert balances(company) == before
        assert {memo.status for memo in CreditMemo.objects.filter(company=company)} == {"void"}
        again = final(company, customer, first)
        assert again.balance_due == Decimal("1071.00")
        prove(company)

    def test_is_the_only_way_to_the_credit_memo(self, company: Company, customer: Customer) -> None:
        final(company, customer, advance(company, customer, "100"))
        with pytest.raises(InvalidStateTransition, match="void that invoice instead"):
            void_credit_memo(**by(company, CreditMemo.objects.get(company=company)))

    def test_takes_nothing_off_a_draft(self, company: Company, customer: Customer) -> None:
        first = advance(company, customer, "100")
        draft = final(company, customer, first, status="draft")
        assert not CreditMemo.objects.filter(company=company).exists()
        assert "Abzüglich" not in text_of(draft)
        confirm_invoice(**by(company, draft))
        draft.refresh_from_db()
        assert draft.balance_due == Decimal("1071.00")


class TestRefusals:
    def test_take_an_advance_off_once(self, company: Company, customer: Customer) -> None:
        first = advance(company, customer, "100")
        final(company, customer, first)
        with pytest.raises(ValidationFailed):
            final(company, customer, first)
        assert Invoice.objects.filter(company=company, prepaid_amount__gt=0).count() == 1
        prove(company)

    def test_name_the_field(self, company: Company, customer: Customer) -> None:
        plain = make_invoice(company, line("1", tax_code="UST19"), customer=customer)
        others = advance(company, german_customer(company, name="B"), "100")
        later = advance(company, customer, "100")
        for one, values in ((plain, {}), (others, {}), (later, {"on": date(2026, 8, 1)})):
            with pytest.raises(ValidationFailed) as refused:
                final(company, customer, one, **values)
            assert refused.value.field == "prepayments[0].invoice_id"

    def test_change_nothing_of_a_posted_invoice(self, company: Company, customer: Customer) -> None:
        first, second = advance(company, customer, "100"), advance(company, customer, "50")
        invoice = final(company, customer, first)
        update_invoice(invoice, {"prepayments": [{"invoice_id": str(first.id)}], "memo": "x"}, actor=ACTOR)
        with pytest.raises(DocumentPosted):
            update_invoice(invoice, {"prepayments": [{"invoice_id": str(second.id)}]}, actor=ACTOR)


class TestEInvoice:
    def test_says_what_is_left_to_pay(self, company: Company, customer: Customer) -> None:
        invoice = final(company, customer, advance(company, customer, "100"))
        data = data_of(invoice)
        assert (data["BT-112"], data["BT-113"], data["BT-115"]) == ("1190.00", "119.00", "1071.00")
        assert data["BG-3"] == [{"BT-25": "INV-1001", "BT-26": ADVANCE_DAY}]
        assert "Abzüglich Anzahlungsrechnung INV-1001 vom 01.09.2026" in data["BG-1"][0]["BT-22"]
        for kind in ("factur-x", "xrechnung"):
            xml = einvoice_xml(printed(invoice), kind)
            assert parse_ubl_cii_xml(xml, level="en16931")["BT-115"] == "1071.00"
            assert not is_installed() or broken_rules(xml) == []

    def test_of_an_advance_has_its_type(self, company: Company, customer: Customer) -> None:
        assert data_of(advance(company, customer, "100"))["BT-3"] == "386"

    def test_shows_it_on_paper(self, company: Company, customer: Customer) -> None:
        text = text_of(final(company, customer, advance(company, customer, "100"))).replace("\xa0", " ")
        assert "Schlussrechnung INV-1002" in text
        assert "Abzüglich Anzahlungsrechnung INV-1001 vom 01.09.2026: 119,00 €, darin USt. 19,00 €" in text
        assert "Anzahlungen -119,00 Restbetrag 1.071,00 €" in text.replace("−", "-")
        assert "Bitte überweisen Sie 1.071,00 €" in text
