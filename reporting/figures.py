"""The building blocks of every report: amounts beside their comparison, and what a row knows of its account."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from ledger.models import Account, AccountType

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Figures:
    """An amount and, when a comparison was asked for, the same of the other date or range."""

    current: Decimal
    comparison: Decimal | None = None

    @property
    def change(self) -> Decimal | None:
        return None if self.comparison is None else self.current - self.comparison

    @property
    def is_zero(self) -> bool:
        return not self.current and not self.comparison

    def __add__(self, other: "Figures") -> "Figures":
        comparison = None
        if self.comparison is not None and other.comparison is not None:
            comparison = self.comparison + other.comparison
        return Figures(self.current + other.current, comparison)

    def __neg__(self) -> "Figures":
        return Figures(-self.current, None if self.comparison is None else -self.comparison)

    def __sub__(self, other: "Figures") -> "Figures":
        return self + -other


def no_figures(*, has_comparison: bool) -> Figures:
    return Figures(ZERO, ZERO if has_comparison else None)


def total(figures: Iterable[Figures], *, has_comparison: bool) -> Figures:
    result = no_figures(has_comparison=has_comparison)
    for each in figures:
        result += each
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAccount:
    """What a report shows of an account. `code` is "" where the account has none."""

    id: UUID
    code: str
    name: str
    type: AccountType
    sub_type: str
    category: str
    report_group: str
    is_active: bool
    slot: str | None = None


def report_accounts(company_id: UUID) -> list[ReportAccount]:
    """Every account of a company by code, those without one last by name. One statement.

    Read after the balances: an account created in between is then here without a balance, while the other way
    round a balance would be without its account.
    """
    fields = ("id", "code", "name", "type", "sub_type", "category", "report_group", "is_active", "slot")
    rows = Account.objects.filter(company_id=company_id).values_list(*fields)
    accounts = [
        ReportAccount(
            id=row[0],
            code=row[1] or "",
            name=row[2],
            type=AccountType(row[3]),
            sub_type=row[4],
            category=row[5],
            report_group=row[6],
            is_active=row[7],
            slot=row[8],
        )
        for row in rows.order_by()
    ]
    return sorted(accounts, key=lambda account: (not account.code, account.code, account.name))
