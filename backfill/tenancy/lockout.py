"""Counting attempts in the shared cache, and locking after too many of them.

An attempt is counted before the password is looked at, so that a hundred guesses sent at once are not a hundred
guesses checked. What is counted three ways: the pair of address and e-mail (somebody guessing one password), the
address alone (somebody trying a list of people) and the e-mail alone (many machines guessing one person's password).
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.utils.translation import gettext as _
from redis import RedisError

from backfill.tenancy.errors import CannotSignInNow, TooManyAttempts


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `attempts` within `window` seconds from the first; one more locks for `lock` seconds."""

    name: str
    attempts: int
    window: int
    lock: int


PAIR: Final = Limit("pair", attempts=5, window=15 * 60, lock=15 * 60)
ADDRESS: Final = Limit("address", attempts=100, window=15 * 60, lock=15 * 60)
EMAIL: Final = Limit("email", attempts=50, window=60 * 60, lock=15 * 60)


def reserve_attempt(*, email: str, address: str) -> None:
    """Count one attempt to sign in, or raise TooManyAttempts while locked. `email` is in its normal spelling."""
    subjects = _subjects(email, address)
    with _reaching_the_store():
        for limit, subject in subjects:
            _refuse_locked(limit, subject)
        for limit, subject in subjects:
            if count_hit(f"{limit.name}:{subject}", window=limit.window) > limit.attempts:
                cache.set(_lock_key(limit, subject), time.time() + limit.lock, timeout=limit.lock)
                _refuse_locked(limit, subject)


def forgive_attempts(*, email: str, address: str) -> None:
    """Forget the attempts after the right password. The address keeps its count: it may be trying other people."""
    forgiven = [(limit, subject) for limit, subject in _subjects(email, address) if limit is not ADDRESS]
    with _reaching_the_store():
        cache.delete_many([key for limit, subject in forgiven for key in _keys(limit, subject)])


def return_attempt(*, email: str, address: str) -> None:
    """Take one attempt back that came to nothing for a reason of ours, such as a database that is away."""
    with _reaching_the_store():
        for limit, subject in _subjects(email, address):
            uncount_hit(f"{limit.name}:{subject}")


def unlock_email(email: str) -> None:
    """Let a person back in who has just proved, by a mailed token, that the address is theirs."""
    with _reaching_the_store():
        cache.delete_many(_keys(EMAIL, _digest(email)))


def count_hit(name: str, *, window: int) -> int:
    """Count one event and return how many there were since the first of them, at most `window` seconds ago."""
    key = f"hits:{name}"
    with _reaching_the_store():
        cache.add(key, 0, timeout=window)
        try:
            return cache.incr(key)
        except ValueError:  # it expired between the two calls, so this event is the first of a new window
            cache.set(key, 1, timeout=window)
            return 1


def uncount_hit(name: str) -> None:
    """Take back one event that `count_hit` has counted."""
    with _reaching_the_store(), suppress(ValueError):  # it may have expired
        cache.decr(f"hits:{name}")


@contextmanager
def _reaching_the_store() -> Iterator[None]:
    """Let nobody guess uncounted: while the store cannot be reached, nobody signs in."""
    try:
        yield
    except RedisError as error:
        raise CannotSignInNow from error


def _subjects(email: str, address: str) -> list[tuple[Limit, str]]:
    return [(PAIR, _digest(f"{address} {email}")), (ADDRESS, _digest(address)), (EMAIL, _digest(email))]


def _digest(text: str) -> str:
    """Return a cache key part of fixed length that keeps the address itself out of the store."""
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()


def _lock_key(limit: Limit, subject: str) -> str:
    return f"locked:{limit.name}:{subject}"


def _keys(limit: Limit, subject: str) -> list[str]:
    return [f"hits:{limit.name}:{subject}", _lock_key(limit, subject)]


def _refuse_locked(limit: Limit, subject: str) -> None:
    until = cache.get(_lock_key(limit, subject))
    if until is not None and (remaining := until - time.time()) > 0:
        raise TooManyAttempts(
            _("Too many attempts to sign in. Wait a while, or set a new password by mail."),
            retry_after=int(remaining) + 1,
        )
