"""The journal: every entry of the company, drafts first on demand, filtered by date, account, state and text."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backfill.paging import narrowed
from backfill.tenancy.models import Company
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.list_pages import list_page
from backfill.workspace.pages import Page
from ledger.models import Account, ApprovalStatus, EntryStatus, JournalEntry, JournalLine
from ledger.pages.account_input import AccountField

_NUMBER = re.compile(r"(\d{4})-0*(\d{1,9})")
_SHOWN_ACCOUNTS = 4

STATES: Final = {
    "draft": (_("Drafts"), Q(status=EntryStatus.DRAFT)),
    "pending_approval": (
        _("Waiting for approval"),
        Q(status=EntryStatus.DRAFT, approval_status=ApprovalStatus.PENDING_APPROVAL),
    ),
    "posted": (_("Posted"), ~Q(status=EntryStatus.DRAFT)),
    "reversed": (_("Reversed"), Q(status=EntryStatus.REVERSED)),
}


class JournalFilter(WorkspaceForm):
    q = forms.CharField(
        label=_("Text or number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Memo, document or entry number")}),
    )
    start = DayField(label=_("From"), required=False)
    end = DayField(label=_("To"), required=False)
    account = AccountField(label=_("Account"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *((name, label) for name, (label, _rows) in STATES.items())],
    )

    def __init__(self, *arguments: Any, company: Company, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["account"].company = company  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class JournalRow:
    """`amount` is the sum of the debits: of a posted entry in base currency, of a draft in its own."""

    entry: JournalEntry
    amount: Decimal
    accounts: list[Account]
    hidden_accounts: int


class JournalPage(Page):
    title = _("Journal")
    template_name = "ledger/journal.html"
    permission = "ledger.view"

    def context(self) -> dict[str, Any]:
        form = JournalFilter(self.request.GET, company=self.company)
        values = form.cleaned_data if form.is_valid() else {}
        entries = filtered_entries(self.company, values) if form.is_valid() else JournalEntry.objects.none()
        found = list_page(entries, self.request.GET.get("page", ""))
        return {
            "form": form,
            "page": found,
            "rows": journal_rows(found.rows),
            "is_filtered": any(values.values()),
        }


def filtered_entries(company: Company, values: dict[str, Any]) -> QuerySet[JournalEntry]:
    """Return the entries that match all given values, newest first."""
    entries = JournalEntry.objects.filter(company=company).order_by("-entry_date", "-id")
    if values.get("start"):
        entries = entries.filter(entry_date__gte=values["start"])
    if values.get("end"):
        entries = entries.filter(entry_date__lte=values["end"])
    if values.get("account"):
        entries = entries.filter(_on_account(company, values["account"]))
    if values.get("state"):
        entries = entries.filter(STATES[values["state"]][1])
    if values.get("q"):
        entries = narrowed(entries, matching(values["q"]))
    return entries


def journal_rows(entries: list[JournalEntry]) -> list[JournalRow]:
    """Return what the list shows of each entry; two statements, however many entries and lines."""
    ids = {entry.pk: _draft_accounts(entry) for entry in entries}
    posted = [entry.pk for entry in entries if not entry.is_draft]
    companies = {entry.company_id for entry in entries}
    lines = JournalLine.objects.filter(company_id__in=companies, entry_id__in=posted)
    for entry_id, account_id in lines.order_by("entry_id", "line_number").values_list("entry_id", "account_id"):
        ids[entry_id].setdefault(account_id, None)
    accounts = Account.objects.in_bulk({account_id for own in ids.values() for account_id in own})
    return [
        JournalRow(
            entry=entry,
            amount=_draft_amount(entry) if entry.is_draft else entry.total_amount,
            accounts=[accounts[one] for one in list(ids[entry.pk])[:_SHOWN_ACCOUNTS] if one in accounts],
            hidden_accounts=max(len(ids[entry.pk]) - _SHOWN_ACCOUNTS, 0),
        )
        for entry in entries
    ]


def _on_account(company: Company, account_id: UUID) -> Q:
    lines = JournalLine.objects.filter(company=company, account_id=account_id, entry=OuterRef("pk"))
    named = [{"account_id": str(account_id)}]
    drafts = JournalEntry.objects.filter(company=company, status=EntryStatus.DRAFT, draft_lines__contains=named)
    # Drafts are few and looked up first, so that mostly PostgreSQL has only one way of finding an entry to plan for.
    ids = list(drafts.values_list("pk", flat=True))
    return Q(Exists(lines)) | Q(pk__in=ids) if ids else Q(Exists(lines))


def matching(text: str) -> Q:
    """Return the entries whose texts or numbers have the text."""
    number = _NUMBER.fullmatch(text.strip())
    found = (
        Q(memo__icontains=text)
        | Q(document_number__icontains=text)
        | Q(stated_number__iexact=text)
        | Q(external_reference__iexact=text)
    )
    if number:
        found |= Q(fiscal_year=int(number[1]), sequence=int(number[2]))
    return found


def _draft_accounts(entry: JournalEntry) -> dict[UUID, None]:
    return dict.fromkeys(UUID(line["account_id"]) for line in entry.draft_lines or [])


def _draft_amount(entry: JournalEntry) -> Decimal:
    amounts = [Decimal(line["amount"]) for line in entry.draft_lines or []]
    return max(
        sum((one for one in amounts if one > 0), Decimal(0)), -sum((one for one in amounts if one < 0), Decimal(0))
    )
