"""The base of every refusal. A domain error is a fact about the books, not a Python failure.

Apps subclass `DomainError` in their own `errors.py`; `backfill.api.errors` renders it once for HTTP, the
admin turns it into a message on the form, and commands print it.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a stable code.

    `message` names what is wrong and the way out. `field` is a path into the caller's input
    (`lines[2].account_id`) when one field is to blame. Keyword arguments are facts a program can use and
    are answered as `details`.
    """

    code: ClassVar[str] = "CONFLICT"
    status: ClassVar[int] = 409

    def __init__(self, message: str, *, field: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.details = details


class ValidationFailed(DomainError):
    """Input that cannot be accepted. Answered 422 in the Backfill contract and 400 in the Bookkeeping one."""

    code = "VALIDATION_ERROR"
    status = 422


class SourceRecordVoid(DomainError):
    """The record that was imported under this source identity is void; what is sent must not be taken for it."""

    code = "SOURCE_RECORD_VOID"
    status = 409


class NotFound(DomainError):
    """The record does not exist in this company, or belongs to another one, which is the same to the caller."""

    code = "NOT_FOUND"
    status = 404


class Forbidden(DomainError):
    """The caller is known but may not do this."""

    code = "FORBIDDEN"
    status = 403
