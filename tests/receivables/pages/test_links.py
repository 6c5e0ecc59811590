"""Entries, documents, payments, reminders, statements and files lead to each other, both ways."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.beside.attachments import attach_file
from ledger.inventory.items import update_item
from ledger.models import JournalEntry
from ledger.open_items.models import Allocation
from receivables.models import Customer, Mailing
from receivables.services.payments import apply_payment
from receivables.taxation.advance_tax import AdvanceTaxMove
from tests.factories import line, make_company, make_customer, make_entry, make_invoice, make_item, make_payment
from tests.receivables.pages.collecting import make_reminder, set_up_levels
from tests.receivables.pages.conftest import make_quote, make_unapplied_payment
from tests.receivables.pages.routes import make_sent_mail
from tests.receivables.test_attachments import make_file

pytestmark = pytest.mark.django_db


def url(name: str, key: object) -> str:
    return reverse(f"admin:{name}", args=[key])


def leads(owner: Client, start: str, end: str) -> bool:
    """Whether the page at `start` has a link to the page `end`."""
    page = owner.get(start)
    assert page.status_code == 200, start
    return f'href="{end}"' in page.content.decode()


def linked(owner: Client, one: str, other: str) -> tuple[bool, bool]:
    return leads(owner, one, other), leads(owner, other, one)


def test_entry_document_payment_and_back(owner: Client, company: Company) -> None:
    invoice = make_invoice(company)
    payment = make_payment(company, "60.00", invoice)
    entry, document = url("journal_entry", invoice.entry_id), url("invoice", invoice.pk)
    assert linked(owner, entry, document) == (True, True)
    assert linked(owner, document, url("payment", payment.pk)) == (True, True)
    assert linked(owner, url("journal_entry", payment.entry_id), url("payment", payment.pk)) == (True, True)
    facts = owner.get(entry).content.decode()
    assert f'<dd><a href="{document}">{invoice}</a>' in facts  # the document's number itself is the link


def test_a_void_document_stays_linked_to_its_entry_and_to_the_reversal(owner: Client, company: Company) -> None:
    invoice = make_invoice(company)
    owner.post(url("void_invoice", invoice.pk), {"reason": "Wrong"})
    reversal = JournalEntry.objects.get(reverses_entry=invoice.entry_id)
    assert linked(owner, url("journal_entry", invoice.entry_id), url("invoice", invoice.pk)) == (True, True)
    assert linked(owner, url("journal_entry", reversal.pk), url("invoice", invoice.pk)) == (True, True)


def test_an_exchange_difference_leads_to_what_it_is_of(owner: Client, company: Company) -> None:
    invoice = make_invoice(company, currency="EUR", exchange_rate=Decimal("1.1"))
    payment = make_payment(
        company, "100", customer=invoice.customer, currency="EUR", exchange_rate=Decimal("1.2"), allocations=[]
    )
    wanted = [{"invoice_id": invoice.pk, "amount": Decimal(100)}]
    apply_payment(company_id=company.pk, document_id=payment.pk, allocations=wanted, actor=system_actor())
    difference = url("journal_entry", Allocation.objects.get().entry_id)
    assert linked(owner, difference, url("invoice", invoice.pk)) == (True, True)
    assert linked(owner, difference, url("payment", payment.pk)) == (True, True)


def test_a_reminder_and_its_invoice(owner: Client, company: Company, customer: Customer) -> None:
    set_up_levels(company)
    reminder = make_reminder(customer)
    assert linked(owner, url("reminder", reminder.pk), url("invoice", reminder.invoice_id)) == (True, True)


def test_a_document_and_the_statement_of_its_customer(owner: Client, company: Company) -> None:
    invoice = make_invoice(company, on=company.today())
    statement = url("customer_statement", invoice.customer_id)
    assert linked(owner, url("invoice", invoice.pk), statement) == (True, True)


def test_a_file_and_what_it_is_kept_with(owner: Client, company: Company) -> None:
    file, invoice = make_file(company), make_invoice(company)
    entry = make_entry(company, document_id=file.pk)
    attach_file(
        company_id=company.pk, subject_type="invoice", subject_id=invoice.pk, file_id=file.pk, actor=system_actor()
    )
    page = url("file", file.pk)
    assert linked(owner, url("journal_entry", entry.pk), page) == (True, True)
    assert linked(owner, url("invoice", invoice.pk), page) == (True, True)


def test_a_file_that_an_invoice_carries_and_one_that_was_mailed(owner: Client, company: Company) -> None:
    file = make_file(company)
    invoice = make_invoice(company, attachment_ids=[str(file.pk)])
    assert linked(owner, url("invoice", invoice.pk), url("file", file.pk)) == (True, True)
    mail: Mailing = make_sent_mail(company, invoice.pk)
    assert leads(owner, url("file", mail.pdf_id), url("invoice", invoice.pk))


def test_a_stock_count_and_its_item(owner: Client, company: Company) -> None:
    item = make_item(company, quantity_on_hand=Decimal(3), purchase_cost=Decimal(2))
    update_item(item, {"locations": [{"location_id": "", "quantity_on_hand": Decimal(1)}]}, actor=system_actor())
    entry = JournalEntry.objects.filter(company=company).latest("sequence")
    assert linked(owner, url("journal_entry", entry.pk), url("item", item.pk)) == (True, True)


def test_another_companys_file_is_not_there(owner: Client, other: Company) -> None:
    file = make_file(other)
    for name in ("file", "file_content"):
        assert owner.get(url(name, file.pk)).status_code == 404


def test_tax_paid_in_advance_and_its_payment(signed_in: object) -> None:
    company = make_company(
        chart="skr03", currency="EUR", country="DE", time_zone="Europe/Berlin", advances_taxed_from="2026-01-01"
    )
    company.refresh_from_db()
    payment = make_unapplied_payment(company, make_customer(company), "119.00")
    move = AdvanceTaxMove.objects.get()
    owner = signed_in(company)  # type: ignore[operator]
    assert linked(owner, url("journal_entry", move.entry_id), url("payment", payment.pk)) == (True, True)


class TestADayThatIsStoredAsAnInstant:
    def test_is_shown_as_the_day_where_the_company_is(self, owner: Client, company: Company) -> None:
        company.time_zone = "America/New_York"
        company.save()
        last_moment = datetime(2026, 12, 27, 23, 59, 59, tzinfo=ZoneInfo("America/New_York"))
        quote = make_quote(company, make_customer(company), expires_at=last_moment)
        for page in (url("quote", quote.pk), reverse("admin:quotes")):
            shown = owner.get(page).content.decode()
            assert "Dec 27, 2026" in shown
            assert "11:59" not in shown
            assert "Dec 28" not in shown
        assert 'value="12/27/2026"' in owner.get(url("edit_quote", quote.pk)).content.decode()


def test_a_document_shows_its_accounts_and_its_tax_by_code(signed_in: object) -> None:
    company = make_company(chart="skr03", currency="EUR", country="DE", time_zone="Europe/Berlin")
    lines = (line("100.00", tax_code="UST19"), line("50.00", tax_code="UST19"), line("200.00", tax_code="UST7"))
    shown = signed_in(company).get(url("invoice", make_invoice(company, *lines).pk))  # type: ignore[operator]
    # 19 % of 150.00 is 28.50, 7 % of 200.00 is 14.00.
    assert [(row.code, row.base, row.tax) for row in shown.context["taxes"]] == [
        ("UST19", Decimal("150.00"), Decimal("28.50")),
        ("UST7", Decimal("200.00"), Decimal("14.00")),
    ]
    assert [one.shown_account.code for one in shown.context["lines"]] == ["8400", "8400", "8300"]
    assert "Tax UST19, 19 % of 150,00" in shown.content.decode()
