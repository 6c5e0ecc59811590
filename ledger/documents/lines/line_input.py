"""A line as its sender stated it, completed from its own figures: what is missing is calculated, the rest checked.

Pure. Senders give a line's figures at its top, or in its `detail` object, or in both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError, ValidationFailed
from ledger.currencies.money import ensure_precision, quantize
from ledger.documents.errors import TotalsMismatch
from ledger.documents.lines.values import LineValues
from ledger.documents.models import TaxStatus

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ZERO: Final = Decimal(0)
COPIED: Final = "copied"
"""The source of the tax of a line that was taken over from another document."""
BY_RATE: Final = "rate"
"""The source of a code that was found for the rate or the tax that the sender stated."""
STATED_SOURCES: Final = frozenset({"", COPIED, BY_RATE})
"""The sources of tax that somebody stated; all others derived it."""
_PRICED: Final = gettext_lazy("{field} is {stated}, but quantity × unit_amount less the discount is {calculated}")
_DISCOUNTED: Final = gettext_lazy("{field} is {stated}, but {percent:f} % of {basis} is {calculated}")
_TAXED: Final = gettext_lazy("{field} is {stated}, but tax_details add up to {calculated}")
_UNIT: Final = Decimal("1e-6")
_LARGEST: Final = Decimal("1e13")
_FROM_DETAIL: Final = {
    "quantity": "quantity",
    "unit_amount": "unit_amount",
    "discount_amount": "discount_amount",
    "discount_percent": "discount_percent",
    "subtotal_amount": "amount",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """`amount` = quantity × unit_amount − discount_amount. `stated_tax` is None when the sender gave no tax figure.

    `path` is the sender's name for the line, such as `lines[2]`. `tax_source` says what gave a code nobody stated.
    """

    path: str
    quantity: Decimal
    unit_amount: Decimal
    discount_amount: Decimal
    discount_percent: Decimal | None
    amount: Decimal
    includes_tax: bool
    tax_status: str = ""
    tax_exempt_reason: str = ""
    tax_code: str = ""
    tax_rate: Decimal | None = None
    taxable_amount: Decimal | None = None
    stated_tax: Decimal | None = None
    tax_details: tuple[Mapping[str, Any], ...] = ()
    tax_source: str = ""


def decimal_of(value: Any, path: str) -> Decimal:
    """Return a number from the JSON a sender gave us as it is. Raises ValidationFailed."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= _LARGEST:
        raise ValidationFailed(_("«{value}» is not an amount").format(value=value), field=path)
    return number


def line_input(values: LineValues, *, path: str, currency: str, includes_tax: bool) -> LineInput:
    """Complete and check one line.

    `includes_tax` is the document's answer where the line gives none. Raises ValidationFailed and TotalsMismatch naming
    the field and both figures.
    """
    try:
        return _completed(values, path=path, currency=currency, includes_tax=includes_tax)
    except DomainError as error:
        error.field = _as_stated(error.field, values, path)
        raise


def _as_stated(field: str | None, values: LineValues, path: str) -> str | None:
    """Return the field of a figure as it was stated: at the line's top, or in its `detail`."""
    detail, name = values.get("detail") or {}, (field or "").removeprefix(f"{path}.")
    key = next((key for key, figure in _FROM_DETAIL.items() if figure == name), None)
    is_in_detail = key is not None and detail.get(key) not in (None, "")
    return f"{path}.detail.{key}" if is_in_detail and cast("Mapping[str, Any]", values).get(name) is None else field


def _completed(values: LineValues, *, path: str, currency: str, includes_tax: bool) -> LineInput:
    if values.get("currency") and values["currency"] != currency:
        raise ValidationFailed(
            _("the line is in {currency}, its document in {other}").format(currency=values["currency"], other=currency),
            field=f"{path}.currency",
        )
    figures = _figures(values, path)
    quantity = figures.get("quantity", Decimal(1))
    basis = _basis(figures, quantity, path, currency)
    discount = _discount(figures, basis, path, currency)
    amount = basis - discount
    _compare(figures.get("amount"), amount, _PRICED, f"{path}.amount")
    details = tuple(values.get("tax_details") or ())
    stated_tax = _stated_tax(values, details, path, currency)
    return LineInput(
        path=path,
        quantity=quantity,
        unit_amount=figures.get("unit_amount", (basis / quantity).quantize(_UNIT) if quantity else ZERO),
        discount_amount=discount,
        discount_percent=figures.get("discount_percent"),
        amount=amount,
        includes_tax=_includes_tax(values, details, includes_tax, path),
        tax_status=_tax_status(values, path),
        tax_exempt_reason=values.get("tax_exempt_reason", ""),
        tax_code=values.get("tax_code") or "",
        tax_source=COPIED if values.get("is_copied") else "",
        tax_rate=_rate(values, path),
        taxable_amount=values.get("taxable_amount"),
        stated_tax=stated_tax,
        tax_details=details,
    )


def _figures(values: LineValues, path: str) -> dict[str, Decimal]:
    detail = values.get("detail") or {}
    figures = {
        name: decimal_of(detail[key], f"{path}.detail.{key}")
        for key, name in _FROM_DETAIL.items()
        if detail.get(key) not in (None, "")
    }
    for name in ("quantity", "unit_amount", "discount_amount", "discount_percent", "amount"):
        value = cast("Mapping[str, Any]", values).get(name)
        if value is not None:
            figures[name] = decimal_of(value, f"{path}.{name}")
    for name in ("quantity", "unit_amount"):
        if name in figures and figures[name] != figures[name].quantize(_UNIT):
            raise ValidationFailed(_("{name} has at most six decimals").format(name=name), field=f"{path}.{name}")
    return figures


def _basis(figures: Mapping[str, Decimal], quantity: Decimal, path: str, currency: str) -> Decimal:
    """Return what the line costs before its own discount."""
    if "unit_amount" in figures:
        return quantize(quantity * figures["unit_amount"], currency)
    if "amount" not in figures:
        raise ValidationFailed(_("a line needs its amount, or quantity and unit_amount"), field=f"{path}.amount")
    amount = ensure_precision(figures["amount"], currency, field=f"{path}.amount")
    return amount + figures.get("discount_amount", ZERO)


def _discount(figures: Mapping[str, Decimal], basis: Decimal, path: str, currency: str) -> Decimal:
    percent = figures.get("discount_percent")
    if percent is not None and not 0 <= percent <= 100:
        raise ValidationFailed(_("a discount is between 0 and 100 percent"), field=f"{path}.discount_percent")
    given = figures.get("discount_amount")
    if given is None:
        return quantize(basis * percent / 100, currency) if percent and "unit_amount" in figures else ZERO
    ensure_precision(given, currency, field=f"{path}.discount_amount")
    if given * basis < 0 or abs(given) > abs(basis):
        raise ValidationFailed(
            _("a discount of {given} is not between 0 and the {basis} it is taken from").format(
                given=given, basis=basis
            ),
            field=f"{path}.discount_amount",
        )
    if percent is not None:
        calculated = quantize(basis * percent / 100, currency)
        _compare(given, calculated, _DISCOUNTED, f"{path}.discount_amount", percent=percent, basis=basis)
    return given


def _stated_tax(values: LineValues, details: tuple[Mapping[str, Any], ...], path: str, currency: str) -> Decimal | None:
    """Return the tax that the sender states: the line's, or its jurisdictions' together; both must agree."""
    stated = values.get("tax_amount")
    if stated is not None:
        ensure_precision(stated, currency, field=f"{path}.tax_amount")
    if not details:
        return stated
    together = sum(
        (
            decimal_of(detail.get("tax_amount", 0), f"{path}.tax_details[{index}].tax_amount")
            for index, detail in enumerate(details)
        ),
        ZERO,
    )
    ensure_precision(together, currency, field=f"{path}.tax_details")
    _compare(stated, together, _TAXED, f"{path}.tax_amount")
    return together


def _includes_tax(values: LineValues, details: tuple[Mapping[str, Any], ...], default: bool, path: str) -> bool:
    """Return whether the amount includes the tax. The line and all its details must say the same."""
    stated = values.get("amount_includes_tax")
    for index, detail in enumerate(details):
        says = detail.get("amount_includes_tax")
        stated = says if stated is None else stated
        if says is not None and says != stated:
            raise TotalsMismatch(
                _("the line's amount includes its tax; its tax_details all say so")
                if stated
                else _("the line's amount does not include its tax; its tax_details all say so"),
                field=f"{path}.tax_details[{index}].amount_includes_tax",
            )
    return default if stated is None else bool(stated)


def _tax_status(values: LineValues, path: str) -> str:
    status = values.get("tax_status") or ""
    if status and status not in TaxStatus.values:
        raise ValidationFailed(
            _("tax_status is one of {taxstatus}").format(taxstatus=", ".join(TaxStatus.values)),
            field=f"{path}.tax_status",
        )
    return status


def _rate(values: LineValues, path: str) -> Decimal | None:
    rate = values.get("tax_rate")
    if rate is not None and not 0 <= rate <= 100:
        raise ValidationFailed(_("tax_rate is between 0 and 100 percent"), field=f"{path}.tax_rate")
    return rate


def _compare(
    stated: Decimal | None, calculated: Decimal, message: "StrOrPromise", field: str, **facts: Decimal
) -> None:
    if stated is not None and stated != calculated:
        raise TotalsMismatch(
            str(message).format(field=field, stated=stated, calculated=calculated, **facts),
            field=field,
            stated=str(stated),
            computed=str(calculated),
        )
