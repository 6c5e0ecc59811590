"""Every code an error answer can carry, with what it means. Published in both references.

An app that adds a refusal (`DomainError.code`) or a rule of the Bookkeeping contract adds its line here; a test
compares the two.
"""

from typing import Final

CODES: Final[dict[str, str]] = {
    # What every endpoint may answer.
    "VALIDATION_ERROR": "A field or query parameter is missing, malformed or out of range; `errors` names each one.",
    "MALFORMED_BODY": "The body is not UTF-8 JSON, is nested too deeply, or is not an object.",
    "BODY_TOO_LARGE": "The body is larger than this operation accepts.",
    "UNSUPPORTED_MEDIA_TYPE": "The body's Content-Type is not one this operation reads.",
    "NOT_ACCEPTABLE": "The Accept header allows none of the media types this operation answers with.",
    "METHOD_NOT_ALLOWED": "The path exists, the method does not; `Allow` lists the methods.",
    "UNAUTHORIZED": "The credential is missing, unknown, expired or revoked.",
    "FORBIDDEN": "The credential is valid but lacks the scope that the message names, or the right to do this.",
    "NOT_FOUND": "No such path, or no such record in the credential's company.",
    "CONFLICT": "The request contradicts the present state; the message says how.",
    "ALREADY_EXISTS": "A record with this unique value exists already.",
    "REFERENCED_RECORD": "A record that this one refers to is missing, or one that refers to it still exists.",
    "CONCURRENT_UPDATE": "Another request changed the same records at the same moment; send the request again.",
    "PRECONDITION_FAILED": "The record changed since the `ETag` in If-Match was read; read it again.",
    "INVALID_IDEMPOTENCY_KEY": "The Idempotency-Key is blank, longer than 255 characters or has control characters.",
    "IDEMPOTENCY_KEY_CONFLICT": "The Idempotency-Key was used for a different request within the last 24 hours.",
    "IDEMPOTENCY_KEY_IN_PROGRESS": "A request with this Idempotency-Key is still running; retry after a moment.",
    "INVALID_CONTRACT": "The Backfill-Contract header names neither `backfill` nor `books`.",
    "RATE_LIMITED": "Too many requests with this credential; `Retry-After` says when to go on.",
    "SERVICE_UNAVAILABLE": "The database cannot be reached at the moment; retry after a moment.",
    "INTERNAL_ERROR": "A mistake on our side; quote the `request_id`.",
    # The ledger, in both contracts.
    "UNBALANCED_ENTRY": "Debits and credits of the entry differ.",
    "INVALID_LINE": "A line has no amount, an amount on both sides, or a negative one.",
    "ACCOUNT_NOT_FOUND": "A line names an account that does not exist in this company.",
    "ACCOUNT_INACTIVE": "A line names an account that is no longer in use.",
    "SLOT_UNASSIGNED": "No active account plays the role that this posting needs.",
    "INVALID_TAX_CODE": "The tax code is unknown or inactive.",
    "TAX_LINE_CONFLICT": "Lines with tax codes are mixed with lines on tax accounts made by hand.",
    "INVALID_CURRENCY": "The currency is not an ISO 4217 code in use.",
    "EXCHANGE_RATE_MISSING": "No exchange rate is known for this currency and date.",
    "INVALID_PERIOD": "The period does not exist or does not fit the date.",
    "PERIOD_LOCKED": "The target period is soft-locked or locked.",
    "ENTRY_NOT_DRAFT": "The entry is posted; a posted entry is corrected by reversing it.",
    "ENTRY_NOT_POSTED": "The entry is not posted.",
    "ENTRY_IMMUTABLE": "Posted entries and their lines are never changed or deleted.",
    "ALREADY_REVERSED": "The entry already has a reversal.",
    "DUPLICATE_SUSPECTED": "An entry that looks the same exists; see `details.existing_id`.",
    "DUPLICATE_ACCOUNT": "The account number is in use.",
    "SLOT_TAKEN": "Another active account already plays this role.",
    "DUPLICATE_TAX_CODE": "The tax code exists already, active or not.",
    "ACCOUNT_IN_USE": "Automatic posting needs the account: it plays a role, or an active tax code posts to it.",
    "TAX_CODE_NOT_FOUND": "No such tax code in the credential's company.",
    "SYSTEM_TAX_CODE_DELETE_FORBIDDEN": "The tax code came with the chart of accounts and stays in use.",
    # People, companies and files.
    "INVALID_CREDENTIALS": "The e-mail address or the password is wrong.",
    "INVALID_TOKEN": "The mailed token is unknown, used or expired.",
    "DUPLICATE_COMPANY": "Another company has this name.",
    "ALREADY_MEMBER": "The person is a member of the company already.",
    "LAST_OWNER": "The company would have no owner any more.",
    "API_KEY_NOT_USABLE": "The API key is revoked or expired.",
    "EMPTY_FILE": "The file has no bytes.",
    "FILE_TOO_LARGE": "The file is larger than 10 MB.",
    "INVALID_FILE_TYPE": "The file is no PDF, JPEG or PNG.",
    "MIME_MISMATCH": "The content of the file is not of the type that was declared.",
    "FILE_NOT_FOUND": "The document exists, its stored file is gone.",
    # The DATEV export.
    "FISCAL_YEAR_SPAN": "The range crosses the end of a fiscal year; export each year by itself.",
    "DATEV_NUMBERS_MISSING": "The company has no DATEV consultant or client number yet; set them in the admin.",
    "DATEV_NOT_EXPORTABLE": "An account number or an amount that a DATEV batch has no place for.",
    # The life of entries, documents and periods.
    "APPROVAL_REQUIRED": "The company asks for a second person's approval before this posts.",
    "INVALID_STATE_TRANSITION": "The record's state does not allow this step; the message names the state.",
    "DOCUMENT_POSTED": "The document is posted; it is corrected by voiding it or by posting another one.",
    "DOCUMENT_NOT_FOUND": "The uploaded document does not exist in this company.",
    "REFERENCE_NOT_FOUND": "The body names a record that does not exist in this company.",
    "RECORD_IN_USE": "Other records refer to this one, so it cannot be deleted.",
    "DUPLICATE_DOCUMENT_NUMBER": "Another document of this kind has the number.",
    "DUPLICATE_SKU": "Another item has the SKU.",
    "TOTALS_MISMATCH": "A total that was sent differs from the one that the lines add up to.",
    "SETTLEMENT_MISMATCH": "The two sides of a settlement do not fit: another party, currency or state.",
    "OVER_ALLOCATED": "More would be settled than is open.",
    "INSUFFICIENT_INVENTORY": "Fewer units are in stock than would leave it.",
    "SELF_APPROVAL_DENIED": "Nobody approves their own request.",
    "LOCK_REQUEST_PENDING": "A request to lock this period is already waiting for approval.",
    "REQUEST_NOT_PENDING": "The request is no longer waiting: it was approved, withdrawn or has expired.",
    "REQUEST_EXPIRED": "The request is older than 48 hours; make a new one.",
    "PERIOD_ALREADY_SOFT_LOCKED": "The period is soft-locked already.",
    "PERIOD_ALREADY_LOCKED": "The period is locked already.",
    "PERIOD_IRREVERSIBLE": "A locked period is never opened again.",
    # The Bookkeeping contract's own names.
    "OPENING_BALANCES_EXIST": "Opening balances for this date are posted; reverse them first.",
    "INVALID_BALANCE_ENTRY": "An opening balance has both sides set, or a negative amount.",
    "ACCOUNT_TYPE_NOT_ALLOWED": "A revenue or expense account cannot have an opening balance.",
    "ACCOUNTS_NOT_FOUND": "Accounts that do not exist are named; `details` lists them.",
    "ACCOUNT_9000_MISSING": "The chart has no account 9000 to balance opening balances against.",
    "FX_TAX_UNSUPPORTED": "A foreign currency block cannot be combined with a self-assessed tax code.",
    "INVALID_INPUT": "A field or query parameter is missing, malformed or out of range; `errors` names each one.",
    "NO_CHANGES": "The body names no field that can be changed.",
    "BALANCE_MISMATCH": "Debits and credits differ.",
}

BOOKS_STATUSES: Final[dict[str, int]] = {
    # Statuses of the Bookkeeping reference where they differ from the refusal's own.
    "PERIOD_LOCKED": 400,
    "NO_CHANGES": 400,
}

BOOKS_NAMES: Final[dict[str, str]] = {
    # The Bookkeeping reference's names for refusals that both contracts share.
    "VALIDATION_ERROR": "INVALID_INPUT",
    "MALFORMED_BODY": "INVALID_INPUT",
    "INVALID_LINE": "INVALID_INPUT",
    "INVALID_PERIOD": "INVALID_INPUT",
    "UNBALANCED_ENTRY": "BALANCE_MISMATCH",
    "ACCOUNT_INACTIVE": "ACCOUNT_NOT_FOUND",
}

FIELD_CODES: Final[dict[str, str]] = {
    # Codes inside `errors`, one per field.
    "REQUIRED": "The field is required.",
    "NULL": "The field may not be null.",
    "BLANK": "The field may not be empty.",
    "INVALID": "The value has the wrong type or form.",
    "INVALID_CHOICE": "The value is none of the allowed ones.",
    "MAX_LENGTH": "The text is too long.",
    "MIN_LENGTH": "The list or text is too short.",
    "MAX_VALUE": "The number is too large.",
    "MIN_VALUE": "The number is too small.",
    "TOO_PRECISE": "The number has more decimals than can be kept.",
    "TOO_LARGE": "The object is larger or nested deeper than allowed.",
    "OUT_OF_RANGE": "The date lies outside the years that are kept.",
    "UNKNOWN_FIELD": "There is no field of this name.",
    "UNKNOWN_PARAMETER": "There is no query parameter of this name.",
    "DUPLICATE": "The name or value is given twice.",
}
