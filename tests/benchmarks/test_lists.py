"""A list of 50 journal entries over HTTP, against a bare view that answers the same bytes."""

from http.client import HTTPConnection
from typing import Any

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.journal.posting import post_many
from ledger.models import AccountRole
from tests.benchmarks.harness import milliseconds, seconds, table, times
from tests.factories import entry_draft, make_api_key

ENTRIES, LISTED, TURNS = 5_000, 50, 10


def test_list_against_a_bare_view(books: Company, live_server: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.benchmarks.bare_view"
    lines = ((AccountRole.CASH, "119.00"), (AccountRole.REVENUE, "-100.00"), (AccountRole.OUTPUT_TAX, "-19.00"))
    post_many((entry_draft(books, *lines, memo=f"Sale {n}") for n in range(ENTRIES)), actor=system_actor())
    token = make_api_key(books, scopes=("journal:read",)).token
    link = HTTPConnection(live_server.thread.host, live_server.thread.port)

    def get(path: str, **headers: str) -> bytes:
        link.request("GET", path, headers=headers)
        answer = link.getresponse()
        body = answer.read()
        assert answer.status == 200, body[:500]
        return body

    def product() -> bytes:
        return get(f"/v1/journal_entries?limit={LISTED}", Authorization=f"Bearer {token}")

    def bare() -> bytes:
        return get(f"/bare/{books.id}?limit={LISTED}")

    assert product() == bare(), "the bare view has fallen behind the API; make it answer the same"
    taken = seconds(
        {
            "GET /v1/journal_entries": lambda: [product() for _ in range(TURNS)],
            "bare view": lambda: [bare() for _ in range(TURNS)],
        },
        rounds=7,
    )
    size = len(product())
    table(
        f"{LISTED} journal entries of three lines out of {ENTRIES:,} over HTTP, {size:,} bytes",
        ("", "ms", "time, bare view = 1"),
        [(name, milliseconds(took / TURNS), times(took / taken["bare view"])) for name, took in taken.items()],
    )
