"""What settles what: applying credits to debits, later too, and undoing it.

An app describes its table of allocations once: which documents stand on either side, whose they are, and the control
account. Lock order: the party, the source, then what it settles by key. A thousand documents cost the statements of
one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final, Generic, TypeVar
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Greatest

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from ledger.documents.errors import ReferenceNotFound, SettlementMismatch
from ledger.documents.models import AllocationRow, SettledDocument
from ledger.documents.settling import Gain, gain_entry, match, settle, write_settled
from ledger.documents.type import Posting, rows_of
from ledger.documents.writing import insert_rows
from ledger.models import Slot
from ledger.money import quantize
from ledger.posting import post

ZERO: Final = Decimal(0)
AllocationT = TypeVar("AllocationT", bound=AllocationRow)
SourceT = TypeVar("SourceT", bound=SettledDocument)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An amount to apply to a document; None takes as much as both sides have. `path` and `key` name it in messages:
    `allocations[2]`, `invoice_id`."""

    document_id: UUID
    amount: Decimal | None = None
    allocated_at: datetime | None = None
    path: str = "allocations"
    key: str = "document_id"


class Allocations(Generic[AllocationT]):
    """The description of an app's allocations, and their verbs.

    debits, credits: the fields that refer to either side's documents, with their models. party: the field that says
    whose they are. control: the account that holds them.
    """

    model: type[AllocationT]
    debits: ClassVar[Mapping[str, type[SettledDocument]]]
    credits: ClassVar[Mapping[str, type[SettledDocument]]]
    party: ClassVar[str]
    control: ClassVar[Slot]

    # --- Settling -----------------------------------------------------------------------------------------

    def allocate(
        self, source: SettledDocument, wanted: Sequence[Wanted], *, target: str, on: date
    ) -> list[AllocationT]:
        """Apply a locked source to documents of the field `target`, in the order given, and write those documents and
        the allocations. The source itself is settled in memory; the caller writes it.

        Raises OverAllocated, SettlementMismatch, ReferenceNotFound naming the allocation.
        """
        documents = self._locked(self._sides[target], source.company_id, [want.document_id for want in wanted])
        made = []
        for want in wanted:
            document = self._settleable(documents.get(want.document_id), source, target, want)
            amount = want.amount if want.amount is not None else min(document.open_amount, source.open_amount)
            if want.amount is not None or amount:
                path = f"{want.path}.amount"
                made.append(self._settled(document, source, amount, on=on, field=path, allocated_at=want.allocated_at))
        write_settled(documents.values())
        insert_rows(made)
        return made

    def allocate_to(self, document: SettledDocument, source: SettledDocument, *, on: date, field: str) -> AllocationT:
        """Settle all of one document by a source. Both are locked, and settled in memory only."""
        made = self._settled(document, source, document.total_amount, on=on, field=field)
        made.save(force_insert=True)
        return made

    def settle_by_entry(
        self, document: SettledDocument, *, entry_id: UUID, amount: Decimal, base: Decimal, on: date
    ) -> AllocationT:
        """Settle a locked document by an entry that was posted elsewhere, and write both."""
        settle(document, amount, base)
        write_settled([document])
        made = self._row(document, amount, base, base, max(on, document.posting_date))
        made.settlement_entry_id = entry_id
        made.save(force_insert=True)
        return made

    def apply(
        self,
        source: SourceT,
        allocations: Sequence[Mapping[str, Any]],
        *,
        target: str,
        actor: Actor,
        on: date | None,
    ) -> list[AllocationT]:
        """Apply a locked, posted source after its posting, realise the exchange difference and write the source.

        Raises ValidationFailed for a day on which the source was not there yet.
        """
        if on is not None and on < source.posting_date:
            raise ValidationFailed(
                f"{source} is of {source.posting_date}; it is not applied before, on {on}", field="applied_on"
            )
        day = on or max(source.posting_date, source.company.today())
        made = self.allocate(source, wanted_of(allocations, key=f"{target}_id"), target=target, on=day)
        self.realise(source, gains_made(made), actor=actor)
        write_settled([source])
        return made

    # --- Undoing ------------------------------------------------------------------------------------------

    def active(self, document: SettledDocument) -> list[AllocationT]:
        """Return the allocations of a document that count, newest last."""
        rows = rows_of(self.model).filter(company_id=document.company_id, undone_on=None)
        return list(rows.filter(**{f"{self.field_of(document)}_id": document.id}).order_by("created_at", "id"))

    def undo(self, allocations: Sequence[AllocationT], *, on: date) -> None:
        """Open both sides of active allocations of one party again, written in one statement per table.

        What was applied after `on` is undone on the day it was applied: it never counted.
        """
        if not allocations:
            return
        sides = {name: self._locked_side(name, model, allocations) for name, model in self._sides.items()}
        for row in allocations:
            for name, documents in sides.items():
                key = getattr(row, f"{name}_id")
                if key is not None:
                    base = row.base_debit if name in self.debits else row.base_credit
                    settle(documents[key], -row.amount, -base)
            row.undone_on = max(on, row.applied_on)
        for documents in sides.values():
            write_settled(documents.values())
        self._write_undone(allocations, on)

    def unapply(self, source: SettledDocument, rows: Sequence[AllocationT], *, actor: Actor, on: date | None) -> None:
        """Undo allocations of a locked source and take back their exchange difference.

        Raises ValidationFailed for a day on which they did not count yet.
        """
        if on is not None:
            self._refuse_undone_before(source, [row for row in rows if on < row.applied_on], on)
        self.undo(rows, on=on or max(source.posting_date, source.company.today()))
        self.take_back(source, gains_undone(rows), actor=actor)
        source.refresh_from_db(fields=["settled_amount", "settled_base", "status"])

    def _refuse_undone_before(self, source: SettledDocument, rows: Sequence[AllocationT], on: date) -> None:
        """What was applied to a document that was still to come counts from that one's day, and may be taken off until
        then: it never counted."""
        for row in rows:
            sides = [document for name in self._sides if (document := getattr(row, name)) is not None]
            waited = source.posting_date < row.applied_on == max(side.posting_date for side in sides)
            first = source.posting_date if waited else row.applied_on
            if on < first:
                amount = f"{row.amount.normalize():f}"
                raise ValidationFailed(
                    f"{amount} of {source} were applied on {first}; they are not taken off before, on {on}", field="on"
                )

    def release(self, document: SettledDocument, *, on: date, actor: Actor, embedded: Decimal = ZERO) -> dict[str, Any]:
        """Undo everything that settles, or is settled by, a document that is about to be void. Returns what was done.

        `embedded` is the exchange gain that the document's own entry holds: its reversal takes that back by itself.
        """
        active, ended = self.active(document), self._ended_after(document, on)
        self.undo(active, on=on)
        moved = self._end_sooner(ended, on=on)
        self.take_back(document, [*gains_undone(active), *moved, Gain(on, -embedded)], actor=actor)
        document.settled_amount = document.settled_base = ZERO
        return {"undone_allocations": self.facts(active)} if active else {}

    def _end_sooner(self, ended: Sequence[AllocationT], *, on: date) -> list[Gain]:
        """Let undone allocations stop to count on `on` already, where one of their documents ends, and return how their
        exchange differences move. The row keeps the day, so that the other document, voided later, moves nothing twice.
        """
        moved = [Gain(gain.on, -gain.amount) for gain in gains_undone(ended)]
        for row in ended:
            row.undone_on = max(on, row.applied_on)
        self._write_undone(ended, on)
        return [*moved, *gains_undone(ended)]

    def _write_undone(self, rows: Sequence[AllocationT], on: date) -> None:
        found = rows_of(self.model).filter(id__in=[row.id for row in rows])
        if rows:
            found.update(undone_on=Greatest(Value(on), F("applied_on")))

    def in_words(self, document: SettledDocument) -> tuple[str, ...]:
        """Return the active allocations of a document in words: `119.00 EUR of payment PAY-1001`. One statement."""
        own = self.field_of(document)
        others = [name for name in self._sides if name != own]
        rows = rows_of(self.model).filter(company_id=document.company_id, undone_on=None, **{own: document})
        words = []
        for row in rows.select_related(*others, "settlement_entry").order_by("created_at", "id"):
            found = next((other for name in others if (other := getattr(row, name)) is not None), None)
            what = f"{found._meta.verbose_name} {found}" if found else f"entry {row.settlement_entry}"  # noqa: SLF001
            verb = "of" if own in self.debits else "to"
            words.append(f"{quantize(row.amount, document.currency)} {document.currency} {verb} {what}")
        return tuple(words)

    def facts(self, rows: Iterable[AllocationT]) -> list[dict[str, str]]:
        """Return allocations as the activity trail keeps them."""
        names = [*self._sides, "settlement_entry"]
        return [
            {
                **{f"{name}_id": str(key) for name in names if (key := getattr(row, f"{name}_id")) is not None},
                "amount": str(row.amount),
            }
            for row in rows
        ]

    def embed(self, posting: Posting[Any], made: Sequence[AllocationT], *, on: date) -> Decimal:
        """Share exchange differences out over the entry of the document that is about to be posted on `on` and later
        ones, and return the entry's. Money that comes before its invoice settles it on the invoice's date."""
        posting.exchange_gain = gain_of(row for row in made if row.applied_on == on)
        posting.later = gains_made(row for row in made if row.applied_on != on)
        return posting.exchange_gain

    def realise(self, document: SettledDocument, gains: Iterable[Gain], *, actor: Actor) -> None:
        """Post exchange differences that no other entry holds, one entry for each day."""
        self._post_gains(document, gains, actor, undoes=False)

    def take_back(self, document: SettledDocument, gains: Iterable[Gain], *, actor: Actor) -> None:
        """Post the opposite of exchange differences, one entry for each day."""
        self._post_gains(document, gains, actor, undoes=True)

    def _post_gains(self, document: SettledDocument, gains: Iterable[Gain], actor: Actor, *, undoes: bool) -> None:
        by_day: dict[date, Decimal] = {}
        for gain in gains:
            by_day[gain.on] = by_day.get(gain.on, ZERO) + gain.amount
        party = getattr(document, self.party)
        for day, amount in sorted(by_day.items()):
            if amount:
                post(gain_entry(document, party, amount, control=self.control, on=day, undoes=undoes), actor=actor)

    # --- Rows ---------------------------------------------------------------------------------------------

    def _ended_after(self, document: SettledDocument, day: date) -> list[AllocationT]:
        """Return the allocations of a document that counted after `day` and were undone since."""
        rows = rows_of(self.model).filter(company_id=document.company_id, undone_on__gt=day)
        rows = rows.exclude(undone_on=F("applied_on"))
        return list(rows.filter(**{f"{self.field_of(document)}_id": document.id}).order_by("created_at", "id"))

    @property
    def _sides(self) -> dict[str, type[SettledDocument]]:
        return {**self.credits, **self.debits}

    def field_of(self, document: SettledDocument) -> str:
        """Return the field of an allocation that refers to documents of this kind."""
        return next(name for name, model in self._sides.items() if isinstance(document, model))

    def _locked(
        self, model: type[SettledDocument], company_id: UUID, keys: Iterable[UUID]
    ) -> dict[UUID, SettledDocument]:
        """Return documents locked in the order of their keys."""
        rows = rows_of(model).select_for_update(of=("self",)).filter(company_id=company_id, id__in=set(keys))
        return {row.id: row for row in rows.order_by("id")}

    def _locked_side(
        self, name: str, model: type[SettledDocument], allocations: Sequence[AllocationT]
    ) -> dict[UUID, SettledDocument]:
        keys = {key for row in allocations if (key := getattr(row, f"{name}_id")) is not None}
        return self._locked(model, allocations[0].company_id, keys) if keys else {}

    def _settleable(
        self, document: SettledDocument | None, source: SettledDocument, target: str, want: Wanted
    ) -> SettledDocument:
        noun, field = target.replace("_", " "), f"{want.path}.{want.key}"
        if document is None:
            raise ReferenceNotFound(f"{noun} {want.document_id} does not exist in this company", field=field)
        if getattr(document, f"{self.party}_id") != getattr(source, f"{self.party}_id"):
            raise SettlementMismatch(
                f"{noun} {document} is another {self.party}'s; it is settled by its own {self.party}'s documents",
                field=field,
            )
        if not document.is_posted or document.is_void:
            raise SettlementMismatch(
                f"{noun} {document} is {document.status}; only a confirmed {noun} can be paid", field=field
            )
        return document

    def _settled(
        self,
        document: SettledDocument,
        source: SettledDocument,
        amount: Decimal,
        *,
        on: date,
        field: str,
        allocated_at: datetime | None = None,
    ) -> AllocationT:
        done = match(document, source, amount, field=field, noun=str(document._meta.verbose_name))  # noqa: SLF001
        # Money that came before the invoice was credit until then, and is so in reports as of a day between.
        day = max(on, document.posting_date, source.posting_date)
        is_debit = self.field_of(document) in self.debits
        debit, credit = (done.document_base, done.source_base) if is_debit else (done.source_base, done.document_base)
        made = self._row(document, amount, debit, credit, day)
        setattr(made, self.field_of(source), source)
        made.allocated_at = allocated_at
        return made

    def _row(
        self, document: SettledDocument, amount: Decimal, debit: Decimal, credit: Decimal, on: date
    ) -> AllocationT:
        made = self.model(
            company_id=document.company_id, amount=amount, base_debit=debit, base_credit=credit, applied_on=on
        )
        setattr(made, f"{self.party}_id", getattr(document, f"{self.party}_id"))
        setattr(made, self.field_of(document), document)
        return made


def gain_of(rows: Iterable[AllocationRow]) -> Decimal:
    """Return the exchange gain of allocations in base currency; a loss is negative."""
    return sum((row.gain for row in rows), ZERO)


def gains_made(rows: Iterable[AllocationRow]) -> list[Gain]:
    """Return the exchange differences of allocations on the days they count from."""
    return [Gain(row.applied_on, row.gain) for row in rows]


def gains_undone(rows: Iterable[AllocationRow]) -> list[Gain]:
    """Return the exchange differences of undone allocations on the days they stopped to count."""
    return [Gain(row.undone_on, row.gain) for row in rows if row.undone_on is not None]


def wanted_of(allocations: Sequence[Mapping[str, Any]], *, key: str) -> list[Wanted]:
    """Return the allocations that a body states as [{<key>, amount, allocated_at}]."""
    return [
        Wanted(
            document_id=UUID(str(allocation[key])),
            amount=Decimal(str(allocation["amount"])) if allocation.get("amount") is not None else None,
            allocated_at=_instant(allocation.get("allocated_at")),
            path=f"allocations[{index}]",
            key=key,
        )
        for index, allocation in enumerate(allocations)
    ]


def _instant(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
