"""Creating, changing and deleting documents. Figures are reckoned here, once, from what the caller states."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic
from uuid import UUID

from django.db import IntegrityError, transaction

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.documents.arithmetic import ChargedLine, Charges, Terms, charges
from ledger.documents.charging import RowTerms, line_facts_of, stated_row, write_charge
from ledger.documents.errors import DocumentPosted, DuplicateDocumentNumber
from ledger.documents.headers import check_totals, take, take_currency, take_dates, take_file
from ledger.documents.models import TaxBehavior
from ledger.documents.references import References, references_of
from ledger.documents.series import next_document_numbers
from ledger.documents.stated import StatedLine, stated_line
from ledger.documents.type import DocumentT, DocumentType, LineT, rows_of
from ledger.documents.values import LineValues
from ledger.documents.writing import insert_rows
from ledger.field_checks import check_fields
from ledger.models import ApprovalStatus
from ledger.tax import TaxRule

_AS_GIVEN = (
    *("issued_at", "effective_date", "discount_details", "memo", "dimensions", "metadata", "subsidiary_id"),
    *("source_system", "source_id", "connection_id"),
)
_KEPT_WHEN_EMPTY = ("document_number", "exchange_rate", "tax_behavior")
_LINE_AS_GIVEN = (
    *("line_key", "line_ref", "line_type", "description", "sku", "product", "detail", "class_id", "location_id"),
    *("dimensions", "metadata"),
)
_TERMS = frozenset({"currency", "tax_behavior", "discount_details"})
_IDENTITY = frozenset({"source_system", "source_id", "connection_id", "status", "approval_status"})


@dataclass(frozen=True, slots=True)
class Drafted(Generic[LineT]):
    """Lines as they were reckoned, and the tax rules they follow by upper-case code."""

    lines: Sequence[LineT] = ()
    rules: Mapping[str, TaxRule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview(Generic[DocumentT, LineT]):
    """A document that is not stored, and its lines in order."""

    document: DocumentT
    lines: Sequence[LineT]


class Drafts(DocumentType[DocumentT, LineT]):
    """The verbs of a draft."""

    terms_fields: frozenset[str] = _TERMS

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
            rows = self.rows().filter(company_id=company_id, document_number__in=taken)
            used = set(rows.values_list("document_number", flat=True))
            free += [number for number in taken if number not in used]
        return free

    # --- Taking values ------------------------------------------------------------------------------------

    def _filled(self, document: DocumentT, values: Mapping[str, Any]) -> Drafted[LineT] | None:
        """Take the values, reckon, and return the new lines; None when they stay as they are."""
        before = self._terms_of(document)
        take(document, values, _AS_GIVEN)
        take(document, values, self.own_fields)
        for name in _KEPT_WHEN_EMPTY:
            if values.get(name):
                setattr(document, name, values[name])
        if document.tax_behavior not in TaxBehavior.values:
            raise ValidationFailed("tax_behavior is exclusive or inclusive", field="tax_behavior")
        take_dates(document, values)
        take_currency(document, values, self.take_party(document, values))
        take_file(document, values)
        self.fill(document, values)
        check_fields(document)
        return self._reckoned(document, values, before)

    def _terms_of(self, document: DocumentT) -> RowTerms:
        """Return the terms that the stored lines were reckoned under; a new document has none."""
        is_new = document._state.adding  # noqa: SLF001 - Django's documented flag
        return RowTerms(
            is_inclusive=document.tax_behavior == TaxBehavior.INCLUSIVE,
            exempt_reason="" if is_new else self.exempt_reason(document),
        )

    def _reckoned(self, document: DocumentT, values: Mapping[str, Any], before: RowTerms) -> Drafted[LineT] | None:
        if self.line_model is None:
            return None
        given = self.stated_lines(document, values)
        drafted = None
        if given is not None:
            drafted = self._from_values(document, given)
        elif values.keys() & self.terms_fields:
            drafted = self._from_rows(document, before)
        check_totals(document, values)
        return drafted

    def stated_lines(self, document: DocumentT, values: Mapping[str, Any]) -> Sequence[LineValues] | None:
        """Return the lines as stated; None leaves them as they are. A new document has some."""
        is_new = document._state.adding  # noqa: SLF001 - Django's documented flag
        return values.get("lines") or ([] if is_new or "lines" in values else None)

    def _from_values(self, document: DocumentT, given: Sequence[LineValues]) -> Drafted[LineT]:
        if not given:
            raise ValidationFailed(f"{_article(self.noun)} {self.noun} needs at least one line", field="lines")
        references = references_of(document.company_id, given)
        inclusive = document.tax_behavior == TaxBehavior.INCLUSIVE
        stated = [
            stated_line(
                line,
                path=f"lines[{index}]",
                currency=document.currency,
                includes_tax=inclusive,
                tax_code=item.tax_code if (item := references.item_of(line, f"lines[{index}]")) else "",
            )
            for index, line in enumerate(given)
        ]
        reckoned = self._charged(document, stated, references)
        lines = [
            self._line(document, number, line, charged, references)
            for number, (line, charged) in enumerate(zip(given, reckoned.lines, strict=True), start=1)
        ]
        return Drafted(lines, references.rules)

    def _from_rows(self, document: DocumentT, before: RowTerms) -> Drafted[LineT]:
        """Reckon the stored lines again, under the document's new terms."""
        rows = self.lines_of(document)
        now = self._terms_of(document)
        stated = [stated_row(row, before, now, currency=document.currency) for row in rows]
        references = references_of(document.company_id, [LineValues(tax_code=row.tax_code) for row in rows])
        reckoned = self._charged(document, stated, references)
        for row, charged in zip(rows, reckoned.lines, strict=True):
            write_charge(row, charged)
        return Drafted(rows, references.rules)

    def _charged(self, document: DocumentT, stated: Sequence[StatedLine], references: References) -> Charges:
        terms = Terms(
            currency=document.currency,
            discount_details=document.discount_details,
            rules=references.rules,
            exempt_reason=self.exempt_reason(document),
            is_purchase=self.is_purchase,
        )
        reckoned = charges(stated, terms)
        totals = reckoned.totals
        if totals.total_amount < 0:
            raise ValidationFailed(
                f"the lines add up to {totals.total_amount}; {_article(self.noun)} {self.noun} cannot be negative",
                field="lines",
            )
        document.subtotal, document.discount_amount = totals.subtotal, totals.discount_amount
        document.tax_amount, document.total_amount = totals.tax_amount, totals.total_amount
        return reckoned

    def _line(
        self, document: DocumentT, number: int, values: LineValues, charged: ChargedLine, references: References
    ) -> LineT:
        path = f"lines[{number - 1}]"
        line = self._line_model(
            company_id=document.company_id,
            document_id=document.id,
            line_number=number,
            account=references.account_of(values, path),
            item=references.item_of(values, path),
            **self.line_facts(document, values, path),
        )
        take(line, values, _LINE_AS_GIVEN)
        write_charge(line, charged)
        try:
            check_fields(line)
        except ValidationFailed as error:
            error.field = f"{path}.{error.field}"
            raise
        return line

    @property
    def _line_model(self) -> type[LineT]:
        if self.line_model is None:
            raise TypeError(f"{self.noun} has no lines")
        return self.line_model

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
        twins = self.rows().filter(company_id=document.company_id, document_number=document.document_number)
        twin = twins.exclude(id=document.id).first()
        return DuplicateDocumentNumber(
            f"{self.noun} {document.document_number} exists already",
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
            raise self._posted_refusal(document, "changed", field=fixed[0])
        document.save(update_fields=[*self.free_when_posted, "updated_at"])
        self.record(document, "edited", actor)
        return document

    def _posted_refusal(self, document: DocumentT, verb: str, field: str | None = None) -> DocumentPosted:
        what = f"its {field}" if field else "it"
        state = "void" if document.is_void else "posted"
        return DocumentPosted(
            f"{self.noun} {document} is {state}; {what} cannot be {verb}: {self.way_out}", field=field
        )


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
