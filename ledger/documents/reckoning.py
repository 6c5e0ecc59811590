"""Taking what the caller states of a document and its lines, and reckoning the figures: here, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Generic, cast

from backfill.errors import ValidationFailed
from ledger.documents.arithmetic import ChargedLine, Charges, Terms, charges, discount_shares
from ledger.documents.charging import RowTerms, refuse_lost_exemption, stated_row, write_charge
from ledger.documents.deriving import LineSources, TaxPosition, TaxSources, as_posted, taxed_line
from ledger.documents.headers import check_totals, take, take_currency, take_dates, take_file
from ledger.documents.models import Document, DocumentLine, TaxBehavior
from ledger.documents.references import References, references_of
from ledger.documents.stated import StatedLine, stated_line
from ledger.documents.tax_doubts import tax_warnings
from ledger.documents.type import DocumentT, DocumentType, LineT
from ledger.documents.values import LineValues
from ledger.field_checks import check_fields
from ledger.models import Account, Item, ItemType
from ledger.tax import TaxRule

_AS_GIVEN = (
    *("issued_at", "effective_date", "service_date", "discount_details", "memo", "dimensions", "metadata"),
    *("subsidiary_id", "source_system", "source_id", "connection_id"),
)
_KEPT_WHEN_EMPTY = ("document_number", "exchange_rate", "tax_behavior")
_LINE_AS_GIVEN = (
    *("line_key", "line_ref", "line_type", "description", "sku", "product", "detail", "class_id", "location_id"),
    *("dimensions", "metadata"),
)
_TERMS = frozenset({"currency", "tax_behavior", "discount_details", "service_date"})
_GOODS = frozenset({"product", "good", "goods"})


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
        before, tax_before = self._terms_of(document), self._tax_facts(document)
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
        if not document.is_posted and self._tax_facts(document) != tax_before:
            values = {**values, "service_date": document.service_date}  # its lines are taxed anew
        return self._reckoned(document, values, before)

    def _terms_of(self, document: DocumentT) -> RowTerms:
        """Return the terms that the stored lines were reckoned under; a new document has none."""
        is_new = document._state.adding  # noqa: SLF001 - Django's documented flag
        return RowTerms(
            is_inclusive=document.tax_behavior == TaxBehavior.INCLUSIVE,
            exempt_reason="" if is_new else self.exempt_reason(document),
        )

    def _tax_facts(self, document: DocumentT) -> tuple[date, TaxPosition] | None:
        """Return what of the document its lines derive their tax from; None for a new one."""
        if document._state.adding:  # noqa: SLF001 - Django's documented flag
            return None
        return self.supply_day(document), self.tax_position(document)

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
        references = references_of(document.company_id, given, usual=self.usual_slot)
        inclusive = document.tax_behavior == TaxBehavior.INCLUSIVE
        sources = self._tax_sources(document, references)
        own = [self._sources_of_values(document, line, references, f"lines[{i}]") for i, line in enumerate(given)]
        posted = dict(enumerate(self.lines_of(document))) if document.is_posted else {}
        stated = [
            as_posted(
                stated_line(line, path=f"lines[{index}]", currency=document.currency, includes_tax=inclusive),
                posted.get(index),
            )
            for index, line in enumerate(given)
        ]
        reckoned = self._charged(document, _taxed_lines(document, stated, own, sources), references)
        lines = [
            self._line(document, number, line, charged, references)
            for number, (line, charged) in enumerate(zip(given, reckoned.lines, strict=True), start=1)
        ]
        self._warn(document, lines, own, sources)
        return Drafted(lines, references.book.rules)

    def _from_rows(self, document: DocumentT, before: RowTerms) -> Drafted[LineT]:
        """Reckon the stored lines again, under the document's new terms."""
        rows = self.lines_of(document)
        now = self._terms_of(document)
        references = references_of(document.company_id, (), usual=self.usual_slot)
        sources = self._tax_sources(document, references)
        own = [
            replace(
                self._line_sources(document, row.account, row.item, row.line_type),
                day=self.line_supply_day(document, vars(row)),
            )
            for row in rows
        ]
        stated = [
            as_posted(stated_row(row, before, now, currency=document.currency), row if document.is_posted else None)
            for row in rows
        ]
        stated = _taxed_lines(document, stated, own, sources)
        for row, line in zip(rows, stated, strict=True):
            refuse_lost_exemption(row, line, before, now)
        reckoned = self._charged(document, stated, references)
        for row, charged in zip(rows, reckoned.lines, strict=True):
            write_charge(row, charged)
        self._warn(document, rows, own, sources)
        return Drafted(rows, references.book.rules)

    def _warn(
        self,
        document: DocumentT,
        lines: Sequence[DocumentLine],
        own: Sequence[LineSources],
        sources: TaxSources,
    ) -> None:
        """Note what somebody should look at; a posted document keeps what was said when it posted."""
        if not document.is_posted:
            each = zip(lines, own, strict=True)
            document.warnings = [one for line, of_line in each for one in tax_warnings(line, of_line, sources)]

    def _tax_sources(self, document: DocumentT, references: References) -> TaxSources:
        return TaxSources(
            book=references.book,
            day=self.supply_day(document),
            position=self.tax_position(document),
            company_code=self.company_tax_code(document),
            usual_code=references.usual_code,
            is_purchase=self.is_purchase,
        )

    def _sources_of_values(
        self, document: DocumentT, line: LineValues, references: References, path: str
    ) -> LineSources:
        account, item = references.account_of(line, path), references.item_of(line, path)
        day = self.line_supply_day(document, cast("Mapping[str, Any]", line))
        return replace(self._line_sources(document, account, item, line.get("line_type") or ""), day=day)

    def _line_sources(
        self, document: DocumentT, account: Account | None, item: Item | None, line_type: str
    ) -> LineSources:
        return LineSources(
            item_code=item.tax_code if item else "",
            are_goods=item.type == ItemType.GOOD if item else line_type.casefold() in _GOODS,
            account=account or self.account_of(document, item),
            default=self.default_account(document),
        )

    def _charged(self, document: DocumentT, stated: Sequence[StatedLine], references: References) -> Charges:
        terms = Terms(
            currency=document.currency,
            discount_details=document.discount_details,
            rules=references.book.rules,
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


def _taxed_lines(
    document: Document, lines: Sequence[StatedLine], own: Sequence[LineSources], sources: TaxSources
) -> list[StatedLine]:
    """Return lines with their tax codes."""
    shares = discount_shares(lines, document.discount_details, document.currency)
    return [
        taxed_line(line, replace(of_line, discount=share), sources, currency=document.currency)
        for line, of_line, share in zip(lines, own, shares, strict=True)
    ]


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
