"""The reports' places in the sidebar, and the figures of the dashboard."""

from django.utils.translation import gettext_lazy as _

from backfill.workspace.dashboard import Panel, add_panel
from backfill.workspace.navigation import Item, add_item
from reporting.pages.panels import figures, months


def add_places() -> None:
    """Add them; called once, when the app is ready."""
    add_item(Item("reports", 10, _("Trial balance"), "balance", "trial_balance", "reports.view"))
    add_item(Item("reports", 20, _("Balance sheet"), "account_balance", "balance_sheet", "reports.view"))
    add_item(Item("reports", 30, _("Income statement"), "trending_up", "income_statement", "reports.view"))
    add_item(Item("reports", 90, _("DATEV export"), "ios_share", "datev_export", "reports.view"))
    add_panel(Panel(10, "reporting/panel_figures.html", "reports.view", figures))
    add_panel(Panel(20, "reporting/panel_months.html", "reports.view", months))
