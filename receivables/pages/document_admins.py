"""What the pages of each type of sale add to its description: words, tabs of the list, fields of the editor."""

from typing import Final

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger.documents.pages.document_admins import Relation, kind_of, states_of
from ledger.documents.pages.header_fields import NOTES, POSTED_ON, SUPPLIED_ON, HeaderField
from receivables.pages.billing_fields import BILLING_FIELDS, LINE_FACTS
from receivables.pages.bulk_steps import PAY, SEND_CREDIT_MEMOS, SEND_INVOICES
from receivables.selectors import overdue_on
from receivables.types.credit_memos import CREDIT_MEMO as CREDIT_MEMO_TYPE
from receivables.types.invoices import INVOICE as INVOICE_TYPE
from receivables.types.payments import PAYMENT as PAYMENT_TYPE
from receivables.types.quotes import QUOTE as QUOTE_TYPE
from receivables.types.refund_receipts import REFUND_RECEIPT
from receivables.types.sales_orders import SALES_ORDER as SALES_ORDER_TYPE
from receivables.types.sales_receipts import SALES_RECEIPT as SALES_RECEIPT_TYPE

DELIVERED_ON: Final = HeaderField(
    "delivery_date",
    _("Delivered on"),
    type="date",
    inside="shipping_details",
    help=_("Left empty: the document's date."),
)
ORDER_REFERENCE: Final = HeaderField("order", _("Customer's order"), length=100, inside="references")
CONTRACT_REFERENCE: Final = HeaderField(
    "contract", pgettext_lazy("reference", "Contract"), length=100, inside="references"
)
PROJECT_REFERENCE: Final = HeaderField("project", _("Project"), length=100, inside="references")
TERMS: Final = HeaderField(
    "terms", _("Payment terms, printed"), place="foot", placeholder=_("Made from the due date"), fact=_("Payment terms")
)
DESCRIPTION: Final = HeaderField("description", _("What is offered"), place="foot")
REASON_CODE: Final = HeaderField("reason_code", _("Reason"), placeholder=_("Goods returned"))
PAYMENT_METHOD: Final = HeaderField(
    "payment_method",
    _("How"),
    place="head",
    placeholder=pgettext_lazy("payment method", "Cash"),
)
DEPOSIT_TO: Final = HeaderField("deposit_to_account", _("Paid into"), place="head", placeholder=_("Undeposited funds"))
PAID_FROM: Final = HeaderField(
    "paid_from_account", _("Paid from"), place="head", placeholder=pgettext_lazy("account role", "Cash")
)
REASON: Final = HeaderField("reason", _("Reason"), place="head")

_REFUNDS: Final = Relation("refunds", _("Refunded by"), "refund_receipt")

INVOICE: Final = kind_of(
    INVOICE_TYPE,
    icon="request_quote",
    place=20,
    new_label=_("New invoice"),
    settled_meanwhile=_("An invoice you chose is settled by now; look at what is still open."),
    until="due_date",
    until_label=_("Due"),
    bulk_steps=(SEND_INVOICES, PAY),
    left=_("Open"),
    related=(
        Relation("sales_order", _("Made from sales order"), "sales_order"),
        Relation("credit_memos", _("Credited by"), "credit_memo"),
    ),
    blocked_by=frozenset({"credit_memo"}),
    fields=(
        *(DELIVERED_ON, POSTED_ON, ORDER_REFERENCE, CONTRACT_REFERENCE, PROJECT_REFERENCE),
        *(*BILLING_FIELDS, TERMS, NOTES),
    ),
    line_facts=LINE_FACTS,
    states=states_of(
        INVOICE_TYPE,
        open=(_("Open"), Q(status__in=("open", "partially_paid"))),
        overdue=(_("Overdue"), overdue_on),
        paid=(_("Paid"), Q(status="paid")),
    ),
)
CREDIT_MEMO: Final = kind_of(
    CREDIT_MEMO_TYPE,
    icon="undo",
    place=70,
    new_label=_("New credit memo"),
    left=_("Left"),
    origin="invoice",
    bulk_steps=(SEND_CREDIT_MEMOS,),
    applies_to="invoice",
    related=(Relation("invoice", _("Credit for invoice"), "invoice"), _REFUNDS),
    blocked_by=frozenset({"refund_receipt"}),
    fields=(REASON_CODE, SUPPLIED_ON, POSTED_ON, NOTES),
    states=states_of(
        CREDIT_MEMO_TYPE,
        open=(_("Not used up"), Q(status__in=("open", "partially_applied"))),
        applied=(_("Used up"), Q(status="applied")),
    ),
)
QUOTE: Final = kind_of(
    QUOTE_TYPE,
    icon="edit_document",
    place=50,
    new_label=_("New quote"),
    until="expires_at",
    until_label=_("Valid until"),
    confirm_label=_("Mark as sent"),
    confirm_note=_("Marking it as sent mails nothing: send the quote to the customer yourself."),
    confirmed=_("marked as sent"),
    is_confirmed=_("{title} {document} is marked as sent. Nothing was mailed: send it to the customer yourself."),
    fields=(DESCRIPTION,),
    needs_party=True,
    related=(Relation("sales_orders", _("Became sales order"), "sales_order"),),
)
SALES_ORDER: Final = kind_of(
    SALES_ORDER_TYPE,
    icon="shopping_cart",
    place=60,
    new_label=_("New sales order"),
    confirm_label=pgettext_lazy("order", "Confirm"),
    confirmed=pgettext_lazy("order", "confirmed"),
    is_confirmed=pgettext_lazy("order", "{title} {document} is confirmed."),
    needs_party=True,
    related=(
        Relation("quote", _("Made from quote"), "quote"),
        Relation("invoices", _("Invoiced by"), "invoice"),
    ),
    states=states_of(
        SALES_ORDER_TYPE,
        open=(_("To invoice"), Q(status__in=("open", "partially_invoiced"))),
        invoiced=(_("Invoiced"), Q(status="invoiced")),
    ),
)
PAYMENT: Final = kind_of(
    PAYMENT_TYPE,
    titles=pgettext_lazy("sales", "Payments"),
    icon="payments",
    place=30,
    left=_("Left"),
    applies_to="invoice",
    related=(_REFUNDS,),
    blocked_by=frozenset({"refund_receipt"}),
    new_label=_("Record payment"),
    making="receivables.post",
    states=states_of(
        PAYMENT_TYPE,
        unapplied=(_("Not used up"), Q(status="completed", settled_amount__lt=F("total_amount"))),
        completed=(pgettext_lazy("payment", "Completed"), Q(status="completed")),
    ),
)
SALES_RECEIPT: Final = kind_of(
    SALES_RECEIPT_TYPE,
    icon="point_of_sale",
    place=80,
    new_label=_("New sales receipt"),
    line_account="revenue_account",
    fields=(DEPOSIT_TO, PAYMENT_METHOD, SUPPLIED_ON, POSTED_ON),
)
REFUND: Final = kind_of(
    REFUND_RECEIPT,
    title=_("Refund"),
    titles=_("Refunds"),
    icon="currency_exchange",
    place=85,
    new_label=_("New refund"),
    nouns=pgettext_lazy("document type", "refunds"),
    confirm_label=pgettext_lazy("refund", "Complete"),
    confirmed=pgettext_lazy("refund", "completed"),
    is_confirmed=_("{title} {document} is completed."),
    id_name="refund_id",
    related=(
        Relation("payment", _("Refund of payment"), "payment"),
        Relation("credit_memo", _("Refund of credit memo"), "credit_memo"),
    ),
    fields=(PAID_FROM, REASON, SUPPLIED_ON, POSTED_ON),
    hint=_("A refund gives money back and moves no goods. Goods that come back are credited or counted."),
    states={**states_of(REFUND_RECEIPT), "draft": (_("Pending"), Q(status="pending"))},
)
WITH_LINES: Final = (INVOICE, CREDIT_MEMO, QUOTE, SALES_ORDER, SALES_RECEIPT, REFUND)
