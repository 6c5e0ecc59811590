"""What stands beside every record on its page: its files, its comments, and what happened to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.db.models import Model
from django.urls import reverse

from backfill.files.models import StoredFile
from backfill.files.services import FILE_TYPES, LARGEST_FILE
from backfill.workspace.pages import Page
from ledger.beside.comments import LONGEST, comments_of
from ledger.beside.subjects import Record, SubjectKind, record_of, records_named
from ledger.beside.timeline import ALL, SHOWN, Happening, Subject, Timeline, timeline_of
from ledger.models import Attachment
from ledger.pages.links import Link

Place = Literal["beside", "below"]

ACCEPTED: Final = ",".join(suffix for one in FILE_TYPES for suffix in one.suffixes)
_MOST_RECORDS: Final = 50
_SHOWN_INLINE: Final = frozenset(one.mime_type for one in FILE_TYPES)


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file at a record, or at one that it belongs together with: `of` then names that one."""

    stored: StoredFile
    url: str
    by: str
    at: datetime
    attachment_id: UUID | None = None
    of: Record | None = None

    @property
    def name(self) -> str:
        return self.stored.original_name

    @property
    def is_shown(self) -> bool:
        return self.stored.mime_type in _SHOWN_INLINE

    @property
    def is_image(self) -> bool:
        return self.stored.mime_type.startswith("image/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What `ledger/beside.html` shows. `shown` is the file in the frame."""

    record: Record
    files: Sequence[ShownFile]
    timeline: Timeline
    unread: frozenset[UUID]
    place: Place
    keeps_files: bool
    shows_all: bool
    template: str = "ledger/beside.html"
    largest: int = LARGEST_FILE
    longest: int = LONGEST
    accepted: str = ACCEPTED

    @property
    def shown(self) -> ShownFile | None:
        return next((one for one in self.files if one.is_shown), None)

    @property
    def keys(self) -> list[Any]:
        return [self.record.kind.name, self.record.id]

    def address(self, name: str) -> str:
        return reverse(f"admin:{name}", args=self.keys)

    @property
    def comment_url(self) -> str:
        return self.address("write_comment")

    @property
    def upload_url(self) -> str:
        return self.address("add_file")

    @property
    def members_url(self) -> str:
        return self.address("members_to_name")


def beside_of(
    page: Page,
    kind: SubjectKind,
    row: Model,
    *,
    others: Iterable[Happening] = (),
    related: Sequence[Record] = (),
    place: Place = "beside",
) -> dict[str, Beside]:
    """Return what a page adds to its context to have files, comments and timeline of its record beside it.

    others: lines of the timeline that are kept elsewhere. related: records that belong to it, whose files are shown as
    well and whose names the timeline need not look up. Four statements, and one for each other kind that is named.
    """
    record, company_id = record_of(kind, row), page.company.pk
    comments = list(comments_of(company_id=company_id, subject_id=record.id))
    shows_all = "whole-trail" in page.request.GET
    known: Mapping[Subject, Record] = {(one.kind.name, one.id): one for one in (record, *related)}
    timeline = timeline_of(
        company_id=company_id,
        subject=(kind.name, record.id),
        comments=comments,
        others=others,
        known=known,
        limit=ALL if shows_all else SHOWN,
    )
    person = page.workspace.user.pk
    named = {one.pk for one in comments for mention in one.mentions.all() if _is_unread(mention, person)}
    shown = Beside(
        record=record,
        files=_files(company_id, record, row, related),
        timeline=timeline,
        unread=frozenset(named),
        place=place,
        keeps_files=kind.keeps is not None and kind.keeps(row),
        shows_all=shows_all,
    )
    return {"beside": shown}


def records_with(file: StoredFile) -> Iterator[Link]:
    """Yield the records that a file is kept with, the latest first."""
    rows = Attachment.objects.filter(company_id=file.company_id, document=file).order_by("-created_at")
    subjects = list(rows.values_list("subject_type", "subject_id")[:_MOST_RECORDS])
    found = records_named(file.company_id, subjects)
    yield from (Link(one.kind.title, one.words, one.url) for key in subjects if (one := found.get(key)) and one.url)


def file_url(record: Record, file_id: UUID) -> str:
    return reverse("admin:record_file", args=[record.kind.name, record.id, file_id])


def _files(company_id: UUID, record: Record, row: Model, related: Sequence[Record]) -> list[ShownFile]:
    """Return the files at a record and at those that belong to it, each once. One statement."""
    owners = {one.id: one for one in (record, *related)}
    rows = Attachment.objects.filter(company_id=company_id, subject_id__in=owners).select_related("document")
    found = _own_file(record, row)
    for one in rows:
        owner = owners[one.subject_id]
        is_own = owner.id == record.id
        found.append(
            ShownFile(
                stored=one.document,
                url=file_url(owner, one.document_id),
                by=one.created_by,
                at=one.created_at,
                attachment_id=one.pk if is_own else None,
                of=None if is_own else owner,
            )
        )
    return list({one.stored.pk: one for one in reversed(found)}.values())[::-1]


def _own_file(record: Record, row: Model) -> list[ShownFile]:
    """Return the file that the record itself names, as the voucher of an entry."""
    stored: StoredFile | None = getattr(row, record.kind.file_column) if record.kind.file_column else None
    if stored is None:
        return []
    return [ShownFile(stored, file_url(record, stored.pk), stored.uploaded_by, stored.created_at)]


def _is_unread(mention: Any, person: UUID) -> bool:
    return mention.user_id == person and mention.read_at is None
