"""Requests per minute and credential, counted in Redis by one atomic script."""

from dataclasses import dataclass
from functools import cache
from typing import Final, cast

import redis
import structlog
from django.conf import settings

from backfill.api.errors import RateLimited
from backfill.tenancy.credentials import Credential

logger = structlog.get_logger(__name__)

WINDOW_MILLISECONDS: Final = 60_000

# Counts and starts the window in one step, so that a crash between the two cannot leave a counter for ever.
_COUNT: Final = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of the current minute. `reset_seconds` is rounded up, so that waiting that long is enough."""

    limit: int
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


def count_request(credential: Credential) -> Allowance | None:
    """Count one request; raise RateLimited beyond the limit. None when limiting is off or Redis cannot be reached.

    Books that cannot be read because a counter is down would be the worse failure, so the limit gives way.
    """
    limit = int(settings.API_REQUESTS_PER_MINUTE)
    if limit <= 0:
        return None
    try:
        counted = cast(list[int], _client().eval(_COUNT, 1, _counter(credential), str(WINDOW_MILLISECONDS)))
    except redis.RedisError as error:
        logger.warning("rate_limit_unavailable", error=str(error))
        return None
    count, milliseconds = counted
    allowance = Allowance(limit, max(limit - count, 0), max(-(-milliseconds // 1000), 1))
    if count > limit:
        raise RateLimited(
            f"More than {limit} requests in a minute. Go on in {allowance.reset_seconds} seconds.",
            headers={**allowance.headers, "Retry-After": str(allowance.reset_seconds)},
        )
    return allowance


def _counter(credential: Credential) -> str:
    caller = credential.key_id or (credential.user.pk if credential.user else credential.company.pk)
    return f"backfill:requests:{credential.company.pk}:{caller}"


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.2, socket_connect_timeout=0.2)
