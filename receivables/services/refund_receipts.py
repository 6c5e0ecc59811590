"""Refund receipts: the verbs of their life by name. What is particular to them is
`receivables.types.refund_receipts`."""

from functools import partial

from ledger.documents import verbs
from receivables.types.refund_receipts import REFUND_RECEIPT

create_refund_receipt = partial(verbs.create, REFUND_RECEIPT)
update_refund_receipt = partial(verbs.update, REFUND_RECEIPT)
delete_refund_receipt = partial(verbs.delete, REFUND_RECEIPT)
submit_refund_receipt = partial(verbs.submit, REFUND_RECEIPT)
approve_refund_receipt = partial(verbs.approve, REFUND_RECEIPT)
reject_refund_receipt = partial(verbs.reject, REFUND_RECEIPT)
complete_refund_receipt = partial(verbs.confirm, REFUND_RECEIPT)
void_refund_receipt = partial(verbs.void, REFUND_RECEIPT)
