"""How the documents of receivables follow the journal."""

from ledger.documents.following import Following
from receivables.services.credit_memos import credit_memos
from receivables.services.invoices import invoices
from receivables.services.payments import payments
from receivables.services.recorded import outgoing_invoices
from receivables.services.refund_receipts import refund_receipts
from receivables.services.sales_receipts import sales_receipts

following = Following(
    kinds={
        "invoice": invoices,
        "credit_memo": credit_memos,
        "payment": payments,
        "sales_receipt": sales_receipts,
        "refund_receipt": refund_receipts,
    },
    recording=outgoing_invoices,
)
