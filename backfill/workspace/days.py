"""Days that people type into editors, which are no Django forms."""

from datetime import date

from backfill.api.fields.dates import EARLIEST, LATEST


def typed_day(text: str) -> date:
    """Return the day of a text `YYYY-MM-DD`; raises ValueError for no day and for one no calendar of ours has."""
    day = date.fromisoformat(text)
    if not EARLIEST <= day <= LATEST:
        raise ValueError(text)
    return day
