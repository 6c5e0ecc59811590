"""What receivables add to the search box."""

from collections.abc import Iterator

from django.urls import reverse

from backfill.workspace.context import Workspace
from backfill.workspace.search import SearchResult
from receivables.admin.customer_input import matching_customers
from receivables.admin.kinds import PAYMENT, WITH_LINES


def find_customers(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    if not workspace.allows("receivables.view"):
        return
    for one in matching_customers(workspace.company, term)[:6]:
        yield SearchResult(one.name, "Customer", reverse("admin:customer", args=[one.pk]), "person")


def find_documents(workspace: Workspace, term: str) -> Iterator[SearchResult]:
    """By their numbers, of every kind; one statement each."""
    if not workspace.allows("receivables.view") or len(term) < 3:
        return
    for kind in (*WITH_LINES, PAYMENT):
        rows = kind.rows(workspace.company).filter(document_number__icontains=term.replace("\0", ""))
        for one in rows[:4]:
            name = one.customer.name if one.customer else ""
            yield SearchResult(f"{one} · {name}" if name else str(one), kind.title, kind.url(one), kind.icon)
