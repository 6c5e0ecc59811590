"""Sales receipts: sold and paid on the spot. Revenue and money in one entry, never an open item."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from ledger.documents.stock import GOODS_SOLD
from ledger.documents.types import DocumentType
from receivables.models import PaymentStatus, SalesReceipt, SalesReceiptLine
from receivables.postings import sales_receipt_entry
from receivables.types.side import SELLING

SALES_RECEIPT: Final = DocumentType[SalesReceipt, SalesReceiptLine](
    key="sales_receipt",
    model=SalesReceipt,
    side=SELLING,
    prefix="SR-",
    statuses=PaymentStatus,
    posted=PaymentStatus.COMPLETED,
    accepts=frozenset({"confirmed", "posted", "paid", "closed"}),
    needs_party=False,  # who pays on the spot need not be known
    columns=(
        *("deposit_to_account", "revenue_account", "payment_method", "location_id", "register_id", "sales_rep_id"),
        "ship_method",
    ),
    shown_date="receipt_date",
    stock=GOODS_SOLD,
    entry=sales_receipt_entry,
    way_out=_("void it, or issue a refund receipt"),
)
