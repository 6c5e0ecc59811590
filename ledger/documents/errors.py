"""What a document refuses, one class per reason. Codes are published in both API references."""

from backfill.errors import DomainError, NotFound, ValidationFailed


class DocumentNotFound(NotFound):
    code = "NOT_FOUND"


class TotalsMismatch(ValidationFailed):
    """A figure that was sent differs from the one that the lines add up to."""

    code = "TOTALS_MISMATCH"


class DuplicateDocumentNumber(DomainError):
    code = "DUPLICATE_DOCUMENT_NUMBER"


class PartyNotFound(NotFound):
    code = "NOT_FOUND"


class PartyInactive(DomainError):
    """Apps name it after their party."""


class DuplicateName(DomainError):
    code = "DUPLICATE_NAME"


class DuplicatePersonalAccount(DomainError):
    code = "DUPLICATE_PERSONAL_ACCOUNT"


class DuplicateTaxId(DomainError):
    code = "DUPLICATE_TAX_ID"


class DuplicateVatId(DomainError):
    code = "DUPLICATE_VAT_ID"


class HasOpenInvoices(DomainError):
    code = "HAS_OPEN_INVOICES"


class DuplicateInvoiceNumber(DomainError):
    code = "DUPLICATE_INVOICE_NUMBER"


class IntentAlreadySet(DomainError):
    code = "INTENT_ALREADY_SET"


class IntentAlreadyLinked(DomainError):
    code = "INTENT_ALREADY_LINKED"


class IntentNotFound(NotFound):
    code = "INTENT_NOT_FOUND"
