"""What a document refuses, one class per reason. Codes are published in both API references."""

from backfill.errors import DomainError, NotFound, ValidationFailed
from ledger.open_items.errors import OverAllocated as OverAllocated  # noqa: PLC0414 - documents raise these, too
from ledger.open_items.errors import ReferenceNotFound as ReferenceNotFound  # noqa: PLC0414
from ledger.open_items.errors import SettlementMismatch as SettlementMismatch  # noqa: PLC0414


class DocumentNotFound(NotFound):
    code = "NOT_FOUND"


class TotalsMismatch(ValidationFailed):
    """A figure that was sent differs from the one that the lines add up to."""

    code = "TOTALS_MISMATCH"


class InvalidStateTransition(DomainError):
    code = "INVALID_STATE_TRANSITION"


class DocumentPosted(DomainError):
    """A posted document keeps what it posted; the way out is to void it or to post a correcting one."""

    code = "DOCUMENT_POSTED"


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


class InsufficientInventory(DomainError):
    code = "INSUFFICIENT_INVENTORY"


class ItemNotFound(NotFound):
    code = "NOT_FOUND"


class DuplicateSku(DomainError):
    code = "DUPLICATE_SKU"


class RecordInUse(DomainError):
    code = "RECORD_IN_USE"
