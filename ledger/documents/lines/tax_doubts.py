"""What somebody should look at about the tax of a document's lines. Pure."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from ledger.documents.lines.deriving import LineSources, TaxSources, lifting_rule
from ledger.documents.lines.line_input import COPIED, STATED_SOURCES
from ledger.documents.models import DocumentLine, TaxStatus
from ledger.models import Account, TaxFamily
from ledger.tax.calculation import TaxRule

NEEDS_NO_REMEDY: Final = frozenset({"ITEM_TAX_NOT_TAKEN"})
"""Warnings that are settled once the document is posted: it says what the customer's tax position makes of it."""


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
        if expected.rate and not line.tax_amount and not (rule and rule.self_assess_account_id):
            yield {
                "code": "UNTAXED_LINE",
                "message": _untaxed(account, expected),
                "field": f"{path}.tax_code",
            }
        elif line.tax_rate is not None and line.tax_amount and line.tax_rate != expected.rate:
            yield {
                "code": "TAX_ACCOUNT_MISMATCH",
                "message": _other_rate(account, expected, line.tax_rate),
                "field": f"{path}.account_id",
            }
    yield from _doubts_of_party(line, rule, own, sources, path)


def _doubts_of_party(
    line: DocumentLine, rule: TaxRule | None, own: LineSources, sources: TaxSources, path: str
) -> Iterator[dict[str, Any]]:
    """Yield that a customer who is not charged took the place of the item's code, or is charged as a line states."""
    party = "vendor" if sources.is_purchase else "customer"
    lifting, is_exempt = lifting_rule(own, sources), sources.position.is_exempt
    if rule is None or not line.net_amount or not (lifting or is_exempt):
        return
    reason = sources.position.reason
    item = sources.book.on(own.item_code, sources.day) if own.item_code else None
    is_charged = rule.rate and line.tax_status == TaxStatus.TAXABLE
    if item and item.rate and not is_charged and line.tax_source in (party, "item"):
        code = "ITEM_TAX_NOT_TAKEN"
        message = _not_taken(reason, lifting, item)
    elif is_charged and line.tax_source in STATED_SOURCES - {COPIED}:
        code = "TAX_FOR_CUSTOMER"
        message = _not_expected(reason, lifting, rule)
    else:
        return
    yield {"code": code, "message": message, "field": f"{path}.tax_code"}


def _automatic_code(account: Account | None, rule: TaxRule | None, sources: TaxSources) -> str:
    """Return the automatic code of the account that a line posts to."""
    if account is not None:
        return account.automatic_tax_code
    return rule.code if rule is not None and rule.account_id is not None else sources.usual_code


def _untaxed(account: Account | None, expected: TaxRule) -> str:
    if account is None:
        message = _(
            "the line is not taxed, but the usual account is for {code} ({rate:f} %); state a tax code or another "
            "account if that is not meant"
        )
    else:
        message = _(
            "the line is not taxed, but account {account} is for {code} ({rate:f} %); state a tax code or another "
            "account if that is not meant"
        )
    return message.format(account=account, code=expected.code, rate=expected.rate.normalize())


def _other_rate(account: Account | None, expected: TaxRule, charged: Decimal) -> str:
    if account is None:
        message = _("the line is taxed at {charged:f} %, but the usual account is for {code} ({rate:f} %)")
    else:
        message = _("the line is taxed at {charged:f} %, but account {account} is for {code} ({rate:f} %)")
    return message.format(
        account=account, charged=charged.normalize(), code=expected.code, rate=expected.rate.normalize()
    )


def _not_taken(reason: str, lifting: TaxRule | None, item: TaxRule) -> str:
    if lifting:
        message = _("{reason}: {taken} was taken, not {code} of the item; state {code} on the line if it is meant")
        return message.format(reason=reason, taken=lifting.code, code=item.code)
    message = _("{reason}: no tax was taken, not {code} of the item; state {code} on the line if it is meant")
    return message.format(reason=reason, code=item.code)


def _not_expected(reason: str, lifting: TaxRule | None, rule: TaxRule) -> str:
    if lifting:
        message = _("the line states {code} ({rate:f} %), but {reason}: {usual} was expected")
        return message.format(code=rule.code, rate=rule.rate.normalize(), reason=reason, usual=lifting.code)
    message = _("the line states {code} ({rate:f} %), but {reason}: no tax was expected")
    return message.format(code=rule.code, rate=rule.rate.normalize(), reason=reason)
