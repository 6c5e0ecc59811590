"""What happened to one record, newest first: deeds of the trail, comments, and what settled it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from backfill.tenancy.actors import ActorKind
from backfill.workspace.code_words import deed_of, surface_of
from ledger.beside.subjects import Record, kind_named, records_named
from ledger.beside.words import FIELDS
from ledger.models import Activity, Comment

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SHOWN: Final = 50
ALL: Final = 1000
_TOLD_OTHERWISE: Final = ("commented", "comment_deleted")
_OF_SETTLEMENT: Final = ("applied", "unapplied")
SETTLING: Final = frozenset({"settled", "unsettled"})
_KEYS: Final = {
    "entry_id": "journal_entry",
    "reversal_id": "journal_entry",
    "settlement_entry_id": "journal_entry",
    "refund_id": "refund_receipt",
    "charge_id": "invoice",
    "reminder_id": "dunning_proposal",
}
_SENDING: Final = frozenset({"mail_requested"})
_SENT: Final = frozenset({"mailed", "mail_failed"})

Subject = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Change:
    """A field that was edited; without values where they are no words."""

    label: "StrOrPromise"
    before: Any = None
    after: Any = None
    is_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line: when, what, by whom, over what surface, with the reason and the records it leads to. `unless`: not told
    where the trail has one of these verbs."""

    at: datetime
    what: str
    verb: str = ""
    by: str = ""
    surface: str = ""
    note: str = ""
    amount: Any = None
    currency: str = ""
    addresses: Sequence[str] = ()
    is_on_its_way: bool = False
    file_name: str = ""
    records: Sequence[Record] = ()
    changes: Sequence[Change] = ()
    subject: Record | None = None
    comment: Comment | None = None
    unless: frozenset[str] = frozenset()

    def about(self, record: Record | None) -> "Happening":
        """Return the line with the record that it is about, for a log of many records."""
        return replace(self, subject=record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    happenings: list[Happening]
    has_more: bool = False


@dataclass(slots=True)
class _Names:
    """The records that a page knows already, and those that the trail names beside them."""

    company_id: UUID
    known: dict[Subject, Record] = field(default_factory=dict)

    def learn(self, activities: Iterable[Activity]) -> None:
        wanted = {subject for one in activities for subject in _subjects_in(one.detail)}
        self.known.update(records_named(self.company_id, wanted - self.known.keys()))

    def of(self, activity: Activity) -> list[Record]:
        found = [self.known[subject] for subject in _subjects_in(activity.detail) if subject in self.known]
        return [one for one in dict.fromkeys(found) if one.url and one.id != activity.subject_id]


def timeline_of(
    *,
    company_id: UUID,
    subject: Subject,
    comments: Iterable[Comment] = (),
    others: Iterable[Happening] = (),
    known: Mapping[Subject, Record] | None = None,
    limit: int = SHOWN,
) -> Timeline:
    """Return what happened to a record. `others` are told by what an app keeps elsewhere, such as allocations; `known`
    are records that the page has read. One statement, and one for each kind of record that it names beside those."""
    others = list(others)
    rows = Activity.objects.filter(company_id=company_id, subject_type=subject[0], subject_id=subject[1])
    is_settled = any(one.verb in SETTLING for one in others)
    hidden = (*_TOLD_OTHERWISE, *(_OF_SETTLEMENT if is_settled else ()))
    activities = list(rows.exclude(verb__in=hidden).order_by("-at", "-id")[: limit + 1])
    has_more, activities = len(activities) > limit, activities[:limit]
    verbs = {one.verb for one in activities}
    untold = [one for one in others if not one.unless & verbs]
    told = [*happenings_of(company_id, activities, known=known or {}), *map(of_comment, comments), *untold]
    return Timeline(happenings=sorted(told, key=lambda one: one.at, reverse=True), has_more=has_more)


def happenings_of(
    company_id: UUID, activities: Sequence[Activity], *, known: Mapping[Subject, Record]
) -> list[Happening]:
    """Return activities as lines, with the records that they name."""
    names = _Names(company_id, dict(known))
    names.learn(activities)
    sent = {one.detail.get("mailing_id") for one in activities if one.verb in _SENT}
    return [of_activity(one, names.of(one), sent=sent) for one in activities]


def of_activity(activity: Activity, records: Sequence[Record] = (), *, sent: Iterable[Any] = ()) -> Happening:
    detail = activity.detail
    return Happening(
        at=activity.at,
        what=deed_of(activity.verb),
        verb=activity.verb,
        by=_called(activity.actor),
        surface=surface_of(str(activity.actor.get("surface", ""))),
        note=str(detail.get("reason") or detail.get("error") or ""),
        addresses=[str(one) for one in detail.get("recipients") or ()],
        is_on_its_way=activity.verb in _SENDING and detail.get("mailing_id") not in sent,
        file_name=str(detail.get("file_name", "")),
        records=records,
        changes=list(_changes(detail)),
    )


def of_comment(comment: Comment) -> Happening:
    return Happening(
        at=comment.created_at,
        what=deed_of("comment_deleted" if comment.deleted_at else "commented"),
        verb="commented",
        by=comment.author_label,
        comment=comment,
    )


def _subjects_in(detail: Mapping[str, Any]) -> Iterator[Subject]:
    """Yield the records that an activity's facts name: `invoice_id`, the entry of a reversal, what else it changed."""
    for key, value in detail.items():
        name = _KEYS.get(key) or key.removesuffix("_id")
        if key.endswith("_id") and kind_named(name) is not None and (found := _uuid(value)):
            yield name, found
    for also in detail.get("also_changed") or ():
        if (found := _uuid(also.get("id"))) is not None:
            yield _KEYS.get(f"{also.get('object')}_id") or str(also.get("object")), found


def _changes(detail: Mapping[str, Any]) -> Iterator[Change]:
    for name, (before, after) in (detail.get("changes") or {}).items():
        label = FIELDS.get(name)
        if label is not None:
            yield Change(label, before, after, is_told=before != {} and after != {})
    for name in detail.get("fields") or ():
        if (label := FIELDS.get(name)) is not None:
            yield Change(label)


def _called(actor: Mapping[str, Any]) -> str:
    """Return who it was; what the product does by itself has names of its own in the trail, which tell nobody much."""
    return "Backfill" if actor.get("kind") == ActorKind.SYSTEM else str(actor.get("label", ""))


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
