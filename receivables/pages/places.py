"""The places of sales in sidebar, dashboard and search."""

from django.utils.translation import gettext_lazy as _

from backfill.workspace.dashboard import Panel, QuickAction, add_panel, add_quick_action
from backfill.workspace.lists.lists import register_lists
from backfill.workspace.navigation import Item, add_item
from backfill.workspace.search import add_finder
from ledger.documents.pages.document_admins import register_admins
from ledger.documents.pages.document_lists import document_list
from ledger.documents.pages.party_words import register_words
from ledger.pages.links import add_links
from receivables.pages.customer_list import CUSTOMERS as CUSTOMER_LIST
from receivables.pages.document_admins import INVOICE, PAYMENT, WITH_LINES
from receivables.pages.links import of_entry, of_file
from receivables.pages.mailing_list import MAILINGS
from receivables.pages.open_item_list import RECEIVABLE_ITEMS
from receivables.pages.panels import find_customers, find_documents, receivables_due
from receivables.pages.party_words import CUSTOMERS
from receivables.pages.recurring_editor import RECURRING
from receivables.pages.recurring_list import RECURRING_INVOICES
from receivables.pages.subjects import register_subjects
from receivables.types.side import SELLING


def add_places() -> None:
    """Add them; called once, when the app is ready."""
    register_words(SELLING, CUSTOMERS)
    register_admins(*WITH_LINES, PAYMENT, section="sales")
    register_lists(CUSTOMER_LIST, RECURRING_INVOICES, RECEIVABLE_ITEMS, MAILINGS)
    register_lists(*map(document_list, (*WITH_LINES, PAYMENT)))
    register_subjects()
    add_item(Item("sales", 10, _("Customers"), "groups", "customers", "receivables.view"))
    add_item(Item("sales", 25, _("Recurring invoices"), RECURRING.icon, "recurring_invoices", "receivables.view"))
    add_item(Item("sales", 40, _("Open items"), "schedule", "ageing", "receivables.view"))
    add_item(Item("sales", 46, _("Mails"), "outgoing_mail", "mailings", "receivables.view"))
    add_item(Item("sales", 45, _("Reminders"), "notifications_active", "reminders", "receivables.view"))
    add_item(Item("settings", 44, _("Reminder levels"), "notification_settings", "dunning_policy", "receivables.view"))
    add_panel(Panel(15, "receivables/panel_due.html", "receivables.view", receivables_due))
    add_finder(find_customers, 10)
    add_quick_action(QuickAction(20, INVOICE.new_label, INVOICE.icon, "new_invoice", INVOICE.making, key="i"))
    add_quick_action(QuickAction(30, PAYMENT.new_label, PAYMENT.icon, "new_payment", PAYMENT.making, key="p"))
    add_finder(find_documents, 20)
    add_links(of_entry=of_entry, of_file=of_file)
