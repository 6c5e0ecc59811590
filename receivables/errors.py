"""What receivables refuse, one class per reason. Codes are published in both API references."""

from backfill.errors import DomainError, NotFound, ValidationFailed


class CustomerNotFound(NotFound):
    code = "CUSTOMER_NOT_FOUND"


class CustomerInUse(DomainError):
    code = "CUSTOMER_IN_USE"


class CustomerInactive(DomainError):
    code = "CUSTOMER_INACTIVE"


class DuplicateName(DomainError):
    code = "DUPLICATE_NAME"


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


class NothingToPay(ValidationFailed):
    code = "NOTHING_TO_PAY"


class OverInvoiced(ValidationFailed):
    """More of an order would be invoiced than was ordered."""

    code = "OVER_INVOICED"


class OverCredited(ValidationFailed):
    """More of an invoice would be credited than was invoiced."""

    code = "OVER_CREDITED"


class NotConvertible(DomainError):
    code = "NOT_CONVERTIBLE"
