"""The shapes of a document type whose fields are plain columns: what comes in, what goes out, and the rows of it."""

from collections.abc import Callable, Iterator
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db import models
from django.db.models import F, QuerySet
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from backfill.api.fields import (
    InstantField,
    JSONObjectField,
    MoneyField,
    OptionalText,
    StrictBooleanField,
    StrictDateField,
    StrictIntegerField,
    plain_decimal,
)
from backfill.api.fields.optional import ObjectField, OptionalAmount, ReferenceField
from ledger.documents.api.inputs import DocumentLineInput, ItemisedInput
from ledger.documents.api.outputs import ItemisedOutput
from ledger.documents.store.documents import rows
from ledger.documents.types import DocumentType
from ledger.journal.resolving import MAX_LINES

_CODE_HELP = "Names the account where the id does not."
_LONGEST = 2_000
Shape = dict[str, Any]


# --- What comes in ----------------------------------------------------------------------------------------------


class DerivedInput(ItemisedInput):
    """A header whose own fields are columns. `shown_date` is the contract's second name of the document's date."""

    shown_date: ClassVar[str] = ""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        stated = attrs.pop(self.shown_date, None)
        if stated is not None:
            if attrs.get("document_date") not in {None, stated}:
                problem = ErrorDetail(f"Differs from document_date {attrs['document_date']}.", "duplicate")
                raise ValidationError({self.shown_date: [problem]})
            attrs["document_date"] = stated
        return super().validate(attrs)


@cache
def document_input(doc_type: DocumentType[Any, Any]) -> type[DerivedInput]:
    """Return the body that creates or changes a document: the shared header, its party, its columns, its lines."""
    party = doc_type.model._meta.get_field(doc_type.side.party)  # noqa: SLF001 - Django documents `_meta` as public
    shape: Shape = {doc_type.side.party_id: ReferenceField(help_text=_help(party))}
    if doc_type.shown_date:
        help_text = "The same as document_date."
        shape[doc_type.shown_date] = StrictDateField(required=False, allow_null=True, help_text=help_text)
    for name in doc_type.columns:
        shape |= _column_in(doc_type, name)
    if doc_type.line_model is not None:
        shape["lines"] = DocumentLineInput(many=True, required=False, max_length=MAX_LINES, help_text="Lines")
    shape |= {"shown_date": doc_type.shown_date, "__doc__": ItemisedInput.__doc__}
    return cast("type[DerivedInput]", type(f"{doc_type.model.__name__}Input", (DerivedInput,), shape))


def _column_in(doc_type: DocumentType[Any, Any], name: str) -> Shape:
    column = doc_type.fields[name]
    if column.is_relation:
        shape: Shape = {f"{name}_id": ReferenceField(help_text=_help(column))}
        if name in doc_type.accounts:
            shape[f"{name}_code"] = OptionalText(max_length=20, help_text=_CODE_HELP)
        return shape
    return {name: _field_in(column)}


def _field_in(column: Any) -> "serializers.Field[Any, Any, Any, Any]":
    if isinstance(column, models.CharField | models.TextField):
        return OptionalText(max_length=column.max_length or _LONGEST, help_text=_help(column))
    for of, field in _FIELDS_IN:
        if isinstance(column, of):
            return cast(
                "serializers.Field[Any, Any, Any, Any]",
                field(required=False, allow_null=True, help_text=_help(column)),
            )
    raise TypeError(f"{column} has no shape in the contract; write it by hand")


# A date and time is also a date to Django: it comes first.
_FIELDS_IN: tuple[tuple[Any, Any], ...] = (
    (models.DateTimeField, InstantField),
    (models.DateField, StrictDateField),
    (models.DecimalField, OptionalAmount),
    (models.BooleanField, StrictBooleanField),
    (models.IntegerField, StrictIntegerField),
    (models.JSONField, ObjectField),
)


def _help(column: Any) -> str:
    """Return what a column is, in the model's words."""
    return str(column.help_text) or str(column.verbose_name).capitalize()


# --- What goes out ----------------------------------------------------------------------------------------------


class DerivedOutput(ItemisedOutput):
    """Header and lines as every document's; `shown` says where each further value is found."""

    shown: ClassVar[tuple[tuple[str, Callable[[Any], Any]], ...]] = ()

    def own(self, document: Any) -> dict[str, Any]:
        return {name: value(document) for name, value in self.shown}


@cache
def document_output(doc_type: DocumentType[Any, Any]) -> type[DerivedOutput]:
    """Return the shape of an answer: the shared header and lines, its party by id and name, its columns."""
    shape: Shape = {}
    shown: list[tuple[str, Callable[[Any], Any]]] = []
    for name, field, value in _columns_out(doc_type):
        shape[name] = field
        shown.append((name, value))
    states = list(doc_type.statuses.values)
    words = f"{doc_type.a_noun}. Its status is {', '.join(states[:-1])} or {states[-1]}."
    shape |= {"__doc__": f"{words[0].upper()}{words[1:]}", "shown": tuple(shown)}
    return cast("type[DerivedOutput]", type(f"{doc_type.model.__name__}Output", (DerivedOutput,), shape))


def _columns_out(doc_type: DocumentType[Any, Any]) -> Iterator[tuple[str, Any, Callable[[Any], Any]]]:
    side, is_optional = doc_type.side, not doc_type.needs_party
    yield side.party_id, serializers.UUIDField(allow_null=is_optional), attrgetter(side.party_id)
    name = f"{side.party}_name"
    yield name, serializers.CharField(allow_null=is_optional), attrgetter(f"shown_{name}")
    if doc_type.shown_date:
        yield doc_type.shown_date, StrictDateField(), attrgetter("document_date")
    for name, column in doc_type.fields.items():
        if not column.is_relation:
            yield name, *_field_out(column, name)
            continue
        yield f"{name}_id", serializers.UUIDField(allow_null=column.null), attrgetter(f"{name}_id")
        if name in doc_type.accounts:
            yield f"{name}_code", serializers.CharField(allow_null=True), attrgetter(f"shown_{name}_code")


def _field_out(column: Any, name: str) -> tuple[Any, Callable[[Any], Any]]:
    if isinstance(column, models.DecimalField):
        return MoneyField(), lambda document: plain_decimal(getattr(document, name))
    for of, field in _FIELDS_OUT:
        if isinstance(column, of):
            return field(column), attrgetter(name)
    raise TypeError(f"{column} has no shape in the contract; write it by hand")


_FIELDS_OUT: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (models.CharField, lambda column: serializers.CharField(allow_blank=True)),
    (models.TextField, lambda column: serializers.CharField(allow_blank=True)),
    (models.DateTimeField, lambda column: InstantField(allow_null=column.null)),
    (models.DateField, lambda column: StrictDateField(allow_null=column.null)),
    (models.JSONField, lambda column: JSONObjectField()),
    (models.BooleanField, lambda column: serializers.BooleanField()),
    (models.IntegerField, lambda column: serializers.IntegerField(allow_null=column.null)),
)


def document_records(doc_type: DocumentType[Any, Any]) -> Callable[[UUID], "QuerySet[Any]"]:
    """Return the selector of what answers show: rows, with the names and codes of what they refer to beside them."""
    party = doc_type.side.party
    shown = {f"shown_{party}_name": F(f"{party}__name")}
    shown |= {f"shown_{name}_code": F(f"{name}__code") for name in doc_type.accounts}

    def records(company_id: UUID) -> "QuerySet[Any]":
        found: QuerySet[Any] = rows(doc_type).filter(company_id=company_id).annotate(**shown)
        return found

    return records
