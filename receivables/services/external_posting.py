"""Outgoing invoices of the Bookkeeping contract. A credit note is a credit memo."""

from ledger.documents.external_posting import Recording
from receivables.customers.customers import customers
from receivables.types.credit_memos import CREDIT_MEMO
from receivables.types.invoices import INVOICE

outgoing_invoices = Recording(
    invoices=INVOICE,
    credit_notes=CREDIT_MEMO,
    parties=customers,
    control_type="accounts_receivable",
)

record_outgoing_invoice = outgoing_invoices.record
change_outgoing_invoice = outgoing_invoices.change
