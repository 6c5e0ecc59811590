"""The arithmetic of a document. Pure: lines as stated and tax rules in, lines as charged and totals out.

A line's `amount` is quantity × unit_amount less its own discount, with or without tax. The document's discount is
shared out over the lines in proportion to their amounts before tax is calculated, so that each rate's tax is right.
Tax that was stated is kept; tax that we calculate is rounded once per rate (EN 16931, BR-CO-17) and shared out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.words import in_sentence
from ledger.currencies.money import allocate, largest_remainder, quantize, quantum
from ledger.documents.errors import TotalsMismatch
from ledger.documents.lines.line_input import BY_RATE, COPIED, LineInput, decimal_of
from ledger.documents.models import TaxStatus
from ledger.errors import UnknownTaxCode
from ledger.tax.calculation import TaxRule, split_gross

ZERO: Final = Decimal(0)
_HUNDRED: Final = Decimal(100)
_PERCENTS: Final = ("percent", "discount_percent")
DISCOUNT_KEYS: Final = ("amount", "discount_amount", *_PERCENTS)
"""The keys of a discount on a whole document that say what it takes off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A line with everything calculated: net + tax = gross, after all discounts. `tax_rate` is percent.

    `discount_net` is the line's own discount and its share of the document's, both without tax.
    """

    stated: LineInput
    document_discount: Decimal = ZERO
    discount_net: Decimal = ZERO
    net: Decimal = ZERO
    tax: Decimal = ZERO
    tax_code: str = ""
    tax_rate: Decimal | None = None
    tax_status: str = TaxStatus.TAXABLE
    tax_exempt_reason: str = ""

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def charged(self) -> Decimal:
        """The stated amount after the document's discount; with tax when the stated amount is."""
        return self.stated.amount - self.document_discount


@dataclass(frozen=True, slots=True)
class Totals:
    """subtotal − discount_amount + tax_amount = total_amount."""

    subtotal: Decimal
    discount_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal


@dataclass(frozen=True, slots=True)
class Charges:
    lines: tuple[PricedLine, ...]
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the whole document says about its lines.

    `rules` are the company's tax codes by upper-case code; `exempt_reason` is set when the buyer is exempt from tax.
    """

    currency: str
    rules: Mapping[str, TaxRule]
    discount_details: Sequence[Mapping[str, Any]] = ()
    exempt_reason: str = ""
    is_purchase: bool = False


def charges(lines: Iterable[LineInput], terms: Terms) -> Charges:
    """Reckon a document. Raises TotalsMismatch, ValidationFailed or UnknownTaxCode naming the field."""
    stated = tuple(lines)
    shares = discount_shares(stated, terms.discount_details, terms.currency)
    opened = [
        _with_tax_terms(PricedLine(stated=line, document_discount=share), terms)
        for line, share in zip(stated, shares, strict=True)
    ]
    taxes = _taxes(opened, terms)
    charged = tuple(_completed(line, tax, terms.currency) for line, tax in zip(opened, taxes, strict=True))
    net = sum((line.net for line in charged), ZERO)
    tax = sum((line.tax for line in charged), ZERO)
    discount = sum((line.discount_net for line in charged), ZERO)
    return Charges(charged, Totals(net + discount, discount, tax, net + tax))


def check_stated_total(stated: Decimal | None, calculated: Decimal, *, field: str) -> None:
    """Compare a figure of the caller with ours. Raises TotalsMismatch naming both."""
    if stated is not None and stated != calculated:
        raise TotalsMismatch(
            _("{field} is {stated}, but the lines add up to {calculated}").format(
                field=field, stated=stated, calculated=calculated
            ),
            field=field,
            stated=str(stated),
            computed=str(calculated),
        )


def discount_shares(lines: Sequence[LineInput], details: Sequence[Mapping[str, Any]], currency: str) -> list[Decimal]:
    """Return each line's share of the document's discounts. Raises ValidationFailed and TotalsMismatch."""
    whole = sum((line.amount for line in lines), ZERO)
    discount = sum((_discount(detail, whole, index, currency) for index, detail in enumerate(details)), ZERO)
    if discount and not 0 < discount <= whole:
        raise ValidationFailed(
            _("the document's discount of {discount} is not between 0 and the lines' {whole}").format(
                discount=discount, whole=whole
            ),
            field="discount_details",
        )
    if not discount:
        return [ZERO] * len(lines)
    return allocate(discount, [line.amount for line in lines], currency=currency)


def _discount(detail: Mapping[str, Any], whole: Decimal, index: int, currency: str) -> Decimal:
    """Read what a discount takes off. Says it that more than once, as an amount and in percent, all must agree."""
    path = f"discount_details[{index}]"
    found: dict[str, Decimal] = {}
    for key in DISCOUNT_KEYS:
        if detail.get(key) is not None:
            stated = decimal_of(detail[key], f"{path}.{key}")
            found[key] = quantize(whole * stated / _HUNDRED if key in _PERCENTS else stated, currency)
    if detail and not found:  # `{}` is the placeholder of the published examples and says nothing
        raise ValidationFailed(_("a discount says its amount or its percent"), field=f"{path}.amount")
    for key, discount in found.items():
        first = next(iter(found.items()))
        if discount != first[1]:
            raise TotalsMismatch(
                _("{first} takes off {first_amount}, but {key} takes off {discount}; give one of them").format(
                    first=first[0], first_amount=first[1], key=key, discount=discount
                ),
                field=f"{path}.{key}",
            )
    return next(iter(found.values()), ZERO)


def _with_tax_terms(line: PricedLine, terms: Terms) -> PricedLine:
    """Decide the line's tax status, code and rate."""
    stated = line.stated
    rule = terms.rules.get(stated.tax_code.upper()) if stated.tax_code else None
    is_charged = rule is not None and bool(rule.rate) and stated.tax_source in ("", BY_RATE)  # whoever the buyer is
    is_lifted = bool(terms.exempt_reason) and not is_charged
    status = stated.tax_status or (TaxStatus.EXEMPT if is_lifted else TaxStatus.TAXABLE)
    if status != TaxStatus.TAXABLE:
        if stated.stated_tax:
            raise ValidationFailed(
                _("the line is {status}, but its tax_amount is {stated_tax}").format(
                    status=in_sentence(TaxStatus(status).label), stated_tax=stated.stated_tax
                ),
                field=f"{stated.path}.tax_amount",
            )
        reason = stated.tax_exempt_reason or ("" if stated.tax_status else terms.exempt_reason)
        return replace(line, tax_status=status, tax_code=stated.tax_code, tax_rate=ZERO, tax_exempt_reason=reason)
    if stated.tax_code and rule is None and stated.stated_tax is None:
        raise UnknownTaxCode(
            _("tax code {tax_code} does not exist or is inactive; state the tax_amount or use one that does").format(
                tax_code=stated.tax_code
            ),
            field=f"{stated.path}.tax_code",
        )
    if rule and rule.self_assess_account_id and not terms.is_purchase:
        raise UnknownTaxCode(
            _("tax code {code} is for purchases whose tax the company owes itself; use a code for sales").format(
                code=rule.code
            ),
            field=f"{stated.path}.tax_code",
        )
    if rule and not rule.rate and stated.stated_tax:
        raise TotalsMismatch(
            _("tax_amount is {stated_tax}, but tax code {code} charges nothing").format(
                stated_tax=stated.stated_tax, code=rule.code
            ),
            field=f"{stated.path}.tax_amount",
            stated=str(stated.stated_tax),
            computed="0",
        )
    return replace(
        line,
        tax_status=status,
        tax_code=rule.code if rule else stated.tax_code,
        tax_rate=_rate(line, rule),
        tax_exempt_reason=stated.tax_exempt_reason,
    )


def _rate(line: PricedLine, rule: TaxRule | None) -> Decimal | None:
    """Return the rate in percent. Some senders write fractions: a rate below 1 is read as one where the tax code or
    the stated tax says so."""
    stated = line.stated
    if rule is None:
        return _percent(stated.tax_rate, line)
    if stated.tax_rate is not None and stated.tax_rate not in (rule.rate, rule.rate / _HUNDRED):
        raise TotalsMismatch(
            _("tax_rate is {tax_rate}, but tax code {code} charges {rate:f} %").format(
                tax_rate=stated.tax_rate, code=rule.code, rate=rule.rate.normalize()
            ),
            field=f"{stated.path}.tax_rate",
        )
    return rule.rate


def _percent(rate: Decimal | None, line: PricedLine) -> Decimal | None:
    tax = line.stated.stated_tax
    if rate is None or tax is None or not 0 < rate < 1:
        return rate
    base = line.charged - tax if line.stated.includes_tax else line.charged
    as_percent, as_fraction = base * rate / _HUNDRED, base * rate
    return rate * _HUNDRED if abs(tax - as_fraction) < abs(tax - as_percent) else rate


def _taxes(lines: Sequence[PricedLine], terms: Terms) -> list[Decimal]:
    """Return each line's tax: the stated one, else its share of the tax that its rate makes on the document."""
    taxes = [line.stated.stated_tax or ZERO for line in lines]
    groups: dict[tuple[str, Decimal, bool], list[int]] = {}
    for index, line in enumerate(lines):
        rule = terms.rules.get(line.tax_code.upper())
        if line.tax_rate and not (rule and rule.self_assess_account_id):
            groups.setdefault((line.tax_code, line.tax_rate, line.stated.includes_tax), []).append(index)
    for (_code, rate, includes_tax), members in groups.items():
        bases = [_tax_base(lines[index]) for index in members]
        for index, tax in zip(members, _shared_tax(bases, _part(rate, includes_tax), terms.currency), strict=True):
            taxes[index] = _agreed(lines[index].stated, tax, terms.currency)
    _check_stated_together([lines[index] for members in groups.values() for index in members], terms.currency)
    return taxes


def _part(rate: Decimal, includes_tax: bool) -> Fraction:
    """Return what `rate` percent is of an amount with or without the tax."""
    return Fraction(rate) / (100 + Fraction(rate) if includes_tax else 100)


def _check_stated_together(lines: Iterable[PricedLine], currency: str) -> None:
    """Refuse stated tax that is more than rounding away from what each rate makes on the document.

    Lines may each be rounded either way, but not all the same way: one unit per rate, and where jurisdictions round
    their own parts, one for each of them. Lines taken over from another document were checked there.
    """
    by_rate: dict[Decimal, list[PricedLine]] = {}
    for line in lines:
        if line.stated.stated_tax is not None and line.stated.tax_source != COPIED:
            by_rate.setdefault((line.tax_rate or ZERO).normalize(), []).append(line)
    for rate, alike in by_rate.items():
        exact = sum((Fraction(_tax_base(line)) * _part(rate, line.stated.includes_tax) for line in alike), Fraction(0))
        stated = sum((line.stated.stated_tax or ZERO for line in alike), ZERO)
        calculated = _rounded(exact, currency)
        tolerance = quantum(currency) * max(1, *(len(line.stated.tax_details) for line in alike))
        if abs(stated - calculated) > tolerance:
            raise TotalsMismatch(
                _("the lines at {rate:f} % state {stated} of tax together, but their rate makes {calculated}").format(
                    rate=rate, stated=stated, calculated=calculated
                ),
                field=f"{alike[0].stated.path}.tax_amount" if len(alike) == 1 else "lines",
                stated=str(stated),
                computed=str(calculated),
            )


def _rounded(exact: Fraction, currency: str) -> Decimal:
    """Return an exact amount rounded to the currency's unit, half up."""
    units = int(abs(exact) / Fraction(quantum(currency)) + Fraction(1, 2))
    return (-units if exact < 0 else units) * quantum(currency)


def _tax_base(line: PricedLine) -> Decimal:
    taxable = line.stated.taxable_amount
    return line.charged if taxable is None or line.stated.includes_tax else taxable


def _shared_tax(bases: Sequence[Decimal], part: Fraction, currency: str) -> list[Decimal]:
    """Return `part` of each base, rounded so that together they are `part` of the sum, rounded once, half up."""
    smallest = quantum(currency)
    exact = [Fraction(base) * part / Fraction(smallest) for base in bases]
    whole = sum(exact, Fraction(0))
    sign = -1 if whole < 0 else 1
    units = int(abs(whole) + Fraction(1, 2))
    return [sign * share * smallest for share in largest_remainder([sign * value for value in exact], units)]


def _agreed(stated: LineInput, calculated: Decimal, currency: str) -> Decimal:
    """Return the stated tax where one is stated and it is within rounding of the calculated one.

    Every jurisdiction rounds its own part, and a seller may round per line or per document: one unit each.
    """
    if stated.stated_tax is None:
        return calculated
    tolerance = quantum(currency) * max(1, len(stated.tax_details))
    if abs(stated.stated_tax - calculated) > tolerance:
        raise TotalsMismatch(
            _("tax_amount is {stated_tax}, but the line's rate makes {calculated}").format(
                stated_tax=stated.stated_tax, calculated=calculated
            ),
            field=f"{stated.path}.tax_amount",
            stated=str(stated.stated_tax),
            computed=str(calculated),
        )
    return stated.stated_tax


def _completed(line: PricedLine, tax: Decimal, currency: str) -> PricedLine:
    stated = line.stated
    net = line.charged - tax if stated.includes_tax else line.charged
    if stated.includes_tax and abs(tax) > abs(line.charged):
        raise TotalsMismatch(
            _("tax_amount is {tax}, more than the {charged} that includes it").format(tax=tax, charged=line.charged),
            field=f"{stated.path}.tax_amount",
        )
    discount = stated.discount_amount + line.document_discount
    if stated.includes_tax and discount and line.tax_rate:
        discount = split_gross(discount, line.tax_rate, currency).net
    return replace(line, net=net, tax=tax, discount_net=discount)
