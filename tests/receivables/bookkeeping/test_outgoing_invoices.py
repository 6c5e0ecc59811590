"""Outgoing invoices in the Bookkeeping contract: recorded, linked, settled, unlinked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.open_items.models import OpenItem
from receivables.services.invoices import void_invoice
from tests.factories import make_invoice, make_payment
from tests.receivables.api.conftest import refusal
from tests.receivables.bookkeeping.conftest import Bookkeeper
from tests.receivables.books import by, prove

pytestmark = pytest.mark.django_db

UNKNOWN = "019a9d5e-6f0a-7c3e-8a52-2f6d3b8e9c11"


def test_records_a_draft_that_posts_nothing(books: Bookkeeper) -> None:
    customer = books.customer()
    body = books.body(customer, due_date="2026-03-15", notes="By courier")

    made = books.made("outgoing-invoices", body)

    assert list(made) == ["id"]
    shown = books.read(f"outgoing-invoices/{made['id']}")
    assert shown == {
        "id": made["id"],
        "customer_id": customer,
        "customer_name": "Acme GmbH",
        "document_id": None,
        "invoice_number": body["invoice_number"],
        "invoice_date": "2026-03-01",
        "due_date": "2026-03-15",
        "total_net": 100,
        "total_tax": 19,
        "total_gross": 119,
        "currency": "EUR",
        "intent_id": None,
        "notes": "By courier",
        "status": "draft",
        "remaining_amount": 119,
        "created_at": shown["created_at"],
        "type": "invoice",
        "lines": body["lines"],
    }
    assert books.read("journal")["entries"] == []


def test_keeps_the_file_of_an_invoice(books: Bookkeeper) -> None:
    pdf = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
    upload = {"file": SimpleUploadedFile("re.pdf", pdf, content_type="application/pdf")}
    stored = books.client.post("/v1/documents", upload, headers=books._headers()).json()["id"]

    invoice = books.recorded(books.customer(), document_id=stored)

    assert books.read(f"outgoing-invoices/{invoice}")["document_id"] == stored


def test_is_open_with_an_intent(books: Bookkeeper) -> None:
    invoice = books.posted(books.customer())

    shown = books.read(f"outgoing-invoices/{invoice}")
    assert (shown["status"], shown["remaining_amount"]) == ("open", 119)


def test_orders_lines_by_position(books: Bookkeeper) -> None:
    customer = books.customer()
    line = books.body(customer)["lines"][0]
    halves = [{**line, "position": at, "tax_amount": 9.5, "line_total": 59.5, "quantity": 5} for at in (2, 1)]

    invoice = books.recorded(customer, lines=halves)

    assert [line["position"] for line in books.read(f"outgoing-invoices/{invoice}")["lines"]] == [1, 2]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": []}, "lines"),
        ({"lines": None}, "lines"),
        ({"type": "bill"}, "type"),
        ({"invoice_number": ""}, "invoice_number"),
        ({"invoice_number": "x" * 101}, "invoice_number"),
        ({"invoice_date": "2026-02-30"}, "invoice_date"),
        ({"due_date": "2026-02-28"}, "due_date"),
        ({"total_net": "100.00"}, "total_net"),
        ({"total_net": 100.001}, "total_net"),
        ({"total_tax": -19}, "total_tax"),
        ({"total_net": 0, "total_tax": 0, "total_gross": 0}, "total_gross"),
        ({"total_gross": 1e30}, "total_gross"),
        ({"currency": "euro"}, "currency"),
        ({"notes": "x" * 2001}, "notes"),
        ({"customer_id": "acme"}, "customer_id"),
        ({"intent_id": "none"}, "intent_id"),
        ({"document_id": UNKNOWN}, "document_id"),
    ],
)
def test_names_the_field_that_is_wrong(books: Bookkeeper, change: dict[str, Any], field: str) -> None:
    response = books.post("outgoing-invoices", books.body(books.customer(), **change))

    assert refusal(response) == (400, "INVALID_INPUT", field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tax_rate": 19}, "tax_rate"),
        ({"tax_rate": -0.19}, "tax_rate"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 1e30}, "quantity"),
        ({"quantity": "10"}, "quantity"),
        ({"position": 0}, "position"),
        ({"description": ""}, "description"),
        ({"unit_price": 10.005}, "unit_price"),
        ({"account_number": "4711"}, "account_number"),
    ],
)
def test_names_the_field_of_the_line_that_is_wrong(books: Bookkeeper, change: dict[str, Any], field: str) -> None:
    body = books.body(books.customer())
    body["lines"][0] |= change

    assert refusal(books.post("outgoing-invoices", body)) == (400, "INVALID_INPUT", f"lines[0].{field}")


def test_refuses_a_position_twice(books: Bookkeeper) -> None:
    body = books.body(books.customer())
    body["lines"] = [{**body["lines"][0], "tax_amount": 9.5, "line_total": 59.5}] * 2

    assert refusal(books.post("outgoing-invoices", body)) == (400, "INVALID_INPUT", "lines")


@pytest.mark.parametrize(
    ("gross", "line_total", "accepted"),
    [(119.01, 119.01, False), (119.0, 119.01, True), (119.0, 118.99, True), (119.0, 119.02, False)],
)
def test_compares_totals_within_a_cent_per_line(
    books: Bookkeeper, gross: float, line_total: float, accepted: bool
) -> None:
    body = books.body(books.customer(), total_gross=gross)
    body["lines"][0]["line_total"] = line_total

    response = books.post("outgoing-invoices", body)

    assert response.status_code == (201 if accepted else 400)
    assert accepted or response.json()["code"] == "TOTALS_MISMATCH"


def test_refuses_a_number_twice_for_one_customer_only(books: Bookkeeper) -> None:
    acme, bolt = books.customer("Acme GmbH"), books.customer("Bolt GmbH")
    books.recorded(acme, invoice_number="RE-1")

    assert refusal(books.post("outgoing-invoices", books.body(acme, invoice_number="RE-1"))) == (
        409,
        "DUPLICATE_INVOICE_NUMBER",
        "invoice_number",
    )
    assert books.post("outgoing-invoices", books.body(bolt, invoice_number="RE-1")).status_code == 201


def test_refuses_unknown_inactive_and_foreign_customers(
    books: Bookkeeper, bookkeeper_of: Callable[..., Bookkeeper]
) -> None:
    inactive, theirs = books.customer(), bookkeeper_of().customer()
    books.delete(f"customers/{inactive}")

    assert refusal(books.post("outgoing-invoices", books.body(UNKNOWN)))[:2] == (404, "CUSTOMER_NOT_FOUND")
    assert refusal(books.post("outgoing-invoices", books.body(theirs)))[:2] == (404, "CUSTOMER_NOT_FOUND")
    assert refusal(books.post("outgoing-invoices", books.body(inactive))) == (400, "INVALID_INPUT", "customer_id")


def test_refuses_an_unknown_intent_and_one_of_another_invoice(books: Bookkeeper) -> None:
    customer, intent = books.customer(), books.posting()
    first = books.recorded(customer, intent_id=intent)

    unknown = books.post("outgoing-invoices", books.body(customer, intent_id=UNKNOWN))
    taken = books.post("outgoing-invoices", books.body(customer, intent_id=intent))

    assert refusal(unknown)[:2] == (404, "INTENT_NOT_FOUND")
    assert refusal(taken)[:2] == (409, "INTENT_ALREADY_LINKED")
    assert taken.json()["details"] == {"existing_id": first}
    assert len(books.read("outgoing-invoices")) == 1


def test_links_an_intent_once(books: Bookkeeper) -> None:
    invoice, intent = books.recorded(books.customer()), books.posting()

    linked = books.patch(f"outgoing-invoices/{invoice}", {"intent_id": intent}).json()
    again = books.patch(f"outgoing-invoices/{invoice}", {"intent_id": books.posting()})
    unknown = books.patch(f"outgoing-invoices/{books.recorded(books.customer('B'))}", {"intent_id": UNKNOWN})

    assert (linked["status"], linked["intent_id"], linked["lines"][0]["position"]) == ("open", intent, 1)
    assert refusal(again)[:2] == (409, "INTENT_ALREADY_SET")
    assert refusal(unknown)[:2] == (404, "NOT_FOUND")


def test_changes_notes_and_due_date_and_nothing_else(books: Bookkeeper) -> None:
    invoice = books.posted(books.customer(), due_date="2026-03-15")
    path = f"outgoing-invoices/{invoice}"
    assert books.read(path)["status"] == "overdue"

    cleared = books.patch(path, {"due_date": None, "notes": "Later", "total_gross": 1}).json()

    assert (cleared["status"], cleared["due_date"], cleared["notes"]) == ("open", None, "Later")
    assert cleared["total_gross"] == 119
    assert refusal(books.patch(path, {"total_gross": 1}))[:2] == (400, "NO_CHANGES")
    assert refusal(books.patch(path, {"due_date": "2026-02-01"})) == (400, "INVALID_INPUT", "due_date")


def test_computes_the_status_when_it_is_asked_for(books: Bookkeeper) -> None:
    customer, today = books.customer(), books.company.today()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    made = {
        "draft": books.recorded(customer, due_date=str(yesterday)),
        "open": books.posted(customer, due_date=str(today)),
        "overdue": books.posted(customer, due_date=str(yesterday)),
        "partially_paid": books.posted(customer, due_date=str(tomorrow)),
        "paid": books.posted(customer, due_date=str(yesterday)),
    }
    books.paid(made["partially_paid"], "19.00")
    books.paid(made["paid"], "119.00")

    found = {row["id"]: row for row in books.read("outgoing-invoices")}

    assert {status: found[invoice]["status"] for status, invoice in made.items()} == {name: name for name in made}
    assert [found[made[name]]["remaining_amount"] for name in ("partially_paid", "paid")] == [100, 0]
    for status, invoice in made.items():
        assert [row["id"] for row in books.read("outgoing-invoices", status=status)] == [invoice]
    books.paid(made["overdue"], "19.00")
    assert books.read(f"outgoing-invoices/{made['overdue']}")["status"] == "overdue"


def test_counts_a_credit_note_as_paid_once_it_is_posted(books: Bookkeeper) -> None:
    customer = books.customer()
    draft = books.recorded(customer, type="credit_note")
    books.posted(customer)
    note = books.recorded(customer, type="credit_note", intent_id=books.posting(credit_note=True))

    shown = books.read(f"outgoing-invoices/{note}")

    assert (shown["type"], shown["status"], shown["remaining_amount"]) == ("credit_note", "paid", 0)
    assert {row["id"]: row["status"] for row in books.read("outgoing-invoices", type="credit_note")} == {
        draft: "draft",
        note: "paid",
    }
    assert [row["type"] for row in books.read("outgoing-invoices", type="invoice")] == ["invoice"]
    (group,) = books.read("outgoing-invoices/open-items")
    assert (group["total_open"], group["credit_note_total"], group["net_open"]) == (119, 119, 0)


def test_lists_newest_first_and_narrows(books: Bookkeeper) -> None:
    acme, bolt = books.customer("Acme GmbH"), books.customer("Bolt GmbH")
    march = books.recorded(acme)
    april = books.recorded(bolt, invoice_date="2026-04-01")
    february = books.recorded(acme, invoice_date="2026-02-01", type="credit_note")

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in books.read("outgoing-invoices", **query)]

    assert found() == [april, march, february]
    assert found(customer_id=acme) == [march, february]
    assert found(start_date="2026-03-01", end_date="2026-03-31") == [march]
    assert found(limit=1, offset=1) == [march]
    assert found(offset=3) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "void"}, "status"),
        ({"type": "bill"}, "type"),
        ({"limit": 501}, "limit"),
        ({"offset": -1}, "offset"),
        ({"customer_id": "acme"}, "customer_id"),
        ({"start_date": "2026-3-1"}, "start_date"),
        ({"start_date": "2026-03-02", "end_date": "2026-03-01"}, "start_date"),
        ({"page": 1}, "page"),
    ],
)
def test_refuses_a_query_out_of_range(books: Bookkeeper, query: dict[str, Any], field: str) -> None:
    assert refusal(books.get("outgoing-invoices", **query)) == (400, "INVALID_INPUT", field)


def test_groups_open_items_by_customer(books: Bookkeeper) -> None:
    zeta, acme, paid = books.customer("Zeta AG"), books.customer("Acme GmbH"), books.customer("Paid GmbH")
    books.recorded(acme)
    later, sooner = books.posted(acme, due_date="2026-04-15"), books.posted(acme, due_date="2026-03-15")
    books.posted(zeta)
    books.paid(books.posted(paid), "119.00")
    books.paid(later, "19.00")

    groups = books.read("outgoing-invoices/open-items")

    assert [(group["customer_name"], group["total_open"]) for group in groups] == [("Acme GmbH", 219), ("Zeta AG", 119)]
    assert [(row["id"], row["remaining_amount"]) for row in groups[0]["invoices"]] == [(sooner, 119), (later, 100)]


def test_is_a_draft_again_when_its_intent_is_reversed(books: Bookkeeper) -> None:
    invoice = books.posted(books.customer())
    intent = books.read(f"outgoing-invoices/{invoice}")["intent_id"]

    response = books.post("journal/reverse", {"intent_id": intent, "reason": "Wrong tax"})

    assert response.status_code == 200, response.content
    shown = books.read(f"outgoing-invoices/{invoice}")
    assert (shown["status"], shown["intent_id"]) == ("draft", None)
    relinked = books.patch(f"outgoing-invoices/{invoice}", {"intent_id": books.posting()}).json()
    assert relinked["status"] == "open"
    prove(books.company)


def test_is_open_again_when_its_settlement_is_reversed(books: Bookkeeper) -> None:
    invoice = books.posted(books.customer())
    settlement = books.paid(invoice, "119.00")
    assert books.read(f"outgoing-invoices/{invoice}")["status"] == "paid"

    books.post("journal/reverse", {"intent_id": settlement})

    shown = books.read(f"outgoing-invoices/{invoice}")
    assert (shown["status"], shown["remaining_amount"]) == ("open", 119)
    prove(books.company)


def test_takes_over_what_settled_its_intent_before_it_was_linked(books: Bookkeeper) -> None:
    intent = books.posting()
    settlement = books.settled(intent, "19.00")

    invoice = books.recorded(books.customer(), intent_id=intent)

    shown = books.read(f"outgoing-invoices/{invoice}")
    assert (shown["status"], shown["remaining_amount"]) == ("partially_paid", 100)
    assert books.read(f"journal/{intent}")["linked_intents"]["settled_by"] == [settlement]
    prove(books.company)


def test_says_that_an_intent_posted_another_amount(books: Bookkeeper) -> None:
    """119.00 are invoiced and 100.00 booked: the invoice demands 119.00, and 19.00 less stand on the account."""
    customer = books.customer()
    intent = books.posting(100.0)
    made = books.made("outgoing-invoices", books.body(customer, intent_id=intent))
    shown = books.read(f"outgoing-invoices/{made['id']}")
    for answer in (made, shown):
        [warning] = answer["warnings"]
        assert (warning["code"], warning["field"]) == ("INTENT_AMOUNT_DIFFERS", "intent_id")
        assert "posted -19.00 EUR beside invoice" in warning["message"]
    assert (shown["status"], shown["remaining_amount"]) == ("overdue" if shown["due_date"] else "open", 119)
    items = OpenItem.objects.filter(entry_id=intent, closed_on=None).order_by("amount")
    assert [(item.kind, item.amount) for item in items] == [("entry", -19), ("invoice", 119)]
    prove(books.company)
    books.post("journal/reverse", {"intent_id": intent})
    assert "warnings" not in books.read(f"outgoing-invoices/{made['id']}")
    prove(books.company)


def test_refuses_to_link_an_invoice_that_posts_itself(books: Bookkeeper) -> None:
    invoice = make_invoice(books.company, status="draft")

    response = books.patch(f"outgoing-invoices/{invoice.id}", {"intent_id": books.posting()})

    assert refusal(response)[:2] == (409, "INVALID_STATE_TRANSITION")


def test_shows_invoices_that_posted_themselves(books: Bookkeeper) -> None:
    invoice = make_invoice(books.company)
    make_payment(books.company, "40.00", invoice)
    void_invoice(**by(books.company, make_invoice(books.company)))

    (shown,) = books.read("outgoing-invoices")

    assert (shown["invoice_number"], shown["intent_id"]) == (invoice.document_number, str(invoice.entry_id))
    assert (shown["total_gross"], shown["remaining_amount"], shown["status"]) == (100, 60, "partially_paid")


def test_lists_with_one_statement(books: Bookkeeper) -> None:
    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            books.read(path)
        return len(captured)

    paths = ("outgoing-invoices", "outgoing-invoices/open-items")
    books.posted(books.customer())
    books.recorded(books.customer("B"), type="credit_note")
    few = [statements(path) for path in paths]
    for name in ("C", "D", "E"):
        books.posted(books.customer(name))

    assert [statements(path) for path in paths] == few


def test_hides_another_company_s(books: Bookkeeper, bookkeeper_of: Callable[..., Bookkeeper]) -> None:
    other = bookkeeper_of()
    theirs, their_intent = other.posted(other.customer()), other.posting()

    assert refusal(books.get(f"outgoing-invoices/{theirs}"))[:2] == (404, "NOT_FOUND")
    assert refusal(books.patch(f"outgoing-invoices/{theirs}", {"notes": "x"}))[:2] == (404, "NOT_FOUND")
    mine = books.recorded(books.customer())
    assert refusal(books.patch(f"outgoing-invoices/{mine}", {"intent_id": their_intent}))[:2] == (404, "NOT_FOUND")
    assert [row["id"] for row in books.read("outgoing-invoices")] == [mine]
    assert books.read("outgoing-invoices/open-items") == []
