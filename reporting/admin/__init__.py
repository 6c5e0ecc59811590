"""The reports in the admin, and the figures of the dashboard."""

from backfill.workspace.dashboard import Panel, add_panel
from backfill.workspace.navigation import Item, add_item
from backfill.workspace.pages import add_page
from reporting.admin.datev import DatevPage, FetchDatevExport, RequestDatevExport
from reporting.admin.pages import BalanceSheetPage, IncomeStatementPage, TrialBalancePage
from reporting.admin.panels import figures, months

add_page("reports/trial-balance/", TrialBalancePage, "trial_balance")
add_page("reports/balance-sheet/", BalanceSheetPage, "balance_sheet")
add_page("reports/income-statement/", IncomeStatementPage, "income_statement")

add_page("reports/datev/", DatevPage, "datev_export")
add_page("reports/datev/request/", RequestDatevExport, "request_datev_export")
add_page("reports/datev/<uuid:export_id>/", FetchDatevExport, "fetch_datev_export")

add_item(Item("Reports", 10, "Trial balance", "balance", "trial_balance", "reports.view"))
add_item(Item("Reports", 20, "Balance sheet", "account_balance", "balance_sheet", "reports.view"))
add_item(Item("Reports", 30, "Income statement", "trending_up", "income_statement", "reports.view"))

add_item(Item("Reports", 90, "DATEV export", "ios_share", "datev_export", "reports.view"))

add_panel(Panel(10, "reporting/panel_figures.html", "reports.view", figures))
add_panel(Panel(20, "reporting/panel_months.html", "reports.view", months))
