"""The demo companies' year: believable, complete, and the same however often it is loaded."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from backfill.demo import COMPANIES, has_demo
from backfill.demo_data import load_demo_data
from backfill.demo_data.bookings import MONTHS, OPEN_MONTHS, month_back
from backfill.letters.letterhead import iban_of
from backfill.tenancy.models import Company, Role
from ledger.accounts.balances import balances_as_of
from ledger.checks.books import check_books
from ledger.inventory.models import Item, StockMovement
from ledger.models import AccountType, EntryStatus, JournalEntry, Period
from receivables.einvoices.documents import einvoice_xml
from receivables.models import DunningPolicy, DunningProposal, Invoice, Payment, Quote, RecurringInvoice, SalesOrder
from receivables.printing.documents import printable_invoice
from reporting.monthly import monthly_results
from reporting.trial_balance import trial_balance
from tests.factories import actor_of, make_company, make_entry, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", params=COMPANIES)
def company(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Company]:
    """Loaded once for the file, since a year takes seconds; each test runs in a savepoint of its transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        company = make_company(**COMPANIES[request.param])
        load_demo_data(company, actor=actor_of(make_member(company, role=Role.OWNER)))
        yield company
        transaction.set_rollback(True)


def test_knows_whether_it_is_there() -> None:
    assert not has_demo()
    first, second = (make_company(**details) for details in COMPANIES.values())
    make_entry(first)
    assert not has_demo(), "a company without books is yet to be filled"
    make_entry(second)
    assert has_demo()


def test_proves_right(company: Company) -> None:
    check = check_books(company)
    assert check.is_ok, check.findings
    assert check.entry_count > 300


def test_leaves_no_account_on_the_wrong_side(company: Company) -> None:
    """But those that reduce others: accumulated depreciation, and tax accounts that are netted when paid."""
    net = {account.code: account for account in company.accounts.all()}
    balances = balances_as_of(company_id=company.pk, on=company.today())
    wrong = {
        code
        for code, account in net.items()
        if account.pk in balances
        and (balances[account.pk].net < 0) == (account.type in {AccountType.ASSET, AccountType.EXPENSE})
        and balances[account.pk].net
    }
    assert wrong <= {"1590", "1780", "9000"}


def test_earns_something_in_every_month_and_has_money_left(company: Company) -> None:
    months = monthly_results(company, until=company.today())
    assert all(month.revenue > 10_000 and month.expenses > 10_000 for month in months[:-1])
    assert sum(month.result for month in months) > 0
    assert trial_balance(company, as_of=company.today()).totals.is_balanced


def test_leaves_something_to_do(company: Company) -> None:
    drafts = JournalEntry.objects.filter(company=company, status=EntryStatus.DRAFT)
    assert sorted(drafts.values_list("approval_status", flat=True)) == ["draft", "draft", "pending_approval"]
    assert JournalEntry.objects.filter(company=company, status=EntryStatus.REVERSED).count() == 1
    states = list(Period.objects.filter(company=company).order_by("name").values_list("status", flat=True))
    assert states == ["soft_locked"] * (12 - OPEN_MONTHS) + ["open"] * OPEN_MONTHS


def test_invoices_what_is_open(company: Company) -> None:
    control = company.accounts.get(slot="accounts_receivable")
    balance = balances_as_of(company_id=company.pk, on=None, account_ids=[control.pk])[control.pk].net
    invoices = Invoice.objects.filter(company=company)
    assert sum(invoice.balance_due for invoice in invoices.exclude(status="draft")) == balance > 0
    assert invoices.filter(status="draft").count() == 2  # one that somebody began, one that recurs
    assert invoices.filter(status="paid").exists()


def test_sells_goods_that_are_in_stock(company: Company) -> None:
    items = Item.objects.filter(company=company)
    value = sum(item.inventory_value for item in items)
    assert sorted(items.values_list("type", flat=True)) == ["good", "good", "service"]
    account = company.accounts.get(slot="inventory_asset")
    assert 0 < value == balances_as_of(company_id=company.pk, on=None, account_ids=[account.pk])[account.pk].net
    for back in range(MONTHS):
        day = month_back(company.today(), back)
        moved = StockMovement.objects.filter(company=company, moved_on__lte=day).aggregate(value=Sum("value"))["value"]
        assert moved == balances_as_of(company_id=company.pk, on=day, account_ids=[account.pk])[account.pk].net
    opening = company.accounts.get(slot="opening_balance_equity")
    assert not balances_as_of(company_id=company.pk, on=None, account_ids=[opening.pk])[opening.pk].net
    assert sorted(Quote.objects.filter(company=company).values_list("status", flat=True)) == ["converted", "sent"]
    assert SalesOrder.objects.get(company=company).status == "open"


def test_can_be_printed_sent_and_paid_by_code(company: Company) -> None:
    """Letterhead, addresses and numbers are there, so that nothing has to be set before trying."""
    for invoice in Invoice.objects.filter(company=company, posted_at__isnull=False):
        document = printable_invoice(company_id=company.pk, document_id=invoice.pk)
        assert einvoice_xml(document, "factur-x")
        assert document.customer.email
    if company.base_currency == "EUR":
        assert iban_of(company) is not None


def test_is_collecting(company: Company) -> None:
    today = company.today()
    assert DunningPolicy.objects.get(company=company).levels.count() == 3
    late = [one for one in Invoice.objects.filter(company=company) if one.is_overdue(today - timedelta(days=2))]
    assert DunningProposal.objects.filter(company=company, status="proposed").count() == len(late)
    assert RecurringInvoice.objects.get(company=company).status == "active"


def test_is_loaded_once(company: Company) -> None:
    count = JournalEntry.objects.filter(company=company).count()
    assert load_demo_data(company, actor=actor_of(make_member(company))) == 0
    assert JournalEntry.objects.filter(company=company).count() == count


def test_books_nothing_in_the_future(company: Company) -> None:
    assert not JournalEntry.objects.filter(company=company, entry_date__gt=company.today()).exists()


def test_knows_no_story_for_other_charts() -> None:
    company = make_company(chart="ifrs", currency="EUR")
    assert load_demo_data(company, actor=actor_of(make_member(company))) == 0


_BOTH = tuple(COMPANIES)
_DAYS = {
    "2026-01-01T00:30:00Z": _BOTH,
    "2026-01-31T12:00:00Z": _BOTH,
    "2026-02-28T23:30:00Z": _BOTH,
    "2026-03-29T01:30:00Z": ("books",),  # the clocks of Berlin go forward
    "2026-10-25T00:30:00Z": ("books",),  # and back
    "2026-11-01T05:30:00Z": ("backfill",),  # those of New York go back
    "2026-11-29T12:00:00Z": _BOTH,
    "2026-12-31T23:30:00Z": _BOTH,
    "2027-03-14T07:30:00Z": ("backfill",),  # those of New York go forward
    "2028-02-29T12:00:00Z": _BOTH,
    "2029-04-30T12:00:00Z": _BOTH,
    "2030-12-31T04:30:00Z": _BOTH,
}


@pytest.mark.parametrize(("instant", "contract"), [(day, one) for day, told in _DAYS.items() for one in told])
def test_is_right_on_any_day(instant: str, contract: str) -> None:
    """All of the above, on the first and last days of months and years, on leap days and when clocks change."""
    with time_machine.travel(instant):
        company = make_company(**COMPANIES[contract] | {"name": "Any Day"})  # that of the file is still there
        assert load_demo_data(company, actor=actor_of(make_member(company, role=Role.OWNER))) > 200
        for expectation in (
            *(test_proves_right, test_leaves_no_account_on_the_wrong_side, test_leaves_something_to_do),
            *(test_earns_something_in_every_month_and_has_money_left, test_invoices_what_is_open, test_is_collecting),
            *(test_sells_goods_that_are_in_stock, test_books_nothing_in_the_future),
        ):
            expectation(company)


def test_costs_no_statement_per_entry_but_for_its_tax() -> None:
    company = make_company(**COMPANIES["backfill"] | {"name": "Counted"})
    actor = actor_of(make_member(company))
    with CaptureQueriesContext(connection) as queries:
        count = load_demo_data(company, actor=actor)
    by_hand = sum(
        model.objects.filter(company=company).count() for model in (Item, Quote, SalesOrder, Invoice, Payment)
    )
    assert len(queries) < count + 18 * by_hand
    assert Decimal(count) > 0
