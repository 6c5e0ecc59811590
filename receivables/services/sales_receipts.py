"""Sales receipts: sold and paid in one step."""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.documents.references import take_account
from ledger.documents.type import Posting
from ledger.drafts import EntryDraft
from ledger.inventory import StockMove
from receivables.models import PaymentStatus, SalesReceipt, SalesReceiptLine
from receivables.postings import sales_receipt_entry
from receivables.services.customers import SalesDocuments
from receivables.services.invoices import goods_sold


class SalesReceipts(SalesDocuments[SalesReceipt, SalesReceiptLine]):
    model, line_model = SalesReceipt, SalesReceiptLine
    needs_party = False
    noun, prefix = "sales receipt", "SR-"
    posted_status = PaymentStatus.COMPLETED
    confirming_statuses = frozenset({"completed", "confirmed", "posted", "paid", "closed"})
    own_fields = ("payment_method", "location_id", "register_id", "sales_rep_id", "ship_method")
    stock_reason = "sale"
    way_out = "void it, or issue a refund receipt"

    def fill(self, receipt: SalesReceipt, values: Mapping[str, Any]) -> None:
        take_account(receipt, values, "deposit_to_account")
        take_account(receipt, values, "revenue_account")

    def stock_moves(self, receipt: SalesReceipt, lines: Sequence[SalesReceiptLine]) -> Sequence[StockMove]:
        return goods_sold(receipt, lines)

    def entry(self, receipt: SalesReceipt, posting: Posting[SalesReceiptLine]) -> EntryDraft:
        return sales_receipt_entry(receipt, posting)


sales_receipts = SalesReceipts()
create_sales_receipt = sales_receipts.create
update_sales_receipt = sales_receipts.update
delete_sales_receipt = sales_receipts.delete
submit_sales_receipt = sales_receipts.submit
approve_sales_receipt = sales_receipts.approve
reject_sales_receipt = sales_receipts.reject
confirm_sales_receipt = sales_receipts.confirm
void_sales_receipt = sales_receipts.void
