"""What the ledger adds to the dashboard and to the search box."""

import re
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from backfill.paging import narrowed
from backfill.workspace.context import Workspace
from backfill.workspace.formats import formats_of
from backfill.workspace.search import SearchResult
from backfill.workspace.terms import amounts_in, day_in
from ledger.models import ApprovalStatus, EntryStatus, JournalEntry, LockRequest, Period
from ledger.pages.chart import matching_accounts
from ledger.pages.journal import filtered_entries, journal_rows, matching
from ledger.periods.calendar import period_for

_SHOWN_ENTRIES = 8


def latest_entries(workspace: Workspace) -> dict[str, Any]:
    entries = JournalEntry.objects.filter(company=workspace.company).exclude(status=EntryStatus.DRAFT)
    newest = list(entries.order_by("-last_journal_number")[:_SHOWN_ENTRIES])
    return {"rows": journal_rows(newest, workspace.company)}


def open_work(workspace: Workspace) -> dict[str, Any]:
    """What waits for somebody: drafts, approvals, and the state of the periods."""
    company = workspace.company
    drafts = JournalEntry.objects.filter(company=company, status=EntryStatus.DRAFT)
    counts = drafts.exclude(approval_status=ApprovalStatus.VOID).aggregate(
        drafts=Count("pk"), waiting=Count("pk", filter=Q(approval_status=ApprovalStatus.PENDING_APPROVAL))
    )
    closed = Period.objects.filter(company=company, number=0).exclude(status=Period.Status.OPEN).order_by("-ends_on")
    return {
        **counts,
        "latest_drafts": drafts.exclude(approval_status=ApprovalStatus.VOID).order_by("-updated_at")[:4],
        "closed": closed.first(),
        "current": period_for(company, company.today()),
        "lock_requests": LockRequest.objects.filter(company=company, status=LockRequest.Status.PENDING).count(),
    }


def find_accounts(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    if not workspace.allows("ledger.view"):
        return
    for account in matching_accounts(workspace.company, term)[:6]:
        description = _("Account · {type}").format(type=account.get_type_display())
        yield SearchResult(
            str(account), description, reverse("admin:account", args=[account.pk]), "account_balance_wallet"
        )


def find_entries(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    """By text, number, amount in base currency or date."""
    company = workspace.company
    wanted = matching(term.replace("\0", "")) if re.search(r"\w{3}", term) else Q()
    if amounts := amounts_in(term):
        wanted |= Q(total_amount__in=amounts)
    if day := day_in(term, formats_of(company), company.today()):
        wanted |= Q(entry_date=day)
    if not workspace.allows("ledger.view") or not wanted:
        return
    for entry in narrowed(filtered_entries(company, {}), wanted)[:6]:
        title = f"{entry.entry_number} · {entry.memo}" if entry.memo else entry.entry_number
        description = _("Entry of {day}").format(day=formats_of(workspace.company).day(entry.entry_date))
        yield SearchResult(title, description, reverse("admin:journal_entry", args=[entry.pk]), "receipt_long")
