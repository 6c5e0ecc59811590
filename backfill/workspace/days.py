"""Days that people type into editors, which are no Django forms."""

from datetime import date

from backfill.api.fields.dates import EARLIEST, LATEST
from backfill.workspace.wording import sentence


def typed_day(text: str) -> date:
    """Return the day of a text `YYYY-MM-DD`. Raises ValueError, for people, for no day and for one out of range."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("Enter a date of the calendar.") from None
    if not EARLIEST <= day <= LATEST:
        raise ValueError(sentence(f"the date lies between {EARLIEST} and {LATEST}"))
    return day
