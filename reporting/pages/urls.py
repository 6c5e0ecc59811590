"""The pages of the reports."""

from backfill.workspace.pages import page
from reporting.pages.datev import DatevPage, FetchDatevExport, RequestDatevExport
from reporting.pages.pages import BalanceSheetPage, IncomeStatementPage, TrialBalancePage

urlpatterns = [
    page("reports/trial-balance/", TrialBalancePage, "trial_balance"),
    page("reports/balance-sheet/", BalanceSheetPage, "balance_sheet"),
    page("reports/income-statement/", IncomeStatementPage, "income_statement"),
    page("reports/datev/", DatevPage, "datev_export"),
    page("reports/datev/request/", RequestDatevExport, "request_datev_export"),
    page("reports/datev/<uuid:export_id>/", FetchDatevExport, "fetch_datev_export"),
]
