"""Goods that are bought, sold and returned, at moving average cost."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from ledger.inventory.errors import InsufficientInventory
from ledger.inventory.stock import StockMove, move_stock
from ledger.models import AccountRole
from receivables.services.credit_memos import create_credit_memo
from receivables.services.invoices import void_invoice
from tests.factories import line, make_company, make_customer, make_entry, make_invoice, make_item
from tests.receivables.books import ACTOR, amounts, balances, by, lines_of, posted, prove

pytestmark = pytest.mark.django_db


@time_machine.travel("2026-02-01T12:00:00Z")
def test_an_item_sold_and_returned() -> None:
    company = make_company(chart="us", currency="USD")
    customer = make_customer(company)
    # 10 at 3.00, then 5 at 4.50: 15 for 52.50, on average 3.50.
    item = make_item(company, name="Lamp", quantity_on_hand=Decimal(10), purchase_cost=Decimal("3.00"))
    make_entry(
        company, (AccountRole.INVENTORY_ASSET, "22.50"), (AccountRole.ACCOUNTS_PAYABLE, "-22.50"), on=date(2026, 2, 2)
    )
    move_stock(
        [StockMove(item_id=item.id, quantity=Decimal(5), value=Decimal("22.50"), moved_on=date(2026, 2, 2))],
        company=company,
        reason="purchase",
    )
    item.refresh_from_db()
    assert (item.quantity_on_hand, item.inventory_value, item.average_cost) == (15, Decimal("52.50"), Decimal("3.5"))

    # 4 sold for 10.00 each: 14.00 of cost leave the inventory.
    invoice = make_invoice(
        company,
        line("40.00", quantity=Decimal(4), unit_amount=Decimal(10), product_id=item.id),
        customer=customer,
        on=date(2026, 2, 5),
    )
    assert lines_of(invoice.entry) == posted(
        ("1100", "40.00"), ("4000", "-40.00"), ("5000", "14.00"), ("1200", "-14.00")
    )

    # 1 comes back: 10.00 credited, 3.50 back into stock.
    memo = create_credit_memo(
        {
            "invoice_id": invoice.id,
            "document_date": date(2026, 2, 9),
            "lines": [
                line(
                    "10.00",
                    quantity=Decimal(1),
                    product_id=item.id,
                    invoice_line_ref="1",
                    return_quantity=Decimal(1),
                )
            ],
            "status": "open",
        },
        company=company,
        actor=ACTOR,
    )
    assert lines_of(memo.entry) == posted(("4000", "10.00"), ("1100", "-10.00"), ("5000", "-3.50"), ("1200", "3.50"))
    item.refresh_from_db()
    assert (item.quantity_on_hand, item.inventory_value) == (12, Decimal("42.00"))
    assert balances(company) == amounts(
        _1100="30.00", _1200="42.00", _2000="-22.50", _3900="-30.00", _4000="-30.00", _5000="10.50"
    )

    # 13 are not there.
    wanted = line("130.00", quantity=Decimal(13), product_id=item.id)
    with pytest.raises(InsufficientInventory, match="Lamp: 13 wanted, 12 on hand"):
        make_invoice(company, wanted, customer=customer, on=date(2026, 2, 12))

    # Selling the last 12 takes the whole value; voiding that sale brings it back.
    last = make_invoice(
        company, line("120.00", quantity=Decimal(12), product_id=item.id), customer=customer, on=date(2026, 2, 12)
    )
    item.refresh_from_db()
    assert (item.quantity_on_hand, item.inventory_value) == (0, 0)
    void_invoice(**by(company, last))
    item.refresh_from_db()
    assert (item.quantity_on_hand, item.inventory_value) == (12, Decimal("42.00"))
    assert balances(company)["1200"] == Decimal("42.00")
    prove(company)


@time_machine.travel("2026-02-01T12:00:00Z")
def test_goods_sold_before_they_are_bought_are_corrected_when_they_come() -> None:
    company = make_company(chart="us", currency="USD", allows_negative_inventory=True)
    item = make_item(company, name="Lamp", quantity_on_hand=Decimal(1), purchase_cost=Decimal("3.00"))
    # 3 sold with 1 on hand: cost 9.00 assumed, stock -2 for -6.00.
    make_invoice(company, line("30.00", quantity=Decimal(3), product_id=item.id), on=date(2026, 2, 3))
    item.refresh_from_db()
    assert (item.quantity_on_hand, item.inventory_value) == (-2, Decimal("-6.00"))
    # 5 come at 4.00: the two that were sold cost 8.00 and not 6.00, so 2.00 more are cost of sales; 3 for 12.00 stay.
    [cost] = move_stock(
        [StockMove(item_id=item.id, quantity=Decimal(5), value=Decimal("20.00"), moved_on=date(2026, 2, 4))],
        company=company,
        reason="purchase",
    )
    item.refresh_from_db()
    assert cost.correction == Decimal("2.00")
    assert (item.quantity_on_hand, item.inventory_value) == (3, Decimal("12.00"))
