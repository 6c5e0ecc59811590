"""Whatever is invoiced, paid, credited, refunded, undone and voided, in whatever order: the books tie (L8)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfill.errors import DomainError
from ledger.models import JournalEntry
from receivables.models import CreditMemo, Invoice, Payment, RefundReceipt, SalesReceipt
from receivables.proofs import prove_receivables
from receivables.services.credit_memos import apply_credit_memo, credit_memos, unapply_credit_memo
from receivables.services.invoices import invoices
from receivables.services.payments import apply_payment, mark_invoice_paid, payments, unapply_payment
from receivables.services.refund_receipts import refund_receipts
from receivables.services.sales_receipts import sales_receipts
from tests.factories import line, make_company, make_customer
from tests.receivables.books import ACTOR, balances, by, prove

pytestmark = pytest.mark.django_db

KINDS: tuple[tuple[Any, type[Any]], ...] = (
    (invoices, Invoice),
    (payments, Payment),
    (credit_memos, CreditMemo),
    (refund_receipts, RefundReceipt),
    (sales_receipts, SalesReceipt),
)
AMOUNTS = st.decimals(min_value="0.01", max_value="300.00", places=2)
RATES = st.decimals(min_value="0.50", max_value="1.50", places=6)


class Business:
    """One customer, two currencies, and everything that can happen."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw
        self.company = make_company(chart="skr04", currency="EUR")
        self.customer = make_customer(self.company)

    def money(self) -> dict[str, Any]:
        if self.draw(st.booleans()):
            return {"currency": "EUR"}
        return {"currency": "USD", "exchange_rate": self.draw(RATES)}

    def day(self) -> date:
        return date(2026, self.draw(st.integers(1, 3)), 15)

    def one(self, model: type[Any]) -> Any:
        rows = list(model.objects.filter(company=self.company).order_by("id"))
        return self.draw(st.sampled_from(rows)) if rows else None

    def lines(self) -> list[dict[str, Any]]:
        amounts = self.draw(st.lists(AMOUNTS, min_size=1, max_size=3))
        return [line(amount, tax_code=self.draw(st.sampled_from(["UST19", "UST7", ""]))) for amount in amounts]

    def invoice(self) -> None:
        invoices.create(
            {
                **self.money(),
                "customer_id": self.customer.id,
                "document_date": self.day(),
                "lines": self.lines(),
                "tax_behavior": self.draw(st.sampled_from(["inclusive", "exclusive"])),
                "status": "open",
            },
            company=self.company,
            actor=ACTOR,
        )

    def payment(self) -> None:
        wanted = [self.one(Invoice) for _ in range(self.draw(st.integers(0, 3)))]
        payments.create(
            {
                **self.money(),
                "customer_id": self.customer.id,
                "document_date": self.day(),
                "amount": self.draw(AMOUNTS) + 1,
                "fees": self.draw(st.sampled_from([Decimal(0), Decimal("0.30")])),
                "allocations": [
                    {"invoice_id": invoice.id, "amount": self.draw(st.one_of(st.none(), AMOUNTS))}
                    for invoice in wanted
                    if invoice
                ],
                "status": "completed",
            },
            company=self.company,
            actor=ACTOR,
        )

    def credit_memo(self) -> None:
        invoice = self.one(Invoice) if self.draw(st.booleans()) else None
        credit_memos.create(
            {
                **({"invoice_id": invoice.id} if invoice else self.money()),
                **({"exchange_rate": self.draw(RATES)} if invoice and invoice.currency == "USD" else {}),
                "customer_id": self.customer.id,
                "document_date": self.day(),
                "lines": self.lines(),
                "status": "open",
            },
            company=self.company,
            actor=ACTOR,
        )

    def sales_receipt(self) -> None:
        values = {**self.money(), "document_date": self.day(), "lines": self.lines(), "status": "completed"}
        sales_receipts.create(values, company=self.company, actor=ACTOR)

    def refund(self) -> None:
        of = self.one(self.draw(st.sampled_from([Payment, CreditMemo, SalesReceipt])))
        named = {Payment: "payment_id", CreditMemo: "credit_memo_id"}
        values: dict[str, Any] = {named[type(of)]: of.id} if type(of) in named else self.money()
        if type(of) in named and of.currency == "USD":
            values["exchange_rate"] = self.draw(RATES)
        values |= {"total_amount": self.draw(AMOUNTS), "document_date": self.day(), "status": "completed"}
        refund_receipts.create(values, company=self.company, actor=ACTOR)

    def apply(self) -> None:
        credit, invoice = self.one(self.draw(st.sampled_from([Payment, CreditMemo]))), self.one(Invoice)
        if credit and invoice:
            allocation = {"invoice_id": invoice.id, "amount": self.draw(st.one_of(st.none(), AMOUNTS))}
            service: Any = apply_payment if isinstance(credit, Payment) else apply_credit_memo
            service(**by(self.company, credit), allocations=[allocation], applied_on=self.day())

    def unapply(self) -> None:
        credit = self.one(self.draw(st.sampled_from([Payment, CreditMemo])))
        if credit:
            service: Any = unapply_payment if isinstance(credit, Payment) else unapply_credit_memo
            service(**by(self.company, credit), on=self.day())

    def mark_paid(self) -> None:
        invoice = self.one(Invoice)
        if invoice:
            rate = self.draw(RATES) if invoice.currency == "USD" else None
            mark_invoice_paid(**by(self.company, invoice), paid_on=self.day(), exchange_rate=rate)

    def void(self) -> None:
        kind, model = self.draw(st.sampled_from(KINDS))
        document = self.one(model)
        if document:
            kind.void(**by(self.company, document), on=self.day())

    def confirm_again(self) -> None:
        kind, model = self.draw(st.sampled_from(KINDS))
        document = self.one(model)
        if document and not document.is_void:
            before = JournalEntry.objects.filter(company=self.company).count()
            kind.confirm(**by(self.company, document))
            assert JournalEntry.objects.filter(company=self.company).count() == before

    def void_again(self) -> None:
        kind, model = self.draw(st.sampled_from(KINDS))
        document = model.objects.filter(company=self.company, status="void").first()
        if document:
            before = JournalEntry.objects.filter(company=self.company).count()
            kind.void(**by(self.company, document))
            assert JournalEntry.objects.filter(company=self.company).count() == before


STEPS = (
    *("invoice", "invoice", "payment", "payment", "credit_memo", "sales_receipt", "refund", "apply", "apply"),
    *("unapply", "mark_paid", "void", "confirm_again", "void_again"),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_ties_the_open_items_to_the_control_account(data: Any) -> None:
    business = Business(data.draw)
    for step in data.draw(st.lists(st.sampled_from(STEPS), min_size=4, max_size=14)):
        with suppress(DomainError):  # a refusal is an answer; what matters is what it leaves behind
            getattr(business, step)()
        assert list(prove_receivables(business.company)) == []
        assert sum(balances(business.company).values(), Decimal(0)) == 0
    for model in (Invoice, Payment, CreditMemo, RefundReceipt):
        for document in model.objects.filter(company=business.company):
            assert 0 <= document.settled_amount <= document.total_amount
    connection.check_constraints()
    prove(business.company)
