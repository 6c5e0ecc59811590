"""What settles what in receivables: payments and credit memos settle invoices and refunds."""

from typing import ClassVar

from ledger.documents.allocating import Allocations
from ledger.models import Slot
from receivables.models import Allocation, CreditMemo, Invoice, Payment, RefundReceipt


class CustomerAllocations(Allocations[Allocation]):
    model = Allocation
    debits: ClassVar = {"invoice": Invoice, "refund": RefundReceipt}
    credits: ClassVar = {"payment": Payment, "credit_memo": CreditMemo}
    party = "customer"
    control = Slot.ACCOUNTS_RECEIVABLE


allocations = CustomerAllocations()
