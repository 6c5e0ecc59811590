"""Bookings by hand on receivables: open items of the customer whose personal account they name, else of nobody."""

from datetime import date
from decimal import Decimal

import pytest

from backfill.tenancy.models import Company
from ledger.entries.entries import reverse_entry
from ledger.errors import RecordInUse
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post
from ledger.models import AccountRole, JournalEntry
from ledger.open_items.models import OpenItem
from receivables.ageing import ageing, open_items
from receivables.customers.customers import delete_customer
from receivables.models import Customer
from receivables.selectors import customer_balances
from receivables.statements import customer_statement
from tests.factories import make_company, make_customer, make_entry, make_invoice
from tests.receivables.books import ACTOR, prove

pytestmark = pytest.mark.django_db

DAY = date(2026, 1, 15)


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr04", currency="EUR")


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company, personal_account="10001")


def booked(customer: Customer, amount: str) -> JournalEntry:
    lines = (
        LineDraft(
            account=AccountRole.ACCOUNTS_RECEIVABLE, amount=Decimal(amount), personal_account=customer.personal_account
        ),
        LineDraft(account=AccountRole.REVENUE, amount=-Decimal(amount)),
    )
    return post(EntryDraft(company_id=customer.company_id, entry_date=DAY, lines=lines), actor=ACTOR)


def test_belong_to_the_customer_of_their_personal_account(company: Company, customer: Customer) -> None:
    make_invoice(company, customer=customer, on=DAY)  # 100.00
    debit, credit = booked(customer, "50.00"), booked(customer, "-20.00")
    totals = ageing(company, as_of=DAY).totals
    assert (totals.balance, totals.credits) == (130, -20)
    assert customer_balances(company_id=company.id, customer_ids=[customer.id])[customer.id].balance == 130
    items = open_items(company_id=company.id, customer_id=customer.id, as_of=DAY)
    assert sorted((item.kind, item.document_number, item.amount) for item in items if item.kind == "entry") == [
        ("entry", debit.entry_number, 50),
        ("entry", credit.entry_number, -20),
    ]
    statement = customer_statement(customer, start=DAY, end=DAY)
    assert {(row.kind, row.amount) for row in statement.movements} == {
        ("invoice", 100),
        ("entry", 50),
        ("settlement", -20),
    }
    assert statement.closing == 130
    prove(company)


def test_are_nobody_s_without_a_personal_account(company: Company) -> None:
    entry = make_entry(company, (AccountRole.ACCOUNTS_RECEIVABLE, "70.00"), (AccountRole.REVENUE, "-70.00"), on=DAY)
    assert OpenItem.objects.get(entry=entry).party_id is None
    assert ageing(company, as_of=DAY).customers == ()
    prove(company)


def test_end_with_the_reversal_of_their_entry(company: Company, customer: Customer) -> None:
    entry = booked(customer, "50.00")
    reverse_entry(company_id=company.id, entry_id=entry.id, on=date(2026, 2, 1), actor=ACTOR)
    days = (date(2026, 1, 31), date(2026, 2, 1))
    assert [ageing(company, as_of=day).totals.balance for day in days] == [50, 0]
    prove(company)


def test_keep_their_customer_from_being_deleted(company: Company, customer: Customer) -> None:
    booked(customer, "50.00")
    with pytest.raises(RecordInUse):
        delete_customer(company_id=company.id, document_id=customer.id, actor=ACTOR)
