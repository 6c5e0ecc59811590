"""Where report groups stand in the statements: the headings of the balance sheet, the steps of the income statement.

The German charts follow §§ 266 and 275 HGB (nature of expense), the others what their readers know: current assets
first in the US, non-current ones first under IFRS. A group that no layout names is the company's own and comes last.
"""

from dataclasses import dataclass

from backfill.tenancy.models import Company
from ledger.accounts.report_groups import ReportGroup as Group
from ledger.models import AccountType
from reporting.figures import ReportAccount
from reporting.labels import Language, title

EXPENSE, REVENUE = AccountType.EXPENSE, AccountType.REVENUE


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the balance sheet and the report groups under it, in order. A heading named like its only group
    is that group."""

    key: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BalanceSheetLayout:
    """`equity_first` is the German order of the passive side."""

    assets: tuple[Heading, ...]
    liabilities: tuple[Heading, ...]
    equity: tuple[Heading, ...]
    equity_first: bool = False


@dataclass(frozen=True, slots=True)
class IncomeStep:
    """Report groups of the income statement in order, and the name of what is earned after them."""

    subtotal: str
    groups: tuple[tuple[AccountType, str], ...]


def balance_sheet_layout(company: Company) -> BalanceSheetLayout:
    return _BALANCE_SHEETS.get(company.chart, _HGB_BALANCE_SHEET)


def income_steps(company: Company) -> tuple[IncomeStep, ...]:
    return _STEPS if company.chart in _BALANCE_SHEETS else _HGB_STEPS


def group_of(account: ReportAccount) -> str:
    """The report group of an account: its own, else what its sub-type says, else the remainder of its type."""
    return account.report_group or _SUB_TYPES.get((account.type, account.sub_type)) or _REMAINDERS[account.type]


def group_title(kind: AccountType, group: str, language: Language) -> str:
    """Interest and taxes hold both revenue and expense accounts and are called by what they are to the result."""
    return title(f"{kind}.{group}" if group in _TWO_SIDED else f"group.{group}", language)


def _single(*groups: Group) -> tuple[Heading, ...]:
    return tuple(Heading(group.value, (group.value,)) for group in groups)


_TWO_SIDED = frozenset({Group.INTEREST.value, Group.TAX.value})

_NON_CURRENT = (Group.INTANGIBLE_ASSETS, Group.FIXED_ASSETS, Group.FINANCIAL_ASSETS)
_EQUITY = _single(Group.EQUITY, Group.DRAWINGS, Group.RETAINED_EARNINGS, Group.CARRY_FORWARD)
_LIABILITIES = _single(
    Group.PAYABLES, Group.TAX_PAYABLE, Group.LIABILITIES, Group.DEFERRED_INCOME, Group.PROVISIONS, Group.LOANS
)

_BALANCE_SHEETS = {
    Company.Chart.US.value: BalanceSheetLayout(
        assets=(
            Heading(
                "current_assets",
                (
                    Group.CASH,
                    Group.SECURITIES,
                    Group.RECEIVABLES,
                    Group.INVENTORY,
                    Group.TAX_RECEIVABLE,
                    Group.PREPAID_EXPENSES,
                    Group.OTHER_ASSETS,
                ),
            ),
            Heading("non_current_assets", (Group.FIXED_ASSETS, Group.INTANGIBLE_ASSETS, Group.FINANCIAL_ASSETS)),
        ),
        liabilities=_LIABILITIES,
        equity=_EQUITY,
    ),
    Company.Chart.IFRS.value: BalanceSheetLayout(
        assets=(
            Heading("non_current_assets", (Group.FIXED_ASSETS, Group.INTANGIBLE_ASSETS, Group.FINANCIAL_ASSETS)),
            Heading(
                "current_assets",
                (
                    Group.INVENTORY,
                    Group.RECEIVABLES,
                    Group.TAX_RECEIVABLE,
                    Group.PREPAID_EXPENSES,
                    Group.OTHER_ASSETS,
                    Group.SECURITIES,
                    Group.CASH,
                ),
            ),
        ),
        liabilities=_LIABILITIES,
        equity=_EQUITY,
    ),
}

_HGB_BALANCE_SHEET = BalanceSheetLayout(
    assets=(
        Heading("non_current_assets", _NON_CURRENT),
        Heading(
            "current_assets",
            (
                Group.INVENTORY,
                Group.RECEIVABLES,
                Group.TAX_RECEIVABLE,
                Group.OTHER_ASSETS,
                Group.SECURITIES,
                Group.CASH,
            ),
        ),
        *_single(Group.PREPAID_EXPENSES),
    ),
    liabilities=(
        *_single(Group.PROVISIONS),
        Heading("payable_liabilities", (Group.LOANS, Group.PAYABLES, Group.TAX_PAYABLE, Group.LIABILITIES)),
        *_single(Group.DEFERRED_INCOME),
    ),
    equity=_EQUITY,
    equity_first=True,
)

_FINANCIAL_STEP = IncomeStep("result_before_taxes", ((REVENUE, Group.INTEREST), (EXPENSE, Group.INTEREST)))
_TAX_STEP = IncomeStep("net_income", ((REVENUE, Group.TAX), (EXPENSE, Group.TAX)))

_STEPS = (
    IncomeStep(
        "gross_profit",
        (
            (REVENUE, Group.REVENUE),
            (REVENUE, Group.INVENTORY_CHANGE),
            (REVENUE, Group.OWN_WORK),
            (EXPENSE, Group.MATERIAL_EXPENSE),
        ),
    ),
    IncomeStep(
        "operating_result",
        (
            (REVENUE, Group.OTHER_INCOME),
            (EXPENSE, Group.PERSONNEL_EXPENSE),
            (EXPENSE, Group.OTHER_OPEX),
            (EXPENSE, Group.DEPRECIATION),
        ),
    ),
    _FINANCIAL_STEP,
    _TAX_STEP,
)

_HGB_STEPS = (
    IncomeStep(
        "gross_profit",
        (
            (REVENUE, Group.REVENUE),
            (REVENUE, Group.INVENTORY_CHANGE),
            (REVENUE, Group.OWN_WORK),
            (REVENUE, Group.OTHER_INCOME),
            (EXPENSE, Group.MATERIAL_EXPENSE),
        ),
    ),
    IncomeStep(
        "operating_result",
        ((EXPENSE, Group.PERSONNEL_EXPENSE), (EXPENSE, Group.DEPRECIATION), (EXPENSE, Group.OTHER_OPEX)),
    ),
    _FINANCIAL_STEP,
    _TAX_STEP,
)

_REMAINDERS: dict[AccountType, str] = {
    AccountType.ASSET: Group.OTHER_ASSETS.value,
    AccountType.LIABILITY: Group.LIABILITIES.value,
    AccountType.EQUITY: Group.EQUITY.value,
    AccountType.REVENUE: Group.REVENUE.value,
    AccountType.EXPENSE: Group.OTHER_OPEX.value,
}

# The sub-types of the charts that ship with the product, for accounts that the API created without a report group.
_SUB_TYPES: dict[tuple[AccountType, str], str] = {
    (AccountType.ASSET, "accounts_receivable"): Group.RECEIVABLES.value,
    (AccountType.ASSET, "bank"): Group.CASH.value,
    (AccountType.ASSET, "cash"): Group.CASH.value,
    (AccountType.ASSET, "cash_on_hand"): Group.CASH.value,
    (AccountType.ASSET, "transit"): Group.CASH.value,
    (AccountType.ASSET, "fixed_asset"): Group.FIXED_ASSETS.value,
    (AccountType.ASSET, "intangible_asset"): Group.INTANGIBLE_ASSETS.value,
    (AccountType.ASSET, "inventory"): Group.INVENTORY.value,
    (AccountType.ASSET, "long_term_investment"): Group.FINANCIAL_ASSETS.value,
    (AccountType.ASSET, "short_term_investment"): Group.SECURITIES.value,
    (AccountType.ASSET, "prepaid_expense"): Group.PREPAID_EXPENSES.value,
    (AccountType.ASSET, "tax"): Group.TAX_RECEIVABLE.value,
    (AccountType.EQUITY, "drawings"): Group.DRAWINGS.value,
    (AccountType.EQUITY, "retained_earnings"): Group.RETAINED_EARNINGS.value,
    (AccountType.LIABILITY, "accounts_payable"): Group.PAYABLES.value,
    (AccountType.LIABILITY, "deferred_income"): Group.DEFERRED_INCOME.value,
    (AccountType.LIABILITY, "loan"): Group.LOANS.value,
    (AccountType.LIABILITY, "provision"): Group.PROVISIONS.value,
    (AccountType.LIABILITY, "tax"): Group.TAX_PAYABLE.value,
    (AccountType.REVENUE, "other_income"): Group.OTHER_INCOME.value,
    (AccountType.REVENUE, "interest_income"): Group.INTEREST.value,
    (AccountType.EXPENSE, "cost_of_goods_sold"): Group.MATERIAL_EXPENSE.value,
    (AccountType.EXPENSE, "depreciation"): Group.DEPRECIATION.value,
    (AccountType.EXPENSE, "payroll"): Group.PERSONNEL_EXPENSE.value,
    (AccountType.EXPENSE, "interest_expense"): Group.INTEREST.value,
    (AccountType.EXPENSE, "income_tax"): Group.TAX.value,
    (AccountType.EXPENSE, "other_tax"): Group.TAX.value,
}
