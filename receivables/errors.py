"""What receivables refuse, one class per reason. Codes are published in both API references."""

from backfill.errors import DomainError, ValidationFailed
from ledger.documents.errors import PartyInactive, PartyNotFound


class CustomerNotFound(PartyNotFound):
    code = "CUSTOMER_NOT_FOUND"


class CustomerInactive(PartyInactive):
    code = "CUSTOMER_INACTIVE"


class OverInvoiced(ValidationFailed):
    """More of an order would be invoiced than was ordered."""

    code = "OVER_INVOICED"


class OverCredited(ValidationFailed):
    """More of an invoice would be credited than was invoiced."""

    code = "OVER_CREDITED"


class NotConvertible(DomainError):
    code = "NOT_CONVERTIBLE"
