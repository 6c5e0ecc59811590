"""How a document's lines are taxed, as invoices must say it: net figures per line, and base and tax per category and
rate. Pure, but for reading the tax codes.

Categories are those of UNTDID 5305 as EN 16931 uses them: S standard, Z zero rate, E exempt, AE reverse charge, K
intra-community supply, G export, O out of scope.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, Generic, TypeVar
from uuid import UUID

from django.db.models.functions import Upper

from backfill.letters.languages import Language
from ledger.documents.models import DocumentLine, TaxStatus
from ledger.models import TaxCode
from ledger.tax.calculation import split_gross

ZERO: Final = Decimal(0)
_PRICE: Final = Decimal("1e-8")
LineT = TypeVar("LineT", bound=DocumentLine)

_CATEGORY_OF_STATUS: Final[dict[str, str]] = {
    TaxStatus.EXEMPT: "E",
    TaxStatus.NON_TAXABLE: "O",
    TaxStatus.ZERO_RATED: "Z",
    TaxStatus.OUT_OF_SCOPE: "O",
    TaxStatus.REVERSE_CHARGE: "AE",
}
_WITHOUT_ZERO_RATE: Final = frozenset({"DE"})
"""Countries whose law has no general rate of zero: there, what is not taxed is exempt or outside the scope."""
# What the law wants said (Art. 226 (11) and (11a) of the EU VAT directive, § 14a UStG).
_MENTIONS: Final[dict[str, tuple[str, str]]] = {
    "AE": ("Reverse charge", "Steuerschuldnerschaft des Leistungsempfängers"),
    "K": ("Exempt intra-Community supply", "Steuerfreie innergemeinschaftliche Lieferung"),
    "G": ("Exempt export", "Steuerfreie Ausfuhrlieferung"),
    "O": ("Not subject to VAT", "Nicht steuerbar"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxedLine(Generic[LineT]):
    """A line without tax: quantity × price − allowance = amount; less its share of the document's discount it is what
    the tax is calculated on. `category` is empty where nothing says how the line is taxed."""

    line: LineT
    quantity: Decimal
    price: Decimal
    allowance: Decimal
    amount: Decimal
    document_allowance: Decimal
    category: str
    rate: Decimal
    reason: str

    @property
    def base(self) -> Decimal:
        return self.amount - self.document_allowance


@dataclass(slots=True, kw_only=True)
class TaxGroup:
    """All lines of one category and rate (percent). `reason` says why nothing is charged, where the law asks that."""

    category: str
    rate: Decimal
    base: Decimal = ZERO
    tax: Decimal = ZERO
    allowance: Decimal = ZERO
    reasons: list[str] = field(default_factory=list)

    @property
    def reason(self) -> str:
        return "; ".join(self.reasons)


def tax_codes_of(company_id: UUID, lines: Iterable[DocumentLine]) -> dict[str, TaxCode]:
    """Return the company's codes that the lines carry, by upper-case code; also those no longer in use."""
    wanted = {line.tax_code.upper() for line in lines if line.tax_code}
    if not wanted:
        return {}
    rows = TaxCode.objects.annotate(upper=Upper("code")).filter(company_id=company_id, upper__in=wanted)
    return {row.code.upper(): row for row in rows}


def taxed_lines(
    lines: Sequence[LineT], codes: Mapping[str, TaxCode], *, currency: str, language: Language, country: str
) -> list[TaxedLine[LineT]]:
    """Return the lines of a seller in `country` without tax. Where amounts include it, the net price is exact to eight
    decimals."""
    return [_taxed(line, codes.get(line.tax_code.upper()), currency, language, country) for line in lines]


def tax_groups(lines: Iterable[TaxedLine[LineT]]) -> list[TaxGroup]:
    """Return base and tax per category and rate, the highest rate first."""
    groups: dict[tuple[str, Decimal], TaxGroup] = {}
    for taxed in lines:
        group = groups.setdefault(
            (taxed.category, taxed.rate.normalize()), TaxGroup(category=taxed.category, rate=taxed.rate)
        )
        group.base += taxed.base
        group.tax += taxed.line.tax_amount
        group.allowance += taxed.document_allowance
        if taxed.reason and taxed.reason not in group.reasons:
            group.reasons.append(taxed.reason)
    return sorted(groups.values(), key=lambda group: (-group.rate, group.category))


def _taxed(line: LineT, code: TaxCode | None, currency: str, language: Language, country: str) -> TaxedLine[LineT]:
    category = _category(line, code, country)
    price, allowance, share = line.unit_amount, line.discount_amount, line.document_discount
    amount = line.amount
    if line.amount_includes_tax and line.tax_amount:
        rate = line.tax_rate or line.tax_amount / line.net_amount * 100 if line.net_amount else ZERO
        allowance, share = (split_gross(part, rate, currency).net for part in (allowance, share))
        amount = line.net_amount + share
        price = ((amount + allowance) / line.quantity).quantize(_PRICE) if line.quantity else ZERO
    sign = -1 if price < 0 else 1  # EN 16931, BR-27: a price is never negative, a quantity may be
    return TaxedLine(
        line=line,
        quantity=sign * line.quantity,
        price=sign * price,
        allowance=allowance,
        amount=amount,
        document_allowance=share,
        category=category,
        rate=(line.tax_rate or ZERO) if category == "S" else ZERO,
        reason=_reason(line, code, category, language),
    )


def _category(line: DocumentLine, code: TaxCode | None, country: str) -> str:
    """The code's category, unless the line is exempt from what its code would charge; without one, what it says. Where
    the law has no rate of zero, a line without tax is exempt for the reason that it states, else outside the scope."""
    taxable = line.tax_status == TaxStatus.TAXABLE
    if code is not None and (taxable or not code.rate):
        return code.category
    if not taxable:
        return _CATEGORY_OF_STATUS[line.tax_status]
    if line.tax_amount or line.tax_rate:
        return "S"
    if country in _WITHOUT_ZERO_RATE and (line.tax_rate is not None or line.stated_tax is not None):
        return "E" if line.tax_exempt_reason else "O"
    return "Z" if line.tax_rate is not None else ""


def _reason(line: DocumentLine, code: TaxCode | None, category: str, language: Language) -> str:
    if category in ("S", "Z", ""):
        return ""
    mention = _MENTIONS.get(category, ("", ""))[1 if language == "de" else 0]
    own = line.tax_exempt_reason or ((code.description or code.label) if code and not mention else "")
    if not mention or mention.casefold() in own.casefold():
        return own or ("Steuerfrei" if language == "de" else "Exempt")
    return f"{mention} ({own})" if own else mention
