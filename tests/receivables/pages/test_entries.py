"""The page of an entry that belongs to a document: it names the document and offers the document's own step."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company
from ledger.models import AccountRole, JournalEntry
from receivables.models import Customer, Payment
from receivables.services.payments import unapply_payment
from receivables.services.refund_receipts import create_refund_receipt
from tests.factories import line, make_company, make_entry, make_invoice, make_item, make_payment
from tests.receivables.books import ACTOR, by
from tests.receivables.pages.conftest import make_credit_memo
from tests.receivables.test_recorded import record, values
from tests.workspace import conftest

pytestmark = pytest.mark.django_db


def words(page: Any) -> str:
    """The text of a page without its tags."""
    return re.sub(r"<[^>]*>", "", conftest.words(page))


def page_of(client: Client, entry: JournalEntry | None) -> Any:
    assert entry is not None
    return client.get(reverse("admin:journal_entry", args=[entry.pk]))


def offers(page: Any, step: str, key: Any) -> bool:
    return reverse(f"admin:{step}", args=[key]) in page.content.decode()


def offers_reversal(page: Any) -> bool:
    return offers(page, "reverse_entry", page.context["entry"].pk)


class TestTheEntryOfAnInvoice:
    def test_names_it_and_offers_to_void_it(self, owner: Client, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        payment = make_payment(company, "40.00", invoice)
        page = page_of(owner, invoice.entry)
        assert not offers_reversal(page)
        assert offers(page, "invoice", invoice.pk)
        assert offers(page, "void_invoice", invoice.pk)
        assert f"This is the entry of invoice {invoice}. To undo the entry, the document is voided." in words(page)
        assert f"Undone with it: 40.00 USD of payment {payment}." in words(page)
        assert f"40.00 USD of payment {payment}" in words(owner.get(reverse("admin:void_invoice", args=[invoice.pk])))

    def test_writes_figures_as_the_company_does(self, signed_in: conftest.SignedIn) -> None:
        company = make_company(chart="skr04", currency="EUR", country="DE")
        owner = signed_in(company)
        invoice = make_invoice(company, line("2000.00"), currency="USD", exchange_rate=Decimal("0.92345"))
        payment = make_payment(company, "1040.50", invoice, currency="USD", exchange_rate=Decimal("0.92345"))
        page = words(page_of(owner, invoice.entry))
        assert f"Undone with it: 1.040,50 USD of payment {payment}." in page
        assert "USD at 0,92345 (" in page
        void = words(owner.get(reverse("admin:void_invoice", args=[invoice.pk])))
        assert f"1.040,50 USD of payment {payment}" in void
        assert [text for text in ("1040.50", "0.92345") if text in page + void] == []

    def test_leads_there_from_the_page_of_the_reversal(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        invoice = make_invoice(company, customer=customer)
        make_payment(company, "40.00", invoice)
        assert invoice.entry is not None
        url = reverse("admin:reverse_entry", args=[invoice.entry.pk])
        for answer in (owner.get(url), owner.post(url, {"on": "2026-02-01", "reason": "Wrong"})):
            assert answer.status_code == 302
            assert answer["Location"] == reverse("admin:void_invoice", args=[invoice.pk])
        invoice.refresh_from_db()
        assert (invoice.status, JournalEntry.objects.count()) == ("partially_paid", 2)

    def test_says_what_stands_on_it(self, owner: Client, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        memo = make_credit_memo(company, customer, invoice_id=invoice.pk)
        page = page_of(owner, invoice.entry)
        assert f"It cannot be undone now: invoice {invoice} was credited by {memo}" in words(page)
        assert not offers(page, "void_invoice", invoice.pk)
        assert not offers_reversal(page)
        assert offers(page_of(owner, memo.entry), "void_credit_memo", memo.pk)

    def test_says_nothing_of_it_once_it_is_void(self, owner: Client, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        owner.post(reverse("admin:void_invoice", args=[invoice.pk]), {"reason": "Typo"})
        original, reversal = JournalEntry.objects.order_by("first_journal_number")
        assert not offers_reversal(page_of(owner, original))
        page = page_of(owner, reversal)
        assert not offers_reversal(page)
        assert f"voided {invoice}; what is void stays void" in words(page)

    def test_names_the_goods_that_it_moved(self, owner: Client, company: Company, customer: Customer) -> None:
        item = make_item(company, quantity_on_hand=Decimal(5), purchase_cost=Decimal(2))
        invoice = make_invoice(company, line("10.00", product_id=item.id), customer=customer)
        assert "Undone with it: the goods that it moved" in words(page_of(owner, invoice.entry))


def test_offers_no_reversal_of_what_only_documents_or_stock_take_back(
    owner: Client, company: Company, customer: Customer
) -> None:
    invoice = make_invoice(company, customer=customer, currency="EUR", exchange_rate=Decimal("1.1"))
    payment = make_payment(company, "100.00", invoice, currency="EUR", exchange_rate=Decimal("1.2"))
    refund = {
        "payment_id": payment.pk,
        "total_amount": Decimal(5),
        "document_date": date(2026, 2, 1),
        "status": "completed",
    }
    unapply_payment(**by(company, payment), on=date(2026, 1, 25))
    make_item(company, quantity_on_hand=Decimal(5), purchase_cost=Decimal(2))
    kept = JournalEntry.objects.filter(kind__in=("exchange_difference", "inventory_count"))
    assert kept.count() == 2
    for entry in kept:
        page = page_of(owner, entry)
        assert not offers_reversal(page)
        assert "It is not reversed by itself" in words(page)
        refused = owner.get(reverse("admin:reverse_entry", args=[entry.pk]), follow=True)
        assert entry.entry_number in words(refused)
        assert "Post the reversal" not in words(refused)
    made = create_refund_receipt({**refund, "exchange_rate": Decimal(1)}, company=company, actor=ACTOR)
    page = page_of(owner, payment.entry)
    assert f"was refunded by {made}; void that refund first" in words(page)
    assert Payment.objects.get().status == "completed"


def test_offers_the_reversal_of_an_entry_made_by_hand(owner: Client, company: Company) -> None:
    page = page_of(owner, make_entry(company))
    assert offers_reversal(page)
    assert page.context["documents"] == []


def test_says_which_recorded_invoice_is_left_without_an_entry(
    owner: Client, company: Company, customer: Customer
) -> None:
    entry = make_entry(company, (AccountRole.ACCOUNTS_RECEIVABLE, "119.00"), (AccountRole.REVENUE, "-119.00"))
    line_values = values(customer)["lines"][0] | {"account_number": "4000"}
    invoice = record(customer, intent_id=entry.pk, lines=[line_values])
    page = page_of(owner, entry)
    assert offers_reversal(page)
    told = f"This entry is linked to invoice {invoice}. Reversing the entry leaves the document without one."
    assert told in words(page)
    form = words(owner.get(reverse("admin:reverse_entry", args=[entry.pk])))
    assert f"The entry is linked to invoice {invoice}, which is a draft again afterwards" in form
