"""Whatever is invoiced, paid, credited, returned, refunded, undone and voided, in whatever order and on whatever day:
the books tie (L8), today and as of every day in the past; what is refused leaves nothing behind, and what is sent
again changes nothing. Over HTTP, in three currencies and with counted goods."""

import os
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F, Sum
from django.test import Client
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.accounts.balances import account_balance
from ledger.documents.models import NumberSeries
from ledger.inventory.models import Item, StockMovement
from ledger.inventory.reconciliation import prove_inventory
from ledger.models import Account, AccountRole, JournalEntry, JournalHead
from ledger.open_items.models import Allocation, OpenItem
from receivables import selectors
from receivables.ageing import ageing, open_items
from receivables.models import CreditMemo, Customer, Invoice, Payment, RefundReceipt, SalesReceipt
from receivables.statements import customer_statement
from tests.factories import make_api_key, make_company
from tests.ledger.api.conftest import ApiClient
from tests.receivables.api.conftest import Seller
from tests.receivables.books import drifts, prove

pytestmark = pytest.mark.django_db

MODELS: dict[str, type[Any]] = {
    "invoices": Invoice,
    "payments": Payment,
    "credit_memos": CreditMemo,
    "refund_receipts": RefundReceipt,
    "sales_receipts": SalesReceipt,
}
DAYS = [date(2026, 1, 5), date(2026, 1, 20), date(2026, 2, 10), date(2026, 3, 2), date(2026, 3, 25)]
RATES = {"USD": ("0.5", "1.5"), "JPY": ("0.004", "0.011")}


@dataclass(frozen=True)
class Money:
    """A currency, by its place among the trade's, and a rate between the lowest and the highest."""

    foreign: bool
    rate: int


amounts = st.decimals(min_value="0.01", max_value="300.00", places=2)
some_amounts = st.none() | amounts
days = st.sampled_from(DAYS)
picks = st.integers(0, 9)
moneys = st.builds(Money, st.booleans(), st.integers(0, 1000))
tax_codes = st.sampled_from(["UST19", "UST7", ""])
prices = st.lists(st.tuples(amounts, tax_codes), min_size=1, max_size=3)
credit_kinds = st.sampled_from(["payments", "credit_memos"])


class Trade(RuleBasedStateMachine):
    """One customer, one counted item, and a program that sends every request twice."""

    def __init__(self) -> None:
        super().__init__()
        self.days = {*DAYS}

    @initialize(allows_negative=st.booleans(), foreign=st.sampled_from(sorted(RATES)))
    def start(self, allows_negative: bool, foreign: str) -> None:
        self.company = make_company(
            chart="skr04", currency="EUR", country="DE", allows_negative_inventory=allows_negative
        )
        self.foreign = foreign
        self.seller = Seller(ApiClient(self.company, make_api_key(self.company).token, Client()))
        self.customer = self.seller.customer()
        self.item = self.seller.item(track_inventory=True, quantity_on_hand="7", purchase_cost="3.33")

    # --- What happens -------------------------------------------------------------------------------------

    @rule(
        money=moneys,
        day=days,
        goods=st.tuples(prices, st.integers(0, 6)),
        is_gross=st.booleans(),
        discount=st.sampled_from([0, 0, 3, 33]),
    )
    def invoice(
        self, money: Money, day: date, goods: tuple[list[tuple[Decimal, str]], int], is_gross: bool, discount: int
    ) -> None:
        body = {
            **self.money(money),
            "customer_id": self.customer,
            "lines": self.lines(money, *goods),
            "tax_behavior": "inclusive" if is_gross else "exclusive",
            "discount_details": [{"percent": discount}] if discount else [],
        }
        self.create("invoices", day, **body, status="open")

    @rule(money=moneys, day=days, goods=st.tuples(prices, st.integers(0, 6)))
    def sales_receipt(self, money: Money, day: date, goods: tuple[list[tuple[Decimal, str]], int]) -> None:
        lines = self.lines(money, *goods)
        self.create("sales_receipts", day, **self.money(money), line_items=lines, status="completed")

    @rule(
        money=moneys,
        day=days,
        amount=amounts,
        fees=st.booleans(),
        paid=st.lists(st.tuples(picks, some_amounts), max_size=3),
    )
    def payment(
        self, money: Money, day: date, amount: Decimal, fees: bool, paid: list[tuple[int, Decimal | None]]
    ) -> None:
        allocations = [
            {"invoice_id": str(invoice.id), "amount": self.part(invoice, part)}
            for pick, part in paid
            if (invoice := self.one("invoices", pick, money))
        ]
        body = {
            **self.money(money),
            "customer_id": self.customer,
            "amount": str(Decimal(self.amount(money, amount)) + sum(Decimal(row["amount"]) for row in allocations)),
            "fees": self.amount(money, Decimal("0.30")) if fees and amount > 1 else "0",
            "allocations": allocations,
        }
        self.create("payments", day, **body, status="completed")

    @rule(
        pick=st.none() | picks, money=moneys, day=days, price=st.tuples(amounts, tax_codes), returned=st.integers(0, 3)
    )
    def credit_memo(self, pick: int | None, money: Money, day: date, price: tuple[Decimal, str], returned: int) -> None:
        invoice = self.one("invoices", pick, money) if pick is not None else None
        lines = self.lines(money, [price], returned)
        if returned:
            lines[-1]["return_quantity"] = str(returned)
            if invoice and (sold := invoice.lines.filter(item__isnull=False).first()):
                lines[-1]["invoice_line_ref"] = str(sold.line_number)
        of = {"invoice_id": str(invoice.id)} if invoice else {"customer_id": self.customer}
        self.create("credit_memos", day, **self.money(money), **of, lines=lines, status="open")

    @rule(kind=credit_kinds | st.just(""), pick=picks, money=moneys, day=days, amount=some_amounts)
    def refund(self, kind: str, pick: int, money: Money, day: date, amount: Decimal | None) -> None:
        of = self.one(kind, pick, money) if kind else None
        body = {
            **self.money(money),
            **({f"{kind[:-1]}_id": str(of.id)} if of else {}),
            "total_amount": self.part(of, amount) if of else self.amount(money, amount or Decimal(1)),
        }
        self.create("refund_receipts", day, **body, status="completed")

    @precondition(lambda self: self.count("invoices"))
    @rule(kind=credit_kinds, picks=st.tuples(picks, picks), money=moneys, amount=some_amounts, day=days)
    def apply(self, kind: str, picks: tuple[int, int], money: Money, amount: Decimal | None, day: date) -> None:
        credit = self.one(kind, picks[0], money, is_open=True)
        invoice = self.one("invoices", picks[1], money, is_open=True)
        if credit and invoice:
            part = min((self.part(credit, amount), self.part(invoice, amount)), key=Decimal)
            allocations = [{"invoice_id": str(invoice.id), "amount": part}]
            self.step(kind, credit, "apply", {"allocations": allocations, "applied_on": str(day)})

    @precondition(lambda self: self.count("payments", "credit_memos"))
    @rule(kind=credit_kinds, pick=picks, day=days)
    def unapply(self, kind: str, pick: int, day: date) -> None:
        if credit := self.one(kind, pick):
            self.step(kind, credit, "unapply", {"on": str(day)})

    @precondition(lambda self: self.count("invoices"))
    @rule(pick=picks, day=days, percent=st.integers(1, 60))
    def discount(self, pick: int, day: date, percent: int) -> None:
        if invoice := self.one("invoices", pick):
            self.step("invoices", invoice, "discount", {"percent": str(percent), "on": str(day)})

    @precondition(lambda self: self.count("invoices"))
    @rule(pick=picks, day=days)
    def write_off(self, pick: int, day: date) -> None:
        if invoice := self.one("invoices", pick, is_open=True):
            account = self.seller.api.account("6930")
            self.step("invoices", invoice, "write_off", {"account_id": account, "on": str(day)})

    @precondition(lambda self: self.count("invoices"))
    @rule(pick=picks, day=days, money=moneys)
    def mark_paid(self, pick: int, day: date, money: Money) -> None:
        if invoice := self.one("invoices", pick, money):
            rate = {name: value for name, value in self.money(money).items() if name == "exchange_rate"}
            self.step("invoices", invoice, "mark_paid", {"paid_on": str(day), **rate})

    @precondition(lambda self: self.count(*MODELS))
    @rule(kind=st.sampled_from(sorted(MODELS)), pick=picks, day=st.none() | days)
    def void(self, kind: str, pick: int, day: date | None) -> None:
        if document := self.one(kind, pick):
            self.step(kind, document, "void", {"on": str(day)} if day else {})

    @rule(pick=picks, day=days)
    def reverse(self, pick: int, day: date) -> None:
        """Somebody reverses an entry in the journal, whatever made it."""
        rows = list(JournalEntry.objects.filter(company=self.company).order_by("first_journal_number"))
        if rows:
            self.twice(
                f"/v1/journal_entries/{rows[-1 - pick % len(rows)].id}/reverse", {"on": str(day), "reason": "Wrong"}
            )

    @precondition(lambda self: self.count(*MODELS))
    @rule(kind=st.sampled_from(sorted(MODELS)), pick=picks)
    def confirm_again(self, kind: str, pick: int) -> None:
        document = self.one(kind, pick)
        if document and not document.is_void:
            before = self.fingerprint()
            assert self.step(kind, document, "confirm", {}).status_code == 200
            assert self.fingerprint() == before

    @rule(counted=st.integers(0, 12))
    def count_stock(self, counted: int) -> None:
        response = self.seller.api.put(f"/v1/items/{self.item}", {"quantity_on_hand": str(counted)})
        assert response.status_code == 200, response.content
        self.days.add(self.company.today())

    # --- What holds ---------------------------------------------------------------------------------------

    @precondition(lambda self: hasattr(self, "company"))
    @invariant()
    def ties(self) -> None:
        assert drifts(self.company) == []
        assert list(prove_inventory(self.company)) == []
        value = Item.objects.filter(company=self.company).aggregate(sum=Sum("inventory_value"))["sum"]
        assert self.balance(AccountRole.INVENTORY_ASSET, None) == value
        last = max(self.days)
        assert ageing(self.company, as_of=last).totals.balance == self.balance(AccountRole.ACCOUNTS_RECEIVABLE, last)
        for kind in ("invoices", "payments", "credit_memos", "refund_receipts"):
            for document in MODELS[kind].objects.filter(company=self.company):
                assert 0 <= document.settled_amount <= document.total_amount
                assert 0 <= document.settled_base <= document.base_amount

    def teardown(self) -> None:
        if not hasattr(self, "company"):
            return
        connection.check_constraints()
        prove(self.company)
        customer = Customer.objects.select_related("company").get(id=self.customer)
        balance = selectors.customers(self.company.id).get(id=self.customer).balance
        assert balance == self.balance(AccountRole.ACCOUNTS_RECEIVABLE, None)
        for day in sorted(self.days):
            owed = self.balance(AccountRole.ACCOUNTS_RECEIVABLE, day)
            assert ageing(self.company, as_of=day).totals.balance == owed, day
            listed = open_items(company_id=self.company.id, customer_id=self.customer, as_of=day)
            assert sum((item.base_amount for item in listed), Decimal(0)) == owed, day
            for currency in ("EUR", self.foreign):
                start = date(2026, 1, 1)
                statement = customer_statement(customer, start=start, end=day, currency=currency)
                of_currency = (item.amount for item in listed if item.currency == currency)
                assert statement.closing == sum(of_currency, Decimal(0)), (day, currency)

    # --- Sending ------------------------------------------------------------------------------------------

    def create(self, plural: str, day: date, **body: Any) -> None:
        dated = {"payments": "occurred_at", "refund_receipts": "refund_date"}.get(plural)
        when = {dated: f"{day}T12:00:00Z"} if dated else {"document_date": str(day)}
        if plural == "sales_receipts":
            when = {"receipt_date": str(day)}
        self.twice(f"/v1/{plural}", {**body, **when})

    def step(self, plural: str, document: Any, step: str, body: dict[str, Any]) -> Any:
        return self.twice(f"/v1/{plural}/{document.id}/{step}", body)

    def twice(self, path: str, body: dict[str, Any]) -> Any:
        """Send a request and send it again: a refusal changes nothing, and the second time changes nothing either."""
        before, key = self.fingerprint(), str(uuid4())
        first = self.seller.api.post(path, body, **{"Idempotency-Key": key})
        assert first.status_code < 500, first.content
        after = self.fingerprint()
        if first.status_code >= 400:
            assert after == before
        again = self.seller.api.post(path, body, **{"Idempotency-Key": key})
        assert self.fingerprint() == after
        if first.status_code < 400:
            assert (again.status_code, again.content) == (first.status_code, first.content)
        return first

    def fingerprint(self) -> Any:
        """All that a request could change."""
        head = JournalHead.objects.filter(company=self.company).values_list("last_hash").first()
        rows = [model.objects.filter(company=self.company) for model in (*MODELS.values(), OpenItem, Allocation)]
        states = [sorted(map(repr, query.values())) for query in rows]
        stock = list(Item.objects.filter(company=self.company).values_list("quantity_on_hand", "inventory_value"))
        numbers = sorted(NumberSeries.objects.filter(company=self.company).values_list("document_type", "next_number"))
        return head, states, stock, numbers, StockMovement.objects.filter(company=self.company).count()

    # --- Words --------------------------------------------------------------------------------------------

    def one(self, kind: str, pick: int, money: Money | None = None, *, is_open: bool = False) -> Any:
        rows = MODELS[kind].objects.filter(company=self.company).order_by("created_at")
        if is_open:
            rows = rows.filter(settled_amount__lt=F("total_amount"), voided_on=None, posted_at__isnull=False)
        found = list(rows.filter(currency=self.currency(money)) if money else rows)
        return found[-1 - pick % len(found)] if found else None

    def count(self, *kinds: str) -> int:
        """How many documents of these kinds there are; none before the company is."""
        if not hasattr(self, "company"):
            return 0
        return sum(MODELS[kind].objects.filter(company=self.company).count() for kind in kinds)

    def balance(self, slot: AccountRole, on: date | None) -> Decimal:
        return account_balance(account=Account.objects.get(company=self.company, slot=slot), on=on).net

    def currency(self, money: Money) -> str:
        return self.foreign if money.foreign else "EUR"

    def money(self, money: Money) -> dict[str, Any]:
        if not money.foreign:
            return {"currency": "EUR"}
        low, high = map(Decimal, RATES[self.foreign])
        return {"currency": self.foreign, "exchange_rate": str(low + (high - low) * money.rate / 1000)}

    def amount(self, money: Money, amount: Decimal) -> str:
        return str(int(amount * 100)) if self.currency(money) == "JPY" else str(amount)

    def part(self, document: Any, amount: Decimal | None) -> str:
        """That amount of a document, or what is open of it."""
        if amount is None:
            return f"{document.open_amount.normalize():f}"
        return self.amount(Money(document.currency != "EUR", 0), amount)

    def lines(self, money: Money, prices: list[tuple[Decimal, str]], sold: int) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = [
            {"description": "Work", "amount": self.amount(money, price), **({"tax_code": code} if code else {})}
            for price, code in prices
        ]
        if sold:
            goods = {"quantity": str(sold), "amount": self.amount(money, Decimal(5) * sold), "product_id": self.item}
            lines.append({"description": "Goods", **goods, "tax_code": "UST19"})
        return lines


EXAMPLES = int(os.environ.get("BACKFILL_EXAMPLES", "10"))


def test_ties_open_items_stock_and_past_days_to_the_ledger() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Trade,
        settings=settings(
            report_multiple_bugs=False,
            max_examples=EXAMPLES,
            stateful_step_count=int(os.environ.get("BACKFILL_STEPS", "15")),
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
