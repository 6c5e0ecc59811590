"""The journal: events, intents and their reversal."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from backfill.api.fields import (
    BookkeepingAmountField,
    InstantField,
    JSONObjectField,
    OptionalText,
    StrictDateField,
    StrictUUIDField,
    books_amount,
)
from backfill.api.serializers import BookkeepingInput, LimitField, QuerySerializer
from ledger.bookkeeping_api.serializers.names import account_number, ordered_dates
from ledger.currencies.money import quantize
from ledger.entries.journal_events import AuditedEvent, JournalEvent
from ledger.journal.chain import instant_text
from ledger.models import JournalEntry


class JournalQuery(QuerySerializer):
    account = serializers.CharField(required=False, max_length=20, help_text="Either side is this account.")
    startDate = StrictDateField(required=False, help_text="From booking date, inclusive.")
    endDate = StrictDateField(required=False, help_text="To booking date, inclusive.")
    search = serializers.CharField(
        default="", allow_blank=True, max_length=200, help_text="In description, accounts and external reference."
    )
    externalReference = serializers.CharField(required=False, max_length=500, help_text="Exact match.")
    limit = LimitField(default=200, max_value=1000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return ordered_dates(attrs)


class ProvenanceAnswer(serializers.Serializer[Any]):
    surface = serializers.CharField()
    surface_label = serializers.CharField()
    channel = serializers.CharField()
    channel_label = serializers.CharField()
    actor_type = serializers.CharField()
    actor_label = serializers.CharField()
    actor_key_prefix = serializers.CharField(allow_null=True)
    actor_display = serializers.CharField()


class EventAnswer(serializers.Serializer[JournalEvent]):
    id = serializers.UUIDField()
    journal_number = serializers.IntegerField()
    booking_date = StrictDateField()
    account_debit = serializers.CharField()
    account_credit = serializers.CharField()
    amount = BookkeepingAmountField()
    description = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]
    intent_id = serializers.UUIDField()
    fx_currency = serializers.CharField(allow_null=True)
    fx_amount = BookkeepingAmountField(allow_null=True)
    external_reference = serializers.CharField(allow_null=True)
    custom_metadata = JSONObjectField(allow_null=True)
    provenance_summary = ProvenanceAnswer()

    def to_representation(self, instance: JournalEvent) -> dict[str, Any]:
        entry = instance.entry
        fx = _fx(instance)
        return {
            "id": instance.id,
            "journal_number": instance.journal_number,
            "booking_date": entry.entry_date,
            "account_debit": account_number(instance.debit_account),
            "account_credit": account_number(instance.credit_account),
            "amount": _amount(instance.amount),
            "description": entry.memo,
            "source": entry.provenance.get("surface", entry.kind),
            "intent_id": entry.id,
            "fx_currency": fx["currency"],
            "fx_amount": fx["amount"],
            "external_reference": entry.external_reference,
            "custom_metadata": entry.metadata or None,
            "provenance_summary": _provenance(entry),
        }


class AuditEventAnswer(EventAnswer):
    account_debit_name = serializers.CharField()
    account_credit_name = serializers.CharField()
    account_debit_id = serializers.UUIDField()
    account_credit_id = serializers.UUIDField()
    currency = serializers.CharField()
    period = serializers.CharField()
    tax_code = serializers.CharField(allow_null=True)
    fx_rate = serializers.CharField(allow_null=True)
    fx_rate_date = serializers.CharField(allow_null=True)
    fx_rate_source = serializers.CharField(allow_null=True)
    created_at = InstantField(help_text="With its microseconds, as it is hashed.")
    created_by = serializers.CharField()
    document_id = serializers.UUIDField(allow_null=True)
    reverses_intent_id = serializers.UUIDField(allow_null=True)
    content_hash = serializers.CharField()
    audit_hash = serializers.CharField()
    prev_hash = serializers.CharField()

    def to_representation(self, instance: AuditedEvent) -> dict[str, Any]:  # type: ignore[override]
        entry, link, fx = instance.entry, instance.link, _fx(instance)
        return super().to_representation(instance) | {
            "account_debit_name": instance.debit_account.name,
            "account_credit_name": instance.credit_account.name,
            "account_debit_id": instance.debit_account.pk,
            "account_credit_id": instance.credit_account.pk,
            "currency": entry.company.base_currency,
            "period": entry.period,
            "tax_code": instance.debit_line.tax_code or instance.credit_line.tax_code or None,
            "fx_rate": fx["rate"],
            "fx_rate_date": fx["rate_date"],
            "fx_rate_source": fx["rate_source"],
            "created_at": instant_text(entry.posted_at),
            "created_by": entry.created_by,
            "document_id": entry.document_id,
            "reverses_intent_id": entry.reverses_entry_id,
            "content_hash": link.content_hash,
            "audit_hash": link.audit_hash,
            "prev_hash": link.prev_hash,
        }


class JournalAnswer(serializers.Serializer[Any]):
    entries = EventAnswer(many=True)


class IntentSummary(serializers.Serializer[Any]):
    booking_date = StrictDateField()
    description = serializers.CharField(allow_blank=True)
    total_amount = BookkeepingAmountField()
    event_count = serializers.IntegerField()
    is_reversed = serializers.BooleanField()


class LinkedIntents(serializers.Serializer[Any]):
    reverses = serializers.UUIDField(allow_null=True)
    reversed_by = serializers.UUIDField(allow_null=True)
    settles = serializers.ListField(child=serializers.UUIDField())
    settled_by = serializers.ListField(child=serializers.UUIDField())


class LinkedDocument(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    original_name = serializers.CharField()


class IntentMetadata(serializers.Serializer[Any]):
    external_reference = serializers.CharField(allow_null=True)
    custom_metadata = JSONObjectField(allow_null=True)
    documents = LinkedDocument(many=True)
    bank_transactions = serializers.ListField(child=JSONObjectField())


class IntentAnswer(serializers.Serializer[Any]):
    intent_id = serializers.UUIDField()
    entries = AuditEventAnswer(many=True)
    summary = IntentSummary()
    linked_intents = LinkedIntents()
    metadata = IntentMetadata()


class ReverseInput(BookkeepingInput):
    intent_id = StrictUUIDField()
    reason = OptionalText(max_length=500)
    posting_mode = serializers.ChoiceField(
        [("current_period", "Dated today"), ("original_period", "Dated like the original")], default="current_period"
    )


class Consequence(serializers.Serializer[Any]):
    """A record that changed with an intent: `voided`, `unlinked` or `unsettled`."""

    object = serializers.CharField()
    id = serializers.UUIDField()
    number = serializers.CharField()
    change = serializers.CharField()


class ReverseAnswer(serializers.Serializer[Any]):
    reversal_intent_id = serializers.UUIDField()
    original_intent_id = serializers.UUIDField()
    event_count = serializers.IntegerField()
    also_changed = Consequence(many=True, help_text="What else changed with the intent.")


_SURFACES = {"api": "API", "admin": "Admin", "command": "Command line", "task": "Background task"}


def _provenance(entry: JournalEntry) -> dict[str, Any]:
    facts = entry.provenance
    prefix, label = facts.get("key_prefix"), facts.get("label", entry.created_by)
    surface = facts.get("surface", "")
    return {
        "surface": surface,
        "surface_label": _SURFACES.get(surface, surface),
        "channel": "manual" if entry.kind in {"booking", "manual"} else entry.kind,
        "channel_label": "Manual posting" if entry.kind in {"booking", "manual"} else entry.kind.replace("_", " "),
        "actor_type": facts.get("kind", ""),
        "actor_label": label,
        "actor_key_prefix": prefix,
        "actor_display": f"{label} ({prefix}…)" if prefix else label,
    }


def _fx(found: JournalEvent) -> dict[str, Any]:
    """Return the foreign currency facts of an event: the entry's annotation, or what its lines were stated in."""
    entry = found.entry
    if entry.fx_annotation:
        return {**entry.fx_annotation, "amount": _amount(Decimal(entry.fx_annotation["amount"]))}
    if entry.currency == entry.company.base_currency:
        return dict.fromkeys(("currency", "amount", "rate", "rate_date", "rate_source"))
    line = found.debit_line if found.debit_line.amount == found.amount else found.credit_line
    share = found.amount / abs(line.amount) if line.amount else 1
    return {
        "currency": entry.currency,
        "amount": _amount(quantize(abs(line.currency_amount) * share, entry.currency)),
        "rate": f"{(1 / entry.exchange_rate).normalize():.9f}",
        "rate_date": entry.rate_date and entry.rate_date.isoformat(),
        "rate_source": entry.rate_source or None,
    }


def _amount(value: Decimal) -> Decimal:
    return books_amount(value)
