"""What PostgreSQL refused, said as a refusal: the guards' own errors, constraints, bad values, lost races."""

from typing import Final

import psycopg
import structlog
from django.db import Error as DatabaseError

from backfill.errors import DomainError, NotFound, ValidationFailed

logger = structlog.get_logger(__name__)


class AlreadyExists(DomainError):
    code = "ALREADY_EXISTS"


class ReferencedRecord(DomainError):
    code = "REFERENCED_RECORD"


class ConcurrentUpdate(DomainError):
    code = "CONCURRENT_UPDATE"


class ServiceUnavailable(DomainError):
    code = "SERVICE_UNAVAILABLE"
    status = 503


class GuardRefused(DomainError):
    """A trigger refused what the code should have refused earlier and with a better message."""


class UnbalancedRefused(GuardRefused):
    code = "UNBALANCED_ENTRY"
    status = 422


class LineRefused(GuardRefused):
    code = "INVALID_LINE"
    status = 422


class DateRefused(GuardRefused):
    code = "VALIDATION_ERROR"
    status = 422


class ChangeRefused(GuardRefused):
    code = "ENTRY_IMMUTABLE"


class PeriodRefused(GuardRefused):
    code = "PERIOD_LOCKED"


_GUARDS: Final[dict[str, type[GuardRefused]]] = {
    "BF001": UnbalancedRefused,
    "BF002": LineRefused,
    "BF003": ChangeRefused,
    "BF004": PeriodRefused,
    "BF008": DateRefused,
}
_LOST_RACES: Final = frozenset({"40001", "40P01", "55P03"})
# What a pooler answers that hands a session's prepared statements to another one: PgBouncer before 1.21.
_LOST_PREPARED: Final = frozenset({"26000", "42P05"})
_PREPARED_REMEDY: Final = "Set DATABASE_PREPARE_THRESHOLD=0, or use PgBouncer 1.21 with max_prepared_statements."
_UNAVAILABLE_CLASSES: Final = ("08", "53", "57P")


def refusal_of(error: DatabaseError) -> DomainError | None:
    """Return the refusal behind a database error, or None when it is a mistake of ours."""
    cause = error.__cause__
    if not isinstance(cause, psycopg.Error):
        return None
    state = cause.sqlstate or ""
    refusal = _guard_refusal(cause, state) or _constraint_refusal(cause, state) or _passing_refusal(cause, state)
    if refusal is not None:
        logger.warning("database_refused", sqlstate=state, constraint=cause.diag.constraint_name, error=str(cause))
    return refusal


def is_unavailable(error: BaseException | None) -> bool:
    """Return whether the error says that the database, or something else we need, is away for the moment."""
    if isinstance(error, DatabaseError) and isinstance(error.__cause__, psycopg.Error):
        return isinstance(_passing_refusal(error.__cause__, error.__cause__.sqlstate or ""), ServiceUnavailable)
    return isinstance(error, DomainError) and error.status == 503


def _guard_refusal(cause: psycopg.Error, state: str) -> DomainError | None:
    if state.startswith("BF"):
        message = cause.diag.message_primary or "the books refuse this"
        return _GUARDS.get(state, GuardRefused)(message[:1].upper() + message[1:] + ".")
    if state == "42501" and "row-level security" in str(cause):
        return NotFound("There is no such record in this company.")
    if state == "P0001":
        return GuardRefused(cause.diag.message_primary or "The books refuse this.")
    return None


def _constraint_refusal(cause: psycopg.Error, state: str) -> DomainError | None:
    constraint = cause.diag.constraint_name
    if state in {"23505", "23P01"}:
        return AlreadyExists("A record with these values exists already.", constraint=constraint)
    if state in {"23503", "23001"}:
        return ReferencedRecord(
            "A record this one refers to does not exist, or other records still refer to it.", constraint=constraint
        )
    if state in {"23514", "23502"}:
        return ValidationFailed("The values contradict a rule of the books.", constraint=constraint)
    if state.startswith("22") or isinstance(cause, psycopg.DataError):
        return ValidationFailed("A value is too large, too long or has characters that cannot be stored.")
    return None


def _passing_refusal(cause: psycopg.Error, state: str) -> DomainError | None:
    if state in _LOST_PREPARED:
        logger.error("prepared_statements_lost", remedy=_PREPARED_REMEDY)
        return ServiceUnavailable(f"The database's pooler loses prepared statements. {_PREPARED_REMEDY}")
    if state in _LOST_RACES:
        return ConcurrentUpdate("Another request changed the same records; send this one again.", retryable=True)
    if state.startswith(_UNAVAILABLE_CLASSES) or (isinstance(cause, psycopg.OperationalError) and not state):
        return ServiceUnavailable("The database cannot be reached at the moment; retry in a few seconds.")
    return None
