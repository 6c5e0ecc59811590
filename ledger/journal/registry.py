"""How higher layers hear from the ledger without the ledger knowing them.

An app appends to these lists in its `AppConfig.ready()`. Hooks that write run inside the ledger's transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from backfill.tenancy.actors import Actor
    from backfill.tenancy.models import Company
    from ledger.models import JournalEntry


@dataclass(frozen=True, slots=True)
class SettlementLinks:
    """The entries whose open items an entry settles, and the entries that settle its own."""

    settles: tuple[UUID, ...] = ()
    settled_by: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDocument:
    """A document that an entry belongs to. `kind` names it in both APIs and its page in the admin: credit_memo.

    posted: whether the document posted the entry; else the entry was posted elsewhere and linked to the document.
    undoes: what comes undone when the entry is reversed, in words. refusal: why it cannot be, or nothing.
    """

    kind: str
    noun: str
    id: UUID
    number: str
    posted: bool
    undoes: tuple[str, ...] = ()
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What else changed with the reversal of an entry: a document is `voided` or `unlinked`, an entry `unsettled`."""

    object: str
    id: UUID
    number: str
    change: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """Return it as the trail keeps it."""
        return {
            "object": self.object,
            "id": str(self.id),
            "number": self.number,
            "change": self.change,
            "undone_allocations": list(self.detail.get("undone_allocations", ())),
        }


entry_posted: list[Callable[[Sequence["JournalEntry"]], None]] = []
"""Called inside the posting of entries of a company that move control accounts: their lines are written, and the
journal head is held."""

entry_owners: list[Callable[[UUID, UUID], None]] = []
"""Called with (company, entry) before an entry's row is locked: lock what comes before it in the order of locks, the
customers and documents that it belongs to. Else two people at one document could wait for each other."""

entry_documents: list[Callable[["JournalEntry"], Iterator[EntryDocument]]] = []
"""Called when an entry is shown or to be reversed: yield the documents that it belongs to, void ones left out."""

reversal_refusals: list[Callable[["JournalEntry"], None]] = []
"""Called before an entry is reversed, and when the admin asks whether it could be: raise what speaks against it."""

entry_reversed: list[Callable[["JournalEntry", "JournalEntry", "Actor"], Iterable[Consequence] | None]] = []
"""Called with (original, reversal, actor): undo what the original settled, unlink the documents it served, and return
what changed."""

lock_blockers: list[Callable[["Company", "date"], "Iterable[tuple[str, UUID, str, date]]"]] = []
"""Called before the final lock with (company, last day): yield (type, id, number, date) of each document that is not
posted and would post on that day or before."""

settlement_links: list[Callable[["JournalEntry"], SettlementLinks]] = []
"""Called when an entry is shown: what it settles and what settles it."""


def documents_of(entry: "JournalEntry") -> list[EntryDocument]:
    """Return the documents that an entry belongs to."""
    return [document for find in entry_documents for document in find(entry)]


def refuse_reversal(entry: "JournalEntry") -> None:
    """Raise what speaks against reversing an entry, whatever it would be reversed by."""
    for refuse in reversal_refusals:
        refuse(entry)


def tell_posted(entries: Sequence["JournalEntry"]) -> None:
    """Let apps see entries that move control accounts."""
    if entries:
        for hook in entry_posted:
            hook(entries)


def lock_owners(company_id: UUID, entry_id: UUID) -> None:
    """Lock whatever apps keep over an entry, before the entry itself is locked."""
    for lock in entry_owners:
        lock(company_id, entry_id)
