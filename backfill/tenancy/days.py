"""Days and instants of a company: the one place where one is made of the other.

A day is a day where the company is. An instant is converted once, to the company's time zone; a day that is given
where an instant is wanted begins there at midnight, so that it comes back as the same day.
"""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo


def day_of(instant: datetime, time_zone: str) -> date:
    """Return the day that it is in a time zone at an instant."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


@lru_cache(maxsize=4_096)
def beginning_of(day: date, time_zone: str) -> datetime:
    """Return the instant, in UTC, at which a day begins in a time zone; where the clock skips midnight, the first
    one after it."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def instant_of(text: str, time_zone: str) -> datetime:
    """Return the instant, in UTC, that a text in ISO 8601 names. A day alone and a time without an offset are those
    of the time zone. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(time_zone))
    return moment.astimezone(UTC)


def day_named(text: str, time_zone: str) -> date:
    """Return the day that a text names in ISO 8601, as a day or as an instant. Raises ValueError."""
    return day_of(instant_of(text, time_zone), time_zone)
