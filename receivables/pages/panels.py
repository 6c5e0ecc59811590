"""What receivables add to the dashboard and to the search box."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from backfill.workspace.context import Workspace
from backfill.workspace.formats import formats_of
from backfill.workspace.search import SearchResult
from backfill.workspace.terms import amounts_in, day_in
from ledger.documents.pages.party_input import matching_parties
from receivables.models import Invoice, InvoiceStatus, RecurringInvoice
from receivables.pages.document_admins import PAYMENT, WITH_LINES
from receivables.selectors import OPEN_STATUSES, overdue_on, waiting_reminders
from receivables.types.side import SELLING

_SHOWN_OVERDUE: Final = 4


def receivables_due(workspace: Workspace) -> dict[str, Any]:
    """What customers owe and what of it is overdue, in base currency, and the invoices overdue the longest."""
    company = workspace.company
    today = company.today()
    rows = Invoice.objects.filter(company=company, status__in=OPEN_STATUSES)
    is_late = overdue_on(today)
    left = F("base_amount") - F("settled_base")
    sums = rows.aggregate(
        due=Sum(left, default=Decimal(0)),
        overdue=Sum(left, filter=is_late, default=Decimal(0)),
        due_count=Count("pk"),
        overdue_count=Count("pk", filter=is_late),
    )
    late = (
        rows.filter(is_late)
        .select_related("customer")
        .order_by(Coalesce("due_date", "document_date"), "id")[:_SHOWN_OVERDUE]
    )
    return {**sums, "late": late, **_waiting(company)}


def _waiting(company: Company) -> dict[str, int]:
    """What waits for somebody: drafts to confirm, reminders to send, recurring invoices that something holds up."""
    drafts = Invoice.objects.filter(company=company, status=InvoiceStatus.DRAFT, is_externally_posted=False)
    proposed = waiting_reminders(company.pk)
    stuck = RecurringInvoice.objects.filter(company=company, failed_at__isnull=False, next_on__isnull=False)
    return {"draft_count": drafts.count(), "reminder_count": proposed.count(), "stuck_count": stuck.count()}


def find_customers(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    if not workspace.allows("receivables.view"):
        return
    for one in matching_parties(SELLING, workspace.company, term)[:6]:
        yield SearchResult(one.name, _("Customer"), reverse("admin:customer", args=[one.pk]), "person")


def find_documents(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    """By number, amount or date, of every kind; one statement each."""
    wanted = _wanted(workspace.company, term)
    if not workspace.allows("receivables.view") or not wanted:
        return
    for kind in (*WITH_LINES, PAYMENT):
        rows = kind.rows(workspace.company).filter(wanted)
        for one in rows[:4]:
            name = one.customer.name if one.customer else ""
            yield SearchResult(f"{one} · {name}" if name else str(one), str(kind.title), kind.url(one), kind.icon)


def _wanted(company: Company, term: str) -> Q:
    """Return what documents a term is looked for in; an empty one for a term that says too little."""
    found = Q(document_number__icontains=term.replace("\0", "")) if len(term) >= 3 else Q()
    if amounts := amounts_in(term):
        found |= Q(total_amount__in=amounts)
    if day := day_in(term, formats_of(company), company.today()):
        found |= Q(document_date=day)
    return found
