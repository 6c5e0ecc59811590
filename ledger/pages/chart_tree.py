"""The chart of accounts as a tree: types, categories, accounts with their sub-accounts, each with its balance."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from backfill.tenancy.models import Company
from ledger.accounts.balances import ZERO, Balance, balances_as_of, movements
from ledger.models import Account, AccountType
from ledger.periods.calendar import year_start_of

UNNAMED = _("Without category")
_TITLES = {
    AccountType.ASSET: _("Assets"),
    AccountType.LIABILITY: _("Liabilities"),
    AccountType.EQUITY: _("Equity"),
    AccountType.REVENUE: _("Revenue"),
    AccountType.EXPENSE: _("Expenses"),
}


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account and its own balance in natural sign: positive on the side where its type belongs."""

    account: Account
    depth: int
    balance: Decimal
    has_movements: bool


@dataclass(slots=True)
class CategoryRows:
    name: str
    rows: list[AccountRow] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((row.balance for row in self.rows), ZERO)

    @property
    def is_summed(self) -> bool:
        """Whether there is more than one balance to add up."""
        return sum(row.has_movements for row in self.rows) > 1


@dataclass(frozen=True, slots=True)
class TypeRows:
    type: AccountType
    categories: list[CategoryRows]

    @property
    def title(self) -> str:
        return str(_TITLES[self.type])

    @property
    def total(self) -> Decimal:
        return sum((category.total for category in self.categories), ZERO)


@dataclass(frozen=True, slots=True)
class ChartTree:
    """Balance sheet accounts have their balance on `on`; revenue and expenses count from `year_start`."""

    on: date
    year_start: date
    types: list[TypeRows]


def chart_tree(company: Company, *, on: date) -> ChartTree:
    """Return every account of a company with its balance at the end of a day, in three statements."""
    year_start = year_start_of(company, on)
    positions = balances_as_of(company_id=company.pk, on=on)
    results = movements(company_id=company.pk, start=year_start, end=on)
    accounts = sorted(
        Account.objects.filter(company=company).order_by(),
        key=lambda account: (account.code is None, account.code or "", account.name),
    )
    return ChartTree(
        on=on,
        year_start=year_start,
        types=[
            TypeRows(kind, _categories([one for one in accounts if one.type == kind], positions, results))
            for kind in AccountType
        ],
    )


def _categories(
    accounts: list[Account], positions: Mapping[UUID, Balance], results: Mapping[UUID, Balance]
) -> list[CategoryRows]:
    categories: dict[str, CategoryRows] = {}
    for account, depth, category in _with_depth(accounts):
        balances = positions if AccountType(account.type).is_on_balance_sheet else results
        net = balances.get(account.id, Balance()).net
        natural = net if AccountType(account.type).is_debit_normal else -net
        rows = categories.setdefault(category, CategoryRows(category or str(UNNAMED))).rows
        rows.append(AccountRow(account, depth, natural, has_movements=account.id in positions))
    return list(categories.values())


def _with_depth(accounts: Iterable[Account]) -> Iterator[tuple[Account, int, str]]:
    """Yield each account, how deep it stands, and the category of its topmost parent, sub-accounts below parents."""
    children: dict[UUID | None, list[Account]] = {}
    own = list(accounts)
    known = {account.id for account in own}
    for account in own:
        children.setdefault(account.parent_id if account.parent_id in known else None, []).append(account)

    def below(parent: UUID | None, depth: int, category: str) -> Iterator[tuple[Account, int, str]]:
        for account in children.get(parent, []):
            heading = category if depth else account.category
            yield account, depth, heading
            yield from below(account.id, depth + 1, heading)

    return below(None, 0, "")
