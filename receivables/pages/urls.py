"""The pages of sales."""

from itertools import chain

from django.urls import URLPattern

from backfill.workspace.pages import page
from receivables.pages.adjustments import DiscountPage, WriteOffPage
from receivables.pages.customer_input import CustomerSearch
from receivables.pages.customers import (
    ChangeCustomerPage,
    CustomerPage,
    CustomersPage,
    CustomerUse,
    DeleteCustomer,
    NewCustomerPage,
)
from receivables.pages.delivery import PRINTED, DocumentPdf, DocumentXml, SendPage, SentFile
from receivables.pages.document_admins import (
    CREDIT_MEMO,
    INVOICE,
    PAYMENT,
    QUOTE,
    SALES_ORDER,
    WITH_LINES,
    DocumentAdmin,
)
from receivables.pages.documents import DocumentPage, DocumentsPage
from receivables.pages.dunning import PolicyPage
from receivables.pages.editor import DraftPage, NewDocumentPage
from receivables.pages.item_input import ItemSearch
from receivables.pages.numbering import ChangeNumberingPage, NumberingPage
from receivables.pages.open_items import AgeingPage, CustomerItemsPage
from receivables.pages.orders import FulfilPage, QuantitiesPage
from receivables.pages.payment_entry import DraftPaymentPage, NewPaymentPage
from receivables.pages.payments import ApplyPage, PayInvoicePage, PaymentPage, Unapply
from receivables.pages.recurring import (
    DeleteRecurring,
    DraftRecurring,
    EndRecurring,
    PauseRecurring,
    RecurringInvoicesPage,
    RecurringPage,
    ResumeRecurring,
)
from receivables.pages.recurring_editor import ChangeRecurringPage, NewRecurringPage
from receivables.pages.refunds import RefundCreditPage
from receivables.pages.reminders import (
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
from receivables.pages.statements import SendStatementPage, StatementPage, StatementPdf
from receivables.pages.steps import ConvertQuote, QuoteAnswer, Step, VoidPage

_RECURRING = "recurring-invoices/<uuid:recurring_id>/"


def _path(kind: DocumentAdmin, step: str = "") -> str:
    return f"{kind.folder}/<uuid:document_id>/{step}/" if step else f"{kind.folder}/<uuid:document_id>/"


_STEPS = {
    "confirm": "receivables.post",
    "submit": "receivables.edit",
    "approve": "receivables.approve",
    "reject": "receivables.approve",
    "delete": "receivables.edit",
}


def _steps(kind: DocumentAdmin) -> list[URLPattern]:
    """Return the list and the buttons that every kind has."""
    return [
        page(f"{kind.folder}/", DocumentsPage, kind.plural, kind=kind),
        *(
            page(_path(kind, verb), Step, f"{verb}_{kind.name}", kind=kind, verb=verb, permission=permission)
            for verb, permission in _STEPS.items()
        ),
        page(_path(kind, "void"), VoidPage, f"void_{kind.name}", kind=kind),
    ]


def _with_lines(kind: DocumentAdmin) -> list[URLPattern]:
    return [
        *_steps(kind),
        page(f"{kind.folder}/new/", NewDocumentPage, f"new_{kind.name}", kind=kind),
        page(_path(kind), DocumentPage, kind.name, kind=kind),
        page(_path(kind, "edit"), DraftPage, f"edit_{kind.name}", kind=kind),
    ]


def _printed(kind: DocumentAdmin) -> list[URLPattern]:
    return [
        page(_path(kind, "pdf"), DocumentPdf, f"print_{kind.name}", kind=kind),
        page(_path(kind, "xml"), DocumentXml, f"xml_{kind.name}", kind=kind),
        page(_path(kind, "send"), SendPage, f"send_{kind.name}", kind=kind),
    ]


def _settling(kind: DocumentAdmin) -> list[URLPattern]:
    return [
        page(_path(kind, "apply"), ApplyPage, f"apply_{kind.name}", kind=kind),
        page(_path(kind, "unapply"), Unapply, f"unapply_{kind.name}", kind=kind),
        page(_path(kind, "refund"), RefundCreditPage, f"refund_{kind.name}", kind=kind),
    ]


urlpatterns = [
    page("customers/", CustomersPage, "customers"),
    page("customers/search/", CustomerSearch, "customer_search"),
    page("customers/new/", NewCustomerPage, "new_customer"),
    page("customers/<uuid:customer_id>/", CustomerPage, "customer"),
    page("customers/<uuid:customer_id>/change/", ChangeCustomerPage, "change_customer"),
    page("customers/<uuid:customer_id>/deactivate/", CustomerUse, "deactivate_customer"),
    page("customers/<uuid:customer_id>/activate/", CustomerUse, "activate_customer", activates=True),
    page("customers/<uuid:customer_id>/delete/", DeleteCustomer, "delete_customer"),
    page("items/search/", ItemSearch, "item_search"),
    *chain.from_iterable(map(_with_lines, WITH_LINES)),
    *chain.from_iterable(map(_printed, PRINTED)),
    page("mailings/<uuid:mailing_id>/pdf/", SentFile, "sent_pdf"),
    page("mailings/<uuid:mailing_id>/xml/", SentFile, "sent_xml", column="xml"),
    page(_path(INVOICE, "pay"), PayInvoicePage, "pay_invoice"),
    page(_path(INVOICE, "discount"), DiscountPage, "discount_invoice"),
    page(_path(INVOICE, "write-off"), WriteOffPage, "write_off_invoice"),
    page(_path(QUOTE, "accept"), QuoteAnswer, "accept_quote", kind=QUOTE),
    page(_path(QUOTE, "decline"), QuoteAnswer, "decline_quote", kind=QUOTE, is_yes=False),
    page(_path(QUOTE, "convert"), ConvertQuote, "convert_quote"),
    page(_path(QUOTE, "invoice"), ConvertQuote, "invoice_quote", makes=INVOICE),
    page(_path(SALES_ORDER, "invoice"), QuantitiesPage, "invoice_sales_order"),
    page(_path(SALES_ORDER, "deliver"), FulfilPage, "fulfil_sales_order"),
    *_steps(PAYMENT),
    page("payments/new/", NewPaymentPage, "new_payment"),
    page(_path(PAYMENT), PaymentPage, "payment"),
    page(_path(PAYMENT, "edit"), DraftPaymentPage, "edit_payment"),
    *chain.from_iterable(map(_settling, (PAYMENT, CREDIT_MEMO))),
    page("customers/<uuid:customer_id>/statement/", StatementPage, "customer_statement"),
    page("customers/<uuid:customer_id>/statement/pdf/", StatementPdf, "print_statement"),
    page("customers/<uuid:customer_id>/statement/send/", SendStatementPage, "send_statement"),
    page("recurring-invoices/", RecurringInvoicesPage, "recurring_invoices"),
    page("recurring-invoices/new/", NewRecurringPage, "new_recurring_invoice"),
    page(_RECURRING, RecurringPage, "recurring_invoice"),
    page(f"{_RECURRING}edit/", ChangeRecurringPage, "change_recurring_invoice"),
    page(f"{_RECURRING}pause/", PauseRecurring, "pause_recurring_invoice"),
    page(f"{_RECURRING}resume/", ResumeRecurring, "resume_recurring_invoice"),
    page(f"{_RECURRING}end/", EndRecurring, "end_recurring_invoice"),
    page(f"{_RECURRING}draft/", DraftRecurring, "draft_recurring_invoice"),
    page(f"{_RECURRING}delete/", DeleteRecurring, "delete_recurring_invoice"),
    page("reminders/", RemindersPage, "reminders"),
    page("reminders/levels/", PolicyPage, "dunning_policy"),
    page("reminders/look/", LookForReminders, "look_for_reminders"),
    page("reminders/send/", SendReminders, "send_reminders"),
    page("reminders/sent-on-paper/", MarkRemindersSent, "mark_reminders_sent"),
    page("reminders/dismiss/", DismissReminders, "dismiss_reminders"),
    page("reminders/letter/", LettersPdf, "print_letter"),
    page("reminders/<uuid:reminder_id>/", ReminderPage, "reminder"),
    page("reminders/<uuid:reminder_id>/pdf/", ReminderPdf, "print_reminder"),
    page("reminders/<uuid:reminder_id>/charge/", ChargeReminder, "charge_reminder"),
    page("open-items/", AgeingPage, "ageing"),
    page("open-items/<uuid:customer_id>/", CustomerItemsPage, "customer_items"),
    page("settings/numbers/", NumberingPage, "numbering"),
    page("settings/numbers/<str:kind>/", ChangeNumberingPage, "change_numbering"),
]
