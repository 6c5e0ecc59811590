"""Creating, changing and deleting documents."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Generic
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Upper

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.documents.allocating import change_due_date
from ledger.documents.charging import line_facts_of
from ledger.documents.errors import DocumentPosted, DuplicateDocumentNumber
from ledger.documents.reckoning import Drafted, Reckoning
from ledger.documents.series import next_document_numbers
from ledger.documents.type import DocumentT, LineT, rows_of
from ledger.documents.writing import insert_rows
from ledger.models import ApprovalStatus

_SUMS: Final = frozenset({"subtotal", "discount_amount", "tax_amount", "total_amount"})
_STATED_AS: Final = {"document_date": ("issued_at",), "file_id": ("document_id",)}


@dataclass(frozen=True, slots=True)
class Preview(Generic[DocumentT, LineT]):
    """A document that is not stored, and its lines in order."""

    document: DocumentT
    lines: Sequence[LineT]


class Drafts(Reckoning[DocumentT, LineT]):
    """The verbs of a draft."""

    def preview(self, values: Mapping[str, Any], *, company: Company) -> Preview[DocumentT, LineT]:
        """Return what `create` would store, and store nothing. Raises as `create` does, but for a number taken."""
        document = self.model(company=company, status=self.draft_status)
        drafted = self._filled(document, values) or Drafted()
        for line in drafted.lines:
            line.document = document  # type: ignore[attr-defined]  # every line model has its document
        return Preview(document, drafted.lines)

    def create(self, values: Mapping[str, Any], *, company: Company, actor: Actor) -> DocumentT:
        """Create a draft, reckoned and checked; with a `status` that says so, post it in the same transaction.

        Raises ValidationFailed and its kin naming the field, DuplicateDocumentNumber.
        """
        with transaction.atomic():
            document = self.model(company=company, status=self.draft_status, created_by=actor.label)
            drafted = self._filled(document, values) or Drafted()
            if self.numbers_on_creation and not document.document_number:
                self.lock_parties([document])  # as in every other step: the party before the series
                self.number([document])
            with self._own_number(document):
                insert_rows([document])
            insert_rows(drafted.lines)
            self.after_change(document)
            self.record(document, "created", actor)
            return self.moved_on(document, values, actor, drafted=drafted)

    def update(self, document: DocumentT, values: Mapping[str, Any], *, actor: Actor) -> DocumentT:
        """Change a draft; absent values stay. A posted document changes only in what it did not post.

        Repeating what the document says already is no change. Raises DocumentPosted naming the way out.
        """
        with transaction.atomic():
            document = self.locked(document.company_id, document.id)
            if document.is_posted or document.is_void:
                return self._changed_after_posting(document, values, actor)
            drafted = self._filled(document, values)
            document.approval_status = ApprovalStatus.DRAFT  # what was approved is not what it says now
            with self._own_number(document):
                document.save()
            if drafted is not None and self.line_model is not None:
                rows_of(self.line_model).filter(document_id=document.id).delete()
                insert_rows(drafted.lines)
            self.after_change(document)
            self.record(document, "edited", actor)
            return self.moved_on(document, values, actor)

    def delete(self, *, company_id: UUID, document_id: UUID, actor: Actor) -> None:
        """Delete a draft for good. Raises DocumentPosted for anything posted, naming the way out."""
        with transaction.atomic():
            document = self.locked(company_id, document_id)
            if document.is_posted or document.is_void:
                raise self._posted_refusal(document, "deleted")
            self.record(document, "deleted", actor, document_number=document.document_number)
            if self.line_model is not None:
                rows_of(self.line_model).filter(document_id=document.id).delete()
            rows_of(self.model).filter(id=document.id).delete()
            self.after_change(document)

    def moved_on(
        self, document: DocumentT, values: Mapping[str, Any], actor: Actor, *, drafted: Drafted[LineT] | None = None
    ) -> DocumentT:
        """Bring the document to the state its values ask for. `Documents` knows the states.

        `drafted` is what was made just now of a new document, which nobody else can see yet.
        """
        raise NotImplementedError

    def number(self, documents: Sequence[DocumentT]) -> None:
        """Give documents of one company the next free numbers; those that people chose themselves are passed over."""
        by_year: dict[int, list[DocumentT]] = {}
        for document in documents:
            if not document.document_number:
                by_year.setdefault(document.document_date.year, []).append(document)
        for year, waiting in sorted(by_year.items()):
            numbers = self._free_numbers(waiting[0].company_id, year, len(waiting))
            for document, number in zip(waiting, numbers, strict=True):
                document.document_number = number

    def _free_numbers(self, company_id: UUID, year: int, count: int) -> list[str]:
        free: list[str] = []
        while len(free) < count:
            taken = next_document_numbers(
                company_id=company_id,
                document_type=self.noun.replace(" ", "_"),
                prefix=self.prefix,
                year=year,
                count=count - len(free),
            )
            numbers = self.rows().filter(company_id=company_id).annotate(alike=Upper("document_number"))
            used = set(numbers.filter(alike__in=[number.upper() for number in taken]).values_list("alike", flat=True))
            free += [number for number in taken if number.upper() not in used]
        return free

    # --- Storing ------------------------------------------------------------------------------------------

    @contextmanager
    def _own_number(self, document: DocumentT) -> Iterator[None]:
        """Refuse a number that another document has, whoever of two was first. Raises DuplicateDocumentNumber."""
        if not document.document_number:
            yield
            return
        try:
            with transaction.atomic():
                yield
        except IntegrityError as error:
            if "number" not in str(error):
                raise
            raise self.number_taken(document) from error

    def number_taken(self, document: DocumentT) -> DuplicateDocumentNumber:
        twins = self.rows().filter(company_id=document.company_id, document_number__iexact=document.document_number)
        twin = twins.exclude(id=document.id).first()
        return DuplicateDocumentNumber(
            f"{self.noun} {twin or document} exists already",
            field="document_number",
            **({"existing_id": str(twin.id)} if twin else {}),
        )

    def _changed_after_posting(self, document: DocumentT, values: Mapping[str, Any], actor: Actor) -> DocumentT:
        """Take what a posted document may still change; refuse what differs from what was posted."""
        allowed = {"", document.status, self.draft_status, self.posted_status}
        if (values.get("status") or "") not in allowed | self.confirming_statuses:
            raise self.refusal(document, f"set to {values['status']}; use the actions")
        before = type(document)(**{f.attname: getattr(document, f.attname) for f in document._meta.concrete_fields})  # noqa: SLF001
        stored = self.lines_of(document)
        drafted = self._filled(document, values)
        fixed = [
            column.attname
            for column in document._meta.concrete_fields  # noqa: SLF001
            if column.name not in self.free_when_posted | {"updated_at"}
            and getattr(document, column.attname) != getattr(before, column.attname)
        ]
        if drafted is not None and line_facts_of(drafted.lines) != line_facts_of(stored):
            fixed.append("lines")
        if fixed:
            raise self._posted_refusal(document, "changed", field=self._as_stated(fixed, values))
        document.save(update_fields=[*self.free_when_posted, "updated_at"])
        if getattr(document, "due_date", None) != getattr(before, "due_date", None):
            change_due_date(document)
        self.record(document, "edited", actor)
        return document

    def _as_stated(self, columns: Sequence[str], values: Mapping[str, Any]) -> str:
        """Return the one of these columns, or what was stated for it, that the caller named. Sums come last: they
        follow from something else."""
        stated = {name for name, value in values.items() if value is not None}
        for column in sorted(columns, key=_SUMS.__contains__):
            code = f"{column.removesuffix('_id')}_code"
            names = (column, *_STATED_AS.get(column, ()), *self.stated_as.get(column, ()), code)
            if (found := next((name for name in names if name in stated), None)) is not None:
                return found
        return next(iter(columns))

    def _posted_refusal(self, document: DocumentT, verb: str, field: str | None = None) -> DocumentPosted:
        what = f"its {field}" if field else "it"
        state = "void" if document.is_void else "posted"
        return DocumentPosted(
            f"{self.noun} {document} is {state}; {what} cannot be {verb}: {self.way_out}", field=field
        )
