"""Entries that close a fiscal year: what moves the result from revenue and expense accounts to retained earnings.

They are known as such (`kind` is `closing`), so that an income statement can leave them out: it tells what was earned,
whether or not somebody has closed the year.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final, Protocol

from ledger.models import AccountRole, AccountType

CLOSING_KIND: Final = "closing"
_MADE_BY_PEOPLE: Final = frozenset({"manual", "booking", "import"})
_CARRIERS: Final = frozenset({"retained_earnings", "carry_forward"})


class ClosableAccount(Protocol):
    """What tells the part an account plays in closing a year."""

    @property
    def type(self) -> str: ...
    @property
    def slot(self) -> str | None: ...
    @property
    def groups(self) -> frozenset[str]: ...


def kind_of(kind: str, accounts: Iterable[ClosableAccount], *, posting_date: date, year_end: date, period: int) -> str:
    """Return `closing` for an entry that people made on the last day of a fiscal year, or in its adjustment periods,
    and that has lines on revenue or expense accounts and on retained earnings and on nothing else. Any other entry
    keeps its kind."""
    if kind not in _MADE_BY_PEOPLE or not (period or posting_date == year_end):
        return kind
    has_result = has_carrier = False
    for account in accounts:
        if not AccountType(account.type).is_on_balance_sheet:
            has_result = True
        elif account.slot == AccountRole.RETAINED_EARNINGS or account.groups & _CARRIERS:
            has_carrier = True
        else:
            return kind
    return CLOSING_KIND if has_result and has_carrier else kind
