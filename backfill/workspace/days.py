"""Days that people type into editors, which are no Django forms."""

from datetime import date

from django.utils.translation import gettext as _

from backfill.api.fields.dates import EARLIEST, LATEST
from backfill.workspace.wording import sentence


def typed_day(text: str) -> date:
    """Return the day of a text `YYYY-MM-DD`. Raises ValueError, for people, for no day and for one out of range."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("Enter a date of the calendar.")) from None
    if not EARLIEST <= day <= LATEST:
        raise ValueError(
            sentence(_("the date lies between {earliest} and {latest}").format(earliest=EARLIEST, latest=LATEST))
        )
    return day
