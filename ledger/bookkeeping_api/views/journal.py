"""GET the journal and one intent, POST a reversal."""

from dataclasses import replace
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.errors import BOOKS_ERRORS
from backfill.api.operations import operation
from backfill.api.views import BookkeepingView
from backfill.errors import NotFound
from ledger.bookkeeping_api.serializers.journal import (
    IntentAnswer,
    JournalAnswer,
    JournalQuery,
    ReverseAnswer,
    ReverseInput,
)
from ledger.entries.bookings import reverse_intent
from ledger.entries.journal_events import Intent, JournalFilter, intent, journal_events
from ledger.models import EntryStatus
from ledger.models.activity import changed_by_reversal

_CHAIN = """An event's `audit_hash` can be recomputed from this answer. It is the SHA-256 of a JSON object, written in
UTF-8 without blanks and with its names sorted: `tenant` (the company's id), `intent_id`, `journal_number`,
`booking_date`, `period`, `account_debit` and `account_credit` (the values of `account_debit_id` and
`account_credit_id`), `amount` (text with four decimals), `description`, `document_id`, `reverses_intent_id`,
`external_reference`, `custom_metadata` (`{}` when null), `created_at`, `created_by`, `content_hash` and `prev_hash`.

The first event of a company has 64 zeros as `prev_hash`. The closing hash of a period is the SHA-256 of these lines
joined by a newline: the period, the closing hash of the period locked before it (64 zeros for the first), and the
`audit_hash` of each of the period's events in the order of journal numbers."""


class JournalView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"GET": "journal:read"}

    @operation(
        summary="List ledger events",
        description="Newest first, by journal number.",
        tag="Journal",
        query=JournalQuery,
        answer=JournalAnswer,
    )
    def get(self, request: Request) -> Response:
        wanted = JournalFilter(
            account=self.query.get("account"),
            start=self.query.get("startDate"),
            end=self.query.get("endDate"),
            search=self.query["search"],
            external_reference=self.query.get("externalReference"),
        )
        events = journal_events(company=self.company, limit=self.query["limit"], filter=wanted)
        return Response(JournalAnswer({"entries": events}).data)


class IntentView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"GET": "journal:read"}

    @operation(
        summary="Audit view of one intent",
        description=_CHAIN,
        tag="Journal",
        answer=IntentAnswer,
        errors={404: ("NOT_FOUND",)},
    )
    def get(self, request: Request, intent_id: str) -> Response:
        found = intent(company=self.company, intent_id=self.path_uuid("intent_id"))
        if found is None:
            raise NotFound("There is no such intent in this company.")
        return Response(IntentAnswer(_shown(found)).data)


class ReverseView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"POST": "journal:write"}
    error_style = replace(BOOKS_ERRORS, fields={"entry_date": "posting_mode"})

    @operation(
        summary="Reverse an intent by counter-posting",
        tag="Journal",
        body=ReverseInput,
        answer=ReverseAnswer,
        errors={400: ("PERIOD_LOCKED",), 404: ("NOT_FOUND",), 409: ("ALREADY_REVERSED",)},
        body_example={
            "intent_id": "7b0c2f5e-2d0e-4b7e-9a55-1f6f5a0d1c11",
            "reason": "Wrong account",
            "posting_mode": "current_period",
        },
    )
    def post(self, request: Request) -> Response:
        values = self.body()
        reversal = reverse_intent(
            company=self.company,
            intent_id=values["intent_id"],
            reason=values.get("reason", ""),
            posting_mode=values["posting_mode"],
            actor=self.actor,
        )
        return Response(
            ReverseAnswer(
                {
                    "reversal_intent_id": reversal.pk,
                    "original_intent_id": values["intent_id"],
                    "event_count": reversal.event_count,
                    "also_changed": changed_by_reversal(self.company.pk, values["intent_id"]),
                }
            ).data
        )


def _shown(found: Intent) -> dict[str, Any]:
    entry = found.entry
    return {
        "intent_id": entry.pk,
        "entries": found.events,
        "summary": {
            "booking_date": entry.entry_date,
            "description": entry.memo,
            "total_amount": entry.total_amount,
            "event_count": entry.event_count,
            "is_reversed": entry.status == EntryStatus.REVERSED,
        },
        "linked_intents": {
            "reverses": entry.reverses_entry_id,
            "reversed_by": found.reversed_by,
            "settles": found.settlements.settles,
            "settled_by": found.settlements.settled_by,
        },
        "metadata": {
            "external_reference": entry.external_reference,
            "custom_metadata": entry.metadata or None,
            "documents": [entry.document] if entry.document else [],
            "bank_transactions": [],
        },
    }
