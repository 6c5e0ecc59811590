"""The keys that balance sheet and income statement group accounts by (`Account.report_group`).

A chart uses only these; a company's own account may carry any other key, which reports list after the known ones of
the account's type. The order is the order of presentation.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models import AccountType


class ReportGroup(models.TextChoices):
    # Assets
    INTANGIBLE_ASSETS = "intangible_assets", _("Intangible assets")
    FIXED_ASSETS = "fixed_assets", _("Property, plant and equipment")
    FINANCIAL_ASSETS = "financial_assets", _("Financial assets")
    INVENTORY = "inventory", _("Inventory")
    RECEIVABLES = "receivables", _("Trade receivables")
    TAX_RECEIVABLE = "tax_receivable", _("Tax receivables")
    OTHER_ASSETS = "other_assets", _("Other assets")
    SECURITIES = "securities", _("Securities")
    CASH = "cash", _("Cash and cash equivalents")
    PREPAID_EXPENSES = "prepaid_expenses", _("Prepaid expenses")
    # Equity
    EQUITY = "equity", _("Capital and reserves")
    RETAINED_EARNINGS = "retained_earnings", _("Retained earnings")
    DRAWINGS = "drawings", _("Owner's drawings and contributions")
    CARRY_FORWARD = "carry_forward", _("Opening balance carriers")  # nets to zero; not on the balance sheet
    # Liabilities
    PROVISIONS = "provisions", _("Provisions")
    LOANS = "loans", _("Loans and borrowings")
    PAYABLES = "payables", _("Trade payables")
    TAX_PAYABLE = "tax_payable", _("Tax payables")
    LIABILITIES = "liabilities", _("Other liabilities")
    DEFERRED_INCOME = "deferred_income", _("Deferred income")
    # Revenue
    REVENUE = "revenue", _("Revenue")
    INVENTORY_CHANGE = "inventory_change", _("Change in inventories of finished goods and work in progress")
    OWN_WORK = "own_work", _("Own work capitalised")
    OTHER_INCOME = "other_income", _("Other operating income")
    # Expenses
    MATERIAL_EXPENSE = "material_expense", _("Cost of materials and goods sold")
    PERSONNEL_EXPENSE = "personnel_expense", _("Personnel expenses")
    DEPRECIATION = "depreciation", _("Depreciation and amortisation")
    OTHER_OPEX = "other_opex", _("Other operating expenses")
    # Revenue and expense accounts both
    INTEREST = "interest", _("Financial result")
    TAX = "tax", _("Taxes")

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
