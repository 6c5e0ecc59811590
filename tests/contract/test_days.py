"""Every field of both contracts that holds a day or an instant, read where the company is: a day stays that day, an
instant is converted once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from backfill.api.fields import InstantField, StrictDateField
from backfill.tenancy.models import Company
from tests.contract.test_access import OPERATIONS

DAY = date(2026, 11, 1)
ZONES = ("America/New_York", "Europe/Berlin", "Pacific/Kiritimati", "UTC")

# What is sent, and the day that it is in each of ZONES. On 1 November 2026 New York has UTC-4 until two in the
# morning, then UTC-5; Berlin has UTC+1, Kiritimati UTC+14.
INSTANTS = [
    ("2026-11-01", (1, 1, 1, 1)),
    ("2026-11-01T00:00:00", (1, 1, 1, 1)),
    ("2026-11-01T23:59:59", (1, 1, 1, 1)),
    ("2026-11-01 12:00", (1, 1, 1, 1)),
    ("2026-11-01T12:00:00-04:00", (1, 1, 2, 1)),
    ("2026-11-01T04:00:00Z", (1, 1, 1, 1)),
    ("2026-11-02T04:59:59Z", (1, 2, 2, 2)),
    ("2026-11-02T00:00:00+01:00", (1, 2, 2, 1)),
    ("2026-11-01T22:59:59Z", (1, 1, 2, 1)),
    ("2026-11-02T00:00:00+14:00", (1, 1, 2, 1)),
    ("2026-11-01T09:59:59z", (1, 1, 1, 1)),
    ("2026-11-01T10:00:00Z", (1, 1, 2, 1)),
]


def _leaves(shape: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, field in shape.fields.items():
        inner = field.child if isinstance(field, serializers.ListSerializer | serializers.ListField) else field
        if isinstance(inner, serializers.Serializer):
            yield from _leaves(inner, f"{path}.{name}")
        else:
            yield f"{path}.{name}", inner


def _fields(kind: type[Any], company: Company) -> list[tuple[str, Any]]:
    """Return the fields of a kind in every body of both contracts, each bound as a request binds it."""
    found = []
    for contract, method, path, view in (one.values for one in OPERATIONS):
        described = view.described(method)
        body = described.body if described is not None and not view.public else None
        if body is not None:
            shape = body(context={"company": company})
            found += [one for one in _leaves(shape, f"{contract} {method} {path}") if isinstance(one[1], kind)]
    return found


def test_finds_the_fields_of_every_document() -> None:
    names = {path.rpartition(".")[2] for path, _ in _fields(InstantField, Company())}
    assert names >= {"issued_at", "due_at", "occurred_at", "settled_at", "refund_date", "expires_at", "allocated_at"}
    assert names >= {"billing_period_start", "billing_period_end"}
    days = {path.rpartition(".")[2] for path, _ in _fields(StrictDateField, Company())}
    assert days >= {"entry_date", "document_date", "effective_date", "booking_date", "invoice_date", "on", "paid_on"}


@pytest.mark.parametrize(("text", "days"), INSTANTS)
@pytest.mark.parametrize("zone", ZONES)
def test_reads_an_instant_as_the_company_s_day(zone: str, text: str, days: tuple[int, ...]) -> None:
    company = Company(time_zone=zone)
    for path, field in _fields(InstantField, company):
        assert company.day_of(field.run_validation(text)) == date(2026, 11, days[ZONES.index(zone)]), path


@pytest.mark.parametrize("zone", ZONES)
def test_reads_a_day_as_that_day_and_nothing_else(zone: str) -> None:
    for path, field in _fields(StrictDateField, Company(time_zone=zone)):
        assert field.run_validation("2026-11-01") == DAY, path
        for text in ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00+14:00", "2026-11-01T00:00:00"):
            with pytest.raises(ValidationError):
                field.run_validation(text)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31", "2026-03-08", "2026-03-29", "2028-02-29"])
def test_keeps_days_at_the_ends_of_the_calendar_and_of_summer_time(zone: str, day: str) -> None:
    company = Company(time_zone=zone)
    for path, field in _fields(InstantField, company):
        assert company.day_of(field.run_validation(day)).isoformat() == day, path


@pytest.mark.parametrize(
    ("zone", "text"), [("Pacific/Kiritimati", "2199-12-31T23:00:00Z"), ("America/New_York", "1900-01-01T00:00:00Z")]
)
def test_refuses_an_instant_whose_day_lies_beyond_the_calendar(zone: str, text: str) -> None:
    for _, field in _fields(InstantField, Company(time_zone=zone)):
        with pytest.raises(ValidationError, match="Must lie between"):
            field.run_validation(text)


def test_begins_a_day_where_the_clock_skips_its_midnight() -> None:
    company = Company(time_zone="America/Santiago")  # summer time began on 6 September 2026 at 00:00, which was 01:00
    begins = company.beginning_of(date(2026, 9, 6))
    assert begins == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert company.day_of(begins) == date(2026, 9, 6)
