"""The Bookkeeping contract's reports: plain lists of accounts with their debits, credits and balance.

Operation 57 of that contract: guv (profit and loss), bilanz (balance sheet) and susa (trial balance).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from backfill.tenancy.models import Company
from ledger.accounts.balances import Balance, balances_as_of, earnings, movements
from ledger.accounts.report_groups import ReportGroup
from ledger.models import AccountType
from reporting.figures import ZERO, ReportAccount, report_accounts
from reporting.ranges import DateRange
from reporting.snapshot import one_moment

PERIOD_RESULT = "Periodenergebnis"
PERIOD_RESULT_GROUP = "period_result"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """`debit_total` and `credit_total` are the movements, `balance` is as the function says. In base currency."""

    number: str
    name: str
    type: AccountType
    category: str | None
    report_group: str | None
    debit_total: Decimal
    credit_total: Decimal
    balance: Decimal


def trial_balance_lines(company: Company, *, asked: DateRange) -> list[AccountLine]:
    """Every account with movement in the range; `balance` is debit less credit whatever the account's type."""
    moved, accounts = _read(company, asked.start, asked.end)
    return [
        _line(account, moved[account.id], balance=moved[account.id].net) for account in _with_movement(accounts, moved)
    ]


def profit_and_loss_lines(company: Company, *, asked: DateRange, include_closing: bool = False) -> list[AccountLine]:
    """Revenue and expense accounts with movement in the range; `balance` is in natural sign. Closing entries count
    only where they are asked for."""
    with one_moment(company):
        read = movements if include_closing else earnings
        moved, accounts = read(company_id=company.pk, start=asked.start, end=asked.end), report_accounts(company.pk)
    return [
        _natural_line(account, moved[account.id])
        for account in _with_movement(accounts, moved)
        if not account.type.is_on_balance_sheet
    ]


def balance_sheet_lines(company: Company, *, on: date) -> list[AccountLine]:
    """Asset, liability and equity accounts with movement up to `on`, in natural sign, and as last line of equity
    what revenue and expense accounts hold (Periodenergebnis), unless that is nothing: assets equal liabilities plus
    equity.

    The carry-forward accounts (9000 and its like) are left out, as the contract says, once every opening balance is
    posted and they net to zero. Until then what they hold is equity that no account has yet, and is shown.
    """
    balances, accounts = _read(company, None, on)
    carriers = {account.id for account in accounts if account.report_group == ReportGroup.CARRY_FORWARD}
    carried = sum((balances[account_id].net for account_id in carriers & balances.keys()), ZERO)
    lines = [
        _natural_line(account, balances[account.id])
        for account in _with_movement(accounts, balances)
        if account.type.is_on_balance_sheet and (account.id not in carriers or (carried and balances[account.id].net))
    ]
    result = _period_result(accounts, balances)
    return lines if result is None else [*lines, result]


def _read(company: Company, start: date | None, end: date) -> tuple[Mapping[UUID, Balance], list[ReportAccount]]:
    with one_moment(company):
        if start is None:
            balances = balances_as_of(company_id=company.pk, on=end)
        else:
            balances = movements(company_id=company.pk, start=start, end=end)
        return balances, report_accounts(company.pk)


def _with_movement(accounts: Iterable[ReportAccount], balances: Mapping[UUID, Balance]) -> Iterator[ReportAccount]:
    for account in accounts:
        balance = balances.get(account.id)
        if balance is not None and (balance.debit or balance.credit):
            yield account


def _natural_line(account: ReportAccount, moved: Balance) -> AccountLine:
    return _line(account, moved, balance=moved.net if account.type.is_debit_normal else -moved.net)


def _line(account: ReportAccount, moved: Balance, *, balance: Decimal) -> AccountLine:
    return AccountLine(
        number=account.code,
        name=account.name,
        type=account.type,
        category=account.category or None,
        report_group=account.report_group or None,
        debit_total=moved.debit,
        credit_total=moved.credit,
        balance=balance,
    )


def _period_result(accounts: Iterable[ReportAccount], balances: Mapping[UUID, Balance]) -> AccountLine | None:
    debit = credit = ZERO
    for account in accounts:
        if not account.type.is_on_balance_sheet and account.id in balances:
            debit += balances[account.id].debit
            credit += balances[account.id].credit
    if debit == credit:
        return None
    return AccountLine(
        number="",
        name=PERIOD_RESULT,
        type=AccountType.EQUITY,
        category=None,
        report_group=PERIOD_RESULT_GROUP,
        debit_total=debit,
        credit_total=credit,
        balance=credit - debit,
    )
