"""What the ledger refuses, one class per reason. Codes are published in both API references."""

from backfill.errors import DomainError, Forbidden, NotFound, ValidationFailed


class LedgerInputError(ValidationFailed):
    """Base of the refusals that blame the entry as it was described."""


class UnbalancedEntry(LedgerInputError):
    code = "UNBALANCED_ENTRY"


class InvalidLine(LedgerInputError):
    code = "INVALID_LINE"


class UnknownAccount(LedgerInputError):
    code = "ACCOUNT_NOT_FOUND"


class AccountInactive(LedgerInputError):
    code = "ACCOUNT_INACTIVE"


class AccountRoleUnassigned(LedgerInputError):
    code = "SLOT_UNASSIGNED"


class UnknownEntry(LedgerInputError):
    """A body names a journal entry that does not exist."""

    code = "REFERENCE_NOT_FOUND"


class UnknownTaxCode(LedgerInputError):
    code = "INVALID_TAX_CODE"


class TaxLineConflict(LedgerInputError):
    code = "TAX_LINE_CONFLICT"


class UnknownCurrency(LedgerInputError):
    code = "INVALID_CURRENCY"


class ExchangeRateMissing(LedgerInputError):
    code = "EXCHANGE_RATE_MISSING"


class InvalidPeriod(LedgerInputError):
    code = "INVALID_PERIOD"


class PeriodLocked(DomainError):
    code = "PERIOD_LOCKED"
    status = 409


class EntryNotDraft(DomainError):
    code = "ENTRY_NOT_DRAFT"


class EntryClosed(DomainError):
    """A draft that was rejected or is void."""

    code = "INVALID_STATE_TRANSITION"


class EntryNotSubmitted(DomainError):
    code = "INVALID_STATE_TRANSITION"


class EntryNotPosted(DomainError):
    code = "ENTRY_NOT_POSTED"


class EntryOfDocument(DomainError):
    """A document changes with its entry: its own step undoes both, and says what else."""

    code = "INVALID_STATE_TRANSITION"


class AlreadyReversed(DomainError):
    code = "ALREADY_REVERSED"


class DuplicateSuspected(DomainError):
    code = "DUPLICATE_SUSPECTED"


class DuplicateAccount(DomainError):
    code = "DUPLICATE_ACCOUNT"


class AccountRoleTaken(DomainError):
    code = "SLOT_TAKEN"


class DuplicateTaxCode(DomainError):
    code = "DUPLICATE_TAX_CODE"


class EntryNotFound(NotFound):
    code = "NOT_FOUND"


class PeriodNotFound(NotFound):
    code = "NOT_FOUND"


class PeriodAlreadyLocked(DomainError):
    code = "PERIOD_ALREADY_LOCKED"


class PeriodNotLockable(DomainError):
    """The period is not over, or drafts are dated in what would be locked; `details.blockers` lists them."""

    code = "PERIOD_NOT_LOCKABLE"


class ReasonMissing(ValidationFailed):
    """A step that overrides a rule needs a reason."""


class PeriodAlreadySoftLocked(DomainError):
    code = "PERIOD_ALREADY_SOFT_LOCKED"


class PeriodAlreadyOpen(ValidationFailed):
    code = "INVALID_INPUT"


class PeriodIrreversible(DomainError):
    code = "PERIOD_IRREVERSIBLE"


class LockRequestPending(DomainError):
    code = "LOCK_REQUEST_PENDING"


class RequestNotFound(NotFound):
    code = "NOT_FOUND"


class RequestNotPending(DomainError):
    code = "REQUEST_NOT_PENDING"


class RequestExpired(DomainError):
    code = "REQUEST_EXPIRED"


class SelfApprovalDenied(Forbidden):
    code = "SELF_APPROVAL_DENIED"


class ApprovalRequired(DomainError):
    code = "APPROVAL_REQUIRED"


class AccountNotFound(NotFound):
    code = "NOT_FOUND"


class AccountInUse(DomainError):
    code = "ACCOUNT_IN_USE"


class NoChanges(ValidationFailed):
    code = "NO_CHANGES"


class TaxCodeNotFound(NotFound):
    code = "TAX_CODE_NOT_FOUND"


class SystemTaxCodeKept(ValidationFailed):
    code = "SYSTEM_TAX_CODE_DELETE_FORBIDDEN"


class FxTaxUnsupported(LedgerInputError):
    code = "FX_TAX_UNSUPPORTED"


class BalanceMismatch(LedgerInputError):
    code = "BALANCE_MISMATCH"


class InvalidBalanceEntry(LedgerInputError):
    code = "INVALID_BALANCE_ENTRY"


class AccountTypeNotAllowed(LedgerInputError):
    code = "ACCOUNT_TYPE_NOT_ALLOWED"


class AccountsNotFound(LedgerInputError):
    code = "ACCOUNTS_NOT_FOUND"


class Account9000Missing(LedgerInputError):
    code = "ACCOUNT_9000_MISSING"


class OpeningBalancesExist(DomainError):
    code = "OPENING_BALANCES_EXIST"


class DocumentNotFound(NotFound):
    code = "DOCUMENT_NOT_FOUND"


class ReferenceNotFound(ValidationFailed):
    """The body names a record that does not exist in this company."""

    code = "REFERENCE_NOT_FOUND"


class RecordInUse(DomainError):
    code = "RECORD_IN_USE"


class InvalidStateTransition(DomainError):
    code = "INVALID_STATE_TRANSITION"


class DocumentPosted(DomainError):
    """A posted document keeps what it posted; the way out is to void it or to post a correcting one."""

    code = "DOCUMENT_POSTED"
