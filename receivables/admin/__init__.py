"""Sales in the admin: every page, its place in the sidebar, and what it adds to dashboard and search."""

from backfill.workspace.dashboard import Panel, add_panel
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
from receivables.admin.documents import DocumentPage, DocumentPdf, DocumentsPage
from receivables.admin.editor import DraftPage, NewDocumentPage
from receivables.admin.item_input import ItemSearch
from receivables.admin.kinds import CREDIT_MEMO, INVOICE, PAYMENT, QUOTE, SALES_ORDER, WITH_LINES, Kind
from receivables.admin.open_items import AgeingPage, CustomerItemsPage, receivables_due
from receivables.admin.panels import find_customers, find_invoices
from receivables.admin.payments import ApplyPage, NewPaymentPage, PayInvoicePage, PaymentPage, Unapply
from receivables.admin.steps import Convert, QuoteAnswer, Step, VoidPage

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
    folder = kind.plural.replace("_", "-")
    return f"{folder}/<uuid:document_id>/{step}/" if step else f"{folder}/<uuid:document_id>/"


def _add_steps(kind: Kind) -> None:
    """The list and the buttons that every kind has."""
    add_page(f"{kind.plural.replace('_', '-')}/", DocumentsPage, kind.plural, kind=kind)
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
    add_page(f"{_kind.plural.replace('_', '-')}/new/", NewDocumentPage, f"new_{_kind.name}", kind=_kind)
    add_page(_path(_kind), DocumentPage, _kind.name, kind=_kind)
    add_page(_path(_kind, "edit"), DraftPage, f"edit_{_kind.name}", kind=_kind)
for _kind in (INVOICE, CREDIT_MEMO):
    add_page(_path(_kind, "pdf"), DocumentPdf, f"print_{_kind.name}", kind=_kind)

add_page(_path(INVOICE, "pay"), PayInvoicePage, "pay_invoice")
add_page(_path(QUOTE, "accept"), QuoteAnswer, "accept_quote", kind=QUOTE)
add_page(_path(QUOTE, "decline"), QuoteAnswer, "decline_quote", kind=QUOTE, is_yes=False)
for _kind in (QUOTE, SALES_ORDER):
    add_page(_path(_kind, "convert"), Convert, f"convert_{_kind.name}", kind=_kind)

_add_steps(PAYMENT)
add_page("payments/new/", NewPaymentPage, "new_payment")
add_page(_path(PAYMENT), PaymentPage, "payment")
for _kind in (PAYMENT, CREDIT_MEMO):
    add_page(_path(_kind, "apply"), ApplyPage, f"apply_{_kind.name}", kind=_kind)
    add_page(_path(_kind, "unapply"), Unapply, f"unapply_{_kind.name}", kind=_kind)

add_page("open-items/", AgeingPage, "ageing")
add_page("open-items/<uuid:customer_id>/", CustomerItemsPage, "customer_items")

add_item(Item("Sales", 10, "Customers", "groups", "customers", "receivables.view"))
add_item(Item("Sales", 20, "Invoices", INVOICE.icon, "invoices", "receivables.view"))
add_item(Item("Sales", 30, "Payments", PAYMENT.icon, "payments", "receivables.view"))
add_item(Item("Sales", 40, "Open items", "schedule", "ageing", "receivables.view"))
add_item(Item("Sales", 50, "Credit memos", CREDIT_MEMO.icon, "credit_memos", "receivables.view"))
add_item(Item("Sales", 60, "Quotes", QUOTE.icon, "quotes", "receivables.view"))
add_item(Item("Sales", 70, "Sales orders", SALES_ORDER.icon, "sales_orders", "receivables.view"))

add_panel(Panel(15, "receivables/panel_due.html", "receivables.view", receivables_due))
add_finder(find_customers)
add_finder(find_invoices)
