"""A small resource on the table of draft entries: what the shared layer does, shown without the ledger's rules."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django_filters import FilterSet
from rest_framework import serializers

from backfill.api.fields import JSONObjectField, MoneyField, OptionalText, StrictDateField, TextField
from backfill.api.filters import ChoiceFilter, DateFilter, TextFilter
from backfill.api.resources import Action, Resource
from backfill.api.serializers import InputSerializer, SourcedInput
from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.models import JournalEntry


class NoteIsClosed(DomainError):
    code = "CONFLICT"


class NoteLineInput(InputSerializer):
    text = TextField(max_length=100)
    amount = MoneyField(minimum=Decimal(0))


class NoteInput(SourcedInput):
    aliases: ClassVar[Mapping[str, str]] = {"items": "lines"}

    date = StrictDateField()
    memo = OptionalText(max_length=500)
    lines = NoteLineInput(many=True, required=False, max_length=100)
    metadata = JSONObjectField(required=False)


class CloseInput(InputSerializer):
    reason = TextField(max_length=100)


class NoteLineOutput(serializers.Serializer[Any]):
    text = serializers.CharField()
    amount = MoneyField()


class NoteOutput(serializers.Serializer[JournalEntry]):
    date = StrictDateField(source="entry_date")
    memo = serializers.CharField()
    amount = MoneyField(source="total_amount")
    lines = NoteLineOutput(source="draft_lines", many=True)
    metadata = JSONObjectField()
    is_closed = serializers.SerializerMethodField()
    updated_at = serializers.DateTimeField()

    def get_is_closed(self, entry: JournalEntry) -> bool:
        return bool(entry.reversal_reason)


class NoteFilter(FilterSet):
    memo = TextFilter(lookup_expr="icontains", help_text="Part of the memo.")
    start_date = DateFilter(field_name="entry_date", lookup_expr="gte")
    end_date = DateFilter(field_name="entry_date", lookup_expr="lte")
    status = ChoiceFilter(choices=[("draft", "Draft"), ("posted", "Posted")])

    class Meta:
        model = JournalEntry
        fields: ClassVar[list[str]] = []


def notes(company_id: UUID) -> QuerySet[JournalEntry]:
    return JournalEntry.objects.filter(company_id=company_id)


def create_note(values: dict[str, Any], *, company: Company, actor: Actor) -> JournalEntry:
    entry = JournalEntry(company=company, currency=company.base_currency, created_by=actor.label)
    return _saved(entry, values)


def update_note(note: JournalEntry, values: dict[str, Any], *, actor: Actor) -> JournalEntry:
    if note.reversal_reason:
        raise NoteIsClosed("The note is closed; a closed note does not change.", note_id=note.pk)
    return _saved(note, values)


def delete_note(*, company_id: UUID, note_id: UUID, actor: Actor) -> None:
    # Without looking for what refers to the note: its table is borrowed, what refers to it is not the sample's.
    JournalEntry.objects.filter(company_id=company_id, pk=note_id)._raw_delete("default")


def close_note(*, company_id: UUID, note_id: UUID, actor: Actor, reason: str) -> None:
    JournalEntry.objects.filter(company_id=company_id, pk=note_id).update(reversal_reason=reason)


def _saved(entry: JournalEntry, values: dict[str, Any]) -> JournalEntry:
    entry.entry_date = values.get("date", entry.entry_date)
    entry.memo = values.get("memo", entry.memo)
    entry.metadata = values.get("metadata", entry.metadata)
    lines = values.get("lines")
    if lines is not None or entry.draft_lines is None:
        entry.draft_lines = [{"text": line["text"], "amount": str(line["amount"])} for line in lines or []]
        entry.total_amount = sum((line["amount"] for line in lines or []), Decimal(0))
    for name in ("source_system", "source_id", "connection_id"):
        setattr(entry, name, values.get(name, getattr(entry, name)))
    entry.save()
    return entry


NOTES = Resource(
    object_name="note",
    plural="notes",
    module="journal",
    tag="Notes",
    records=notes,
    output=NoteOutput,
    id_keyword="note_id",
    create=create_note,
    create_input=NoteInput,
    update=update_note,
    delete=delete_note,
    actions={
        "close": Action(service=close_note, summary="Close a note", body=CloseInput, body_example={"reason": "Done"})
    },
    filterset=NoteFilter,
    sortable={"date": "entry_date", "memo": "memo", "created_at": "created_at"},
    default_sort=("-entry_date",),
    body_example={"date": "2026-05-05", "memo": "Paper", "lines": [{"text": "A4", "amount": "125.00"}]},
)
