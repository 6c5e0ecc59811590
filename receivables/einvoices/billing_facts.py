"""What an invoice carries for its buyer's programs, under the terms of EN 16931. Pure.

References, earlier invoices, discounts for early payment, the way it is paid, another payee, a tax representative and
attached files; on lines the buyer's own numbers. A credit memo has the references of its invoice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from backfill.letters.addresses import postal_address
from backfill.letters.languages import Language
from backfill.letters.letterhead import Account, accounts_of
from receivables.customers.buyer_details import Printable
from receivables.einvoices.parties import Party, address_terms, written_vat_id
from receivables.models import Invoice, InvoiceLine
from receivables.printing.billing_facts import prepayment_texts

Data = dict[str, Any]
GTIN: Final = "0160"  # ISO/IEC 6523
CREDIT_TRANSFER, SEPA_TRANSFER, DIRECT_DEBIT = "30", "58", "59"  # UNTDID 4461
_REFERENCE_TERMS: Final = {
    "project": "BT-11",
    "contract": "BT-12",
    "order": "BT-13",
    "receiving_advice": "BT-15",
    "despatch_advice": "BT-16",
    "accounting": "BT-19",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is written into the e-invoice (BG-24)."""

    name: str
    mime_type: str
    content: bytes


def references(document: Printable) -> Data:
    """BT-11 to BT-19: what the buyer wants named, and our order (BT-14). BG-3: earlier invoices."""
    invoice = document if isinstance(document, Invoice) else document.invoice
    if invoice is None:
        return {}
    stated = invoice.references
    tender, subject = stated.get("tender"), stated.get("object")
    named = {
        **{term: stated.get(name, "") for name, term in _REFERENCE_TERMS.items()},
        "BT-17": [tender] if tender else [],
        "BT-18": {None: subject} if subject else {},
    }
    if document is not invoice:
        return {**named, "BG-3": [{"BT-25": invoice.document_number, "BT-26": invoice.document_date}]}
    order = invoice.sales_order.document_number if invoice.sales_order else ""
    return {
        **named,
        "BT-14": order,
        "BG-3": [*_preceding(invoice.preceding_invoices), *_preceding(invoice.prepayments)],
    }


def _preceding(invoices: Sequence[Mapping[str, Any]]) -> list[Data]:
    return [{"BT-25": one["number"], "BT-26": _day(one.get("date"))} for one in invoices if one.get("number")]


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)[:10]) if text else None


def notes(document: Printable, language: Language) -> list[Data]:
    """BG-1: the document's own note, and what advance invoices are taken off with their tax (§ 14 (5) UStG)."""
    texts = [document.notes, *prepayment_texts(document, language)]
    return [{"BT-22": text} for text in texts if text]


def terms(document: Invoice) -> str:
    """BT-20: the terms in words, and discounts for early payment in the form that programs read."""
    discounts = [cash_discount_code(one) for one in document.cash_discounts]
    return "\n".join(filter(None, (document.terms, *discounts)))


def cash_discount_code(discount: Mapping[str, Any]) -> str:
    """Return «#SKONTO#TAGE=14#PROZENT=2.00#», with its base where that is not the total (XRechnung, BT-20)."""
    base = discount.get("base_amount")
    part = f"#BASISBETRAG={Decimal(str(base)):.2f}" if base not in (None, "") else ""
    return f"#SKONTO#TAGE={int(discount['days'])}#PROZENT={Decimal(str(discount['percent'])):.2f}{part}#"


def payment(document: Invoice) -> Data:
    """BG-16: a direct debit from the customer's account (BG-19), else a transfer to one of the accounts (BG-17)."""
    if document.is_direct_debit:
        mandate = document.customer.direct_debit
        return {
            "BT-81": DIRECT_DEBIT,
            "BT-83": document.document_number,
            "BT-89": mandate.get("mandate_reference", ""),
            "BT-90": document.company.creditor_id,
            "BT-91": mandate.get("iban", ""),
        }
    accounts = accounts_of(document.company)
    if not accounts:
        return {}
    is_sepa = document.currency == "EUR" and all(account.iban.in_sepa_zone for account in accounts)
    first, *others = [_account(account) for account in accounts]
    code = SEPA_TRANSFER if is_sepa else CREDIT_TRANSFER
    return {"BT-81": code, "BT-83": document.document_number, **first, "BG-17": others}


def _account(account: Account) -> Data:
    return {"BT-84": str(account.iban), "BT-85": account.holder, "BT-86": account.bic}


def payee(document: Printable) -> Party:
    """BG-10: who is paid instead of the seller."""
    stated = document.payee if isinstance(document, Invoice) else {}
    if not stated.get("name"):
        return {}
    return {
        "name": stated["name"],
        "identifiers": {None: stated["identifier"]} if stated.get("identifier") else {},
        "legal_identifier": stated.get("legal_identifier", ""),
    }


def tax_representative(document: Printable) -> Party:
    """BG-11: who answers for the seller's tax, where it has one."""
    stated = document.company.tax_representative
    if not stated.get("name"):
        return {}
    address = postal_address(stated.get("address") or {})
    return {
        "name": stated["name"],
        "vat_identifier": written_vat_id(str(stated.get("vat_id", "")), address.country),
        **address_terms(address),
    }


def attachments(files: Sequence[Attachment]) -> list[Data]:
    """BG-24: attached files with their content."""
    return [
        {
            "BT-122": str(number),
            "BT-123": file.name,
            "BT-125": file.content,
            "BT-125-1": file.mime_type,
            "BT-125-2": file.name,
        }
        for number, file in enumerate(files, start=1)
    ]


def line_facts(line: Any) -> Data:
    """BG-25: the note, the buyer's numbers, the GTIN, the day of delivery."""
    if not isinstance(line, InvoiceLine):
        return {}
    day = line.delivered_on
    return {
        "BT-127-00": [{"BT-127": line.note}] if line.note else [],
        "BT-132": line.buyer_order_line,
        "BT-133": line.accounting_reference,
        **({"BT-134": day, "BT-135": day} if day else {}),
        "BT-156": line.buyer_sku,
        **({"BT-157": line.gtin, "BT-157-1": GTIN} if line.gtin else {}),
    }
