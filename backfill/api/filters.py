"""django-filter fields that refuse what they do not understand, instead of answering unfiltered."""

import re
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import ValidationError

from backfill.api.fields import EARLIEST, LATEST


class _BooleanFormField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        if value not in ("true", "false"):
            raise ValidationError("Must be true or false.", code="invalid")
        return bool(value == "true")


class _DateFormField(forms.Field):
    def to_python(self, value: Any) -> date | None:
        if value in (None, ""):
            return None
        try:
            day = date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII) else None
        except ValueError:
            day = None
        if day is None or not EARLIEST <= day <= LATEST:
            raise ValidationError("Must be a date in the form YYYY-MM-DD.", code="invalid")
        return day


class _UUIDFormField(forms.Field):
    def to_python(self, value: Any) -> UUID | None:
        if value in (None, ""):
            return None
        try:
            return UUID(value if len(value) == 36 else "")
        except ValueError as error:
            raise ValidationError("Must be a UUID.", code="invalid") from error


class BooleanFilter(django_filters.Filter):
    field_class = _BooleanFormField
    schema: ClassVar[dict[str, Any]] = {"type": "boolean"}


class DateFilter(django_filters.Filter):
    """A day, inclusive: use `lookup_expr="gte"` and `"lte"` for ranges."""

    field_class = _DateFormField
    schema: ClassVar[dict[str, Any]] = {"type": "string", "format": "date"}


class UUIDFilter(django_filters.Filter):
    field_class = _UUIDFormField
    schema: ClassVar[dict[str, Any]] = {"type": "string", "format": "uuid"}


class TextFilter(django_filters.CharFilter):
    """Equal text; with `lookup_expr="icontains"` a part of it, % and _ taken literally."""

    schema: ClassVar[dict[str, Any]] = {"type": "string"}


class ChoiceFilter(django_filters.ChoiceFilter):
    """One of the given choices; anything else is an error that lists them."""

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": [str(value) for value, _ in self.extra["choices"]]}
