"""How higher layers hear from the ledger without the ledger knowing them.

An app appends to these lists in its `AppConfig.ready()`. Hooks that write run inside the ledger's transaction.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from backfill.tenancy.actors import Actor
    from backfill.tenancy.models import Company
    from ledger.checks import Finding
    from ledger.models import JournalEntry, Settlement


@dataclass(frozen=True, slots=True)
class SettlementLinks:
    """The entries whose open items an entry settles, and the entries that settle its own."""

    settles: tuple[UUID, ...] = ()
    settled_by: tuple[UUID, ...] = ()


entry_owners: list[Callable[[UUID, UUID], None]] = []
"""Called with (company, entry) before an entry's row is locked: lock what comes before it in the order of locks, the
customers and documents that it belongs to. Else two people at one document could wait for each other."""

entry_reversed: list[Callable[["JournalEntry", "JournalEntry", "Actor"], None]] = []
"""Called with (original, reversal, actor): undo what the original settled, unlink the documents it served."""

subledger_proofs: list[Callable[["Company"], "Iterator[Finding]"]] = []
"""Called by `manage.py check_books`: yield what does not tie to its control account (L8)."""

entry_settled: list[Callable[["Settlement", "Actor"], None]] = []
"""Called when a posted entry settles another's open item: the document over that entry follows."""

settlement_undone: list[Callable[["Settlement", "Actor"], None]] = []
"""Called when such a settlement was undone."""

lock_blockers: list[Callable[["Company", "date"], "Iterable[tuple[str, UUID, str, date]]"]] = []
"""Called before the final lock with (company, last day): yield (type, id, number, date) of each document that is not
posted and would post on that day or before."""

settlement_links: list[Callable[["JournalEntry"], SettlementLinks]] = []
"""Called when an entry is shown: what it settles and what settles it."""


def lock_owners(company_id: UUID, entry_id: UUID) -> None:
    """Lock whatever apps keep over an entry, before the entry itself is locked."""
    for lock in entry_owners:
        lock(company_id, entry_id)
