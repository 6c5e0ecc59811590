"""What receivables add to the search box."""

from collections.abc import Iterator

from django.urls import reverse

from backfill.workspace.context import Workspace
from backfill.workspace.search import SearchResult
from receivables.admin.customer_input import matching_customers
from receivables.admin.kinds import INVOICE


def find_customers(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    if not workspace.allows("receivables.view"):
        return
    for one in matching_customers(workspace.company, term)[:6]:
        yield SearchResult(one.name, "Customer", reverse("admin:customer", args=[one.pk]), "person")


def find_invoices(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    if not workspace.allows("receivables.view") or len(term) < 3:
        return
    rows = INVOICE.rows(workspace.company).filter(document_number__icontains=term.replace("\0", ""))
    for one in rows[:6]:
        yield SearchResult(f"{one} · {one.customer.name}", "Invoice", INVOICE.url(one), INVOICE.icon)
