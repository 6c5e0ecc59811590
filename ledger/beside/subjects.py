"""The kinds of records that have a trail: what people call them, who may look at them, where their pages are.

An app makes its kinds known in its `ready()`; the trail, comments and files name a record by kind and key alone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from ledger.beside.errors import RecordNotFound

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Rows = Callable[[UUID], "QuerySet[Model]"]
Link = Callable[["Model"], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectKind:
    """`name` is that of the trail, such as `credit_memo`.

    rows: the company's records of the kind. words: what one is called, without a query. link: the address of its page;
    none for what has no page. permission: to look at one. is_open: comments and files may stand beside it.
    keeps: whether one keeps its files for good; none does by default. file_column: the column that names a file of its
    own, if it has one.
    """

    name: str
    title: "StrOrPromise"
    permission: str
    rows: Rows
    link: Link | None = None
    words: Callable[["Model"], str] = str
    is_open: bool = True
    keeps: Callable[["Model"], bool] | None = None
    file_column: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a company, as pages name it."""

    kind: SubjectKind
    id: UUID
    words: str
    url: str

    @property
    def title(self) -> str:
        return f"{self.kind.title} {self.words}"


_KINDS: Final[dict[str, SubjectKind]] = {}


def register_kinds(*kinds: SubjectKind) -> None:
    """Make kinds known, from an app's `ready()`. Twice the same is once."""
    _KINDS.update({one.name: one for one in kinds})


def subject_kinds() -> tuple[SubjectKind, ...]:
    return tuple(_KINDS.values())


def kind_named(name: str) -> SubjectKind | None:
    return _KINDS.get(name)


def open_kind(name: str) -> SubjectKind:
    """Return a kind whose records have comments and files. Raises RecordNotFound."""
    kind = _KINDS.get(name)
    if kind is None or not kind.is_open:
        raise RecordNotFound(_("There is no such record in this company."))
    return kind


def company_record(company_id: UUID, kind: SubjectKind, record_id: UUID) -> Record:
    """Return the company's record; raises RecordNotFound for another company's as for none. One statement."""
    found = kind.rows(company_id).filter(pk=record_id).first()
    if found is None:
        raise RecordNotFound(_("There is no such record in this company."))
    return record_of(kind, found)


def record_of(kind: SubjectKind, row: "Model") -> Record:
    return Record(kind, row.pk, kind.words(row), kind.link(row) if kind.link else "")


def records_named(company_id: UUID, subjects: Iterable[tuple[str, UUID]]) -> Mapping[tuple[str, UUID], Record]:
    """Return the records that are still there among (kind, key), one statement for each kind among them."""
    wanted: dict[str, set[UUID]] = {}
    for name, key in subjects:
        wanted.setdefault(name, set()).add(key)
    return {
        (name, row.pk): record_of(kind, row)
        for name, keys in sorted(wanted.items())
        if (kind := _KINDS.get(name)) is not None
        for row in kind.rows(company_id).filter(pk__in=keys)
    }


def keeps_files(company_id: UUID, name: str, record_id: UUID) -> bool:
    """Whether a record keeps its files for good; the record is locked, so that nobody posts it meanwhile."""
    kind = _KINDS.get(name)
    if kind is None or kind.keeps is None:
        return False
    row = kind.rows(company_id).select_for_update(of=("self",)).filter(pk=record_id).first()
    return row is not None and kind.keeps(row)
