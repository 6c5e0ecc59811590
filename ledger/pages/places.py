"""The ledger's places in sidebar, dashboard and search."""

from django.utils.translation import gettext_lazy as _

from backfill.tenancy.models import MailKind
from backfill.tenancy.services.outbox import register_sender
from backfill.workspace.dashboard import Panel, QuickAction, add_panel, add_quick_action
from backfill.workspace.days import add_lock
from backfill.workspace.lists.lists import register_lists
from backfill.workspace.navigation import Item, add_item
from backfill.workspace.search import add_finder
from ledger.beside.mail import mail_mention
from ledger.pages.beside import records_with
from ledger.pages.for_you import for_you
from ledger.pages.journal import JOURNAL
from ledger.pages.links import add_links
from ledger.pages.panels import find_accounts, find_entries, latest_entries, open_work
from ledger.pages.subjects import register_subjects
from ledger.periods.calendar import locked_through


def add_places() -> None:
    """Add them; called once, when the app is ready."""
    register_lists(JOURNAL)
    register_subjects()
    register_sender(MailKind.MENTION, mail_mention)
    add_links(of_file=records_with)
    add_item(Item("work", 10, _("Journal"), "receipt_long", "journal", "ledger.view"))
    add_item(Item("work", 20, _("Chart of accounts"), "account_tree", "accounts", "ledger.view"))
    add_item(Item("work", 30, _("Periods"), "event_available", "periods", "periods.view"))
    add_item(Item("work", 40, _("Import"), "upload_file", "imports", "ledger.post"))
    add_item(Item("settings", 40, _("Tax codes"), "percent", "tax_codes", "ledger.view"))
    add_item(Item("settings", 60, _("Health of the books"), "verified", "health", "ledger.view"))
    add_item(Item("settings", 50, _("Exchange rates"), "currency_exchange", "exchange_rates", "ledger.view"))
    add_panel(Panel(30, "ledger/panel_latest.html", "ledger.view", latest_entries, width="wide"))
    add_panel(Panel(31, "ledger/panel_work.html", "ledger.view", open_work, width="narrow"))
    add_quick_action(QuickAction(10, _("New entry"), "add", "new_entry", "ledger.draft", key="n"))
    add_quick_action(QuickAction(90, _("Import"), "upload_file", "imports", "ledger.post"))
    add_lock(locked_through)
    add_finder(find_accounts, 30)
    add_finder(find_entries, 50)
    add_item(Item("settings", 70, _("Audit log"), "history", "audit_log", "audit.view"))
    add_panel(Panel(5, "ledger/panel_for_you.html", "ledger.view", for_you))
