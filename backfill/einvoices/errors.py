"""What e-invoices refuse."""

from backfill.errors import ValidationFailed


class EInvoiceNotPossible(ValidationFailed):
    """EN 16931 asks for something that the document, the company or the customer does not say; `problems` lists it."""

    code = "EINVOICE_NOT_POSSIBLE"
