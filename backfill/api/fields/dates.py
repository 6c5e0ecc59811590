"""Days and instants, within the years that calendars and arithmetic on them can handle."""

import re
from datetime import date, datetime
from typing import Any, ClassVar, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backfill.tenancy.days import day_of, instant_of

EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2199, 12, 31)


@extend_schema_field({"type": "string", "format": "date", "examples": ["2026-05-05"]})
class StrictDateField(serializers.Field[Any, Any, Any, Any]):
    """A calendar day `YYYY-MM-DD` between 1900 and 2199."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Must be a date in the form YYYY-MM-DD.",
        "impossible": "There is no such day.",
        "out_of_range": f"Must lie between {EARLIEST} and {LATEST}.",
    }

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", data):
            self.fail("invalid")
        try:
            day = date.fromisoformat(data)
        except ValueError:
            self.fail("impossible")
        if not EARLIEST <= day <= LATEST:
            self.fail("out_of_range")
        return day

    def to_representation(self, value: Any) -> Any:
        return value


@extend_schema_field({"type": "string", "format": "date-time", "examples": ["2026-05-05T12:00:00Z"]})
class InstantField(serializers.Field[Any, Any, Any, Any]):
    """An instant in RFC 3339, answered in UTC. A day alone is that day where the company of the serializer's context
    is, a time without an offset is that of its clocks; where there is no company, UTC."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Must be a time in RFC 3339, such as 2026-05-05T12:00:00Z.",
        "out_of_range": f"Must lie between {EARLIEST} and {LATEST}.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        if not isinstance(data, str) or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}|$)", data):
            self.fail("invalid")
        company = self.context.get("company")
        instant = self._instant(data.upper(), company.time_zone if company else "UTC")
        if instant is None:
            self.fail("out_of_range")
        return instant

    def _instant(self, text: str, time_zone: str) -> datetime | None:
        """Return the instant, None for one whose day lies beyond the calendar."""
        try:
            instant = instant_of(text, time_zone)
            return instant if EARLIEST <= day_of(instant, time_zone) <= LATEST else None
        except OverflowError:
            return None
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: Any) -> Any:
        return value
