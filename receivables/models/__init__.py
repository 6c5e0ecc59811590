"""The tables of receivables. What PostgreSQL itself refuses on them is in `receivables.guards`."""

from receivables.models.allocation import Allocation
from receivables.models.credit_memo import CreditMemo, CreditMemoLine, CreditMemoStatus
from receivables.models.customer import Customer
from receivables.models.invoice import Invoice, InvoiceLine, InvoiceStatus
from receivables.models.order import Quote, QuoteLine, QuoteStatus, SalesOrder, SalesOrderLine, SalesOrderStatus
from receivables.models.payment import (
    Payment,
    PaymentStatus,
    RefundReceipt,
    RefundReceiptLine,
    RefundStatus,
    SalesReceipt,
    SalesReceiptLine,
)

__all__ = [
    "Allocation",
    "CreditMemo",
    "CreditMemoLine",
    "CreditMemoStatus",
    "Customer",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "Payment",
    "PaymentStatus",
    "Quote",
    "QuoteLine",
    "QuoteStatus",
    "RefundReceipt",
    "RefundReceiptLine",
    "RefundStatus",
    "SalesOrder",
    "SalesOrderLine",
    "SalesOrderStatus",
    "SalesReceipt",
    "SalesReceiptLine",
]
