"""The shape that balance sheet and income statement share: sections of accounts with their totals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from ledger.accounts.balances import Balance
from ledger.models import AccountType
from reporting.figures import ZERO, Figures, ReportAccount, total
from reporting.labels import Language, title
from reporting.layouts import Heading, group_of, group_title


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """An account, or with `account` None a figure derived from others, which `key` then names."""

    account: ReportAccount | None
    name: str
    figures: Figures
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows or further sections under one title. `total` has the sign of the rows."""

    key: str
    title: str
    total: Figures
    rows: tuple[StatementRow, ...] = ()
    sections: tuple["Section", ...] = ()


def account_rows(
    accounts: Iterable[ReportAccount],
    balances: Mapping[UUID, Balance],
    compared: Mapping[UUID, Balance] | None,
    *,
    include_zero: bool,
) -> list[StatementRow]:
    """One row per account in its natural sign: debit less credit for assets and expenses, credit less debit for
    liabilities, equity and revenue. Rows of zeros only for active accounts, and only when asked for."""
    rows = []
    for account in accounts:
        comparison = None if compared is None else natural_balance(account, compared)
        figures = Figures(natural_balance(account, balances), comparison)
        if not figures.is_zero or (include_zero and account.is_active):
            rows.append(StatementRow(account=account, name=account.name, figures=figures))
    return rows


def natural_balance(account: ReportAccount, balances: Mapping[UUID, Balance]) -> Decimal:
    balance = balances.get(account.id)
    if balance is None:
        return ZERO
    return balance.net if account.type.is_debit_normal else -balance.net


@dataclass(frozen=True, slots=True)
class Sections:
    """Builds sections in one language, with or without a comparison."""

    language: Language
    has_comparison: bool

    def of_rows(self, key: str, name: str, rows: Sequence[StatementRow]) -> Section:
        summed = total((row.figures for row in rows), has_comparison=self.has_comparison)
        return Section(key=key, title=name, rows=tuple(rows), total=summed)

    def of_sections(self, key: str, inner: Sequence[Section]) -> Section:
        summed = total((each.total for each in inner), has_comparison=self.has_comparison)
        return Section(key=key, title=title(key, self.language), sections=tuple(inner), total=summed)

    def of_groups(self, rows: Iterable[StatementRow], kind: AccountType) -> dict[str, Section]:
        """One section per report group that has rows of accounts of that type."""
        grouped: dict[str, list[StatementRow]] = {}
        for row in rows:
            if row.account is not None and row.account.type == kind:
                grouped.setdefault(group_of(row.account), []).append(row)
        return {
            group: self.of_rows(group, group_title(kind, group, self.language), members)
            for group, members in grouped.items()
        }

    def under_headings(
        self, rows: Iterable[StatementRow], kind: AccountType, headings: Iterable[Heading]
    ) -> list[Section]:
        """The group sections gathered under the headings of a layout, then the groups that none of them names."""
        groups = self.of_groups(rows, kind)
        found = []
        for heading in headings:
            inner = [groups.pop(group) for group in heading.groups if group in groups]
            if inner and heading.groups == (heading.key,):
                found += inner
            elif inner:
                found.append(self.of_sections(heading.key, inner))
        return [*found, *groups.values()]
