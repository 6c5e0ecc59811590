"""The keys that balance sheet and income statement group accounts by (`Account.report_group`).

A chart uses only these; a company's own account may carry any other key, which reports list after the known ones of
the account's type. The order is the order of presentation.
"""

from django.db import models

from ledger.models import AccountType


class ReportGroup(models.TextChoices):
    # Assets
    INTANGIBLE_ASSETS = "intangible_assets", "Intangible assets"
    FIXED_ASSETS = "fixed_assets", "Property, plant and equipment"
    FINANCIAL_ASSETS = "financial_assets", "Financial assets"
    INVENTORY = "inventory", "Inventory"
    RECEIVABLES = "receivables", "Trade receivables"
    TAX_RECEIVABLE = "tax_receivable", "Tax receivables"
    OTHER_ASSETS = "other_assets", "Other assets"
    SECURITIES = "securities", "Securities"
    CASH = "cash", "Cash and cash equivalents"
    PREPAID_EXPENSES = "prepaid_expenses", "Prepaid expenses"
    # Equity
    EQUITY = "equity", "Capital and reserves"
    RETAINED_EARNINGS = "retained_earnings", "Retained earnings"
    DRAWINGS = "drawings", "Owner's drawings and contributions"
    CARRY_FORWARD = "carry_forward", "Opening balance carriers"  # nets to zero; not on the balance sheet
    # Liabilities
    PROVISIONS = "provisions", "Provisions"
    LOANS = "loans", "Loans and borrowings"
    PAYABLES = "payables", "Trade payables"
    TAX_PAYABLE = "tax_payable", "Tax payables"
    LIABILITIES = "liabilities", "Other liabilities"
    DEFERRED_INCOME = "deferred_income", "Deferred income"
    # Revenue
    REVENUE = "revenue", "Revenue"
    INVENTORY_CHANGE = "inventory_change", "Change in inventories of finished goods and work in progress"
    OWN_WORK = "own_work", "Own work capitalised"
    OTHER_INCOME = "other_income", "Other operating income"
    # Expenses
    MATERIAL_EXPENSE = "material_expense", "Cost of materials and goods sold"
    PERSONNEL_EXPENSE = "personnel_expense", "Personnel expenses"
    DEPRECIATION = "depreciation", "Depreciation and amortisation"
    OTHER_OPEX = "other_opex", "Other operating expenses"
    # Revenue and expense accounts both
    INTEREST = "interest", "Financial result"
    TAX = "tax", "Taxes"

    @property
    def account_types(self) -> frozenset[AccountType]:
        """The types an account of this group may have."""
        return _TYPES[self]


_BY_TYPE = {
    AccountType.ASSET: (
        ReportGroup.INTANGIBLE_ASSETS,
        ReportGroup.FIXED_ASSETS,
        ReportGroup.FINANCIAL_ASSETS,
        ReportGroup.INVENTORY,
        ReportGroup.RECEIVABLES,
        ReportGroup.TAX_RECEIVABLE,
        ReportGroup.OTHER_ASSETS,
        ReportGroup.SECURITIES,
        ReportGroup.CASH,
        ReportGroup.PREPAID_EXPENSES,
    ),
    AccountType.EQUITY: (
        ReportGroup.EQUITY,
        ReportGroup.RETAINED_EARNINGS,
        ReportGroup.DRAWINGS,
        ReportGroup.CARRY_FORWARD,
    ),
    AccountType.LIABILITY: (
        ReportGroup.PROVISIONS,
        ReportGroup.LOANS,
        ReportGroup.PAYABLES,
        ReportGroup.TAX_PAYABLE,
        ReportGroup.LIABILITIES,
        ReportGroup.DEFERRED_INCOME,
    ),
    AccountType.REVENUE: (
        ReportGroup.REVENUE,
        ReportGroup.INVENTORY_CHANGE,
        ReportGroup.OWN_WORK,
        ReportGroup.OTHER_INCOME,
        ReportGroup.INTEREST,
        ReportGroup.TAX,
    ),
    AccountType.EXPENSE: (
        ReportGroup.MATERIAL_EXPENSE,
        ReportGroup.PERSONNEL_EXPENSE,
        ReportGroup.DEPRECIATION,
        ReportGroup.OTHER_OPEX,
        ReportGroup.INTEREST,
        ReportGroup.TAX,
    ),
}

_TYPES = {group: frozenset(kind for kind, groups in _BY_TYPE.items() if group in groups) for group in ReportGroup}
