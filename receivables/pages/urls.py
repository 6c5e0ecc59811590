"""The pages of sales."""

from itertools import chain

from django.urls import URLPattern

from backfill.workspace.lists.page import ListPage
from backfill.workspace.pages import page
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.item_input import ItemSearch
from ledger.documents.pages.urls import list_and_steps, path_of, with_lines
from receivables.pages.adjustments import DiscountPage, WriteOffPage
from receivables.pages.customer_input import CustomerSearch
from receivables.pages.customer_list import CUSTOMERS
from receivables.pages.customers import (
    ChangeCustomerPage,
    CustomerPage,
    CustomerUse,
    DeleteCustomer,
    NewCustomerPage,
)
from receivables.pages.delivery import PRINTED, DocumentPdf, DocumentXml, SendPage, SentFile
from receivables.pages.document_admins import CREDIT_MEMO, INVOICE, PAYMENT, QUOTE, SALES_ORDER, WITH_LINES
from receivables.pages.documents import SalePage
from receivables.pages.dunning import PolicyPage
from receivables.pages.editor import NewSalePage, SaleDraftPage
from receivables.pages.mailing_list import MAILINGS
from receivables.pages.open_item_list import RECEIVABLE_ITEMS
from receivables.pages.open_items import AgeingPage, CustomerItemsPage
from receivables.pages.orders import FulfilPage, QuantitiesPage
from receivables.pages.payment_entry import DraftPaymentPage, NewPaymentPage
from receivables.pages.payments import ApplyPage, PayInvoicePage, PaymentPage, Unapply
from receivables.pages.quotes import ConvertQuote, QuoteAnswer
from receivables.pages.recurring import (
    DeleteRecurring,
    DraftRecurring,
    EndRecurring,
    PauseRecurring,
    RecurringPage,
    ResumeRecurring,
)
from receivables.pages.recurring_editor import ChangeRecurringPage, NewRecurringPage
from receivables.pages.recurring_list import RECURRING_INVOICES
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
from receivables.types.side import SELLING

_RECURRING = "recurring-invoices/<uuid:recurring_id>/"


def _printed(kind: DocumentAdmin) -> list[URLPattern]:
    return [
        page(path_of(kind, "pdf"), DocumentPdf, f"print_{kind.name}", kind=kind),
        page(path_of(kind, "xml"), DocumentXml, f"xml_{kind.name}", kind=kind),
        page(path_of(kind, "send"), SendPage, f"send_{kind.name}", kind=kind),
    ]


def _settling(kind: DocumentAdmin) -> list[URLPattern]:
    return [
        page(path_of(kind, "apply"), ApplyPage, f"apply_{kind.name}", kind=kind),
        page(path_of(kind, "unapply"), Unapply, f"unapply_{kind.name}", kind=kind),
        page(path_of(kind, "refund"), RefundCreditPage, f"refund_{kind.name}", kind=kind),
    ]


urlpatterns = [
    page("customers/", ListPage, "customers", listing=CUSTOMERS),
    page("customers/search/", CustomerSearch, "customer_search"),
    page("customers/new/", NewCustomerPage, "new_customer"),
    page("customers/<uuid:customer_id>/", CustomerPage, "customer"),
    page("customers/<uuid:customer_id>/change/", ChangeCustomerPage, "change_customer"),
    page("customers/<uuid:customer_id>/deactivate/", CustomerUse, "deactivate_customer"),
    page("customers/<uuid:customer_id>/activate/", CustomerUse, "activate_customer", activates=True),
    page("customers/<uuid:customer_id>/delete/", DeleteCustomer, "delete_customer"),
    page("items/search/", ItemSearch, "item_search", side=SELLING, permission="receivables.view"),
    *chain.from_iterable(with_lines(kind, shown=SalePage, new=NewSalePage, draft=SaleDraftPage) for kind in WITH_LINES),
    *chain.from_iterable(map(_printed, PRINTED)),
    page("mailings/<uuid:mailing_id>/pdf/", SentFile, "sent_pdf"),
    page("mailings/<uuid:mailing_id>/xml/", SentFile, "sent_xml", column="xml"),
    page(path_of(INVOICE, "pay"), PayInvoicePage, "pay_invoice"),
    page(path_of(INVOICE, "discount"), DiscountPage, "discount_invoice"),
    page(path_of(INVOICE, "write-off"), WriteOffPage, "write_off_invoice"),
    page(path_of(QUOTE, "accept"), QuoteAnswer, "accept_quote"),
    page(path_of(QUOTE, "decline"), QuoteAnswer, "decline_quote", is_yes=False),
    page(path_of(QUOTE, "convert"), ConvertQuote, "convert_quote"),
    page(path_of(QUOTE, "invoice"), ConvertQuote, "invoice_quote", makes=INVOICE),
    page(path_of(SALES_ORDER, "invoice"), QuantitiesPage, "invoice_sales_order"),
    page(path_of(SALES_ORDER, "deliver"), FulfilPage, "fulfil_sales_order"),
    *list_and_steps(PAYMENT),
    page("payments/new/", NewPaymentPage, "new_payment"),
    page(path_of(PAYMENT), PaymentPage, "payment"),
    page(path_of(PAYMENT, "edit"), DraftPaymentPage, "edit_payment"),
    *chain.from_iterable(map(_settling, (PAYMENT, CREDIT_MEMO))),
    page("customers/<uuid:customer_id>/statement/", StatementPage, "customer_statement"),
    page("customers/<uuid:customer_id>/statement/pdf/", StatementPdf, "print_statement"),
    page("customers/<uuid:customer_id>/statement/send/", SendStatementPage, "send_statement"),
    page("recurring-invoices/", ListPage, "recurring_invoices", listing=RECURRING_INVOICES),
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
    page("open-items/all/", ListPage, "receivable_items", listing=RECEIVABLE_ITEMS),
    page("mails/", ListPage, "mailings", listing=MAILINGS),
    page("open-items/<uuid:customer_id>/", CustomerItemsPage, "customer_items"),
]
