"""Many clients at one record over HTTP: each answer is a success or a clear conflict, and the books tie afterwards."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from receivables.models import Invoice, Payment
from tests.ledger.api.conftest import ApiClient
from tests.receivables.api.conftest import Seller
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 20
CONFLICTS = {"OVER_ALLOCATED", "SETTLEMENT_MISMATCH", "INVALID_STATE_TRANSITION", "DOCUMENT_POSTED", "NOT_FOUND"}


@pytest.fixture
def seller(transactional_db: None, api_client: Callable[..., ApiClient], settings: Any) -> Seller:
    settings.API_REQUESTS_PER_MINUTE = 0
    return Seller(api_client())


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Send every request from a thread and connection of its own, all let go at the same moment."""
    barrier = Barrier(len(calls))

    def send(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(send, calls))


def outcomes(answers: Sequence[Any]) -> Counter[int | str]:
    """Count the answers: a success by its status, a refusal by its code, which must be one that is foreseen."""
    for answer in answers:
        assert answer.status_code < 500, answer.content
        assert answer.status_code < 400 or answer.json()["message"]
    return Counter(answer.status_code if answer.status_code < 400 else answer.json()["code"] for answer in answers)


def payment_of(invoice: dict[str, Any], amount: str) -> dict[str, Any]:
    allocations = [{"invoice_id": invoice["id"], "amount": amount}]
    customer = invoice["customer_id"]
    return {"customer_id": customer, "amount": amount, "allocations": allocations, "status": "completed"}


def test_takes_no_more_than_the_invoice_from_twenty_clients(seller: Seller) -> None:
    invoice = seller.invoice("100.00")

    answers = at_once(*[partial(seller.api.post, "/v1/payments", payment_of(invoice, "10.00"))] * CLIENTS)

    assert outcomes(answers) == {201: 10, "OVER_ALLOCATED": 10}
    shown = seller.shown("invoices", invoice["id"])
    assert (shown["status"], shown["balance_due"]) == ("paid", "0.00")
    assert Payment.objects.count() == 10
    prove(seller.company)


def test_marks_as_paid_once_when_twenty_do(seller: Seller) -> None:
    invoice = seller.invoice("100.00")

    answers = at_once(*[partial(seller.api.post, f"/v1/invoices/{invoice['id']}/mark_paid")] * CLIENTS)

    assert outcomes(answers) == {200: CLIENTS}
    assert {answer.json()["data"]["status"] for answer in answers} == {"paid"}
    assert Payment.objects.count() == 1
    prove(seller.company)


def test_confirms_once_when_twenty_do(seller: Seller) -> None:
    draft = seller.made("invoices", seller.invoice_body())

    answers = at_once(*[partial(seller.api.post, f"/v1/invoices/{draft['id']}/confirm")] * CLIENTS)

    assert outcomes(answers) == {200: CLIENTS}
    assert {answer.json()["data"]["document_number"] for answer in answers} == {"INV-1001"}
    assert len({answer.json()["data"]["entry_id"] for answer in answers}) == 1
    prove(seller.company)


def test_either_voids_or_pays(seller: Seller) -> None:
    invoice = seller.invoice("100.00")
    void = partial(seller.api.post, f"/v1/invoices/{invoice['id']}/void", {"reason": "Typo"})
    pay = partial(seller.api.post, "/v1/payments", payment_of(invoice, "100.00"))

    found = outcomes(at_once(*[void, pay] * 5))

    assert set(found) <= {200, 201} | CONFLICTS
    shown = seller.shown("invoices", invoice["id"])
    assert (shown["status"], shown["amount_paid"]) == ("void", "0.00")
    assert all(row["unapplied_amount"] == row["amount"] for row in _data(seller, "payments"))
    prove(seller.company)


def test_either_deletes_or_confirms(seller: Seller) -> None:
    for _ in range(3):
        draft = seller.made("invoices", seller.invoice_body())
        path = f"/v1/invoices/{draft['id']}"

        answers = at_once(*[partial(seller.api.delete, path), partial(seller.api.post, f"{path}/confirm")] * 5)

        found = outcomes(answers)
        assert set(found) <= {200} | CONFLICTS
        deleted = any(answer.status_code == 200 and answer.json().get("deleted") for answer in answers)
        assert deleted is not Invoice.objects.filter(id=draft["id"]).exists()
        assert not Invoice.objects.filter(id=draft["id"], posted_at=None).exists()
    prove(seller.company)


def test_edits_one_after_the_other_where_two_read_the_same_draft(seller: Seller) -> None:
    draft = seller.made("invoices", seller.invoice_body())
    path = f"/v1/invoices/{draft['id']}"
    tag = seller.api.get(path)["ETag"]

    answers = at_once(
        *[partial(seller.api.put, path, {"memo": f"Edit {n}"}, **{"If-Match": tag}) for n in range(CLIENTS)]
    )

    assert outcomes(answers) == {200: 1, "PRECONDITION_FAILED": CLIENTS - 1}


def test_invoices_once_for_one_idempotency_key(seller: Seller) -> None:
    body = {**seller.invoice_body(), "status": "open"}
    post = partial(seller.api.post, "/v1/invoices", body, **{"Idempotency-Key": "once"})

    answers = at_once(*[post] * CLIENTS)

    found = outcomes(answers)
    assert found[201] >= 1
    assert set(found) <= {201, "IDEMPOTENCY_KEY_IN_PROGRESS"}
    assert {answer.content for answer in answers if answer.status_code == 201} == {post().content}
    assert Invoice.objects.count() == 1
    prove(seller.company)


@pytest.mark.parametrize("plural", ["customers", "invoices", "payments"])
def test_is_one_record_for_one_source_identity(seller: Seller, plural: str) -> None:
    customer = seller.customer()
    bodies = {
        "customers": {"name": "Bolt"},
        "invoices": {**seller.invoice_body(customer=customer), "status": "open"},
        "payments": {"customer_id": customer, "amount": "10.00", "status": "completed"},
    }
    body = {**bodies[plural], "source_system": "shop", "source_id": "1"}

    answers = at_once(*[partial(seller.api.post, f"/v1/{plural}", body)] * CLIENTS)

    assert outcomes(answers) == {201: 1, 200: CLIENTS - 1}
    assert len({answer.json()["id"] for answer in answers}) == 1
    prove(seller.company)


def test_survives_applying_and_taking_off_at_once(seller: Seller) -> None:
    customer = seller.customer()
    invoices = [seller.invoice("50.00", customer=customer)["id"] for _ in range(3)]
    payment = seller.payment("100.00", customer_id=customer)["id"]
    apply = [
        partial(
            seller.api.post, f"/v1/payments/{payment}/apply", {"allocations": [{"invoice_id": one, "amount": "50.00"}]}
        )
        for one in invoices
    ]
    take_off = partial(seller.api.post, f"/v1/payments/{payment}/unapply")

    found = outcomes(at_once(*[*apply, take_off] * 4))

    assert set(found) <= {200} | CONFLICTS
    prove(seller.company)


def _data(seller: Seller, plural: str) -> list[dict[str, Any]]:
    return [row["data"] for row in seller.api.get(f"/v1/{plural}").json()["data"]]
