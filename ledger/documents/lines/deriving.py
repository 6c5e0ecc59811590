"""Which tax code a line has when its sender says nothing about tax. Pure.

The item's code comes first, then the customer's or vendor's (its own code, its exemption, its country), then that of
the account the line names, then the company's, then that of the account such lines usually post to. Only where the
customer or vendor is not charged does its code go before an item's that charges. Each is the code of its family for
the date of supply. What was stated is never changed; what was derived is derived anew when the document changes, so a
line remembers where its code came from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final, Self

from django.utils.translation import gettext as _

from ledger.documents.lines.by_rate import coded_by_rate
from ledger.documents.lines.line_input import BY_RATE, COPIED, LineInput
from ledger.documents.models import DocumentLine, TaxStatus
from ledger.errors import UnknownTaxCode
from ledger.models import Account, TaxFamily
from ledger.tax.book import TaxBook
from ledger.tax.calculation import TaxRule
from ledger.tax.rules import PURCHASES

_CHARGING: Final[Mapping[bool, tuple[str, str]]] = {
    False: (TaxFamily.OUTPUT_STANDARD, TaxFamily.OUTPUT_REDUCED),
    True: (TaxFamily.INPUT_STANDARD, TaxFamily.INPUT_REDUCED),
}
_OF_STATUS: Final[Mapping[str, tuple[str, ...]]] = {
    TaxStatus.EXEMPT: (TaxFamily.EXEMPT,),
    TaxStatus.NON_TAXABLE: (TaxFamily.OUTSIDE, TaxFamily.FOREIGN_SERVICES),
    TaxStatus.OUT_OF_SCOPE: (TaxFamily.OUTSIDE, TaxFamily.FOREIGN_SERVICES),
    TaxStatus.ZERO_RATED: (TaxFamily.ZERO,),
    TaxStatus.REVERSE_CHARGE: (TaxFamily.REVERSE_CHARGE, TaxFamily.EU_SERVICES),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxPosition:
    """What the customer or vendor makes of tax: a code of its own, whether it is exempt, and the families of codes for
    goods and services where it is abroad. `reason` is for people."""

    code: str = ""
    is_exempt: bool = False
    goods: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    reason: str = ""

    def families(self, *, are_goods: bool) -> tuple[str, ...]:
        return self.goods if are_goods else self.services


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSources:
    """What a document's lines derive their tax from. `day` is the date of supply; `usual_code` is the automatic code of
    the account that lines post to which name none."""

    book: TaxBook
    day: date
    position: TaxPosition = TaxPosition()
    company_code: str = ""
    usual_code: str = ""
    is_purchase: bool = False

    def of_day(self, day: date | None) -> Self:
        """Return the same for a line that was supplied on a day of its own."""
        return replace(self, day=day) if day else self

    def on(self, code: str) -> TaxRule | None:
        """Return the code for the date of supply, if it is for this side of the business."""
        rule = self.book.on(code, self.day) if code else None
        return rule if rule is not None and self.is_this_side(rule) else None

    def is_this_side(self, rule: TaxRule) -> bool:
        return not rule.family or (rule.family in PURCHASES) == self.is_purchase


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSources:
    """What one line derives its tax from: its item's code, whether it is about goods, the day it was supplied where
    that is not the document's, the account that line, item or document name, and the party's `default` account.
    `discount` is its share of the document's discount."""

    item_code: str = ""
    are_goods: bool = False
    day: date | None = None
    discount: Decimal = Decimal(0)
    account: Account | None = None
    default: Account | None = None

    def of_valid_item(self, sources: TaxSources) -> Self:
        """Return the same without an item's code that is not for the date of supply."""
        is_valid = bool(self.item_code) and sources.book.on(self.item_code, sources.day) is not None
        return self if is_valid else replace(self, item_code="")

    def posts_to(self, rule: TaxRule | None, book: TaxBook) -> Account | None:
        """Return the account that a line of the code posts to; None for that of the code, else the usual one."""
        if self.account is not None or self.default is None:
            return self.account
        is_other = rule is not None and rule.account_id is not None and contradicts(self.default, rule, book)
        return None if is_other else self.default


def taxed_line(line: LineInput, own: LineSources, sources: TaxSources, *, currency: str) -> LineInput:
    """Return a line with its tax code. Raises UnknownTaxCode for a code that is not for the date of supply, and for a
    rate that no code has."""
    sources = sources.of_day(own.day)
    is_ours = sources.book.named(line.tax_code) is not None
    if is_ours and not line.tax_source:
        sources.book.check(line.tax_code, [sources.day], field=f"{line.path}.tax_code")
    says_tax = line.tax_rate is not None or line.stated_tax is not None
    if (line.tax_source == COPIED and (line.tax_code or says_tax)) or is_ours or (line.tax_code and not says_tax):
        return line
    if line.tax_status not in ("", TaxStatus.TAXABLE):
        return line if line.tax_code or line.stated_tax else _of_status(line, sources)
    if says_tax:
        return _of_rate(line, own, sources, currency)
    for source, rule in _candidates(line.path, own, sources):
        if rule is not None:
            return replace(line, tax_code=rule.code, tax_source=source)
    return line


def _of_rate(line: LineInput, own: LineSources, sources: TaxSources, currency: str) -> LineInput:
    """Return a line with the code of its stated rate or tax. Charts without a standard rate take any rate."""
    charging, rules, day = _CHARGING[sources.is_purchase], sources.book.rules.values(), sources.day
    if not any(rule.family in charging for rule in rules):
        return line
    usual = [rule for _, rule in _candidates(line.path, own.of_valid_item(sources), sources)]
    usual += [sources.book.of_families([family], day) for family in charging]
    others = [rule for rule in rules if rule.rate and not rule.self_assess_account_id and sources.is_this_side(rule)]
    known = [*filter(None, usual), *(rule for rule in others if sources.book.is_valid(rule, day))]
    return coded_by_rate(line, known, day, charged=line.amount - own.discount, currency=currency)


def _of_status(line: LineInput, sources: TaxSources) -> LineInput:
    rule = sources.book.of_families(_families_of(line.tax_status, sources.position), sources.day)
    return replace(line, tax_code=rule.code, tax_source="status") if rule else line


def _families_of(status: str, position: TaxPosition) -> tuple[str, ...]:
    """Return the families of codes for a stated status. What is not taxed here is a supply abroad only where the
    customer or vendor is abroad; at home it has no code, as damages and grants have none."""
    families = _OF_STATUS.get(status, ())
    if status in (TaxStatus.NON_TAXABLE, TaxStatus.OUT_OF_SCOPE):
        return tuple(family for family in families if family in position.services)
    return families


def as_posted(line: LineInput, row: DocumentLine | None) -> LineInput:
    """Return a line of a posted document that is sent again, with the tax that it had when it posted."""
    if row is None or line.tax_code or row.tax_source == COPIED:
        return line
    says_nothing = line.tax_rate is None and line.stated_tax is None
    if says_nothing and row.tax_source:
        return replace(line, tax_code=row.tax_code, tax_source=row.tax_source)
    says_the_same = not says_nothing and line.tax_rate in (None, row.tax_rate) and line.stated_tax == row.stated_tax
    if says_the_same and row.tax_source == BY_RATE:
        return replace(line, tax_code=row.tax_code, tax_source=row.tax_source)
    return replace(line, tax_source=COPIED) if says_the_same and not row.tax_code else line


def derived_rule(own: LineSources, sources: TaxSources) -> TaxRule | None:
    """Return the code of a line that says nothing about tax; None for no tax."""
    return next((rule for _, rule in _candidates("lines[0]", own, sources) if rule is not None), None)


def _candidates(path: str, own: LineSources, sources: TaxSources) -> Iterator[tuple[str, TaxRule | None]]:
    position, party = sources.position, "vendor" if sources.is_purchase else "customer"
    lifted = lifting_rule(own, sources)
    item = _rule_of_item(path, own, sources)
    if lifted is not None and item is not None and item.rate:
        yield party, lifted
    if item is not None:
        yield "item", item
    yield party, sources.on(position.code) or lifted
    if position.is_exempt:
        return  # nothing charges an exempt customer
    account = own.account or own.default
    yield "account", sources.on(account.automatic_tax_code if account else "")
    yield "company", sources.on(sources.company_code)
    yield "account", sources.on(sources.usual_code)


def _rule_of_item(path: str, own: LineSources, sources: TaxSources) -> TaxRule | None:
    rule = sources.book.on(own.item_code, sources.day) if own.item_code else None
    if own.item_code and rule is None:
        raise UnknownTaxCode(
            _("the item's tax code {item_code} is inactive, or none like it is for a supply on {day}").format(
                item_code=own.item_code, day=sources.day
            ),
            field=f"{path}.tax_code",
        )
    return rule


def lifting_rule(own: LineSources, sources: TaxSources) -> TaxRule | None:
    """Return the code by which the customer or vendor is not charged: its own, that of its exemption, or that of its
    country; None where it is charged like everybody."""
    position = sources.position
    of_party = sources.on(position.code)
    if of_party is not None:
        return of_party if not of_party.rate else None
    if position.is_exempt:
        return sources.book.of_families([TaxFamily.EXEMPT], sources.day)
    company = sources.on(sources.company_code)
    if company is not None and company.family == TaxFamily.SMALL_BUSINESS:
        return None
    return sources.book.of_families(position.families(are_goods=own.are_goods), sources.day)


def contradicts(account: Account, rule: TaxRule | None, book: TaxBook) -> bool:
    """Whether an automatic account is for another code than the line's: 8400 for a line of 7 %."""
    automatic = book.named(account.automatic_tax_code)
    if automatic is None:
        return False
    if rule is None:
        return bool(automatic.rate)
    return automatic.code != rule.code and (automatic.family != rule.family or not rule.family)
