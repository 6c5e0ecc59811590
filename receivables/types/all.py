"""All document types of receivables, in the order of the reference."""

from typing import Any, Final

from ledger.documents.types import DocumentType
from receivables.types.credit_memos import CREDIT_MEMO
from receivables.types.invoices import INVOICE
from receivables.types.payments import PAYMENT
from receivables.types.quotes import QUOTE
from receivables.types.refund_receipts import REFUND_RECEIPT
from receivables.types.sales_orders import SALES_ORDER
from receivables.types.sales_receipts import SALES_RECEIPT

TYPES: Final[tuple[DocumentType[Any, Any], ...]] = (
    *(INVOICE, CREDIT_MEMO, PAYMENT, SALES_RECEIPT, REFUND_RECEIPT),
    *(QUOTE, SALES_ORDER),
)
