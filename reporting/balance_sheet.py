"""Balance sheet: assets = liabilities + equity, the result of the year and of years not closed included in equity, and
customers in credit among the liabilities.

Amounts are in natural sign: an asset is positive with a debit balance, liabilities and equity with a credit balance.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from backfill.tenancy.models import Company
from ledger.accounts.balances import Balance, balances_as_of
from ledger.models import AccountRole, AccountType
from receivables.ageing import owed_to_customers
from reporting.figures import ZERO, Figures, ReportAccount, report_accounts
from reporting.labels import Language, language_of, title
from reporting.layouts import balance_sheet_layout
from reporting.ranges import ensure_reportable, fiscal_year_label, fiscal_year_start
from reporting.results import unclosed_results
from reporting.snapshot import one_moment
from reporting.statements import Section, Sections, StatementRow, account_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceSheet:
    company: Company
    as_of: date
    compare_as_of: date | None
    assets: Section
    liabilities: Section
    equity: Section
    equity_first: bool

    @property
    def sections(self) -> tuple[Section, Section, Section]:
        """In the order of presentation."""
        passive = (self.equity, self.liabilities) if self.equity_first else (self.liabilities, self.equity)
        return (self.assets, *passive)

    @property
    def liabilities_and_equity(self) -> Figures:
        return self.liabilities.total + self.equity.total

    @property
    def difference(self) -> Figures:
        """Zero, or the books are broken."""
        return self.assets.total - self.liabilities_and_equity


def balance_sheet(
    company: Company,
    *,
    as_of: date,
    compare_as_of: date | None = None,
    include_zero: bool = False,
    language: Language | None = None,
) -> BalanceSheet:
    """The balance sheet at the end of `as_of`, in base currency; beside it that of `compare_as_of`.

    Accounts without a balance on either day are left out unless `include_zero` asks for the active ones. Titles are
    in the language of the company's country unless another is asked for. A fixed number of statements.
    """
    ensure_reportable(as_of, field="as_of_date")
    with one_moment(company):
        current = _position(company, as_of)
        compared = None if compare_as_of is None else _position(company, compare_as_of)
        accounts = report_accounts(company.pk)
    held = current.presented(accounts)
    rows = account_rows(
        accounts, held, None if compared is None else compared.presented(accounts), include_zero=include_zero
    )
    sections = Sections(language or language_of(company), has_comparison=compared is not None)
    layout = balance_sheet_layout(company)
    assets = sections.under_headings(rows, AccountType.ASSET, layout.assets)
    liabilities = sections.under_headings(rows, AccountType.LIABILITY, layout.liabilities)
    if credits_row := _credits_row(sections, current, compared):
        liabilities.append(sections.of_rows("customer_credits", credits_row.name, [credits_row]))
    equity = sections.under_headings(rows, AccountType.EQUITY, layout.equity)
    results = _result_rows(company, sections, accounts, current, compared)
    if results:
        equity.append(sections.of_rows("results", title("results", sections.language), results))
    return BalanceSheet(
        company=company,
        as_of=as_of,
        compare_as_of=compare_as_of,
        assets=sections.of_sections("assets", assets),
        liabilities=sections.of_sections("liabilities", liabilities),
        equity=sections.of_sections("equity", equity),
        equity_first=layout.equity_first,
    )


@dataclass(frozen=True, slots=True)
class _Position:
    """Balances at the end of a day, and how much of the result on revenue and expense accounts is of which year."""

    balances: Mapping[UUID, Balance]
    unclosed: Mapping[int, Decimal]
    customer_credits: Decimal

    def presented(self, accounts: Iterable[ReportAccount]) -> Mapping[UUID, Balance]:
        """The balances with what the company owes to customers taken out of its receivables (§ 246 (2) HGB: the two
        sides are not set off); it is shown as a liability of its own."""
        control = next((account.id for account in accounts if account.slot == AccountRole.ACCOUNTS_RECEIVABLE), None)
        if not self.customer_credits or control is None:
            return self.balances
        known = self.balances.get(control, Balance())
        return dict(self.balances) | {control: Balance(known.debit + self.customer_credits, known.credit)}

    def current_result(self, accounts: Iterable[ReportAccount]) -> Decimal:
        """What all revenue and expense accounts hold less what earlier years left on them: so that assets equal
        liabilities and equity by construction."""
        on_accounts = ZERO
        for account in accounts:
            if not account.type.is_on_balance_sheet and account.id in self.balances:
                on_accounts -= self.balances[account.id].net
        return on_accounts - sum(self.unclosed.values())


def _position(company: Company, day: date) -> _Position:
    results = unclosed_results(company, before=fiscal_year_start(company, day))
    return _Position(
        balances=balances_as_of(company_id=company.pk, on=day),
        unclosed={result.fiscal_year: result.amount for result in results},
        customer_credits=owed_to_customers(company, as_of=day),
    )


def _credits_row(sections: Sections, current: _Position, compared: _Position | None) -> StatementRow | None:
    """What customers have paid or got back beyond what they owe, as a liability."""
    figures = Figures(current.customer_credits, None if compared is None else compared.customer_credits)
    if figures.is_zero:
        return None
    name = title("customer_credits", sections.language)
    return StatementRow(account=None, key="customer_credits", name=name, figures=figures)


def _result_rows(
    company: Company,
    sections: Sections,
    accounts: Sequence[ReportAccount],
    current: _Position,
    compared: _Position | None,
) -> list[StatementRow]:
    """The equity that no account holds yet: results of earlier years not closed, one row each, and of this year."""
    label = title("unclosed_result", sections.language)
    rows = [
        StatementRow(
            account=None,
            key=f"unclosed_result_{year}",
            name=label.format(year=fiscal_year_label(company, year)),
            figures=Figures(
                current.unclosed.get(year, ZERO), None if compared is None else compared.unclosed.get(year, ZERO)
            ),
        )
        for year in sorted(current.unclosed.keys() | (compared.unclosed.keys() if compared else set()))
    ]
    earned = Figures(current.current_result(accounts), None if compared is None else compared.current_result(accounts))
    if not earned.is_zero:
        name = title("current_result", sections.language)
        rows.append(StatementRow(account=None, key="current_result", name=name, figures=earned))
    return rows
