"""The admin's sessions: kept in the database, and for half a minute in the cache.

The cache saves a query per page and may be away at any time. It keeps a session so briefly because one that is ended
while the cache is away must not come back with it.
"""

from typing import Any, Final

import structlog
from django.conf import settings
from django.contrib.sessions.backends import cached_db
from django.core.cache import caches
from redis import RedisError

log = structlog.get_logger(__name__)

KEPT_SECONDS: Final = 30


class SessionStore(cached_db.SessionStore):
    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache: Any = _MayBeAway(caches[settings.SESSION_CACHE_ALIAS])


class _MayBeAway:
    """A cache that has nothing, and takes nothing, while it cannot be reached."""

    def __init__(self, cache: Any) -> None:
        self.cache = cache

    def get(self, key: str) -> Any:
        try:
            return self.cache.get(key)
        except RedisError as error:
            _note(error)
            return None

    def set(self, key: str, value: Any, timeout: float | None = None) -> None:
        try:
            self.cache.set(key, value, min(timeout or KEPT_SECONDS, KEPT_SECONDS))
        except RedisError as error:
            _note(error)

    def delete(self, key: str) -> None:
        try:
            self.cache.delete(key)
        except RedisError as error:
            _note(error)

    def __contains__(self, key: str) -> bool:
        try:
            return key in self.cache
        except RedisError as error:
            _note(error)
            return False


def _note(error: RedisError) -> None:
    log.warning("session_cache_away", error=str(error))
