"""From what the caller states to a document and its lines in memory, calculated and checked. Stores nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Generic, cast

from django.utils.translation import gettext as _

from backfill.database.field_checks import check_fields
from backfill.errors import DomainError, ValidationFailed
from ledger.currencies.money import exchange_rate
from ledger.documents.charging import RowTerms, refuse_lost_exemption, stated_row, write_charge
from ledger.documents.headers import assign_currency, assign_dates, assign_file, check_totals, take
from ledger.documents.lines.arithmetic import Charges, PricedLine, Terms, charges, discount_shares
from ledger.documents.lines.deriving import LineSources, TaxPosition, TaxSources, as_posted, taxed_line
from ledger.documents.lines.line_input import LineInput, line_input
from ledger.documents.lines.tax_doubts import tax_warnings
from ledger.documents.lines.values import LineValues
from ledger.documents.models import TaxBehavior
from ledger.documents.references import References, assign_account, references_of
from ledger.documents.rows import DocumentT, LineT
from ledger.documents.store.documents import is_new, lines_of
from ledger.documents.types import DocumentType, Values
from ledger.errors import UnknownTaxCode
from ledger.inventory.models import Item, ItemType
from ledger.journal.doubts import NEVER_LARGE, amount_doubts
from ledger.models import Account
from ledger.tax.calculation import TaxRule

_KEPT_WHEN_EMPTY = ("document_number", "exchange_rate", "tax_behavior")
_TERMS = frozenset({"currency", "tax_behavior", "discount_details", "service_date"})
_LINE_COLUMNS = (
    *("line_key", "line_ref", "line_type", "description", "sku", "product", "detail", "class_id", "location_id"),
    *("dimensions", "metadata"),
)
_GOODS = frozenset({"product", "good", "goods"})


@dataclass(frozen=True, slots=True)
class Calculated(Generic[LineT]):
    """Lines as calculated, and the tax rules they follow by upper-case code."""

    lines: Sequence[LineT] = ()
    rules: Mapping[str, TaxRule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Context:
    """What the lines of one document are calculated with."""

    doc_type: DocumentType[Any, Any]
    document: Any
    references: References
    sources: TaxSources


# --- The document ---------------------------------------------------------------------------------------------


def fill(
    doc_type: DocumentType[DocumentT, LineT], document: DocumentT, values: Values, *, locks_party: bool = False
) -> Calculated[LineT] | None:
    """Set the document from `values` and calculate. Returns the new lines; None: the stored ones stay as they are.

    `locks_party`: the customer or vendor that `values` name by id is locked as it is read.

    Raises ValidationFailed and its kin naming the field, TotalsMismatch with both figures.
    """
    before, tax_before = _line_terms(doc_type, document), _tax_facts(doc_type, document)
    _assign_columns(doc_type, document, values)
    assign_dates(document, values)
    assign_currency(document, values, _assign_party(doc_type, document, values, is_locked=locks_party))
    assign_file(document, values)
    for name in doc_type.accounts:
        assign_account(document, values, name)
    if doc_type.policy.assign:
        doc_type.policy.assign(document, values)
    check_fields(document)
    if doc_type.line_model is None:
        return None
    if not document.is_posted and _tax_facts(doc_type, document) != tax_before:
        values = {**values, "service_date": document.service_date}  # its lines are taxed anew
    calculated = _lines(doc_type, document, values, before)
    check_totals(document, values)
    if doc_type.policy.totalled:
        doc_type.policy.totalled(document, values)
    return calculated


def supply_day(doc_type: DocumentType[DocumentT, Any], document: DocumentT) -> date:
    """Return when what the document is about was supplied: it chooses the rates of tax."""
    chosen = doc_type.policy.supply_day
    return chosen(document) if chosen else document.service_date or document.document_date


def _assign_columns(doc_type: DocumentType[Any, Any], document: Any, values: Values) -> None:
    take(document, values, doc_type.plain)
    for name in _KEPT_WHEN_EMPTY:
        if values.get(name):
            setattr(document, name, values[name])
    if document.tax_behavior not in TaxBehavior.values:
        raise ValidationFailed(_("tax_behavior is exclusive or inclusive"), field="tax_behavior")


def _assign_party(
    doc_type: DocumentType[DocumentT, Any], document: DocumentT, values: Values, *, is_locked: bool
) -> str:
    """Set the customer or vendor and return the currency their documents start with, if any."""
    if doc_type.policy.assign_party:
        return doc_type.policy.assign_party(document, values)
    return doc_type.side.parties.take(document, values, is_required=doc_type.needs_party, is_locked=is_locked)


def _line_terms(doc_type: DocumentType[Any, Any], document: Any) -> RowTerms:
    """Return the terms that the stored lines were calculated under; a new document has none."""
    return RowTerms(
        is_inclusive=document.tax_behavior == TaxBehavior.INCLUSIVE,
        exempt_reason="" if is_new(document) else _exempt_reason(doc_type, document),
    )


def _tax_facts(doc_type: DocumentType[Any, Any], document: Any) -> tuple[date, TaxPosition] | None:
    """Return what of the document its lines derive their tax from; None for a new one."""
    if is_new(document):
        return None
    return supply_day(doc_type, document), doc_type.side.tax_position(document)


def _exempt_reason(doc_type: DocumentType[Any, Any], document: Any) -> str:
    return doc_type.side.exempt_reason(doc_type.party_of(document))


# --- Its lines ------------------------------------------------------------------------------------------------


def _lines(
    doc_type: DocumentType[Any, LineT], document: Any, values: Values, before: RowTerms
) -> Calculated[LineT] | None:
    given = values.get("lines") or ([] if is_new(document) or "lines" in values else None)
    if doc_type.policy.line_inputs:
        given = doc_type.policy.line_inputs(document, values, given)
    try:
        if given is not None:
            return _from_values(doc_type, document, given)
        if values.keys() & _TERMS or doc_type.side.party_id in values:
            return _from_stored(doc_type, document, before)
    except UnknownTaxCode as error:
        if doc_type.stands_for_lines and not values.get("lines"):
            error.field = doc_type.stands_for_lines
        raise
    return None


def _from_values(doc_type: DocumentType[Any, LineT], document: Any, given: Sequence[LineValues]) -> Calculated[LineT]:
    if not given:
        raise ValidationFailed(_("{a_noun} needs at least one line").format(a_noun=doc_type.a_noun), field="lines")
    context = _context(doc_type, document, given)
    inclusive = document.tax_behavior == TaxBehavior.INCLUSIVE
    own = [_sources_of_values(context, line, f"lines[{index}]") for index, line in enumerate(given)]
    posted = dict(enumerate(lines_of(doc_type, document))) if document.is_posted else {}
    stated = [
        as_posted(
            line_input(line, path=f"lines[{index}]", currency=document.currency, includes_tax=inclusive),
            posted.get(index),
        )
        for index, line in enumerate(given)
    ]
    priced = _priced(context, _taxed_lines(context, stated, own))
    lines = [
        _line(context, number, line, charged)
        for number, (line, charged) in enumerate(zip(given, priced.lines, strict=True), start=1)
    ]
    _warn(context, lines, own)
    return Calculated(lines, context.references.book.rules)


def _from_stored(doc_type: DocumentType[Any, LineT], document: Any, before: RowTerms) -> Calculated[LineT]:
    """Calculate the stored lines again, under the document's new terms."""
    stored = lines_of(doc_type, document)
    now, context = _line_terms(doc_type, document), _context(doc_type, document, ())
    own = [_line_sources(context, row.account, row.item, vars(row)) for row in stored]
    stated = [
        as_posted(stated_row(row, before, now, currency=document.currency), row if document.is_posted else None)
        for row in stored
    ]
    stated = _taxed_lines(context, stated, own)
    for row, line in zip(stored, stated, strict=True):
        refuse_lost_exemption(row, line, before, now)
    priced = _priced(context, stated)
    for row, charged in zip(stored, priced.lines, strict=True):
        write_charge(row, charged)
    _warn(context, stored, own)
    return Calculated(stored, context.references.book.rules)


def _context(doc_type: DocumentType[Any, Any], document: Any, given: Sequence[LineValues]) -> _Context:
    side = doc_type.side
    references = references_of(document.company_id, given, usual=side.default_slot)
    sources = TaxSources(
        book=references.book,
        day=supply_day(doc_type, document),
        position=side.tax_position(document),
        company_code=side.company_tax_code(document.company),
        usual_code=references.usual_code,
        is_purchase=side.is_purchase,
    )
    return _Context(doc_type, document, references, sources)


def _sources_of_values(context: _Context, line: LineValues, path: str) -> LineSources:
    references = context.references
    account, item = references.account_of(line, path), references.item_of(line, path)
    return _line_sources(context, account, item, cast("Values", line))


def _line_sources(context: _Context, account: Account | None, item: Item | None, facts: Values) -> LineSources:
    """Return what a line derives its tax from. One that names no account posts to its item's, else the document's.

    `facts` are the line's values, or its columns."""
    side, document = context.doc_type.side, context.document
    of_item = side.item_account(item) if item else None
    party, line_day = context.doc_type.party_of(document), context.doc_type.policy.line_supply_day
    return LineSources(
        item_code=item.tax_code if item else "",
        are_goods=item.type == ItemType.GOOD if item else (facts.get("line_type") or "").casefold() in _GOODS,
        account=account or of_item or getattr(document, "revenue_account", None),
        default=party.default_account if party else None,
        day=line_day(document, facts) if line_day else None,
    )


def _taxed_lines(context: _Context, lines: Sequence[LineInput], own: Sequence[LineSources]) -> list[LineInput]:
    """Return lines with their tax codes."""
    document = context.document
    shares = discount_shares(lines, document.discount_details, document.currency)
    return [
        taxed_line(line, replace(of_line, discount=share), context.sources, currency=document.currency)
        for line, of_line, share in zip(lines, own, shares, strict=True)
    ]


def _priced(context: _Context, stated: Sequence[LineInput]) -> Charges:
    """Return what the lines charge, and set the document's totals."""
    priced = _calculate(context, stated)
    fitted_lines = context.doc_type.policy.fitted_lines
    if fitted_lines:
        fitted = fitted_lines(context.document, stated, priced.lines)
        priced = priced if fitted == list(stated) else _calculate(context, fitted)
    return priced


def _calculate(context: _Context, stated: Sequence[LineInput]) -> Charges:
    document, doc_type = context.document, context.doc_type
    terms = Terms(
        currency=document.currency,
        discount_details=document.discount_details,
        rules=context.references.book.rules,
        exempt_reason=_exempt_reason(doc_type, document),
        is_purchase=doc_type.side.is_purchase,
    )
    priced = charges(stated, terms)
    totals = priced.totals
    if totals.total_amount < 0:
        raise ValidationFailed(
            _("the lines add up to {total_amount}; {a_noun} cannot be negative").format(
                total_amount=totals.total_amount, a_noun=doc_type.a_noun
            ),
            field="lines",
        )
    document.subtotal, document.discount_amount = totals.subtotal, totals.discount_amount
    document.tax_amount, document.total_amount = totals.tax_amount, totals.total_amount
    return priced


def _line(context: _Context, number: int, values: LineValues, charged: PricedLine) -> Any:
    path, doc_type, references = f"lines[{number - 1}]", context.doc_type, context.references
    line: Any = doc_type.line_model(  # type: ignore[misc]  # a type without lines never comes here
        company_id=context.document.company_id,
        document_id=context.document.id,
        line_number=number,
        account=references.account_of(values, path),
        item=references.item_of(values, path),
    )
    take(line, values, (*_LINE_COLUMNS, *doc_type.line_columns))
    own = doc_type.policy.line_values
    for name, value in (own(context.document, cast("Values", values), path) if own else {}).items():
        setattr(line, name, value)
    write_charge(line, charged)
    try:
        check_fields(line)
    except ValidationFailed as error:
        error.field = f"{path}.{error.field}"
        raise
    return line


def _warn(context: _Context, lines: Sequence[Any], own: Sequence[LineSources]) -> None:
    """Note what somebody should look at; a posted document keeps what was said when it posted."""
    document, has_tax_doubts = context.document, context.doc_type.policy.has_tax_doubts
    found: list[dict[str, Any]] = []
    if has_tax_doubts and not has_tax_doubts(document):
        document.warnings = found
    elif document.is_posted:
        return
    else:
        each = zip(lines, own, strict=True)
        found = [one for line, of_line in each for one in tax_warnings(line, of_line, context.sources)]
    if not document.is_posted:
        document.warnings = [*found, *_amount_doubts(document)]


def _amount_doubts(document: Any) -> list[dict[str, Any]]:
    """Note an unusually large total; one for which there is no rate yet is compared when it posts."""
    if document.total_amount < NEVER_LARGE:
        return []
    company, day = document.company, document.posting_date
    try:
        rate = document.exchange_rate or exchange_rate(company=company, currency=document.currency, on=day).rate
    except DomainError:
        return []
    return amount_doubts(document.company_id, document.total_amount * rate, day)
