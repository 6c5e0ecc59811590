"""Sales receipts: sold and paid in one step."""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.documents.lifecycle import Documents
from ledger.documents.type import Posting
from ledger.drafts import EntryDraft
from ledger.inventory import StockMove
from receivables.models import PaymentStatus, SalesReceipt, SalesReceiptLine
from receivables.postings import sales_receipt_entry
from receivables.services.invoices import goods_sold
from receivables.services.parties import lock_customers_of, take_account, take_customer


class SalesReceipts(Documents[SalesReceipt, SalesReceiptLine]):
    model, line_model = SalesReceipt, SalesReceiptLine
    joined = ("company", "customer")
    noun, prefix = "sales receipt", "SR-"
    posted_status = PaymentStatus.COMPLETED
    confirming_statuses = frozenset({"completed", "confirmed", "posted", "paid", "closed"})
    own_fields = ("payment_method", "location_id", "register_id", "sales_rep_id", "ship_method")
    terms_fields = Documents.terms_fields | {"customer_id"}
    stock_reason = "sale"
    way_out = "void it, or issue a refund receipt"

    def take_party(self, receipt: SalesReceipt, values: Mapping[str, Any]) -> str:
        return take_customer(receipt, values, is_required=False)

    def fill(self, receipt: SalesReceipt, values: Mapping[str, Any]) -> None:
        take_account(receipt, values, "deposit_to_account")
        take_account(receipt, values, "revenue_account")

    def exempt_reason(self, receipt: SalesReceipt) -> str:
        customer = receipt.customer
        if customer is None or not customer.tax_exempt:
            return ""
        return customer.tax_exempt_reason or "the customer is tax exempt"

    def lock_parties(self, documents: Sequence[SalesReceipt]) -> None:
        lock_customers_of(documents)

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
