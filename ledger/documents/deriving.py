"""Which tax code a line has when its sender says nothing about tax. Pure.

The item's code comes first, then the customer's or vendor's (its own code, its exemption, its country), then that of
the account the line names, then the company's, then that of the account such lines usually post to. Each is the code
of its family for the date of supply. What was stated is never changed; what was derived is derived anew when the
document changes, so a line remembers where its code came from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Self

from ledger.documents.models import DocumentLine, TaxStatus
from ledger.documents.stated import COPIED, StatedLine
from ledger.errors import UnknownTaxCode
from ledger.models import Account, TaxFamily
from ledger.tax import TaxRule
from ledger.tax_book import TaxBook

_PURCHASES: Final = frozenset(
    {
        *(TaxFamily.INPUT_STANDARD, TaxFamily.INPUT_REDUCED),
        *(TaxFamily.ACQUISITION_STANDARD, TaxFamily.ACQUISITION_REDUCED),
        *(TaxFamily.RECIPIENT_STANDARD, TaxFamily.RECIPIENT_REDUCED),
    }
)
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
        is_other_side = rule is not None and rule.family != "" and (rule.family in _PURCHASES) != self.is_purchase
        return None if is_other_side else rule


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSources:
    """What one line derives its tax from: its item's code, whether it is about goods, the day it was supplied where
    that is not the document's, the account that line, item or document name, and the party's `default` account."""

    item_code: str = ""
    are_goods: bool = False
    day: date | None = None
    account: Account | None = None
    default: Account | None = None

    def posts_to(self, rule: TaxRule | None, book: TaxBook) -> Account | None:
        """Return the account that a line of the code posts to; None for that of the code, else the usual one."""
        if self.account is not None or self.default is None:
            return self.account
        is_other = rule is not None and rule.account_id is not None and contradicts(self.default, rule, book)
        return None if is_other else self.default


def taxed_line(line: StatedLine, own: LineSources, sources: TaxSources) -> StatedLine:
    """Return a line with its tax code. Raises UnknownTaxCode for a code that is not for the date of supply."""
    sources = sources.of_day(own.day)
    if line.tax_code:
        if not line.tax_source and sources.book.named(line.tax_code) is not None:
            sources.book.check(line.tax_code, [sources.day], field=f"{line.path}.tax_code")
        return line
    if line.tax_rate is not None or line.stated_tax is not None:
        return line
    if line.tax_status not in ("", TaxStatus.TAXABLE):
        rule = sources.book.of_families(_families_of(line.tax_status, sources.position), sources.day)
        return replace(line, tax_code=rule.code, tax_source="status") if rule else line
    for source, rule in _candidates(line.path, own, sources):
        if rule is not None:
            return replace(line, tax_code=rule.code, tax_source=source)
    return line


def _families_of(status: str, position: TaxPosition) -> tuple[str, ...]:
    """Return the families of codes for a stated status. What is not taxed here is a supply abroad only where the
    customer or vendor is abroad; at home it has no code, as damages and grants have none."""
    families = _OF_STATUS.get(status, ())
    if status in (TaxStatus.NON_TAXABLE, TaxStatus.OUT_OF_SCOPE):
        return tuple(family for family in families if family in position.services)
    return families


def as_posted(line: StatedLine, row: DocumentLine | None) -> StatedLine:
    """Return a line of a posted document that is sent again, with the tax that was derived for it when it posted."""
    says_nothing = not line.tax_code and line.tax_rate is None and line.stated_tax is None
    if row is None or row.tax_source in ("", COPIED) or not says_nothing:
        return line
    return replace(line, tax_code=row.tax_code, tax_source=row.tax_source)


def derived_rule(own: LineSources, sources: TaxSources) -> TaxRule | None:
    """Return the code of a line that says nothing about tax; None for no tax."""
    return next((rule for _, rule in _candidates("lines[0]", own, sources) if rule is not None), None)


def _candidates(path: str, own: LineSources, sources: TaxSources) -> Iterator[tuple[str, TaxRule | None]]:
    position = sources.position
    if own.item_code:
        rule = sources.book.on(own.item_code, sources.day)
        if rule is None:
            raise UnknownTaxCode(
                f"the item's tax code {own.item_code} is inactive, or none like it is for a supply on {sources.day}",
                field=f"{path}.tax_code",
            )
        yield "item", rule
    party = "vendor" if sources.is_purchase else "customer"
    yield party, sources.on(position.code)
    if position.is_exempt:
        yield party, sources.book.of_families([TaxFamily.EXEMPT], sources.day)
        return  # nothing charges an exempt customer
    company = sources.on(sources.company_code)
    if company is None or company.family != TaxFamily.SMALL_BUSINESS:
        yield party, sources.book.of_families(position.families(are_goods=own.are_goods), sources.day)
    account = own.account or own.default
    yield "account", sources.on(account.automatic_tax_code if account else "")
    yield "company", company
    yield "account", sources.on(sources.usual_code)


def contradicts(account: Account, rule: TaxRule | None, book: TaxBook) -> bool:
    """Whether an automatic account is for another code than the line's: 8400 for a line of 7 %."""
    automatic = book.named(account.automatic_tax_code)
    if automatic is None:
        return False
    if rule is None:
        return bool(automatic.rate)
    return automatic.code != rule.code and (automatic.family != rule.family or not rule.family)


def tax_warnings(line: DocumentLine, own: LineSources, sources: TaxSources) -> Iterator[dict[str, Any]]:
    """Yield what somebody should look at: a line without tax on an account that is taxed, a line of one rate on the
    account of another, a taxed line of an item for a customer who is usually not charged."""
    sources, path = sources.of_day(own.day), f"lines[{line.line_number - 1}]"
    rule = sources.book.named(line.tax_code)
    is_lifted = rule is not None and bool(rule.rate) and line.tax_status != TaxStatus.TAXABLE
    charged = sources.book.of_families([TaxFamily.EXEMPT], sources.day) if is_lifted else rule
    account = own.posts_to(charged, sources.book)
    expected = sources.on(_automatic_code(account, charged, sources)) if account or not is_lifted else None
    if line.net_amount and expected is not None:
        where = f"account {account}" if account else "the usual account"
        if expected.rate and not line.tax_amount and not (rule and rule.self_assess_account_id):
            yield {
                "code": "UNTAXED_LINE",
                "message": f"the line is not taxed, but {where} is for {expected.code} "
                f"({expected.rate.normalize():f} %); state a tax code or another account if that is not meant",
                "field": f"{path}.tax_code",
            }
        elif line.tax_rate is not None and line.tax_amount and line.tax_rate != expected.rate:
            yield {
                "code": "TAX_ACCOUNT_MISMATCH",
                "message": f"the line is taxed at {line.tax_rate.normalize():f} %, but {where} is for {expected.code} "
                f"({expected.rate.normalize():f} %)",
                "field": f"{path}.account_id",
            }
    families = sources.position.families(are_goods=own.are_goods)
    usual = sources.book.of_families(families, sources.day)
    if usual is not None and line.tax_source == "item" and rule is not None and rule.rate and rule.code != usual.code:
        yield {
            "code": "TAX_FOR_CUSTOMER",
            "message": f"the item's tax code {rule.code} was taken, but {sources.position.reason}: that is usually "
            f"{usual.code}",
            "field": f"{path}.tax_code",
        }


def _automatic_code(account: Account | None, rule: TaxRule | None, sources: TaxSources) -> str:
    """Return the automatic code of the account that a line posts to."""
    if account is not None:
        return account.automatic_tax_code
    return rule.code if rule is not None and rule.account_id is not None else sources.usual_code
