"""The tables of receivables. What PostgreSQL itself refuses on them is in `receivables.guards`."""

from receivables.models.advance_tax import AdvanceTax, AdvanceTaxMove
from receivables.models.credit_memo import CreditMemo, CreditMemoLine, CreditMemoStatus
from receivables.models.customer import Customer
from receivables.models.dunning import DunningLevel, DunningPolicy, DunningProposal, ProposalStatus
from receivables.models.invoice import Invoice, InvoiceLine, InvoiceStatus, InvoiceType
from receivables.models.mailing import Mailing, MailingFormat, MailingKind, MailingStatus
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
from receivables.models.recurring import DayRule, IntervalUnit, RecurringInvoice, RecurringRun

__all__ = [
    "AdvanceTax",
    "AdvanceTaxMove",
    "CreditMemo",
    "CreditMemoLine",
    "CreditMemoStatus",
    "Customer",
    "DayRule",
    "DunningLevel",
    "DunningPolicy",
    "DunningProposal",
    "IntervalUnit",
    "Invoice",
    "InvoiceLine",
    "InvoiceStatus",
    "InvoiceType",
    "Mailing",
    "MailingFormat",
    "MailingKind",
    "MailingStatus",
    "Payment",
    "PaymentStatus",
    "ProposalStatus",
    "Quote",
    "QuoteLine",
    "QuoteStatus",
    "RecurringInvoice",
    "RecurringRun",
    "RefundReceipt",
    "RefundReceiptLine",
    "RefundStatus",
    "SalesOrder",
    "SalesOrderLine",
    "SalesOrderStatus",
    "SalesReceipt",
    "SalesReceiptLine",
]
