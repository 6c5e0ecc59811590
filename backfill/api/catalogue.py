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
    # The Bookkeeping contract's own names.
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
    "UNKNOWN_FIELD": "There is no field of this name.",
    "UNKNOWN_PARAMETER": "There is no query parameter of this name.",
    "DUPLICATE": "The name or value is given twice.",
}
