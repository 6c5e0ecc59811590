"""`ledger.accounts.balances`: balances from totals and lines, compared with adding up the lines one by one."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfill.ids import uuid7
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.accounts.balances import Balance, account_balance, balances_as_of, movements
from ledger.accounts.sheets import AccountSheet, SheetPosition, account_sheet
from ledger.journal.posting import post_many
from ledger.models import Account, AccountRole, JournalLine
from tests.factories import entry_draft, make_company, make_entry
from tests.ledger.raw_journal import execute

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2025, 11, 15), date(2026, 3, 15)
SLOTS = (AccountRole.CASH, AccountRole.REVENUE, AccountRole.EXPENSE, AccountRole.ACCOUNTS_RECEIVABLE)
relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
days = st.dates(FIRST - timedelta(days=40), LAST + timedelta(days=40))
maybe_days = st.none() | days


@dataclass(frozen=True)
class Journal:
    company: Company
    accounts: dict[AccountRole, Account]

    @property
    def lines(self) -> list[JournalLine]:
        return list(
            JournalLine.objects.filter(company=self.company).order_by("entry_date", "journal_number", "line_number")
        )


@pytest.fixture
def journal() -> Journal:
    """Four months of 150 random entries, beside another company's."""
    random = Random(17)  # noqa: S311 - the same journal every time
    company = make_company()
    drafts = []
    for _ in range(150):
        debit, credit = random.sample(SLOTS, 2)
        day = FIRST + timedelta(days=random.randrange((LAST - FIRST).days + 1))
        amount = Decimal(random.randrange(1, 100_000)).scaleb(-2)
        foreign = {"currency": "EUR", "exchange_rate": Decimal("1.1")} if amount > 1 and random.random() < 0.2 else {}
        drafts.append(entry_draft(company, (debit, amount), (credit, -amount), on=day, **foreign))
    post_many(drafts, actor=system_actor())
    make_entry(make_company(), on=date(2026, 1, 1))
    accounts = {slot: Account.objects.get(company=company, slot=slot) for slot in SLOTS}
    return Journal(company, accounts)


def added_up(lines: list[JournalLine], start: date | None, end: date | None) -> dict[UUID, Balance]:
    sums: dict[UUID, list[Decimal]] = {}
    for line in lines:
        if (start is None or line.entry_date >= start) and (end is None or line.entry_date <= end):
            debit_credit = sums.setdefault(line.account_id, [Decimal(0), Decimal(0)])
            debit_credit[line.amount < 0] += abs(line.amount)
    return {account: Balance(debit, credit) for account, (debit, credit) in sums.items()}


def without_zeros(balances: dict[UUID, Balance]) -> dict[UUID, Balance]:
    return {account: balance for account, balance in balances.items() if balance != Balance()}


def test_adds_up_to_the_lines_between_any_two_days(journal: Journal) -> None:
    lines = journal.lines

    @relaxed
    @given(maybe_days, maybe_days)
    def check(start: date | None, end: date | None) -> None:
        found = movements(company_id=journal.company.id, start=start, end=end)
        assert without_zeros(found) == added_up(lines, start, end)

    check()


def test_adds_up_to_the_lines_up_to_any_day(journal: Journal) -> None:
    lines = journal.lines

    @relaxed
    @given(maybe_days)
    def check(on: date | None) -> None:
        found = balances_as_of(company_id=journal.company.id, on=on)
        assert without_zeros(found) == added_up(lines, None, on)
        cash = journal.accounts[AccountRole.CASH]
        assert account_balance(account=cash, on=on) == added_up(lines, None, on).get(cash.id, Balance())

    check()


def test_asks_for_some_accounts_only(journal: Journal) -> None:
    wanted = [journal.accounts[AccountRole.CASH].id, uuid7()]
    for end in (date(2026, 1, 31), date(2026, 1, 20)):
        found = movements(company_id=journal.company.id, start=None, end=end, account_ids=wanted)
        expected = added_up(journal.lines, None, end)
        assert found == {wanted[0]: expected[wanted[0]]}
        assert movements(company_id=journal.company.id, start=None, end=end, account_ids=[]) == {}


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, None),
        (None, date(2026, 1, 31)),
        (None, date(2026, 1, 20)),
        (date(2025, 12, 20), date(2026, 2, 10)),
        (date(2026, 1, 10), date(2026, 1, 12)),
        (date(2026, 1, 12), date(2026, 1, 10)),
        (date.min, date.max),
        (date.max, date.max),
        (date.min, date.min),
    ],
)
def test_takes_at_most_one_statement(journal: Journal, start: date | None, end: date | None) -> None:
    with CaptureQueriesContext(connection) as captured:
        found = movements(company_id=journal.company.id, start=start, end=end)
    assert len(captured) <= 1
    assert without_zeros(found) == added_up(journal.lines, start, end)


def test_reads_whole_months_from_the_totals(journal: Journal) -> None:
    """Seen by making the totals lie."""
    expected = balances_as_of(company_id=journal.company.id, on=date(2026, 1, 31))
    partly = movements(company_id=journal.company.id, start=date(2026, 1, 2), end=date(2026, 1, 30))
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("ALTER TABLE ledger_accounttotal DISABLE TRIGGER ledger_totals_guard")
    execute("UPDATE ledger_accounttotal SET debit = debit + 1 WHERE month = '2026-01-01' AND currency = 'USD'")
    changed = balances_as_of(company_id=journal.company.id, on=date(2026, 1, 31))
    assert {account: balance.debit + 1 for account, balance in expected.items()} == {
        account: balance.debit for account, balance in changed.items()
    }
    assert movements(company_id=journal.company.id, start=date(2026, 1, 2), end=date(2026, 1, 30)) == partly


@pytest.mark.parametrize(
    ("on", "days"),
    [
        (date(2026, 1, 3), [("2026-01-01", "2026-01-03")]),
        (date(2026, 1, 29), [("2026-01-30", "2026-01-31")]),
        (date(2026, 1, 31), []),
    ],
)
def test_reads_the_smaller_part_of_a_month_from_the_lines(on: date, days: list[tuple[str, str]]) -> None:
    company = make_company()
    make_entry(company, on=date(2026, 1, 3))
    make_entry(company, on=date(2026, 1, 30))
    with CaptureQueriesContext(connection) as captured:
        balances = balances_as_of(company_id=company.id, on=on)
    assert {balance.debit + balance.credit for balance in balances.values()} == {200 if on.day > 29 else 100}
    assert re.findall(r"BETWEEN '([\d-]+)'::date AND '([\d-]+)'::date", captured[0]["sql"]) == days


def test_knows_no_account_that_moved_only_later_in_the_month() -> None:
    company = make_company()
    make_entry(company, on=date(2026, 1, 30))
    assert balances_as_of(company_id=company.id, on=date(2026, 1, 29)) == {}


def test_balances_to_zero_over_all_accounts(journal: Journal) -> None:
    for on in (None, date(2025, 12, 31), date(2026, 1, 20)):
        balances = balances_as_of(company_id=journal.company.id, on=on).values()
        assert sum(balance.net for balance in balances) == 0


def test_has_no_balance_before_anything_is_posted() -> None:
    company = make_company()
    assert balances_as_of(company_id=company.id, on=None) == {}
    assert account_balance(account=Account.objects.filter(company=company)[0]) == Balance()


def pages(account: Account, start: date | None, end: date | None, limit: int, most: int = 1_000) -> list[AccountSheet]:
    found: list[AccountSheet] = []
    after: SheetPosition | None = None
    while not found or after:
        found.append(account_sheet(account=account, start=start, end=end, limit=limit, after=after))
        after = found[-1].next_position
        assert len(found) < most
    return found


def test_turns_pages_without_losing_or_repeating_a_line(journal: Journal) -> None:
    lines, account = journal.lines, journal.accounts[AccountRole.CASH]

    @relaxed
    @given(maybe_days, maybe_days, st.integers(1, 40))
    def check(start: date | None, end: date | None, limit: int) -> None:
        sheets = pages(account, start, end, limit)
        expected = [
            line
            for line in lines
            if line.account_id == account.id
            and (start is None or line.entry_date >= start)
            and (end is None or line.entry_date <= end)
        ]
        rows = [row for sheet in sheets for row in sheet.rows]
        assert [row.line.pk for row in rows] == [line.pk for line in expected]
        assert all(len(sheet.rows) <= limit for sheet in sheets)
        opening = (
            added_up(lines, None, start - timedelta(days=1)).get(account.id, Balance()).net if start else Decimal(0)
        )
        balance = opening
        for row, line in zip(rows, expected, strict=True):
            balance += line.amount
            assert row.running_balance == balance
        assert sheets[0].opening_balance == opening
        for earlier, later in pairwise(sheets):
            assert later.opening_balance == earlier.rows[-1].running_balance
        closing = added_up(lines, None, end).get(account.id, Balance()).net
        assert {sheet.closing_balance for sheet in sheets} == {closing}

    check()


def test_costs_three_statements_a_page_however_far_back(journal: Journal) -> None:
    account = journal.accounts[AccountRole.CASH]
    sheets = pages(account, FIRST, LAST, 10)
    assert len(sheets) > 4
    for after in (None, sheets[-2].next_position):
        with CaptureQueriesContext(connection) as captured:
            sheet = account_sheet(account=account, start=FIRST, end=LAST, limit=10, after=after)
            assert [row.line.entry.entry_number for row in sheet.rows]
        assert len(captured) == 3


def test_keeps_lines_of_one_entry_in_their_order() -> None:
    company = make_company()
    make_entry(company, (AccountRole.CASH, "3.00"), (AccountRole.CASH, "-1.00"), (AccountRole.CASH, "-2.00"))
    cash = Account.objects.get(company=company, slot=AccountRole.CASH)
    rows = [row for sheet in pages(cash, None, None, 1) for row in sheet.rows]
    assert [(row.line.line_number, row.running_balance) for row in rows] == [(1, 3), (2, 2), (3, 0)]


def test_shows_sheets_between_the_ends_of_the_calendar(journal: Journal) -> None:
    account = journal.accounts[AccountRole.CASH]
    whole = account_sheet(account=account, start=date.min, end=date.max, limit=1_000)
    assert whole == account_sheet(account=account, start=None, end=None, limit=1_000)
    assert account_sheet(account=account, start=date.max, end=None, limit=9).opening_balance == whole.closing_balance


def test_shows_no_line_of_another_company(journal: Journal) -> None:
    sheet = account_sheet(account=journal.accounts[AccountRole.CASH], start=None, end=None, limit=1_000)
    assert {row.line.company_id for row in sheet.rows} == {journal.company.id}
    assert (
        len(sheet.rows)
        == JournalLine.objects.filter(Q(company=journal.company), account__slot=AccountRole.CASH).count()
    )
