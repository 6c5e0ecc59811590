"""The bodies that the reference shows work, in the order in which a reader would try them, and are answered as shown.

What is shown is kept in `answers.json` of the apps; WRITE_ANSWERS=1 writes those files anew.
"""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import time_machine

import ledger.api
import receivables.api
from ledger.inventory.api import ITEMS
from receivables.api import examples
from receivables.api.resources import INVOICES
from tests.contract.live import replaced
from tests.receivables.api.conftest import Seller
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db

VOID = INVOICES.actions["void"].body_example
CUSTOMER_ID = examples.BODIES["invoice"]["customer_id"]
INVOICE_ID = examples.BODIES["credit_memo"]["invoice_id"]
PAYMENT_ID = examples.BODIES["refund_receipt"]["payment_id"]
LINE_ID = examples.QUANTITIES["quantities"][0]["line_id"]
SHOWN = {CUSTOMER_ID, INVOICE_ID, PAYMENT_ID, LINE_ID, examples.MAILING_ID}


class Reader:
    """Somebody who tries the reference, and keeps the records that are answered under the ids that it shows."""

    def __init__(self, seller: Seller) -> None:
        self.seller, self.answers, self.ids = seller, dict[str, Any](), dict[str, str]()

    def sent(self, path: str, body: Any, *, method: str = "post", shown_as: str | None = None, **ids: str) -> Any:
        """Send a body of the reference, with real ids; the first answer about a kind of record is kept."""
        response = getattr(self.seller.api, method)(f"/v1/{path}", replaced(body, **ids))
        assert response.status_code < 300, response.content
        record = response.json()
        self.kept(record, shown_as)
        return {**record["data"], "id": record["id"]}

    def kept(self, record: Any, shown_as: str | None = None) -> None:
        if shown_as:
            self.ids[record["id"]] = shown_as
        self.answers.setdefault(record["object"], record)

    def shown(self) -> dict[str, Any]:
        """Return the kept records with the ids of the reference."""
        free = (f"019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c{number:02x}" for number in range(0x20, 0x80))
        text = orjson.dumps(self.answers).decode()
        for found in re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text):
            self.ids.setdefault(found, found if found in SHOWN else next(free))
        for real, shown in self.ids.items():
            text = text.replace(real, shown)
        answers: dict[str, Any] = orjson.loads(text)
        return {name: _by_our_clock(record, record["data"].get("created_at")) for name, record in answers.items()}


def _by_our_clock(value: Any, instant: str | None) -> Any:
    """Return an answer with `instant` for what the database noted by its own clock, which nobody can stop."""
    if isinstance(value, dict):
        return {name: _by_our_clock(one, instant) for name, one in value.items()}
    if isinstance(value, list):
        return [_by_our_clock(one, instant) for one in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
        age = abs(datetime.now(UTC) - datetime.fromisoformat(value))
        return instant if age < timedelta(hours=1) else value
    return value


def at(day: str) -> time_machine.travel:
    return time_machine.travel(f"{day}T12:00:00Z", tick=False)


@at("2026-05-05")
def sell(reader: Reader, customer: str) -> dict[str, Any]:
    reader.sent("items", ITEMS.body_example)
    reader.sent("quotes", examples.BODIES["quote"], customer_id=customer)
    order = reader.sent("sales_orders", {**examples.BODIES["sales_order"], "status": "open"}, customer_id=customer)
    reader.ids[order["lines"][0]["id"]] = LINE_ID
    step = replaced(examples.QUANTITIES, line_id=order["lines"][0]["id"])
    assert reader.seller.did("sales_orders", order["id"], "convert", step)["total_amount"] == "208.00"
    receipt = reader.sent("sales_receipts", examples.BODIES["sales_receipt"])
    assert reader.seller.did("sales_receipts", receipt["id"], "void", VOID)["status"] == "void"
    invoice: dict[str, Any] = reader.sent(
        "invoices", examples.BODIES["invoice"], shown_as=INVOICE_ID, customer_id=customer
    )
    return invoice


@at("2026-05-25")
def collect(reader: Reader, customer: str, invoice: dict[str, Any]) -> None:
    ids = {"customer_id": customer, "invoice_id": invoice["id"]}
    payment = reader.sent("payments", examples.BODIES["payment"], shown_as=PAYMENT_ID, **ids)
    assert reader.seller.shown("invoices", invoice["id"])["status"] == "paid"
    memo = reader.sent("credit_memos", examples.BODIES["credit_memo"], **ids)
    reader.sent("refund_receipts", examples.BODIES["refund_receipt"], payment_id=payment["id"])
    applied = replaced(examples.APPLICATION, invoice_id=invoice["id"])
    assert reader.seller.did("credit_memos", memo["id"], "apply", applied)["remaining_credit"] == "4.00"
    off = {"invoice_ids": [invoice["id"]]}
    assert list(off) == list(examples.UNAPPLICATION)
    assert reader.seller.did("credit_memos", memo["id"], "unapply", off)["remaining_credit"] == "104.00"
    assert reader.seller.did("invoices", invoice["id"], "mark_paid", examples.PAID)["status"] == "paid"


@at("2026-12-31")
def reduce(reader: Reader, customer: str) -> None:
    values = {**examples.BODIES["invoice"], "document_number": "INV-3001"}
    invoice = reader.sent("invoices", values, customer_id=customer)
    reader.sent(f"invoices/{invoice['id']}/discount", examples.DISCOUNT)
    account = reader.seller.api.account("6210")
    reader.sent(f"invoices/{invoice['id']}/write_off", {**examples.WRITE_OFF, "account_id": account})
    assert reader.seller.shown("invoices", invoice["id"])["status"] == "paid"


@at("2026-06-26")
def remind(reader: Reader, customer: str) -> None:
    api = reader.seller.api
    reader.sent("recurring_invoices", examples.RECURRING_INVOICE, customer_id=customer)
    reader.sent("dunning_policy", examples.DUNNING_POLICY, method="put")
    for number in ("INV-2001", "INV-2002"):
        reader.sent("invoices", {**examples.BODIES["invoice"], "document_number": number}, customer_id=customer)
    assert api.post("/v1/dunning_proposals/search").json() == {"proposed": 2}
    found = api.get("/v1/dunning_proposals").json()["data"]
    sent, dismissed = sorted(found, key=lambda proposal: proposal["data"]["document_number"])
    reader.kept(sent)
    mailed = reader.sent(f"dunning_proposals/{sent['id']}/send", examples.REMINDER)
    dropped = reader.sent(f"dunning_proposals/{dismissed['id']}/dismiss", examples.DISMISSAL)
    assert (mailed["status"], dropped["dismissal_reason"]) == ("queued", "Agreed to pay in July")


def mail(reader: Reader, invoice: dict[str, Any]) -> None:
    with at("2026-05-05"):
        reader.sent(f"invoices/{invoice['id']}/send", examples.MAIL, shown_as=examples.MAILING_ID)


def test_every_body_of_the_reference_works_and_is_answered_as_shown(seller: Seller) -> None:
    seller.company.name = "Chair House"
    seller.company.save()
    reader = Reader(seller)
    with at("2026-05-05"):
        customer = str(reader.sent("customers", examples.CUSTOMER, shown_as=CUSTOMER_ID)["id"])
    invoice = sell(reader, customer)
    mail(reader, invoice)
    collect(reader, customer, invoice)
    remind(reader, customer)
    reduce(reader, customer)
    prove(seller.company)

    shown = reader.shown()
    items = {"item": shown.pop("item")}
    for package, answers in ((ledger.api, items), (receivables.api, shown)):
        file = Path(package.__path__[0]) / "answers.json"
        if os.environ.get("WRITE_ANSWERS"):
            file.write_bytes(orjson.dumps(answers, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        assert orjson.loads(file.read_bytes()) == answers


def test_warns_as_the_reference_shows(seller: Seller) -> None:
    customer = seller.customer(credit_limit="300.00")
    invoice = seller.made("invoices", replaced(examples.BODIES["invoice"], customer_id=customer))

    assert seller.api.get(f"/v1/invoices/{invoice['id']}/warnings").json() == examples.WARNINGS
