"""What a printed invoice says of references, ways to pay and advance invoices. Pure."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from backfill.letters.languages import Figures, Language
from backfill.letters.wording import word
from ledger.currencies.money import quantize
from receivables.customers.buyer_details import Printable
from receivables.models import Invoice, InvoiceLine
from receivables.printing.sums import Sheet

_REFERENCES: Final = (
    *("order", "contract", "project", "receiving_advice", "despatch_advice", "tender", "object", "accounting"),
)


def title_word(sheet: Sheet) -> str:
    """Return what kind of paper it is: an invoice by its type, one that takes advance invoices off a final one."""
    document = sheet.document
    if not isinstance(document, Invoice):
        return sheet.word("credit_memo")
    if document.prepayments and document.invoice_type == "380":
        return sheet.word("final_invoice")
    return sheet.word("invoice" if document.invoice_type == "380" else f"type_{document.invoice_type}")


def reference_facts(sheet: Sheet) -> list[tuple[str, str]]:
    """Return what the buyer wants named, and earlier invoices."""
    document = sheet.document
    invoice = document if isinstance(document, Invoice) else document.invoice
    if invoice is None:
        return []
    facts = [(sheet.word(f"reference_{name}"), str(invoice.references.get(name) or "")) for name in _REFERENCES]
    if invoice is document:
        facts += [(sheet.word("for_invoice"), str(one["number"])) for one in invoice.preceding_invoices]
    return facts


def line_details(sheet: Sheet, line: Any) -> Iterator[str]:
    """Yield what is told below a line: the buyer's numbers, the price before its discount, the day, the note."""
    if not isinstance(line, InvoiceLine):
        return
    for name in ("buyer_sku", "gtin", "buyer_order_line"):
        if value := getattr(line, name):
            yield f"{sheet.word(name)}: {value}"
    if line.list_price is not None:
        yield sheet.word("list_price", price=sheet.figures.price(line.list_price))
    if line.delivered_on:
        yield sheet.word("delivered_on_line", day=sheet.figures.day(line.delivered_on))
    if line.note:
        yield line.note


def cash_discount_lines(sheet: Sheet) -> Iterator[str]:
    """Yield a sentence per discount for early payment, with the day, the discount and what is then to be paid."""
    document = sheet.document
    if not isinstance(document, Invoice):
        return
    due = document.total_amount - document.prepaid_amount
    for one in document.cash_discounts:
        base = one.get("base_amount")
        percent = Decimal(str(one["percent"]))
        of = Decimal(str(base)) if base not in (None, "") else due
        discount = quantize(of * percent / 100, document.currency)
        yield sheet.word(
            "cash_discount",
            percent=sheet.figures.percent(percent),
            day=sheet.figures.day(document.document_date + timedelta(days=int(one["days"]))),
            discount=sheet.figures.money(discount),
            amount=sheet.figures.money(due - discount),
        )


def direct_debit_text(sheet: Sheet, amount: str) -> str:
    """Return what is said in place of a demand for a transfer (pre-notification)."""
    mandate = sheet.document.customer.direct_debit
    return sheet.word(
        "direct_debit",
        amount=amount,
        iban=str(mandate.get("iban", "")),
        mandate=str(mandate.get("mandate_reference", "")),
        creditor=sheet.document.company.creditor_id,
    )


def party_notes(sheet: Sheet) -> Iterator[str]:
    """Yield another payee and the tax representative, where there are such."""
    document = sheet.document
    if isinstance(document, Invoice) and document.payee.get("name"):
        yield sheet.word("payee", name=document.payee["name"])
    representative = document.company.tax_representative
    if representative.get("name"):
        facts = {"name": representative["name"], "vat_id": str(representative.get("vat_id", ""))}
        yield sheet.word("tax_representative", **facts)


def prepayment_texts(document: Printable, language: Language) -> list[str]:
    """Return a sentence per advance invoice that is taken off: number, date, amount and the tax in it."""
    if not isinstance(document, Invoice):
        return []
    figures = Figures.of(language, document.company, document.currency)
    return [
        word("prepayment_of", language).format(
            number=one["number"],
            day=figures.day(date.fromisoformat(one["date"])),
            amount=figures.money(Decimal(one["amount"])),
            tax=figures.money(Decimal(one["tax_amount"])),
        )
        for one in document.prepayments
        if one.get("amount")
    ]
