"""Sales in the admin: every page, its place in the sidebar, and what it adds to dashboard and search."""

from backfill.workspace.dashboard import Panel, QuickAction, add_panel, add_quick_action
from backfill.workspace.navigation import Item, add_item
from backfill.workspace.pages import add_page
from backfill.workspace.search import add_finder
from receivables.admin.customer_input import CustomerSearch
from receivables.admin.customers import (
    ChangeCustomerPage,
    CustomerPage,
    CustomersPage,
    CustomerUse,
    DeleteCustomer,
    NewCustomerPage,
)
from receivables.admin.documents import DocumentPage, DocumentsPage
from receivables.admin.dunning import PolicyPage
from receivables.admin.editor import DraftPage, NewDocumentPage
from receivables.admin.item_input import ItemSearch
from receivables.admin.kinds import (
    CREDIT_MEMO,
    INVOICE,
    PAYMENT,
    QUOTE,
    REFUND,
    SALES_ORDER,
    SALES_RECEIPT,
    WITH_LINES,
    Kind,
)
from receivables.admin.numbering import ChangeNumberingPage, NumberingPage
from receivables.admin.open_items import AgeingPage, CustomerItemsPage
from receivables.admin.orders import FulfilPage, QuantitiesPage
from receivables.admin.panels import find_customers, find_documents, receivables_due
from receivables.admin.papers import PRINTED, DocumentPdf, DocumentXml, SendPage, SentFile
from receivables.admin.payment_entry import DraftPaymentPage, NewPaymentPage
from receivables.admin.payments import ApplyPage, PayInvoicePage, PaymentPage, Unapply
from receivables.admin.recurring import (
    DeleteRecurring,
    DraftRecurring,
    EndRecurring,
    PauseRecurring,
    RecurringInvoicesPage,
    RecurringPage,
    ResumeRecurring,
)
from receivables.admin.recurring_editor import RECURRING, ChangeRecurringPage, NewRecurringPage
from receivables.admin.reductions import DiscountPage, WriteOffPage
from receivables.admin.refunds import RefundCreditPage
from receivables.admin.reminders import (
    ChargeReminder,
    DismissReminders,
    LettersPdf,
    LookForReminders,
    MarkRemindersSent,
    ReminderPage,
    ReminderPdf,
    RemindersPage,
    SendReminders,
)
from receivables.admin.statements import SendStatementPage, StatementPage, StatementPdf
from receivables.admin.steps import ConvertQuote, QuoteAnswer, Step, VoidPage

add_page("customers/", CustomersPage, "customers")
add_page("customers/search/", CustomerSearch, "customer_search")
add_page("customers/new/", NewCustomerPage, "new_customer")
add_page("customers/<uuid:customer_id>/", CustomerPage, "customer")
add_page("customers/<uuid:customer_id>/change/", ChangeCustomerPage, "change_customer")
add_page("customers/<uuid:customer_id>/deactivate/", CustomerUse, "deactivate_customer")
add_page("customers/<uuid:customer_id>/activate/", CustomerUse, "activate_customer", activates=True)
add_page("customers/<uuid:customer_id>/delete/", DeleteCustomer, "delete_customer")
add_page("items/search/", ItemSearch, "item_search")


def _path(kind: Kind, step: str = "") -> str:
    return f"{kind.folder}/<uuid:document_id>/{step}/" if step else f"{kind.folder}/<uuid:document_id>/"


def _add_steps(kind: Kind) -> None:
    """The list and the buttons that every kind has."""
    add_page(f"{kind.folder}/", DocumentsPage, kind.plural, kind=kind)
    for verb, permission in {
        "confirm": "receivables.post",
        "submit": "receivables.edit",
        "approve": "receivables.approve",
        "reject": "receivables.approve",
        "delete": "receivables.edit",
    }.items():
        options = {"kind": kind, "verb": verb, "permission": permission}
        add_page(_path(kind, verb), Step, f"{verb}_{kind.name}", **options)
    add_page(_path(kind, "void"), VoidPage, f"void_{kind.name}", kind=kind)


for _kind in WITH_LINES:
    _add_steps(_kind)
    add_page(f"{_kind.folder}/new/", NewDocumentPage, f"new_{_kind.name}", kind=_kind)
    add_page(_path(_kind), DocumentPage, _kind.name, kind=_kind)
    add_page(_path(_kind, "edit"), DraftPage, f"edit_{_kind.name}", kind=_kind)
for _kind in PRINTED:
    add_page(_path(_kind, "pdf"), DocumentPdf, f"print_{_kind.name}", kind=_kind)
    add_page(_path(_kind, "xml"), DocumentXml, f"xml_{_kind.name}", kind=_kind)
    add_page(_path(_kind, "send"), SendPage, f"send_{_kind.name}", kind=_kind)
add_page("mailings/<uuid:mailing_id>/pdf/", SentFile, "sent_pdf")
add_page("mailings/<uuid:mailing_id>/xml/", SentFile, "sent_xml", column="xml")

add_page(_path(INVOICE, "pay"), PayInvoicePage, "pay_invoice")
add_page(_path(INVOICE, "discount"), DiscountPage, "discount_invoice")
add_page(_path(INVOICE, "write-off"), WriteOffPage, "write_off_invoice")
add_page(_path(QUOTE, "accept"), QuoteAnswer, "accept_quote", kind=QUOTE)
add_page(_path(QUOTE, "decline"), QuoteAnswer, "decline_quote", kind=QUOTE, is_yes=False)
add_page(_path(QUOTE, "convert"), ConvertQuote, "convert_quote")
add_page(_path(QUOTE, "invoice"), ConvertQuote, "invoice_quote", makes=INVOICE)
add_page(_path(SALES_ORDER, "invoice"), QuantitiesPage, "invoice_sales_order")
add_page(_path(SALES_ORDER, "deliver"), FulfilPage, "fulfil_sales_order")

_add_steps(PAYMENT)
add_page("payments/new/", NewPaymentPage, "new_payment")
add_page(_path(PAYMENT), PaymentPage, "payment")
add_page(_path(PAYMENT, "edit"), DraftPaymentPage, "edit_payment")
for _kind in (PAYMENT, CREDIT_MEMO):
    add_page(_path(_kind, "apply"), ApplyPage, f"apply_{_kind.name}", kind=_kind)
    add_page(_path(_kind, "unapply"), Unapply, f"unapply_{_kind.name}", kind=_kind)
    add_page(_path(_kind, "refund"), RefundCreditPage, f"refund_{_kind.name}", kind=_kind)

add_page("customers/<uuid:customer_id>/statement/", StatementPage, "customer_statement")
add_page("customers/<uuid:customer_id>/statement/pdf/", StatementPdf, "print_statement")
add_page("customers/<uuid:customer_id>/statement/send/", SendStatementPage, "send_statement")

_RECURRING = "recurring-invoices/<uuid:recurring_id>/"
add_page("recurring-invoices/", RecurringInvoicesPage, "recurring_invoices")
add_page("recurring-invoices/new/", NewRecurringPage, "new_recurring_invoice")
add_page(_RECURRING, RecurringPage, "recurring_invoice")
add_page(f"{_RECURRING}edit/", ChangeRecurringPage, "change_recurring_invoice")
add_page(f"{_RECURRING}pause/", PauseRecurring, "pause_recurring_invoice")
add_page(f"{_RECURRING}resume/", ResumeRecurring, "resume_recurring_invoice")
add_page(f"{_RECURRING}end/", EndRecurring, "end_recurring_invoice")
add_page(f"{_RECURRING}draft/", DraftRecurring, "draft_recurring_invoice")
add_page(f"{_RECURRING}delete/", DeleteRecurring, "delete_recurring_invoice")

add_page("reminders/", RemindersPage, "reminders")
add_page("reminders/levels/", PolicyPage, "dunning_policy")
add_page("reminders/look/", LookForReminders, "look_for_reminders")
add_page("reminders/send/", SendReminders, "send_reminders")
add_page("reminders/sent-on-paper/", MarkRemindersSent, "mark_reminders_sent")
add_page("reminders/dismiss/", DismissReminders, "dismiss_reminders")
add_page("reminders/letter/", LettersPdf, "print_letter")
add_page("reminders/<uuid:reminder_id>/", ReminderPage, "reminder")
add_page("reminders/<uuid:reminder_id>/pdf/", ReminderPdf, "print_reminder")
add_page("reminders/<uuid:reminder_id>/charge/", ChargeReminder, "charge_reminder")

add_page("open-items/", AgeingPage, "ageing")
add_page("open-items/<uuid:customer_id>/", CustomerItemsPage, "customer_items")

add_page("settings/numbers/", NumberingPage, "numbering")
add_page("settings/numbers/<str:kind>/", ChangeNumberingPage, "change_numbering")

add_item(Item("Sales", 10, "Customers", "groups", "customers", "receivables.view"))
add_item(Item("Sales", 20, "Invoices", INVOICE.icon, "invoices", "receivables.view"))
add_item(Item("Sales", 25, "Recurring invoices", RECURRING.icon, "recurring_invoices", "receivables.view"))
add_item(Item("Sales", 30, "Payments", PAYMENT.icon, "payments", "receivables.view"))
add_item(Item("Sales", 40, "Open items", "schedule", "ageing", "receivables.view"))
add_item(Item("Sales", 45, "Reminders", "notifications_active", "reminders", "receivables.view"))
add_item(Item("Sales", 50, "Quotes", QUOTE.icon, "quotes", "receivables.view"))
add_item(Item("Sales", 60, "Sales orders", SALES_ORDER.icon, "sales_orders", "receivables.view"))
add_item(Item("Sales", 70, "Credit memos", CREDIT_MEMO.icon, "credit_memos", "receivables.view"))
add_item(Item("Sales", 80, "Sales receipts", SALES_RECEIPT.icon, "sales_receipts", "receivables.view"))
add_item(Item("Sales", 85, "Refunds", REFUND.icon, "refund_receipts", "receivables.view"))
add_item(Item("Settings", 42, "Numbers of documents", "tag", "numbering", "settings.view"))
add_item(Item("Settings", 44, "Reminder levels", "notification_settings", "dunning_policy", "receivables.view"))

add_panel(Panel(15, "receivables/panel_due.html", "receivables.view", receivables_due))
add_finder(find_customers)
add_quick_action(QuickAction(20, "New invoice", INVOICE.icon, "new_invoice", "receivables.edit", key="i"))
add_quick_action(QuickAction(30, "Record payment", PAYMENT.icon, "new_payment", "receivables.post", key="p"))
add_finder(find_documents)
