"""Outgoing invoices of the Bookkeeping contract. A credit note is a credit memo."""

from ledger.documents.recording import Recording
from receivables.services.credit_memos import credit_memos
from receivables.services.customers import customers
from receivables.services.invoices import invoices

outgoing_invoices = Recording(
    invoices=invoices,
    credit_notes=credit_memos,
    parties=customers,
    control_type="accounts_receivable",
)

record_outgoing_invoice = outgoing_invoices.record
change_outgoing_invoice = outgoing_invoices.change
