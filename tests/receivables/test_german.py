"""What receivables refuse, in German: whole sentences, with the same facts as in English."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from backfill.fonts import TextNotPrintable
from receivables.credits.credit_bounds import Credited, refuse_over_credit
from receivables.errors import OverCredited
from receivables.models import CreditMemo, Customer, Invoice, InvoiceStatus
from receivables.models.recurring import DayRule, IntervalUnit
from receivables.printing.printability import refuse_what_cannot_be_printed
from receivables.recurring.schedules import Schedule
from receivables.types.all import TYPES


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    with translation.override("de"):
        yield


def credited(taken: str) -> Credited:
    invoice = Invoice(document_number="RE-1", currency="EUR", total_amount=Decimal(119), tax_amount=Decimal(19))
    return Credited(invoice=invoice, sold=(), taken_total=Decimal(taken))


FIRST = "Rechnung RE-1 berechnet 119.00 EUR; um 120.00 lässt sie sich nicht korrigieren"
PARTLY = (
    "Rechnung RE-1 berechnet 119.00 EUR, davon sind 50.00 bereits korrigiert; "
    "um 120.00 lässt sie sich nicht korrigieren"
)


@pytest.mark.parametrize(("taken", "words"), [("0", FIRST), ("50", PARTLY)])
def test_says_what_is_left_to_credit(taken: str, words: str) -> None:
    memo = CreditMemo(document_date=date(2026, 3, 1), total_amount=Decimal(120), tax_amount=Decimal(0))
    with pytest.raises(OverCredited) as refusal:
        refuse_over_credit(memo, (), credited(taken))
    assert refusal.value.message == words
    assert (refusal.value.field, refusal.value.code) == ("lines", "OVER_CREDITED")


def test_names_every_type_of_document() -> None:
    words = {doc_type.key: (doc_type.noun, doc_type.nouns) for doc_type in TYPES}
    assert words == {
        "quote": ("Angebot", "Angebote"),
        "sales_order": ("Auftrag", "Aufträge"),
        "invoice": ("Rechnung", "Rechnungen"),
        "credit_memo": ("Rechnungskorrektur", "Rechnungskorrekturen"),
        "payment": ("Zahlung", "Zahlungen"),
        "sales_receipt": ("Verkaufsbeleg", "Verkaufsbelege"),
        "refund_receipt": ("Erstattung", "Erstattungen"),
    }


def test_keeps_states_as_keys_and_says_them_in_the_readers_language() -> None:
    labels = {value: str(label) for value, label in InvoiceStatus.choices}
    assert labels == {
        "draft": "Entwurf",
        "open": "Offen",
        "partially_paid": "Teilweise bezahlt",
        "paid": "Bezahlt",
        "void": "Storniert",
    }


@pytest.mark.parametrize(
    ("unit", "count", "rule", "words"),
    [
        (IntervalUnit.DAY, 1, DayRule.SAME_DAY, "Täglich"),
        (IntervalUnit.WEEK, 2, DayRule.SAME_DAY, "Alle 2 Wochen, Samstag"),
        (IntervalUnit.MONTH, 1, DayRule.MONTH_END, "Monatlich am letzten Tag"),
        (IntervalUnit.MONTH, 3, DayRule.SAME_DAY, "Alle 3 Monate am 31. oder am letzten Tag"),
        (IntervalUnit.YEAR, 1, DayRule.SAME_DAY, "Jährlich am 31. Januar"),
    ],
)
def test_says_rhythms(unit: str, count: int, rule: str, words: str) -> None:
    schedule = Schedule(starts_on=date(2026, 1, 31), unit=unit, count=count, day_rule=rule)
    assert schedule.in_words() == words


def test_names_the_text_that_cannot_be_printed() -> None:
    line: Any = SimpleNamespace(line_number=2, description="Welle \U00013000", note="", unit="")
    invoice = Invoice(document_number="RE-1")
    invoice.customer = Customer(name="Nord")
    with pytest.raises(TextNotPrintable, match="die Bezeichnung der Position 2") as refusal:
        refuse_what_cannot_be_printed(invoice, [line])
    assert refusal.value.field == "lines[1].description"
