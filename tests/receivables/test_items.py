"""Items and their stock: what the books hold of it at every moment."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.errors import InvalidStateTransition, RecordInUse, ReferenceNotFound
from ledger.inventory.errors import DuplicateSku, InsufficientInventory, ItemNotFound
from ledger.inventory.items import create_item, delete_item, update_item
from ledger.inventory.models import Item, ItemLocation, StockMovement
from ledger.inventory.reconciliation import prove_inventory
from ledger.inventory.stock import StockMove, move_stock
from ledger.journal.posting import reverse
from receivables.models import CreditMemo
from receivables.services.credit_memos import create_credit_memo, void_credit_memo
from receivables.services.invoices import void_invoice
from tests.factories import line, make_company, make_customer, make_invoice, make_item
from tests.receivables.books import ACTOR, amounts, balances, by, prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company(chart="us", currency="USD")


def places(item: Item) -> dict[str, Decimal]:
    return dict(ItemLocation.objects.filter(item=item).values_list("location_id", "quantity_on_hand"))


class TestAnItem:
    @pytest.mark.parametrize(
        ("values", "refusal", "field"),
        [
            ({"name": ""}, ValidationFailed, "name"),
            ({"name": "A", "type": "thing"}, ValidationFailed, "type"),
            ({"name": "A", "type": "service", "track_inventory": True}, ValidationFailed, "track_inventory"),
            ({"name": "A", "quantity_on_hand": Decimal(1)}, ValidationFailed, "quantity_on_hand"),
            ({"name": "A", "unit_price": Decimal(-1)}, ValidationFailed, "unit_price"),
            ({"name": "A", "tax_code": "NOPE"}, ReferenceNotFound, "tax_code"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, company: Company, values: dict[str, Any], refusal: type[Exception], field: str
    ) -> None:
        with pytest.raises(refusal) as refused:
            create_item(values, company=company, actor=ACTOR)
        assert refused.value.field == field  # type: ignore[attr-defined]

    def test_has_a_sku_of_its_own(self, company: Company) -> None:
        first = make_item(company, sku="S-1")
        with pytest.raises(DuplicateSku) as refused:
            make_item(company, sku="S-1")
        assert refused.value.details["existing_id"] == str(first.id)
        make_item(make_company(), sku="S-1")

    def test_refuses_another_companys_account(self, company: Company) -> None:
        foreign = make_company().accounts.get(code="4000")
        with pytest.raises(ReferenceNotFound):
            make_item(company, revenue_account_id=foreign.id)

    def test_is_deleted_only_while_unused(self, company: Company) -> None:
        item = make_item(company)
        make_invoice(company, line("1.00", product_id=item.id), status="draft")
        with pytest.raises(RecordInUse, match="deactivate it"):
            delete_item(**by(company, item))
        unused = make_item(company)
        delete_item(**by(company, unused))
        with pytest.raises(ItemNotFound):
            delete_item(**by(company, unused))

    def test_gives_its_lines_a_tax_code(self, company: Company) -> None:
        item = make_item(company, tax_code="ST-NY")
        assert make_invoice(company, line("100.00", product_id=item.id)).tax_amount == Decimal("4.00")
        assert make_invoice(company, line("100.00", product_id=item.id, tax_rate=Decimal(0))).tax_amount == 0


class TestStock:
    def test_opens_at_cost_against_opening_balances(self, company: Company) -> None:
        make_item(company, quantity_on_hand=Decimal(4), purchase_cost=Decimal("2.50"))
        assert balances(company) == amounts(_1200="10.00", _3900="-10.00")

    def test_lies_in_places_that_add_up(self, company: Company) -> None:
        item = make_item(
            company,
            quantity_on_hand=Decimal(7),
            purchase_cost=Decimal(1),
            locations=[
                {"location_id": "north", "quantity_on_hand": "5", "reorder_point": "2"},
                {"location_id": "south", "quantity_on_hand": "2"},
            ],
        )
        item.refresh_from_db()
        assert item.quantity_on_hand == 7
        assert places(item) == {"north": Decimal(5), "south": Decimal(2)}
        with pytest.raises(ValidationFailed, match="is 8, but the locations add up to 2"):
            update_item(
                item,
                {"quantity_on_hand": Decimal(8), "locations": [{"location_id": "south", "quantity_on_hand": "2"}]},
                actor=ACTOR,
            )

    def test_leaves_from_the_place_named_or_from_the_fullest(self, company: Company) -> None:
        item = make_item(
            company,
            quantity_on_hand=Decimal(9),
            purchase_cost=Decimal(1),
            locations=[
                {"location_id": "north", "quantity_on_hand": "6"},
                {"location_id": "south", "quantity_on_hand": "3"},
            ],
        )
        make_invoice(company, line("1.00", product_id=item.id, quantity=Decimal(2), location_id="south"))
        assert places(item) == {"north": Decimal(6), "south": Decimal(1)}
        with pytest.raises(InsufficientInventory, match="2 wanted, 1 on hand at south"):
            make_invoice(company, line("1.00", product_id=item.id, quantity=Decimal(2), location_id="south"))
        make_invoice(company, line("1.00", product_id=item.id, quantity=Decimal(7)))
        assert places(item) == {"north": Decimal(0), "south": Decimal(0)}
        prove(company)

    def test_is_counted_up_and_down_against_the_cost_of_sales(self, company: Company) -> None:
        item = make_item(company, quantity_on_hand=Decimal(4), purchase_cost=Decimal("2.50"))
        item = update_item(item, {"quantity_on_hand": Decimal(3)}, actor=ACTOR)
        assert (item.quantity_on_hand, balances(company)["5000"]) == (3, Decimal("2.50"))
        update_item(item, {"quantity_on_hand": Decimal(3)}, actor=ACTOR)
        update_item(item, {"quantity_on_hand": Decimal(5)}, actor=ACTOR)
        assert balances(company) == amounts(_1200="12.50", _3900="-10.00", _5000="-2.50")
        assert not StockMovement.objects.filter(item=item, entry=None).exists()

    def test_goes_along_to_another_account(self, company: Company) -> None:
        item = make_item(company, quantity_on_hand=Decimal(4), purchase_cost=Decimal("2.50"))
        account = company.accounts.get(code="1300")
        item = update_item(item, {"asset_account_id": account.id}, actor=ACTOR)
        assert balances(company) == amounts(_1300="10.00", _3900="-10.00")
        update_item(item, {"asset_account_id": None, "quantity_on_hand": Decimal(3)}, actor=ACTOR)
        assert balances(company) == amounts(_1200="7.50", _3900="-10.00", _5000="2.50")

    def test_refuses_accounts_for_open_items(self, company: Company) -> None:
        with pytest.raises(ValidationFailed, match="is for open items"):
            make_item(company, revenue_account_id=company.accounts.get(code="1100").id)

    def test_is_not_forgotten_while_there_is_some(self, company: Company) -> None:
        item = make_item(company, quantity_on_hand=Decimal(4), purchase_cost=Decimal(1))
        with pytest.raises(ValidationFailed, match="count it down to 0 first"):
            update_item(item, {"track_inventory": False}, actor=ACTOR)

    def test_moves_back_when_the_sale_is_voided(self, company: Company) -> None:
        item = make_item(company, quantity_on_hand=Decimal(4), purchase_cost=Decimal(1))
        invoice = make_invoice(company, line("1.00", product_id=item.id, quantity=Decimal(4), location_id=""))
        void_invoice(**by(company, invoice))
        item.refresh_from_db()
        assert (item.quantity_on_hand, item.inventory_value) == (4, Decimal(4))


class TestOpeningStock:
    def test_opens_on_the_day_it_was_there(self, company: Company) -> None:
        values = {"quantity_on_hand": Decimal(4), "purchase_cost": Decimal(3), "track_inventory": True}
        item = create_item(
            {"name": "Lamp", **values, "opening_stock_date": date(2026, 1, 1)}, company=company, actor=ACTOR
        )
        movement = item.movements.select_related("entry").get()
        assert movement.entry is not None
        assert (movement.moved_on, movement.entry.entry_date) == (date(2026, 1, 1), date(2026, 1, 1))
        undated = create_item({"name": "Chair", **values}, company=company, actor=ACTOR)
        assert undated.movements.get().moved_on == company.today()

    def test_is_not_opened_on_a_day_to_come_nor_twice(self, company: Company) -> None:
        tomorrow = company.today() + timedelta(days=1)
        with pytest.raises(ValidationFailed, match="a day to come") as refusal:
            make_item(company, quantity_on_hand=Decimal(1), opening_stock_date=tomorrow)
        assert refusal.value.field == "opening_stock_date"
        item = make_item(company, quantity_on_hand=Decimal(1))
        again = {"quantity_on_hand": Decimal(5), "opening_stock_date": date(2026, 1, 1)}
        with pytest.raises(ValidationFailed, match="open already") as refusal:
            update_item(item, again, actor=ACTOR)
        assert refusal.value.field == "opening_stock_date"

    def test_opens_later_where_there_was_none(self, company: Company) -> None:
        item = make_item(company, purchase_cost=Decimal(3))
        stock = {"track_inventory": True, "quantity_on_hand": Decimal(5), "opening_stock_date": date(2026, 1, 1)}
        update_item(item, stock, actor=ACTOR)
        assert balances(company) == amounts(_1200="15.00", _3900="-15.00")


class TestAPastDay:
    """Goods that leave on a day were there on that day."""

    def test_has_no_goods_before_they_came(self, company: Company) -> None:
        item = make_item(
            company, quantity_on_hand=Decimal(4), purchase_cost=Decimal(1), opening_stock_date=date(2026, 2, 1)
        )
        sale = line("1.00", product_id=item.id, quantity=Decimal(1))
        with pytest.raises(InsufficientInventory, match="1 wanted, 0 on hand on 2026-01-31") as refusal:
            make_invoice(company, sale, on=date(2026, 1, 31))
        assert refusal.value.field == "lines[0].quantity"
        assert balances(company) == amounts(_1200="4.00", _3900="-4.00")
        make_invoice(company, sale, on=date(2026, 2, 1))

    def test_leaves_enough_for_what_was_sold_since(self, company: Company) -> None:
        item = make_item(company, quantity_on_hand=Decimal(4), purchase_cost=Decimal(1))
        sale = line("1.00", product_id=item.id, quantity=Decimal(3))
        make_invoice(company, sale, on=date(2026, 3, 10))
        update_item(item, {"quantity_on_hand": Decimal(9)}, actor=ACTOR)  # 8 more come today
        with pytest.raises(InsufficientInventory, match="3 wanted, 1 on hand on 2026-03-10"):
            make_invoice(company, sale, on=date(2026, 2, 10))
        make_invoice(company, line("1.00", product_id=item.id, quantity=Decimal(1)), on=date(2026, 2, 10))

    def test_counts_what_moves_together_by_its_days(self, company: Company) -> None:
        item = make_item(company, quantity_on_hand=Decimal(4), purchase_cost=Decimal(1))
        moves = [
            StockMove(item_id=item.id, quantity=Decimal(5), moved_on=date(2026, 5, 1), value=Decimal(5)),
            StockMove(item_id=item.id, quantity=Decimal(-6), moved_on=date(2026, 4, 1)),
        ]
        with pytest.raises(InsufficientInventory, match="6 wanted, 4 on hand on 2026-04-01"):
            move_stock(moves, company=company, reason="test")

    def test_may_be_short_where_the_company_allows_it(self) -> None:
        company = make_company(chart="us", currency="USD", allows_negative_inventory=True)
        item = make_item(
            company, quantity_on_hand=Decimal(4), purchase_cost=Decimal(1), opening_stock_date=date(2026, 2, 1)
        )
        make_invoice(company, line("1.00", product_id=item.id, quantity=Decimal(1)), on=date(2026, 1, 31))
        assert balances(company)["1200"] == 3

    def test_costs_a_statement_more_only_where_something_moved_since(self, company: Company) -> None:
        item = make_item(company, quantity_on_hand=Decimal(9), purchase_cost=Decimal(1))
        counts = []
        for day in (date(2026, 3, 1), date(2026, 3, 1), date(2026, 2, 1)):
            with CaptureQueriesContext(connection) as queries:
                move_stock(
                    [StockMove(item_id=item.id, quantity=Decimal(-1), moved_on=day)], company=company, reason="test"
                )
            counts.append(len(queries))
        assert counts[0] == counts[1] == counts[2] - 1


class TestAVoid:
    """What a void takes back of the stock is what it takes back of the accounts."""

    def test_needs_a_stock_to_move_goods_back_to(self, company: Company) -> None:
        item = make_item(company, name="Lamp", quantity_on_hand=Decimal(2), purchase_cost=Decimal(3))
        sale = make_invoice(company, line("40.00", product_id=item.id, quantity=Decimal(2)))
        update_item(item, {"track_inventory": False}, actor=ACTOR)
        with pytest.raises(InvalidStateTransition, match="the stock of Lamp is not counted any more"):
            void_invoice(**by(company, sale))
        update_item(item, {"track_inventory": True}, actor=ACTOR)
        void_invoice(**by(company, sale))
        assert balances(company) == amounts(_1200="6.00", _3900="-6.00")

    def returned(self, company: Company, item: Item, pieces: int) -> CreditMemo:
        back = line("1.00", product_id=item.id, return_quantity=Decimal(pieces))
        values = {"customer_id": make_customer(company).id, "lines": [back], "status": "open"}
        return create_credit_memo(values, company=company, actor=ACTOR)

    def test_takes_back_what_a_return_corrected(self) -> None:
        # 2 at 3.00 and 4 sold: 2 are missing, at an assumed 6.00. A count finds 4.00 a piece for what comes.
        company = make_company(chart="us", currency="USD", allows_negative_inventory=True)
        item = make_item(company, quantity_on_hand=Decimal(2), purchase_cost=Decimal(3))
        sale = make_invoice(company, line("40.00", product_id=item.id, quantity=Decimal(4)))
        Item.objects.filter(id=item.id).update(last_cost=Decimal(4))
        # 5 come back at 4.00: 20.00, of which 8.00 replace the 6.00 that were assumed, so 2.00 are cost of sales.
        memo = self.returned(company, item, 5)
        item.refresh_from_db()
        assert (item.inventory_value, balances(company)["1200"]) == (Decimal(12), Decimal(12))
        void_credit_memo(**by(company, memo))
        item.refresh_from_db()
        assert (item.quantity_on_hand, item.inventory_value) == (-2, Decimal(-6))
        assert balances(company)["1200"] == Decimal(-6)
        void_invoice(**by(company, sale))
        item.refresh_from_db()
        assert (item.quantity_on_hand, item.inventory_value, balances(company)["1200"]) == (2, Decimal(6), Decimal(6))
        prove(company)

    def test_takes_no_more_value_than_there_is(self, company: Company) -> None:
        # 4 dear ones come back at 10.00 and 4 cheap ones at 1.00 lie there: 8 for 44.00. 6 are sold for 33.00.
        item = make_item(company, quantity_on_hand=Decimal(4), purchase_cost=Decimal(10))
        customer = make_customer(company)
        sale = make_invoice(company, line("80.00", product_id=item.id, quantity=Decimal(4)), customer=customer)
        update_item(item, {"purchase_cost": Decimal(1)}, actor=ACTOR)
        Item.objects.filter(id=item.id).update(last_cost=Decimal(1))
        update_item(item, {"quantity_on_hand": Decimal(4)}, actor=ACTOR)
        back = line("80.00", product_id=item.id, quantity=Decimal(4), invoice_line_ref="1", return_quantity=Decimal(4))
        values = {"invoice_id": sale.id, "lines": [back], "status": "open"}
        memo = create_credit_memo(values, company=company, actor=ACTOR)
        rest = line("60.00", product_id=item.id, quantity=Decimal(3))
        make_invoice(company, rest, customer=customer, on=company.today())
        item.refresh_from_db()
        assert (item.quantity_on_hand, item.inventory_value) == (5, Decimal("27.50"))
        # Voiding the return would take 40.00 of them: it takes the 27.50 that are there, the rest was sold already.
        void_credit_memo(**by(company, memo))
        item.refresh_from_db()
        assert (item.quantity_on_hand, item.inventory_value) == (1, 0)
        assert "1200" not in balances(company)
        prove(company)


def test_is_not_put_out_of_step_by_reversing_what_posted_it(company: Company) -> None:
    item = make_item(company, quantity_on_hand=Decimal(2), purchase_cost=Decimal(3))
    entry = StockMovement.objects.get(item=item).entry
    assert entry is not None
    with pytest.raises(InvalidStateTransition, match="state the right quantity of the item instead"):
        reverse(entry, on=date(2026, 12, 31), reason="Wrong", actor=ACTOR)


def test_is_found_out_when_it_does_not_add_up(company: Company) -> None:
    item = make_item(company, quantity_on_hand=Decimal(2), purchase_cost=Decimal(3))
    Item.objects.filter(id=item.id).update(inventory_value=Decimal("5.99"))
    [finding] = prove_inventory(company)
    assert "2.000000 on hand worth 5.9900; movements add up to 2.000000 worth 6.0000" in finding.message


_MOVES = st.lists(
    st.tuples(
        st.integers(-6, 6).filter(bool),
        st.decimals(min_value="0.01", max_value="20.00", places=2),
        st.sampled_from(["", "north", "south"]),
    ),
    min_size=1,
    max_size=15,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=_MOVES, allows_negative=st.booleans())
def test_adds_up_whatever_moves(moves: list[tuple[int, Decimal, str]], allows_negative: bool) -> None:
    company = make_company(chart="us", currency="USD", allows_negative_inventory=allows_negative)
    item = make_item(company, quantity_on_hand=Decimal(3), purchase_cost=Decimal("1.01"))
    charged = -Decimal("3.03")
    for quantity, cost, place in moves:
        value = cost * quantity if quantity > 0 else None
        move = StockMove(
            item_id=item.id,
            quantity=Decimal(quantity),
            moved_on=date(2026, 1, 1),
            value=value,
            location_id=place if quantity > 0 else "",
        )
        try:
            [done] = move_stock([move], company=company, reason="test")
        except InsufficientInventory:
            continue
        charged -= done.value - done.correction
    item.refresh_from_db()
    assert item.inventory_value == -charged
    assert item.quantity_on_hand == sum(places(item).values())
    assert item.quantity_on_hand or not item.inventory_value
    assert list(prove_inventory(company)) == []
    if not allows_negative:
        assert item.quantity_on_hand >= 0
        assert item.inventory_value >= 0
        assert min(places(item).values()) >= 0
