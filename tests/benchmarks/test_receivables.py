"""Sales over HTTP: an invoice of ten lines, a list of fifty, a payment for a thousand, a thousand confirmed at once."""

from collections import defaultdict
from typing import Any
from uuid import UUID

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backfill.tenancy.models import Company
from receivables.models import Customer, Invoice, InvoiceLine
from receivables.tasks import confirm_invoices
from tests.benchmarks.harness import Work, milliseconds, per_second, seconds, table, times
from tests.benchmarks.replay import Translation, bare_connection, recorded, replay
from tests.factories import line, make_api_key, make_company, make_customer, make_invoice

LISTED, LINES, MANY = 50, 10, 1_000


class Desk:
    """A client with the company's key."""

    def __init__(self, company: Company) -> None:
        token = make_api_key(company, scopes=("finance:write",)).token
        self.client = Client(headers={"Authorization": f"Bearer {token}"})

    def get(self, path: str) -> bytes:
        response = self.client.get(path)
        assert response.status_code == 200, response.content
        return bytes(response.content)

    def post(self, path: str, body: Any) -> Any:
        response = self.client.post(path, body, content_type="application/json")
        assert response.status_code < 300, response.content
        return response.json()


@pytest.fixture
def desk(books: Company, settings: Any) -> Desk:
    settings.API_REQUESTS_PER_MINUTE = 0
    return Desk(books)


def body_of(customer: Customer) -> dict[str, Any]:
    return {
        "customer_id": str(customer.id),
        "currency": "USD",
        "document_date": "2026-05-05",
        "status": "open",
        "lines": [
            {"description": f"Line {n}", "quantity": "2", "unit_amount": "5.00", "amount": "10.00", "tax_code": "ST-NY"}
            for n in range(LINES)
        ],
    }


def statements(work: Work) -> int:
    # Counted at once: the next request forgets what was captured.
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def filled(company: Company, count: int, *, lines: int = 1, status: str = "open") -> list[UUID]:
    """Make invoices of 10.00 a line and return their ids; confirmed together where they are to be open."""
    customer = make_customer(company)
    made = [
        make_invoice(company, *(line("10.00") for _ in range(lines)), customer=customer, status="draft").id
        for _ in range(count)
    ]
    if status == "open":
        confirm_invoices(str(company.id), [str(one) for one in made])
    return made


def test_post_an_invoice_of_ten_lines_and_confirm_it(books: Company, desk: Desk) -> None:
    """Against the request's own statements, recorded from another company's requests and sent by bare psycopg."""
    turns, rounds = 10, 5
    customer, other = make_customer(books), make_company()
    translation = Translation.between(books, other, customer=(customer.id, make_customer(other).id))
    body = body_of(customer)
    sent = [translation.of(recorded(lambda: desk.post("/v1/invoices", body))) for _ in range(turns * (rounds + 1))]
    batches = iter([sent[start : start + turns] for start in range(0, len(sent), turns)])
    count = statements(lambda: desk.post("/v1/invoices", body))
    with bare_connection() as link:
        taken = seconds(
            {
                "POST /v1/invoices": lambda: [desk.post("/v1/invoices", body) for _ in range(turns)],
                "bare psycopg, the same statements": lambda: replay(link, next(batches)),
            },
            rounds=rounds,
        )
    floor = taken["bare psycopg, the same statements"]
    table(
        f"An invoice of {LINES} lines, created and confirmed in one request of {count} statements",
        ("", "ms", "requests/s", "time, floor = 1"),
        [
            (name, milliseconds(took / turns), per_second(turns, took), times(took / floor))
            for name, took in taken.items()
        ],
    )


def test_list_against_values_and_orjson(books: Company, desk: Desk) -> None:
    filled(books, 4 * LISTED, lines=LINES)
    path, turns = f"/v1/invoices?limit={LISTED}&sort=-created_at", 5
    size, count = len(desk.get(path)), statements(lambda: desk.get(path))
    taken = seconds(
        {
            "GET /v1/invoices": lambda: [desk.get(path) for _ in range(turns)],
            "values() and orjson": lambda: [floor(books) for _ in range(turns)],
        },
        rounds=7,
    )
    table(
        f"{LISTED} invoices of {LINES} lines, {size:,} bytes, {count} statements",
        ("", "ms", "lists/s", "time, floor = 1"),
        [
            (name, milliseconds(took / turns), per_second(turns, took), times(took / taken["values() and orjson"]))
            for name, took in taken.items()
        ],
    )


def floor(company: Company) -> bytes:
    """The same rows by `.values()`, all columns, without any of the work that makes an answer of them."""
    rows = Invoice.objects.filter(company=company).order_by("-created_at", "-pk")
    total = rows.count()
    found = list(rows.values(*_columns(Invoice), "customer__name", "customer__email", "customer__metadata")[:LISTED])
    lines: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    of = InvoiceLine.objects.filter(document__in=[row["id"] for row in found]).order_by("line_number")
    for row in of.values(*_columns(InvoiceLine), "account__code"):
        lines[row["document_id"]].append(row)
    data = [{**row, "lines": lines[row["id"]]} for row in found]
    return orjson.dumps({"data": data, "total_count": total}, default=str)


def _columns(model: Any) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]


def test_one_payment_for_a_thousand_invoices(books: Company, desk: Desk) -> None:
    customer = make_customer(books)
    rounds = 3
    batches = []
    for _ in range(rounds + 2):
        made = [make_invoice(books, customer=customer, status="draft").id for _ in range(MANY)]
        confirm_invoices(str(books.id), [str(one) for one in made])
        batches.append(made)
    turns = iter(batches)

    def pay() -> None:
        allocations = [{"invoice_id": str(one), "amount": "100.00"} for one in next(turns)]
        body = {"customer_id": str(customer.id), "amount": f"{MANY * 100}.00", "allocations": allocations}
        desk.post("/v1/payments", {**body, "status": "completed", "occurred_at": "2026-05-20T12:00:00Z"})

    pay()  # makes the series and the period
    count = statements(pay)
    taken = seconds({"POST": pay}, rounds=rounds - 1)["POST"]
    assert not Invoice.objects.filter(company=books).exclude(status="paid").exists()
    table(
        f"One payment for {MANY:,} invoices, in one transaction",
        ("", "ms", "invoices/s", "statements"),
        [("POST /v1/payments", milliseconds(taken), per_second(MANY, taken), count)],
    )


def test_a_thousand_invoices_confirmed_by_the_task(books: Company) -> None:
    rounds = 3
    customer = make_customer(books)
    batches = iter(
        [
            [str(make_invoice(books, *_goods(), customer=customer, status="draft").id) for _ in range(MANY)]
            for _ in range(rounds + 1)
        ]
    )

    def confirm() -> None:
        done = confirm_invoices(str(books.id), next(batches))
        assert done == {"confirmed": MANY, "refused": {}}

    taken = seconds({"task": confirm}, rounds=rounds)["task"]
    table(
        f"{MANY:,} invoices of two lines confirmed by a task",
        ("", "ms", "invoices/s"),
        [("receivables.confirm_invoices", milliseconds(taken), per_second(MANY, taken))],
    )


def _goods() -> list[dict[str, Any]]:
    return [line("10.00", tax_code="ST-NY"), line("5.00")]
