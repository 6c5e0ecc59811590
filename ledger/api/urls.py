"""What the ledger serves in the Backfill contract."""

from django.urls import path

from backfill.api.fields import OptionalText, StrictDateField
from backfill.api.resources import Action, Resource
from backfill.api.serializers import InputSerializer
from ledger.api import reversals
from ledger.api.filters import AccountFilters, EntryFilters
from ledger.api.serializers import AccountInput, AccountOutput, AsOfDate, EntryInput, EntryOutput, EntryRecordOutput
from ledger.api.translation import (
    account_from_values,
    account_imported_again,
    accounts,
    counts_no_more,
    entry_changed,
    entry_context,
    entry_from_values,
    journal_entries,
)
from ledger.api.views import (
    AccountListQuery,
    AccountListView,
    AccountView,
    LedgerHealthView,
)
from ledger.entries import entries


class Reason(InputSerializer):
    reason = OptionalText(max_length=500, help_text="Kept in the trail.")


class DatedReason(Reason):
    on = StrictDateField(
        required=False,
        help_text="Date of the reversal; the entry's own while its period is open, else the next open day.",
    )


ACCOUNTS = Resource(
    object_name="account",
    plural="accounts",
    module="journal",
    tag="Accounts",
    records=accounts,
    output=AccountOutput,
    create=account_from_values,
    update=account_imported_again,
    create_input=AccountInput,
    filterset=AccountFilters,
    sortable={"code": "code", "name": "name", "type": "type", "created_at": "created_at"},
    default_sort=("code", "name"),
    list_query=AccountListQuery,
    list_extra=AsOfDate,
    errors={409: ("DUPLICATE_ACCOUNT", "SLOT_TAKEN", "ACCOUNT_IN_USE"), 422: ("ACCOUNT_NOT_FOUND",)},
    body_example={"name": "Cloud hosting", "type": "expense", "code": "6310"},
)

ENTRY_EXAMPLE = {
    "entry_date": "2026-05-05",
    "memo": "Office supplies",
    "status": "draft",
    "lines": [
        {"account_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11", "debit_amount": "125.00"},
        {"account_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c12", "credit_amount": "125.00"},
    ],
}

_ALSO_CHANGED = {
    "also_changed": [
        {
            "object": "invoice",
            "id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c13",
            "number": "INV-1001",
            "change": "voided",
            "undone_allocations": [{"payment_id": "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c14", "amount": "104.00"}],
        }
    ]
}

JOURNAL_ENTRIES = Resource(
    object_name="journal_entry",
    plural="journal_entries",
    module="journal",
    tag="Journal entries",
    records=journal_entries,
    output=EntryRecordOutput,
    list_output=EntryOutput,
    context=entry_context,
    id_keyword="entry_id",
    create=entry_from_values,
    create_input=EntryInput,
    update=entry_changed,
    is_void=counts_no_more,
    delete=entries.delete_draft,
    body_example=ENTRY_EXAMPLE,
    filterset=EntryFilters,
    sortable={"entry_date": "entry_date", "created_at": "created_at", "entry_number": "first_journal_number"},
    default_sort=("-entry_date", "-id"),
    errors={
        409: ("PERIOD_LOCKED", "ENTRY_NOT_DRAFT", "APPROVAL_REQUIRED", "INVALID_STATE_TRANSITION", "ALREADY_REVERSED"),
        422: (
            *("UNBALANCED_ENTRY", "INVALID_LINE", "ACCOUNT_NOT_FOUND", "ACCOUNT_INACTIVE", "INVALID_TAX_CODE"),
            *("TAX_LINE_CONFLICT", "INVALID_CURRENCY", "EXCHANGE_RATE_MISSING", "INVALID_PERIOD"),
            "REFERENCE_NOT_FOUND",
        ),
    },
    actions={
        "confirm": Action(service=entries.confirm_entry, summary="Confirm a draft journal entry"),
        "submit": Action(service=entries.submit_entry, summary="Submit a draft journal entry for approval"),
        "approve": Action(
            service=entries.approve_entry,
            summary="Approve and post a submitted journal entry",
            approves=True,
            errors={403: ("SELF_APPROVAL_DENIED",)},
        ),
        "reject": Action(
            service=entries.reject_entry, summary="Reject a submitted journal entry", body=Reason, approves=True
        ),
        "void": Action(
            service=reversals.void_entry,
            summary="Void a journal entry",
            body=DatedReason,
            report=reversals.ReversalReport,
            report_example=_ALSO_CHANGED,
        ),
        "reverse": Action(
            service=reversals.reverse_entry,
            summary="Reverse a posted journal entry",
            body=DatedReason,
            report=reversals.ReversalReport,
            report_example=_ALSO_CHANGED,
            errors={409: ("PERIOD_LOCKED", "ALREADY_REVERSED", "ENTRY_NOT_POSTED")},
        ),
    },
)

urlpatterns = [
    *ACCOUNTS.urls(list_view=AccountListView, record_view=AccountView),
    *JOURNAL_ENTRIES.urls(),
    path("ledger/health", LedgerHealthView.as_view(), name="ledger_health"),
]
