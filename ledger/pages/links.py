"""What belongs together: the documents, payments, items and files of an entry, and whatever a file belongs to.

An app adds functions to these lists in its `places.py`. Each page shows its own side, so that every pair is linked
both ways.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backfill.files.models import StoredFile
from ledger.journal.registry import EntryDocument
from ledger.models import JournalEntry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Link:
    """One thing that belongs to a page: what it is to it, its name and its address."""

    words: "StrOrPromise"
    name: str
    url: str


EntryLinks = Callable[[JournalEntry], Iterable[Link]]
FileLinks = Callable[[StoredFile], Iterable[Link]]

entry_links: Final[list[EntryLinks]] = []
file_links: Final[list[FileLinks]] = []


def add_links(*, of_entry: EntryLinks | None = None, of_file: FileLinks | None = None) -> None:
    """Let an app say what it links to entries or files. Twice the same is once."""
    if of_entry is not None and of_entry not in entry_links:
        entry_links.append(of_entry)
    if of_file is not None and of_file not in file_links:
        file_links.append(of_file)


def links_of_entry(entry: JournalEntry, documents: Iterable[EntryDocument]) -> list[Link]:
    """Return what belongs to an entry, each address once: its voucher, the documents that it belongs to, and what apps
    add."""
    own = [file_link(entry.document, _("Voucher"))] if entry.document is not None else []
    own += [Link(capfirst(one.noun), one.number, reverse(f"admin:{one.kind}", args=[one.id])) for one in documents]
    return _once([*own, *(link for find in entry_links for link in find(entry))])


def links_of_file(file: StoredFile) -> list[Link]:
    """Return what a file belongs to, each address once."""
    entries = JournalEntry.objects.filter(company=file.company_id, document=file).order_by("-entry_date", "-id")[:50]
    own = [Link(_("Voucher of entry"), entry.entry_number, entry_url(entry)) for entry in entries]
    return _once([*own, *(link for find in file_links for link in find(file))])


def entry_url(entry: JournalEntry) -> str:
    return reverse("admin:journal_entry", args=[entry.pk])


def file_link(file: StoredFile, words: "StrOrPromise") -> Link:
    return Link(words, file.original_name, reverse("admin:file", args=[file.pk]))


def entries_of(company_id: UUID, keys: Iterable[UUID]) -> list[JournalEntry]:
    """Return posted entries by key, in the order of the journal. One statement."""
    rows = JournalEntry.objects.filter(company_id=company_id, pk__in=list(keys))
    return list(rows.order_by("first_journal_number"))


def _once(links: Iterable[Link]) -> list[Link]:
    return list({link.url: link for link in links}.values())
