"""What a printed invoice or credit memo says: every text formatted, nothing left to decide for the template. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from backfill.letters.languages import Figures
from backfill.letters.letterhead import bank_lines, bic_of, iban_of, letterhead, paper_of, seller_name
from backfill.letters.payment_code import payment_code
from backfill.letters.wording import word
from ledger.models import TaxCode
from receivables.customers.buyer_details import (
    Printable,
    PrintableLine,
    buyer_address,
    buyer_names,
    delivery_address,
    delivery_date,
    line_texts,
    service_period,
    stated_delivery_date,
    unit_of,
)
from receivables.customers.language import language_of
from receivables.models import CreditMemo, Invoice
from receivables.printing.billing_facts import (
    cash_discount_lines,
    direct_debit_text,
    line_details,
    party_notes,
    prepayment_texts,
    reference_facts,
    title_word,
)
from receivables.printing.sums import Sheet, totals
from receivables.taxation.tax_groups import TaxedLine, tax_groups, taxed_lines

ZERO: Final = Decimal(0)


def printed_document(document: Printable, lines: Sequence[Any], codes: Mapping[str, TaxCode]) -> dict[str, Any]:
    """Return everything on the paper as JSON: `lines` in order with their items, `codes` by upper-case code."""
    language = language_of(document.customer)
    figures = Figures.of(language, document.company, document.currency)
    taxed = taxed_lines(lines, codes, currency=document.currency, language=language, country=document.company.country)
    sheet = Sheet(document, language, figures, taxed, tax_groups(taxed))
    kind = title_word(sheet)
    return {
        "lang": language,
        "paper": paper_of(document.company),
        "date": [document.document_date.year, document.document_date.month, document.document_date.day],
        "kind": kind,
        "title": f"{kind} {document}",
        "stamp": sheet.word("void") if document.is_void else "" if document.is_posted else sheet.word("draft"),
        "sender": letterhead(document.company, language),
        "recipient": _recipient(sheet),
        "facts": [[label, value] for label, value in _facts(sheet) if value],
        "table": _table(sheet),
        "totals": totals(sheet),
        "notes": _notes(sheet),
        "payment": _payment(sheet),
        "page_of": word("page_of", language),
    }


def _recipient(sheet: Sheet) -> list[str]:
    name, person = buyer_names(sheet.document)
    address = buyer_address(sheet.document)
    lines = address.lines(sender_country=sheet.document.company.country, language=sheet.language)
    return [line for line in (name, person, *lines) if line]


def _facts(sheet: Sheet) -> list[tuple[str, str]]:
    document, word = sheet.document, sheet.word
    day = sheet.figures.day
    period = service_period(document, [taxed.line for taxed in sheet.lines])
    facts = [
        (word("invoice_number" if sheet.is_invoice else "credit_memo_number"), str(document)),
        (word("date"), day(document.document_date)),
    ]
    if isinstance(document, CreditMemo):
        if document.invoice is not None:
            named = word("of_day", number=str(document.invoice), day=day(document.invoice.document_date))
            facts.append((word("for_invoice"), named))
    else:
        spent = f"{day(period[0])} – {day(period[1])}" if period else ""
        delivered_on = delivery_date(document) if sheet.speaks_of_vat else stated_delivery_date(document)
        delivered = day(delivered_on) if delivered_on and not period else ""
        facts += [
            (word("delivery_period"), spent),
            (word("delivery_date"), delivered),
            (word("due_date"), day(document.due_date) if document.due_date else ""),
            (word("sales_order"), str(document.sales_order) if document.sales_order else ""),
        ]
    facts += [
        *reference_facts(sheet),
        (word("buyer_reference"), document.customer.buyer_reference),
        (word("buyer_vat_id"), document.customer.vat_id),
    ]
    return facts


def _table(sheet: Sheet) -> dict[str, Any]:
    has_discount = any(taxed.line.discount_amount for taxed in sheet.lines)
    has_tax = any(group.category == "S" for group in sheet.groups)
    keys = [
        *("position", "description", "quantity", "price"),
        *(("discount",) if has_discount else ()),
        *(("tax_rate",) if has_tax else ()),
        "amount",
    ]
    return {
        "columns": [{"key": key, "title": sheet.word(key)} for key in keys],
        "rows": [{key: row[key] for key in (*keys, "detail")} for row in (_row(sheet, t) for t in sheet.lines)],
        "unit": sheet.word(
            "amounts_with_tax" if sheet.shows_tax_included else "amounts_in", currency=sheet.document.currency
        ),
    }


def _row(sheet: Sheet, taxed: TaxedLine[PrintableLine]) -> dict[str, str]:
    line, figures = taxed.line, sheet.figures
    stated = sheet.shows_tax_included or not line.amount_includes_tax
    price, discount = (line.unit_amount, line.discount_amount) if stated else (taxed.price, taxed.allowance)
    name, detail = line_texts(line)
    period = service_period(sheet.document, [line])
    if period and period != service_period(sheet.document, [each.line for each in sheet.lines]):
        detail = "\n".join(filter(None, (detail, f"{figures.day(period[0])} – {figures.day(period[1])}")))
    detail = "\n".join(filter(None, (detail, *line_details(sheet, line))))
    unit = unit_of(line)
    reduced = line.discount_percent is not None and discount
    return {
        "position": str(line.line_number),
        "description": name,
        "detail": detail,
        "quantity": f"{figures.quantity(line.quantity)}\N{NO-BREAK SPACE}{unit}".strip(),
        "price": figures.price(price),
        "discount": figures.percent(line.discount_percent or ZERO)
        if reduced
        else figures.amount(-discount)
        if discount
        else "",
        "tax_rate": figures.percent(taxed.rate) if taxed.rate else "",
        "amount": figures.amount(line.amount if stated else taxed.amount),
    }


def _notes(sheet: Sheet) -> list[str]:
    """Why something is not taxed, the document's own notes, and where it was delivered."""
    document = sheet.document
    notes = _reasons(sheet)
    place = delivery_address(document)
    if place:
        lines = place.lines(sender_country=document.company.country, language=sheet.language)
        notes.append(f"{sheet.word('ship_to')}: {', '.join(filter(None, (place.name, *lines)))}")
    notes += [*prepayment_texts(document, sheet.language), *party_notes(sheet)]
    return [note for note in (*notes, document.notes) if note]


def _reasons(sheet: Sheet) -> list[str]:
    """Why lines are not taxed; where there are several such reasons, with the amount each is about."""
    if not sheet.speaks_of_vat:
        return list(dict.fromkeys(filter(None, (taxed.line.tax_exempt_reason for taxed in sheet.lines))))
    untaxed = [group for group in sheet.groups if group.reasons]
    if len(sheet.groups) == 1:
        return [group.reason for group in untaxed]
    return [f"{sheet.figures.amount(group.base)}: {group.reason}" for group in untaxed]


def _payment(sheet: Sheet) -> dict[str, Any]:
    document, company = sheet.document, sheet.document.company
    left = document.total_amount - (document.prepaid_amount if isinstance(document, Invoice) else ZERO)
    amount = sheet.figures.money(left)
    if not isinstance(document, Invoice):
        return {"text": sheet.word("credited", amount=amount), "terms": "", "rows": [], "qr": "", "caption": ""}
    terms = "\n".join(filter(None, (document.terms, *cash_discount_lines(sheet))))
    if not left:
        return {"text": "", "terms": document.terms, "rows": [], "qr": "", "caption": ""}
    if document.is_direct_debit:
        return {"text": direct_debit_text(sheet, amount), "terms": terms, "rows": [], "qr": "", "caption": ""}
    due = document.due_date
    text = sheet.word("please_pay", amount=amount, day=sheet.figures.day(due)) if due else ""
    account = iban_of(company)
    rows = [(sheet.word("account_holder"), seller_name(company)), *bank_lines(company, sheet.language)]
    rows = [(label if label != value else sheet.word("bank"), value) for label, value in rows]
    return {
        "text": text or ("" if document.terms else sheet.word("please_pay_now", amount=amount)),
        "terms": terms,
        "rows": [list(row) for row in (*rows, (sheet.word("remittance"), str(document)))] if account else [],
        "qr": payment_code(
            name=seller_name(company),
            account=account if document.is_posted and not document.is_void else None,
            bic=bic_of(company, account) if account else "",
            amount=left,
            currency=document.currency,
            reference=str(document),
        ),
        "caption": sheet.word("scan_to_pay"),
    }
