"""Invoices: the verbs of their life by name. What is particular to them is `receivables.types.invoices`."""

from functools import partial

from ledger.documents import verbs
from receivables.types.invoices import INVOICE

create_invoice = partial(verbs.create, INVOICE)
update_invoice = partial(verbs.update, INVOICE)
delete_invoice = partial(verbs.delete, INVOICE)
submit_invoice = partial(verbs.submit, INVOICE)
approve_invoice = partial(verbs.approve, INVOICE)
reject_invoice = partial(verbs.reject, INVOICE)
confirm_invoice = partial(verbs.confirm, INVOICE)
confirm_invoices = partial(verbs.confirm_many, INVOICE)
void_invoice = partial(verbs.void, INVOICE)
