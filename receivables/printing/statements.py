"""A customer's statement of account as a letter: what moved, the balance, and what is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from backfill.letters.languages import Figures, Language
from backfill.letters.letterhead import letterhead, paper_of
from backfill.letters.pdf import pdf_of
from backfill.letters.remittance import payment_box, payment_reference
from backfill.letters.wording import word
from ledger.open_items.ageing import AgedItem
from ledger.open_items.statements import Movement
from receivables.ageing import open_items
from receivables.customers.buyer_details import customer_address, customer_names
from receivables.customers.language import language_of
from receivables.models import Customer
from receivables.statements import CustomerStatement

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A statement with what most parts of its letter need. `open_items` are those in its currency."""

    statement: CustomerStatement
    open_items: Sequence[AgedItem]
    language: Language
    figures: Figures

    @property
    def customer(self) -> Customer:
        return self.statement.customer

    @property
    def is_owing(self) -> bool:
        return self.statement.closing > 0

    def word(self, key: str, **facts: str) -> str:
        return word(key, self.language).format(**facts)


def statement_pdf(statement: CustomerStatement) -> bytes:
    """Return the letter (PDF/A-3b) in the customer's language, dated the last day of the statement."""
    customer = statement.customer
    items = open_items(company_id=customer.company_id, customer_id=customer.id, as_of=statement.end)
    language = language_of(customer)
    figures = Figures.of(language, customer.company, statement.currency)
    own = [item for item in items if item.currency == statement.currency]
    return pdf_of("receivables/statement.typ", _content(_Sheet(statement, own, language, figures)))


def statement_name(statement: CustomerStatement) -> str:
    """Return the name of the letter's file: `statement-2026-03-31.pdf`."""
    stem = word("statement_file", language_of(statement.customer))
    return f"{stem}-{statement.end.isoformat()}.pdf"


def _content(sheet: _Sheet) -> dict[str, Any]:
    statement, company = sheet.statement, sheet.customer.company
    day = sheet.figures.day
    names = [name for name in customer_names(sheet.customer) if name]
    address = customer_address(sheet.customer).lines(sender_country=company.country, language=sheet.language)
    facts = [
        (sheet.word("date"), day(statement.end)),
        (sheet.word("period"), f"{day(statement.start)} – {day(statement.end)}"),
        (sheet.word("buyer_vat_id"), sheet.customer.vat_id),
    ]
    return {
        "lang": sheet.language,
        "paper": paper_of(company),
        "date": [statement.end.year, statement.end.month, statement.end.day],
        "title": sheet.word("statement"),
        "stamp": "",
        "sender": letterhead(company, sheet.language),
        "recipient": [*names, *address],
        "facts": [[label, value] for label, value in facts if value],
        "movements": _movements(sheet),
        "sums": _sums(sheet),
        "open_title": sheet.word("open_items", day=day(statement.end)),
        "open": _open(sheet) if sheet.open_items else None,
        "payment": _payment(sheet),
        "page_of": word("page_of", sheet.language),
    }


def _movements(sheet: _Sheet) -> dict[str, Any]:
    statement, figures = sheet.statement, sheet.figures
    columns = ("day", "document", "due", "charged", "credited", "balance")
    first = {
        **dict.fromkeys(columns, ""),
        "day": figures.day(statement.start),
        "document": sheet.word("brought_forward"),
        "balance": figures.amount(statement.opening),
    }
    rows = [_row(sheet, one) for one in statement.movements]
    return {
        "unit": sheet.word("amounts_in", currency=statement.currency),
        "columns": [{"key": key, "title": sheet.word(_TITLES[key]), "is_text": key == "day"} for key in columns],
        "rows": [first, *rows],
    }


def _row(sheet: _Sheet, movement: Movement) -> dict[str, str]:
    figures = sheet.figures
    document = f"{sheet.word(movement.kind)} {movement.document_number}".strip()
    return {
        "day": figures.day(movement.on),
        "document": sheet.word("void_of", document=document) if movement.is_void else document,
        "due": figures.day(movement.due_date) if movement.due_date and not movement.is_void else "",
        "charged": figures.amount(movement.amount) if movement.amount > 0 else "",
        "credited": figures.amount(-movement.amount) if movement.amount <= 0 else "",
        "balance": figures.amount(movement.balance),
    }


def _sums(sheet: _Sheet) -> list[dict[str, str]]:
    statement, figures = sheet.statement, sheet.figures
    is_credit = statement.closing < 0
    key = "balance_in_your_favour" if is_credit else "balance_on"
    total = {
        "kind": "total",
        "label": sheet.word(key, day=figures.day(statement.end)),
        "value": figures.money(abs(statement.closing)),
    }
    overdue = sum((item.amount for item in sheet.open_items if _is_overdue(item)), ZERO)
    if not overdue or not sheet.is_owing:
        return [total]
    return [total, {"kind": "muted", "label": sheet.word("of_it_overdue"), "value": figures.amount(overdue)}]


def _open(sheet: _Sheet) -> dict[str, Any]:
    figures = sheet.figures
    columns = ("day", "document", "due", "days", "amount")
    return {
        "unit": sheet.word("amounts_in", currency=sheet.statement.currency),
        "columns": [{"key": key, "title": sheet.word(_TITLES[key]), "is_text": key == "day"} for key in columns],
        "rows": [
            {
                "day": figures.day(item.document_date),
                "document": f"{sheet.word(item.kind)} {item.document_number}".strip(),
                "due": figures.day(item.due_on) if item.kind == "invoice" else "",
                "days": str(item.days_overdue) if _is_overdue(item) else "",
                "amount": figures.amount(item.amount),
            }
            for item in sheet.open_items
        ],
    }


def _payment(sheet: _Sheet) -> dict[str, Any]:
    numbers = [item.document_number for item in sheet.open_items if item.kind == "invoice"]
    return payment_box(
        sheet.customer.company,
        sheet.language,
        amount=sheet.statement.closing if sheet.is_owing else ZERO,
        currency=sheet.statement.currency,
        reference=payment_reference(numbers),
    )


def _is_overdue(item: AgedItem) -> bool:
    return item.kind == "invoice" and item.days_overdue > 0


_TITLES: Final = {
    "day": "day",
    "document": "document",
    "due": "due",
    "days": "days_overdue",
    "charged": "charged",
    "credited": "credited_column",
    "balance": "balance",
    "amount": "open_amount",
}
