"""Sales receipts: sold and paid in one step."""

from functools import partial

from ledger.documents import verbs
from receivables.types.sales_receipts import SALES_RECEIPT

create_sales_receipt = partial(verbs.create, SALES_RECEIPT)
update_sales_receipt = partial(verbs.update, SALES_RECEIPT)
delete_sales_receipt = partial(verbs.delete, SALES_RECEIPT)
submit_sales_receipt = partial(verbs.submit, SALES_RECEIPT)
approve_sales_receipt = partial(verbs.approve, SALES_RECEIPT)
reject_sales_receipt = partial(verbs.reject, SALES_RECEIPT)
confirm_sales_receipt = partial(verbs.confirm, SALES_RECEIPT)
void_sales_receipt = partial(verbs.void, SALES_RECEIPT)
