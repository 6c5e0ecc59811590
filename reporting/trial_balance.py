"""Trial balance: every account's opening balance, movements and closing balance, debits equal to credits.

The figures of revenue and expense accounts are those of the fiscal year. What they earned in earlier years and no
closing entry has moved yet is shown as derived retained earnings, one row per fiscal year, as the balance sheet does.
Opening entries on the first day of the fiscal year are opening balances there, not movements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from ledger.accounts.balances import Balance, balances_as_of, movements
from ledger.accounts.openings import opened
from ledger.models import AccountType
from reporting.errors import InvalidRange
from reporting.figures import ZERO, ReportAccount, report_accounts
from reporting.labels import Language, language_of, title
from reporting.ranges import ONE_DAY, ensure_reportable, fiscal_year_label, fiscal_year_start
from reporting.results import unclosed_results
from reporting.snapshot import one_moment

SECTIONS = (
    (AccountType.ASSET, "assets"),
    (AccountType.LIABILITY, "liabilities"),
    (AccountType.EQUITY, "equity"),
    (AccountType.REVENUE, "revenue"),
    (AccountType.EXPENSE, "expenses"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalanceRow:
    """One account. `opening`, `closing` and `comparison` are signed, debit positive; `debit` and `credit` are the
    movements of the range. `account` is None for the derived retained earnings of a fiscal year, which `key` names."""

    account: ReportAccount | None
    key: str = ""
    name: str
    opening: Decimal
    debit: Decimal
    credit: Decimal
    comparison: Decimal | None

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit

    @property
    def is_zero(self) -> bool:
        return not (self.opening or self.debit or self.credit or self.comparison)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalanceTotals:
    """Sums of debits and of credits, each positive, never netted against each other."""

    opening_debit: Decimal
    opening_credit: Decimal
    debit: Decimal
    credit: Decimal
    closing_debit: Decimal
    closing_credit: Decimal
    comparison_debit: Decimal | None
    comparison_credit: Decimal | None

    @property
    def is_balanced(self) -> bool:
        return (
            self.opening_debit == self.opening_credit
            and self.debit == self.credit
            and self.closing_debit == self.closing_credit
            and self.comparison_debit == self.comparison_credit
        )


@dataclass(frozen=True, slots=True)
class TrialBalanceSection:
    key: str
    title: str
    rows: tuple[TrialBalanceRow, ...]
    totals: TrialBalanceTotals


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalance:
    company: Company
    start: date
    as_of: date
    compare_as_of: date | None
    sections: tuple[TrialBalanceSection, ...]
    totals: TrialBalanceTotals


def trial_balance(
    company: Company,
    *,
    as_of: date,
    start: date | None = None,
    compare_as_of: date | None = None,
    include_zero: bool = False,
    language: Language | None = None,
) -> TrialBalance:
    """The trial balance at the end of `as_of` in base currency, with the movements since `start` (both inclusive;
    the first day of the fiscal year unless given).

    `compare_as_of` adds the closing balances of another day. Accounts without balance and movement are left out
    unless `include_zero` asks for the active ones. Titles are in the language of the company's country unless another
    is asked for. Raises InvalidRange when `start` is not in the fiscal year of `as_of`. A fixed number of statements.
    """
    year_start = fiscal_year_start(company, ensure_reportable(as_of, field="as_of_date"))
    first = start or year_start
    if not year_start <= first <= as_of:
        message = _("start_date must lie in the fiscal year of {as_of}, between {start} and {as_of}.").format(
            as_of=as_of, start=year_start
        )
        raise InvalidRange(message, field="start_date")
    with one_moment(company):
        opening = _positions(company, on=first - ONE_DAY, year_start=year_start)
        moved = movements(company_id=company.pk, start=first, end=as_of)
        brought_in = opened(company_id=company.pk, day=first) if first == year_start else {}
        compared = _comparison(company, compare_as_of)
        accounts = report_accounts(company.pk)
    held, moved = opening.with_opened(brought_in), _less(moved, brought_in)
    language = language or language_of(company)
    rows = _account_rows(accounts, held, moved, compared) + _derived_rows(company, opening, compared, language)
    return TrialBalance(
        company=company,
        start=first,
        as_of=as_of,
        compare_as_of=compare_as_of,
        sections=tuple(_sections(rows, language, include_zero=include_zero)),
        totals=_totals(rows, has_comparison=compared is not None),
    )


@dataclass(frozen=True, slots=True)
class _Positions:
    """Signed balances at the end of a day: by account, and the derived ones of fiscal years not closed."""

    accounts: Mapping[UUID, Balance]
    results: Mapping[UUID, Balance]
    years: Mapping[int, Decimal]

    def of(self, account: ReportAccount) -> Decimal:
        balances = self.accounts if account.type.is_on_balance_sheet else self.results
        balance = balances.get(account.id)
        return ZERO if balance is None else balance.net

    def with_opened(self, opened_: Mapping[UUID, Balance]) -> "_Positions":
        """Return these with what opening entries brought in on the first day of the fiscal year."""
        if not opened_:
            return self
        accounts, results = dict(self.accounts), dict(self.results)
        for account_id, balance in opened_.items():
            for held in (accounts, results):
                known = held.get(account_id, Balance())
                held[account_id] = Balance(known.debit + balance.debit, known.credit + balance.credit)
        return _Positions(accounts, results, self.years)


def _less(moved: Mapping[UUID, Balance], opened_: Mapping[UUID, Balance]) -> dict[UUID, Balance]:
    return dict(moved) | {
        account_id: Balance(moved[account_id].debit - balance.debit, moved[account_id].credit - balance.credit)
        for account_id, balance in opened_.items()
    }


def _comparison(company: Company, day: date | None) -> _Positions | None:
    return None if day is None else _positions(company, on=day, year_start=fiscal_year_start(company, day))


def _positions(company: Company, *, on: date, year_start: date) -> _Positions:
    """Balances at the end of `on`, revenue and expenses counted from `year_start`: on the eve of that day they are
    all in the derived rows."""
    return _Positions(
        accounts=balances_as_of(company_id=company.pk, on=on),
        results=movements(company_id=company.pk, start=year_start, end=on) if year_start <= on else {},
        years={year.fiscal_year: -year.amount for year in unclosed_results(company, before=year_start)},
    )


def _account_rows(
    accounts: Iterable[ReportAccount],
    opening: _Positions,
    moved: Mapping[UUID, Balance],
    compared: _Positions | None,
) -> list[TrialBalanceRow]:
    return [
        TrialBalanceRow(
            account=account,
            name=account.name,
            opening=opening.of(account),
            debit=moved[account.id].debit if account.id in moved else ZERO,
            credit=moved[account.id].credit if account.id in moved else ZERO,
            comparison=None if compared is None else compared.of(account),
        )
        for account in accounts
    ]


def _derived_rows(
    company: Company, opening: _Positions, compared: _Positions | None, language: Language
) -> list[TrialBalanceRow]:
    years = opening.years.keys() | (compared.years.keys() if compared else set())
    label = title("unclosed_result", language)
    return [
        TrialBalanceRow(
            account=None,
            key=f"unclosed_result_{year}",
            name=label.format(year=fiscal_year_label(company, year)),
            opening=opening.years.get(year, ZERO),
            debit=ZERO,
            credit=ZERO,
            comparison=None if compared is None else compared.years.get(year, ZERO),
        )
        for year in sorted(years)
    ]


def _sections(
    rows: Iterable[TrialBalanceRow], language: Language, *, include_zero: bool
) -> Iterable[TrialBalanceSection]:
    shown: dict[AccountType, list[TrialBalanceRow]] = {}
    for row in rows:
        if not row.is_zero or (include_zero and row.account is not None and row.account.is_active):
            kind = AccountType.EQUITY if row.account is None else row.account.type
            shown.setdefault(kind, []).append(row)
    for kind, key in SECTIONS:
        if kind in shown:
            has_comparison = shown[kind][0].comparison is not None
            totals = _totals(shown[kind], has_comparison=has_comparison)
            yield TrialBalanceSection(key, title(key, language), tuple(shown[kind]), totals)


def _totals(rows: Iterable[TrialBalanceRow], *, has_comparison: bool) -> TrialBalanceTotals:
    sums = dict.fromkeys(("opening_debit", "opening_credit", "closing_debit", "closing_credit"), ZERO)
    debit = credit = comparison_debit = comparison_credit = ZERO
    for row in rows:
        sums["opening_debit" if row.opening > 0 else "opening_credit"] += abs(row.opening)
        sums["closing_debit" if row.closing > 0 else "closing_credit"] += abs(row.closing)
        debit += row.debit
        credit += row.credit
        comparison_debit += max(row.comparison or ZERO, ZERO)
        comparison_credit += max(-(row.comparison or ZERO), ZERO)
    return TrialBalanceTotals(
        **sums,
        debit=debit,
        credit=credit,
        comparison_debit=comparison_debit if has_comparison else None,
        comparison_credit=comparison_credit if has_comparison else None,
    )
