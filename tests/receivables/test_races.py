"""Many people at one invoice, one payment, one item: nothing is paid twice, nothing is lost, nobody deadlocks."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from ledger.documents.errors import DocumentNotFound, DuplicateDocumentNumber, IntentAlreadyLinked
from ledger.documents.models import NumberSeries
from ledger.entries.entries import reverse_entry
from ledger.errors import DocumentPosted, InvalidStateTransition
from ledger.inventory.errors import InsufficientInventory
from ledger.models import AccountRole, JournalEntry
from ledger.open_items.errors import OverAllocated, SettlementMismatch
from ledger.open_items.models import Allocation
from receivables.errors import OverCredited
from receivables.models import Invoice, Payment
from receivables.services.credit_memos import approve_credit_memo, create_credit_memo
from receivables.services.external_posting import record_outgoing_invoice
from receivables.services.invoices import confirm_invoice, create_invoice, delete_invoice, void_invoice
from receivables.services.marking_paid import mark_invoice_paid
from receivables.services.orders import convert_sales_order, create_sales_order
from receivables.services.payments import (
    apply_payment,
    confirm_payment,
    create_payment,
    unapply_payment,
    void_payment,
)
from receivables.services.refund_receipts import create_refund_receipt
from tests.factories import line, make_company, make_customer, make_entry, make_invoice, make_item, make_payment
from tests.receivables.books import ACTOR, balances, by, prove

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 20


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run every call in a thread of its own, all let go at the same moment; return results and refusals in order."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return call()
        except Exception as error:  # noqa: BLE001 - the refusals are what the tests look at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def refusals(outcomes: Sequence[Any]) -> list[type[BaseException]]:
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


def only_domain_errors(outcomes: Sequence[Any]) -> None:
    """Everything that failed was refused, not broken: no deadlock, no constraint that had to catch it."""
    assert [
        outcome for outcome in outcomes if isinstance(outcome, Exception) and not isinstance(outcome, DomainError)
    ] == []


def company_with_customer() -> tuple[Company, Any]:
    company = make_company(chart="us", currency="USD")
    return company, make_customer(company)


def test_pays_an_invoice_once_when_twenty_mark_it_paid() -> None:
    company, customer = company_with_customer()
    invoice = make_invoice(company, customer=customer)
    outcomes = at_once(*[partial(mark_invoice_paid, **by(company, invoice))] * CLIENTS)
    assert refusals(outcomes) == []
    assert Payment.objects.count() == 1
    invoice.refresh_from_db()
    assert (invoice.status, invoice.balance_due) == ("paid", 0)
    prove(company)


def test_takes_no_more_than_the_invoice_when_twenty_pay_a_tenth_of_it() -> None:
    company, customer = company_with_customer()
    invoice = make_invoice(company, customer=customer)
    values = {
        "customer_id": customer.id,
        "amount": Decimal("10.00"),
        "document_date": date(2026, 1, 20),
        "allocations": [{"invoice_id": invoice.id, "amount": Decimal("10.00")}],
        "status": "completed",
    }
    outcomes = at_once(*[partial(create_payment, values, company=company, actor=ACTOR)] * CLIENTS)
    assert refusals(outcomes) == [OverAllocated] * 10
    invoice.refresh_from_db()
    assert invoice.status == "paid"
    assert Payment.objects.count() == 10
    numbers = sorted(Payment.objects.values_list("document_number", flat=True))
    assert numbers == [f"PAY-{number}" for number in range(1001, 1011)]
    prove(company)


def test_confirms_once_when_twenty_confirm() -> None:
    company, customer = company_with_customer()
    draft = make_invoice(company, customer=customer, status="draft")
    outcomes = at_once(*[partial(confirm_invoice, **by(company, draft))] * CLIENTS)
    assert refusals(outcomes) == []
    assert {outcome.document_number for outcome in outcomes} == {"INV-1001"}
    assert JournalEntry.objects.count() == 1
    prove(company)


def test_numbers_twenty_invoices_without_a_gap() -> None:
    company, customer = company_with_customer()
    drafts = [make_invoice(company, customer=customer, status="draft") for _ in range(CLIENTS)]
    for draft in drafts[::5]:  # some cannot be confirmed and must not take a number with them
        draft.lines.update(account=None)
        Invoice.objects.filter(id=draft.id).update(effective_date=date(1800, 1, 1))
    outcomes = at_once(*[partial(confirm_invoice, **by(company, draft)) for draft in drafts])
    assert len(refusals(outcomes)) == 4
    numbers = sorted(Invoice.objects.exclude(document_number="").values_list("document_number", flat=True))
    assert numbers == [f"INV-{number}" for number in range(1001, 1017)]
    assert NumberSeries.objects.get(document_type="invoice").next_number == 1017
    prove(company)


def test_either_voids_or_pays() -> None:
    company, customer = company_with_customer()
    for _ in range(5):
        invoice = make_invoice(company, customer=customer)
        payment = make_payment(company, "100.00", customer=customer)
        allocations = [{"invoice_id": invoice.id, "amount": Decimal(100)}]
        outcomes = at_once(
            *[partial(void_invoice, **by(company, invoice))] * 3,
            *[partial(apply_payment, **by(company, payment), allocations=allocations)] * 3,
            *[partial(mark_invoice_paid, **by(company, invoice))] * 3,
            partial(unapply_payment, **by(company, payment)),
        )
        only_domain_errors(outcomes)
        assert set(refusals(outcomes)) <= {SettlementMismatch, OverAllocated, InvalidStateTransition}
        invoice.refresh_from_db()
        assert invoice.status == "void"
        assert not Allocation.objects.filter(debit_item__document_id=invoice.id, undone_on=None).exists()
    prove(company)


def test_either_deletes_or_confirms() -> None:
    company, customer = company_with_customer()
    for _ in range(5):
        draft = make_invoice(company, customer=customer, status="draft")
        outcomes = at_once(
            *[partial(confirm_invoice, **by(company, draft))] * 4,
            *[partial(delete_invoice, **by(company, draft))] * 4,
        )
        only_domain_errors(outcomes)
        if Invoice.objects.filter(id=draft.id).exists():
            assert refusals(outcomes) == [DocumentPosted] * 4
        else:
            assert set(refusals(outcomes)) == {DocumentNotFound}
            assert len(refusals(outcomes)) == 7
    assert Invoice.objects.count() == JournalEntry.objects.count()
    prove(company)


def test_survives_payments_crossing_over_the_same_invoices() -> None:
    """Each payment names the invoices in another order; locks are taken in one order all the same."""
    company, customer = company_with_customer()
    bills = [make_invoice(company, customer=customer) for _ in range(6)]
    drafts = []
    for turn in range(12):
        ordered = bills[turn % 6 :] + bills[: turn % 6]
        drafts.append(
            create_payment(
                {
                    "customer_id": customer.id,
                    "amount": Decimal(60),
                    "document_date": date(2026, 1, 20),
                    "allocations": [{"invoice_id": bill.id, "amount": Decimal(10)} for bill in ordered],
                },
                company=company,
                actor=ACTOR,
            )
        )
    outcomes = at_once(*[partial(confirm_payment, **by(company, draft)) for draft in drafts])
    assert refusals(outcomes) == [OverAllocated, OverAllocated]
    assert {bill.status for bill in Invoice.objects.all()} == {"paid"}
    prove(company)


def test_survives_everything_at_once() -> None:
    company, customer = company_with_customer()
    invoice, other = make_invoice(company, customer=customer), make_invoice(company, customer=customer)
    payment = make_payment(company, "150.00", invoice, customer=customer)
    memo = create_credit_memo(
        {
            "customer_id": customer.id,
            "invoice_id": other.id,
            "document_date": date(2026, 1, 21),
            "lines": [line("40.00")],
        },
        company=company,
        actor=ACTOR,
    )
    refund = {"payment_id": payment.id, "total_amount": Decimal(70), "status": "completed"}
    entry = {"company_id": company.id, "entry_id": payment.entry_id, "actor": ACTOR}
    outcomes = at_once(
        partial(approve_credit_memo, **by(company, memo)),
        partial(create_refund_receipt, refund, company=company, actor=ACTOR),
        partial(create_refund_receipt, refund, company=company, actor=ACTOR),
        partial(void_payment, **by(company, payment)),
        partial(reverse_entry, **entry),
        partial(unapply_payment, **by(company, payment)),
        partial(apply_payment, **by(company, payment), allocations=[{"invoice_id": other.id}]),
        partial(void_invoice, **by(company, invoice)),
        partial(mark_invoice_paid, **by(company, other)),
        partial(mark_invoice_paid, **by(company, invoice)),
    )
    only_domain_errors(outcomes)
    prove(company)


def test_keeps_an_own_number_unique() -> None:
    company, customer = company_with_customer()
    values = {"customer_id": customer.id, "document_number": "R-7", "lines": [line("1.00")]}
    outcomes = at_once(*[partial(create_invoice, values, company=company, actor=ACTOR)] * 5)
    assert refusals(outcomes) == [DuplicateDocumentNumber] * 4


def test_sells_no_more_than_there_is() -> None:
    company, customer = company_with_customer()
    item = make_item(company, quantity_on_hand=Decimal(10), purchase_cost=Decimal("3.33"))
    drafts = [
        make_invoice(company, line("5.00", product_id=item.id), customer=customer, status="draft", on=date(2026, 1, 9))
        for _ in range(CLIENTS)
    ]
    outcomes = at_once(*[partial(confirm_invoice, **by(company, draft)) for draft in drafts])
    assert refusals(outcomes) == [InsufficientInventory] * 10
    item.refresh_from_db()
    assert (item.quantity_on_hand, item.inventory_value) == (0, 0)
    assert balances(company)["5000"] == Decimal("33.30")
    prove(company)


def test_converts_an_order_once() -> None:
    company, customer = company_with_customer()
    order = create_sales_order(
        {"customer_id": customer.id, "lines": [line("9.00", quantity=Decimal(3))], "status": "open"},
        company=company,
        actor=ACTOR,
    )
    outcomes = at_once(*[partial(convert_sales_order, **by(company, order))] * 6)
    assert len(refusals(outcomes)) == 5
    only_domain_errors(outcomes)
    assert Invoice.objects.count() == 1


def test_links_an_entry_to_one_recorded_invoice() -> None:
    company, customer = company_with_customer()
    entry = make_entry(company, (AccountRole.ACCOUNTS_RECEIVABLE, "100.00"), (AccountRole.REVENUE, "-100.00"))
    values = {
        "customer_id": customer.id,
        "invoice_date": date(2026, 1, 15),
        "total_net": Decimal(100),
        "total_tax": Decimal(0),
        "total_gross": Decimal(100),
        "type": "invoice",
        "intent_id": entry.id,
        "lines": [
            {
                "position": 1,
                "description": "Goods",
                "quantity": Decimal(1),
                "unit_price": Decimal(100),
                "tax_rate": Decimal(0),
                "tax_amount": Decimal(0),
                "line_total": Decimal(100),
            }
        ],
    }
    calls = [
        partial(record_outgoing_invoice, {**values, "invoice_number": f"R-{number}"}, company=company, actor=ACTOR)
        for number in range(5)
    ]
    assert refusals(at_once(*calls)) == [IntentAlreadyLinked] * 4


def test_credits_an_invoice_once_when_many_credit_all_of_it_at_once() -> None:
    company, customer = company_with_customer()
    invoice = make_invoice(company, customer=customer)
    stated = {"invoice_id": invoice.id, "document_date": date(2026, 1, 20), "lines": [line("60.00")], "status": "open"}
    drafts = [create_credit_memo({**stated, "status": "draft"}, company=company, actor=ACTOR) for _ in range(3)]
    outcomes = at_once(
        *[partial(create_credit_memo, stated, company=company, actor=ACTOR)] * 3,
        *[partial(approve_credit_memo, **by(company, draft)) for draft in drafts],
    )
    assert refusals(outcomes) == [OverCredited] * 5
    invoice.refresh_from_db()
    assert (invoice.balance_due, balances(company)) == (40, {"1100": Decimal(40), "4000": Decimal(-40)})
    prove(company)
