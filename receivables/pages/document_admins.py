"""What the pages of each type of sale add to its description: words, tabs of the list, fields of the editor."""

from typing import Final

from django.db.models import F, Q

from ledger.documents.pages.document_admins import Relation, kind_of, states_of
from ledger.documents.pages.header_fields import NOTES, POSTED_ON, SUPPLIED_ON, HeaderField
from receivables.pages.billing_fields import BILLING_FIELDS, LINE_FACTS
from receivables.selectors import overdue_on
from receivables.types.credit_memos import CREDIT_MEMO as CREDIT_MEMO_TYPE
from receivables.types.invoices import INVOICE as INVOICE_TYPE
from receivables.types.payments import PAYMENT as PAYMENT_TYPE
from receivables.types.quotes import QUOTE as QUOTE_TYPE
from receivables.types.refund_receipts import REFUND_RECEIPT
from receivables.types.sales_orders import SALES_ORDER as SALES_ORDER_TYPE
from receivables.types.sales_receipts import SALES_RECEIPT as SALES_RECEIPT_TYPE

DELIVERED_ON: Final = HeaderField(
    "delivery_date", "Delivered on", type="date", inside="shipping_details", help="Left empty: the document's date."
)
ORDER_REFERENCE: Final = HeaderField("order", "Customer's order", length=100, inside="references")
CONTRACT_REFERENCE: Final = HeaderField("contract", "Contract", length=100, inside="references")
PROJECT_REFERENCE: Final = HeaderField("project", "Project", length=100, inside="references")
TERMS: Final = HeaderField(
    "terms", "Payment terms, printed", place="foot", placeholder="Made from the due date", fact="Payment terms"
)
DESCRIPTION: Final = HeaderField("description", "What is offered", type="area", place="foot", length=2000)
REASON_CODE: Final = HeaderField("reason_code", "Reason", length=100, placeholder="Goods returned")
PAYMENT_METHOD: Final = HeaderField("payment_method", "How", place="head", length=100, placeholder="Cash")
DEPOSIT_TO: Final = HeaderField(
    "deposit_to_account", "Paid into", type="account", place="head", placeholder="Undeposited funds"
)
PAID_FROM: Final = HeaderField("paid_from_account", "Paid from", type="account", place="head", placeholder="Cash")
REASON: Final = HeaderField("reason", "Reason", place="head", length=500)

_REFUNDS: Final = Relation("refunds", "Refunded by", "refund_receipt")

INVOICE: Final = kind_of(
    INVOICE_TYPE,
    icon="request_quote",
    until="due_date",
    until_label="Due",
    left="Open",
    related=(
        Relation("sales_order", "Made from sales order", "sales_order"),
        Relation("credit_memos", "Credited by", "credit_memo"),
    ),
    blocked_by=frozenset({"credit_memo"}),
    fields=(
        *(DELIVERED_ON, POSTED_ON, ORDER_REFERENCE, CONTRACT_REFERENCE, PROJECT_REFERENCE),
        *(*BILLING_FIELDS, TERMS, NOTES),
    ),
    line_facts=LINE_FACTS,
    states=states_of(
        INVOICE_TYPE,
        open=("Open", Q(status__in=("open", "partially_paid"))),
        overdue=("Overdue", overdue_on),
        paid=("Paid", Q(status="paid")),
    ),
)
CREDIT_MEMO: Final = kind_of(
    CREDIT_MEMO_TYPE,
    icon="undo",
    left="Left",
    origin="invoice",
    applies_to="invoice",
    related=(Relation("invoice", "Credit for invoice", "invoice"), _REFUNDS),
    blocked_by=frozenset({"refund_receipt"}),
    fields=(REASON_CODE, SUPPLIED_ON, POSTED_ON, NOTES),
    states=states_of(
        CREDIT_MEMO_TYPE,
        open=("Not used up", Q(status__in=("open", "partially_applied"))),
        applied=("Used up", Q(status="applied")),
    ),
)
QUOTE: Final = kind_of(
    QUOTE_TYPE,
    icon="edit_document",
    until="expires_at",
    until_label="Valid until",
    confirm_label="Mark as sent",
    confirmed="marked as sent",
    fields=(DESCRIPTION,),
    needs_party=True,
    related=(Relation("sales_orders", "Became sales order", "sales_order"),),
)
SALES_ORDER: Final = kind_of(
    SALES_ORDER_TYPE,
    icon="shopping_cart",
    needs_party=True,
    related=(
        Relation("quote", "Made from quote", "quote"),
        Relation("invoices", "Invoiced by", "invoice"),
    ),
    states=states_of(
        SALES_ORDER_TYPE,
        open=("To invoice", Q(status__in=("open", "partially_invoiced"))),
        invoiced=("Invoiced", Q(status="invoiced")),
    ),
)
PAYMENT: Final = kind_of(
    PAYMENT_TYPE,
    icon="payments",
    left="Left",
    applies_to="invoice",
    related=(_REFUNDS,),
    blocked_by=frozenset({"refund_receipt"}),
    new_label="Record payment",
    making="receivables.post",
    states=states_of(
        PAYMENT_TYPE,
        unapplied=("Not used up", Q(status="completed", settled_amount__lt=F("total_amount"))),
        completed=("Completed", Q(status="completed")),
    ),
)
SALES_RECEIPT: Final = kind_of(
    SALES_RECEIPT_TYPE,
    icon="point_of_sale",
    line_account="revenue_account",
    fields=(DEPOSIT_TO, PAYMENT_METHOD, SUPPLIED_ON, POSTED_ON),
)
REFUND: Final = kind_of(
    REFUND_RECEIPT,
    title="Refund",
    titles="Refunds",
    icon="currency_exchange",
    new_label="New refund",
    confirm_label="Complete",
    confirmed="completed",
    id_name="refund_id",
    related=(
        Relation("payment", "Refund of payment", "payment"),
        Relation("credit_memo", "Refund of credit memo", "credit_memo"),
    ),
    fields=(PAID_FROM, REASON, SUPPLIED_ON, POSTED_ON),
    hint="A refund gives money back and moves no goods. Goods that come back are credited or counted.",
    states={**states_of(REFUND_RECEIPT), "draft": ("Pending", Q(status="pending"))},
)
WITH_LINES: Final = (INVOICE, CREDIT_MEMO, QUOTE, SALES_ORDER, SALES_RECEIPT, REFUND)
