"""What an invoice says for its buyer's program: its type, cash discounts, the payee, references, facts of its lines.

Each field of the header is one input. Lists are typed in one line, their parts separated by semicolons, and stay word
for word as they came over the API while nobody changes them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.days import typed_day
from backfill.workspace.formats import formats_of
from backfill.workspace.numbers import NotANumber, parse_number
from ledger.documents.pages.header_fields import HeaderField
from ledger.documents.pages.line_facts import LineFact
from receivables.attachments import attached_files, files_by_id
from receivables.models import Invoice, InvoiceType

_DAYS = re.compile(r"(\d{1,4})\s*(?:days?|Tagen?|d|T)\b", re.IGNORECASE)
_PERCENT = re.compile(r"([\d.,]+)\s*%")
_BASE = re.compile(r"\b(?:of|on|von|auf)\s+([\d.,'’\s]*\d)", re.IGNORECASE)
_FILLERS = re.compile(r"\b(?:in|within|innerhalb|binnen|bei)\b|[\s,:]", re.IGNORECASE)
_DAY_AT_END = re.compile(r"^(?P<number>.+?)[\s,]+(?:of\s+|vom\s+)?(?P<day>\d{1,4}[-./]\d{1,2}[-./]\d{1,4})$")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EXAMPLE: Final = gettext_lazy("7 days 3 %; 14 days 2 %")


@dataclass(frozen=True, slots=True)
class ChoiceField(HeaderField):
    """One of a few values. Nothing is what the service takes where nobody says."""

    def values(self, text: str, document: Any, company: Company) -> dict[str, Any]:
        if text and text not in dict(self.choices):
            raise ValueError(_("Choose one of the list."))
        return {self.name: text} if text else {}


@dataclass(frozen=True, slots=True)
class DirectDebitField(HeaderField):
    def text(self, document: Any) -> str:
        return "yes" if document.is_direct_debit else ""

    def stored(self, document: Any) -> Any:
        return _("By the customer's mandate") if document.is_direct_debit else ""

    def values(self, text: str, document: Any, company: Company) -> dict[str, Any]:
        return {self.name: text == "yes"}


@dataclass(frozen=True, slots=True)
class InvoiceTypeField(ChoiceField):
    def stored(self, document: Any) -> Any:
        is_plain = document.invoice_type == InvoiceType.INVOICE
        return "" if is_plain else document.get_invoice_type_display()

    def text(self, document: Any) -> str:
        return str(document.invoice_type)


@dataclass(frozen=True, slots=True)
class ListField(HeaderField):
    """A list in one line. Subclasses say how one part of it is written and read."""

    def stored(self, document: Any) -> Any:
        return "; ".join(self.written(one, document.company) for one in getattr(document, self.name))

    def values(self, text: str, document: Any, company: Company) -> dict[str, Any]:
        text = text.strip()
        if text == (self.text(document) if document is not None else ""):
            return {}
        if len(text) > self.length or "\0" in text:
            raise ValueError(_("At most {length} characters.").format(length=self.length))
        parts = [part for part in (each.strip() for each in text.split(";")) if part]
        return {self.name: list(self.read(parts, company))}

    def written(self, one: Mapping[str, Any], company: Company) -> str:
        raise NotImplementedError

    def read(self, parts: list[str], company: Company) -> Iterator[dict[str, Any]]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class CashDiscountsField(ListField):
    def written(self, one: Mapping[str, Any], company: Company) -> str:
        mark = formats_of(company).decimal_mark
        base = f" of {one['base_amount']}" if one.get("base_amount") else ""
        return f"{one['days']} days {one['percent']} %{base}".replace(".", mark)

    def read(self, parts: list[str], company: Company) -> Iterator[dict[str, Any]]:
        for part in parts:
            base = _BASE.search(part)
            rest = part.replace(base[0], " ") if base else part
            days, percent = _DAYS.search(rest), _PERCENT.search(rest)
            if days is None or percent is None:
                raise ValueError(
                    _("«{part}» names no days and percentage; write it like {example}").format(
                        part=part, example=_EXAMPLE
                    )
                )
            if left := _FILLERS.sub("", rest.replace(days[0], " ").replace(percent[0], " ")):
                raise ValueError(
                    _("«{left}» is not understood; write it like {example}").format(left=left, example=_EXAMPLE)
                )
            found: dict[str, Any] = {"days": int(days[1]), "percent": _number(percent[1], company)}
            yield {**found, "base_amount": _number(base[1], company)} if base else found


@dataclass(frozen=True, slots=True)
class PrecedingInvoicesField(ListField):
    def written(self, one: Mapping[str, Any], company: Company) -> str:
        return " ".join(str(one[name]) for name in ("number", "date") if one.get(name))

    def read(self, parts: list[str], company: Company) -> Iterator[dict[str, Any]]:
        for part in parts:
            dated = _DAY_AT_END.fullmatch(part)
            number = dated["number"] if dated else part
            if len(number) > 100:
                raise ValueError(_("The number of an invoice has at most 100 characters."))
            day = typed_day(dated["day"]).isoformat() if dated else None
            yield {"number": number, "date": day} if day else {"number": number}


@dataclass(frozen=True, slots=True)
class PrepaymentsField(ListField):
    """Advance invoices by their numbers."""

    def written(self, one: Mapping[str, Any], company: Company) -> str:
        return str(one["number"])

    def read(self, parts: list[str], company: Company) -> Iterator[dict[str, Any]]:
        own = Invoice.objects.filter(company=company, is_externally_posted=False).exclude(document_number="")
        found = {
            one.document_number.upper(): one.pk
            for part in parts
            for one in own.filter(document_number__iexact=part).only("document_number")
        }
        for part in parts:
            if part.upper() not in found:
                raise ValueError(_("There is no invoice «{part}».").format(part=part))
            yield {"invoice_id": found[part.upper()]}


@dataclass(frozen=True, slots=True)
class AttachmentsField(HeaderField):
    """Files that the e-invoice carries: the ids of those that stay, parted by blanks. New ones come as uploads."""

    def stored(self, document: Any) -> Any:
        return ", ".join(row.original_name for row in attached_files(document))

    def text(self, document: Any) -> str:
        return " ".join(document.attachment_ids)

    def options(self, text: str, company: Company) -> Sequence[tuple[str, Any]]:
        ids = [one for one in text.split() if _ID.fullmatch(one)]
        rows = files_by_id(company.pk, ids) if ids else {}
        return [(key, rows[key].original_name) for key in ids if key in rows]

    def values(self, text: str, document: Any, company: Company) -> dict[str, Any]:
        before = self.text(document) if document is not None else ""
        return {} if text == before else {self.name: [key for key, _name in self.options(text, company)]}


def _number(text: str, company: Company) -> str:
    try:
        return f"{parse_number(text.strip(), formats_of(company)):f}"
    except NotANumber as error:
        raise ValueError(str(error)) from error


INVOICE_TYPE: Final = InvoiceTypeField("invoice_type", gettext_lazy("Kind of invoice"), place="buyer")
DIRECT_DEBIT: Final = DirectDebitField(
    "is_direct_debit",
    gettext_lazy("Paid by"),
    place="buyer",
    choices=(("", gettext_lazy("Bank transfer")), ("yes", gettext_lazy("Direct debit, by the customer's mandate"))),
    fact=gettext_lazy("Direct debit"),
)
CASH_DISCOUNTS: Final = CashDiscountsField(
    "cash_discounts",
    gettext_lazy("Discount for early payment"),
    place="buyer",
    placeholder=_EXAMPLE,
    help=gettext_lazy("Days from the invoice's date, and the percentage. Several are separated by semicolons."),
)
PREPAYMENTS: Final = PrepaymentsField(
    "prepayments",
    gettext_lazy("Advance invoices to take off"),
    place="buyer",
    length=2000,
    placeholder=gettext_lazy("Their numbers, separated by semicolons"),
    fact=gettext_lazy("Advance invoices"),
)
PRECEDING: Final = PrecedingInvoicesField(
    "preceding_invoices",
    gettext_lazy("Earlier invoices it is about"),
    place="buyer",
    length=2000,
    placeholder="R-1001 2026-10-01; R-1002",
    fact=gettext_lazy("Earlier invoices"),
)
PAYEE: Final = tuple(
    HeaderField(f"payee_{key}", label, place="buyer", length=length, inside="payee", key=key)
    for key, label, length in (
        ("name", gettext_lazy("Payee, if not you"), 255),
        ("identifier", gettext_lazy("Payee's number with the customer"), 100),
        ("legal_identifier", gettext_lazy("Payee's register number"), 100),
    )
)
REFERENCES: Final = tuple(
    HeaderField(name, label, place="buyer", length=100, inside="references")
    for name, label in (
        ("despatch_advice", gettext_lazy("Delivery note")),
        ("receiving_advice", gettext_lazy("Customer's goods receipt")),
        ("tender", gettext_lazy("Tender or lot")),
        ("object", gettext_lazy("Object, such as a meter's number")),
        ("accounting", gettext_lazy("Customer's account or cost centre")),
    )
)
ATTACHMENTS: Final = AttachmentsField(
    "attachment_ids",
    gettext_lazy("Files that go along"),
    type="files",
    place="buyer",
    fact=gettext_lazy("Files that go along"),
    help=gettext_lazy("PDF, JPEG or PNG."),
)
BILLING_FIELDS: Final = (
    *(INVOICE_TYPE, CASH_DISCOUNTS, DIRECT_DEBIT, PREPAYMENTS, PRECEDING),
    *(*PAYEE, *REFERENCES, ATTACHMENTS),
)
LINE_FACTS: Final = (
    LineFact("is_charge", gettext_lazy("Charge, such as freight")),
    LineFact("list_price", gettext_lazy("Price before the discount")),
    LineFact("delivered_on", gettext_lazy("Delivered on")),
    LineFact("billing_period_start", gettext_lazy("Period from")),
    LineFact("billing_period_end", gettext_lazy("Period to")),
    LineFact("buyer_sku", gettext_lazy("Customer's item number")),
    LineFact("gtin", gettext_lazy("GTIN")),
    LineFact("buyer_order_line", gettext_lazy("Line of the customer's order")),
    LineFact("accounting_reference", gettext_lazy("Customer's account")),
    LineFact("note", gettext_lazy("Note on the line")),
)
