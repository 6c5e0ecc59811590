"""Taking what the caller states of a document and its lines, and reckoning the figures: here, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from backfill.errors import ValidationFailed
from ledger.documents.arithmetic import ChargedLine, Charges, Terms, charges
from ledger.documents.charging import RowTerms, stated_row, write_charge
from ledger.documents.headers import check_totals, take, take_currency, take_dates, take_file
from ledger.documents.models import TaxBehavior
from ledger.documents.references import References, references_of
from ledger.documents.stated import StatedLine, stated_line
from ledger.documents.type import DocumentT, DocumentType, LineT
from ledger.documents.values import LineValues
from ledger.field_checks import check_fields
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


@dataclass(frozen=True, slots=True)
class Drafted(Generic[LineT]):
    """Lines as they were reckoned, and the tax rules they follow by upper-case code."""

    lines: Sequence[LineT] = ()
    rules: Mapping[str, TaxRule] = field(default_factory=dict)


class Reckoning(DocumentType[DocumentT, LineT]):
    """From values to a document and its lines, in memory."""

    terms_fields: frozenset[str] = _TERMS

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


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
