"""The days that documents get from what their sender states, in companies west and east of UTC."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger.models import JournalEntry
from receivables.customers.buyer_details import service_period, stated_delivery_date
from receivables.models import Invoice
from tests.ledger.api.conftest import ApiClient
from tests.receivables.api.conftest import Seller
from tests.receivables.api.samples import BODIES

pytestmark = pytest.mark.django_db

ZONES = ("America/New_York", "Europe/Berlin", "Pacific/Kiritimati")
# What is sent for a day, and the day in June 2026 that it is in each zone; 31 is that of May.
STATED = [
    ("2026-06-01", (1, 1, 1)),
    ("2026-06-01T00:00:00", (1, 1, 1)),
    ("2026-06-01T00:00:00+02:00", (31, 1, 1)),
    ("2026-05-31T22:00:00Z", (31, 1, 1)),
    ("2026-05-31T12:00:00Z", (31, 31, 1)),
    ("2026-06-01T10:00:00Z", (1, 1, 2)),
]
# The field that is stated, and the one that tells the day.
DAYS = [
    ("invoices", "issued_at", "document_date"),
    ("invoices", "due_at", "due_date"),
    ("payments", "occurred_at", "document_date"),
    ("sales_receipts", "issued_at", "document_date"),
    ("credit_memos", "issued_at", "document_date"),
    ("refund_receipts", "issued_at", "document_date"),
    ("refund_receipts", "refund_date", "document_date"),
    ("quotes", "issued_at", "document_date"),
    ("sales_orders", "issued_at", "document_date"),
]


@pytest.fixture(params=ZONES)
def trader(request: Any, api_client: Callable[..., ApiClient]) -> Seller:
    return Seller(api_client(time_zone=request.param))


def _expected(trader: Seller, days: tuple[int, ...]) -> str:
    day = days[ZONES.index(trader.company.time_zone)]
    return "2026-05-31" if day == 31 else f"2026-06-{day:02}"


@pytest.mark.parametrize(("plural", "field", "shown"), DAYS)
def test_dates_a_document_as_its_sender_says(trader: Seller, plural: str, field: str, shown: str) -> None:
    unstated = {"document_date", "issued_at", "occurred_at", "receipt_date", "refund_date"} - {field}
    if field == "due_at":
        unstated -= {"document_date"}
    body = {name: value for name, value in BODIES[plural](trader).items() if name not in unstated}
    for text, days in STATED:
        made = trader.made(plural, {**body, field: text})

        assert made[shown] == _expected(trader, days), text
        changed = trader.api.put(f"/v1/{plural}/{made['id']}", {field: text})
        assert changed.status_code in {200, 405}
        assert trader.shown(plural, made["id"])[shown] == _expected(trader, days)


@pytest.mark.parametrize(("text", "days"), STATED)
def test_posts_a_payment_on_the_day_it_was_paid(trader: Seller, text: str, days: tuple[int, ...]) -> None:
    paid = trader.payment("10.00", customer_id=trader.customer(), occurred_at=text)

    entry = JournalEntry.objects.get(id=paid["entry_id"])
    assert entry.entry_date.isoformat() == _expected(trader, days)
    assert entry.period == _expected(trader, days)[:7]


@pytest.mark.parametrize(("text", "days"), STATED)
@pytest.mark.parametrize("key", ["delivery_date", "delivered_on", "shipped_on", "ship_date"])
def test_tells_period_and_delivery_as_stated(trader: Seller, text: str, days: tuple[int, ...], key: str) -> None:
    line = {"description": "Rent", "amount": "10.00", "billing_period_start": text, "billing_period_end": text}
    made = trader.invoice(shipping_details={key: text}, lines=[line], document_date="2026-06-30")

    invoice = Invoice.objects.get(id=made["id"])
    first, last = service_period(invoice, list(invoice.lines.all())) or (None, None)
    told = {str(first), str(last), str(stated_delivery_date(invoice))}
    assert told == {_expected(trader, days)}
    assert invoice.shipping_details == {key: text}


def test_answers_a_day_as_the_instant_at_which_it_begins(trader: Seller) -> None:
    begins = {
        "America/New_York": "2026-06-01T04:00:00Z",
        "Europe/Berlin": "2026-05-31T22:00:00Z",
        "Pacific/Kiritimati": "2026-05-31T10:00:00Z",
    }[trader.company.time_zone]

    made = trader.invoice(issued_at="2026-06-01", due_at="2026-06-01", document_date=None)

    assert (made["issued_at"], made["due_at"], made["due_date"]) == (begins, begins, "2026-06-01")


def test_lets_a_quote_hold_through_its_last_day(trader: Seller) -> None:
    today = trader.company.today().isoformat()
    holding = trader.made("quotes", {**BODIES["quotes"](trader), "expires_at": today})
    expired = trader.made("quotes", {**BODIES["quotes"](trader), "expires_at": "2026-06-01"})

    assert trader.api.post(f"/v1/quotes/{holding['id']}/convert").status_code == 200
    refused = trader.api.post(f"/v1/quotes/{expired['id']}/convert")
    assert refused.status_code == 409
    assert "expired on 2026-06-01" in refused.json()["message"]
