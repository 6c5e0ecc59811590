"""Credit memos and sales on the spot: what they give back, and to which invoice."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.tenancy.models import Company, Role
from ledger.errors import ApprovalRequired, InvalidStateTransition, ReferenceNotFound
from ledger.inventory.items import update_item
from ledger.inventory.stock import StockMove, move_stock
from ledger.models import AccountRole
from receivables.errors import OverCredited
from receivables.models import Customer
from receivables.services.credit_memos import (
    apply_credit_memo,
    approve_credit_memo,
    create_credit_memo,
    submit_credit_memo,
    unapply_credit_memo,
    void_credit_memo,
)
from receivables.services.sales_receipts import create_sales_receipt, void_sales_receipt
from tests.factories import (
    actor_of,
    line,
    make_company,
    make_customer,
    make_entry,
    make_invoice,
    make_item,
    make_member,
    make_payment,
)
from tests.receivables.books import ACTOR, balances, by, lines_of, posted, prove

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company(chart="us", currency="USD")


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company)


def credit(company: Company, *lines: dict[str, Any], **values: Any) -> Any:
    stated = {"document_date": date(2026, 1, 20), "status": "open", "lines": list(lines) or [line("10.00")], **values}
    return create_credit_memo(stated, company=company, actor=ACTOR)


class TestACreditMemo:
    def test_settles_its_invoice_first(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        make_payment(company, "95.00", invoice)
        memo = credit(company, invoice_id=invoice.id)
        invoice.refresh_from_db()
        assert (invoice.status, memo.status, memo.remaining_credit) == ("paid", "partially_applied", Decimal(5))
        assert memo.applied_at is not None
        prove(company)

    def test_is_open_credit_without_an_invoice(self, company: Company, customer: Customer) -> None:
        memo = credit(company, customer_id=customer.id)
        assert (memo.status, memo.applied_at) == ("open", None)
        invoice = make_invoice(company, customer=customer)
        memo = apply_credit_memo(**by(company, memo), allocations=[{"invoice_id": invoice.id}])
        invoice.refresh_from_db()
        assert (memo.status, invoice.balance_due) == ("applied", Decimal(90))
        memo = unapply_credit_memo(**by(company, memo))
        invoice.refresh_from_db()
        assert (memo.status, memo.applied_at, invoice.status) == ("open", None, "open")
        prove(company)

    def test_opens_its_invoice_again_when_it_is_voided(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer)
        memo = credit(company, invoice_id=invoice.id)
        void_credit_memo(**by(company, memo))
        invoice.refresh_from_db()
        assert (invoice.status, balances(company)) == ("open", {"1100": Decimal(100), "4000": Decimal(-100)})

    def test_credits_no_more_pieces_than_were_sold(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, line("30.00", quantity=Decimal(3), line_key="a"), customer=customer)
        part = line("20.00", quantity=Decimal(2), invoice_line_ref="a")
        first = credit(company, part, invoice_id=invoice.id)
        with pytest.raises(OverCredited, match="has 3 pieces; 4 would be credited"):
            credit(company, part, invoice_id=invoice.id)
        void_credit_memo(**by(company, first))
        assert credit(company, part, invoice_id=invoice.id).status == "applied"

    def test_takes_goods_back_only_where_it_says_so(self, company: Company, customer: Customer) -> None:
        item = make_item(company, quantity_on_hand=Decimal(5), purchase_cost=Decimal(2))
        sold = line("30.00", quantity=Decimal(3), product_id=item.id)
        invoice = make_invoice(company, sold, customer=customer)
        back = line("10.00", product_id=item.id, invoice_line_ref="1")
        credit(company, back, invoice_id=invoice.id)
        item.refresh_from_db()
        assert item.quantity_on_hand == 2
        returned = credit(company, {**back, "return_quantity": Decimal(1)}, invoice_id=invoice.id)
        assert lines_of(returned.entry)[2:] == posted(("5000", "-2.00"), ("1200", "2.00"))
        item.refresh_from_db()
        assert item.quantity_on_hand == 3
        void_credit_memo(**by(company, returned))
        item.refresh_from_db()
        assert (item.quantity_on_hand, item.inventory_value) == (2, Decimal(4))

    def test_takes_back_what_goods_cost_when_they_were_sold_to_the_cent(
        self, company: Company, customer: Customer
    ) -> None:
        # 3 for 10.00, sold together: the first two come back at 3.33 and 3.34, the last with what is left, 3.33.
        item = make_item(company, name="Cup")
        item = update_item(item, {"track_inventory": True}, actor=ACTOR)
        stock = StockMove(item_id=item.id, quantity=Decimal(3), value=Decimal(10), moved_on=date(2026, 1, 1))
        make_entry(company, (AccountRole.INVENTORY_ASSET, "10.00"), (AccountRole.ACCOUNTS_PAYABLE, "-10.00"))
        move_stock([stock], company=company, reason="purchase")
        invoice = make_invoice(company, line("30.00", quantity=Decimal(3), product_id=item.id), customer=customer)
        make_item(company, quantity_on_hand=Decimal(9), purchase_cost=Decimal(9))  # another item's cost is not asked
        back = line("10.00", invoice_line_ref="1", return_quantity=Decimal(1))  # need not name the item again
        memos = [credit(company, back, invoice_id=invoice.id) for _ in range(3)]
        assert [lines_of(memo.entry)[-1] for memo in memos] == posted(
            ("1200", "3.33"), ("1200", "3.34"), ("1200", "3.33")
        )
        item.refresh_from_db()
        assert (item.quantity_on_hand, item.inventory_value) == (3, 10)
        prove(company)

    def test_takes_back_no_more_goods_than_were_sold(self, company: Company, customer: Customer) -> None:
        item = make_item(company, quantity_on_hand=Decimal(5), purchase_cost=Decimal(2))
        invoice = make_invoice(company, line("30.00", quantity=Decimal(3), product_id=item.id), customer=customer)
        back = line("1.00", invoice_line_ref="1", quantity=Decimal(1), product_id=item.id, return_quantity=Decimal(2))
        first = credit(company, back, invoice_id=invoice.id)
        with pytest.raises(OverCredited, match="has 3 pieces; 4 would come back"):
            credit(company, back, invoice_id=invoice.id)
        void_credit_memo(**by(company, first))
        credit(company, back, invoice_id=invoice.id)

    def test_refuses_a_draft_invoice(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company, customer=customer, status="draft")
        with pytest.raises(ReferenceNotFound, match="only a confirmed invoice can be credited"):
            credit(company, invoice_id=invoice.id)

    def test_refuses_another_customers_invoice_and_unknown_lines(self, company: Company, customer: Customer) -> None:
        invoice = make_invoice(company)
        with pytest.raises(ReferenceNotFound, match="is another customer's"):
            credit(company, invoice_id=invoice.id, customer_id=customer.id)
        with pytest.raises(ReferenceNotFound) as refused:
            credit(company, line("1.00", invoice_line_ref="nine"), invoice_id=invoice.id)
        assert refused.value.field == "lines[0].invoice_line_ref"

    def test_posts_when_a_second_person_approves(self) -> None:
        strict = make_company(chart="us", currency="USD", requires_approval=True)
        kim, lee = (actor_of(make_member(strict, role=Role.OWNER)) for _ in range(2))
        memo = credit(strict, customer_id=make_customer(strict).id, status="draft")
        key = {"company_id": strict.id, "document_id": memo.id}
        with pytest.raises(ApprovalRequired):
            credit(strict, customer_id=make_customer(strict).id)
        submit_credit_memo(**key, actor=kim)
        memo = approve_credit_memo(**key, actor=lee)
        assert (memo.status, memo.document_number) == ("open", "CM-1001")
        assert approve_credit_memo(**key, actor=lee).entry_id == memo.entry_id

    def test_is_not_applied_as_a_draft(self, company: Company, customer: Customer) -> None:
        draft = credit(company, customer_id=customer.id, status="draft")
        with pytest.raises(InvalidStateTransition, match="a draft credit memo cannot be applied"):
            apply_credit_memo(**by(company, draft), allocations=[])


class TestASalesReceipt:
    def sell(self, company: Company, *lines: dict[str, Any], **values: Any) -> Any:
        stated = {"document_date": date(2026, 1, 20), "lines": list(lines) or [line("10.00")], **values}
        return create_sales_receipt({"status": "completed", **stated}, company=company, actor=ACTOR)

    def test_needs_no_customer_and_leaves_no_open_item(self, company: Company) -> None:
        receipt = self.sell(company, line("10.00", tax_code="ST-NY"))
        assert (receipt.status, receipt.document_number) == ("completed", "SR-1001")
        assert balances(company) == {"1050": Decimal("10.40"), "4000": Decimal(-10), "2200": Decimal("-0.40")}

    def test_posts_to_the_accounts_it_names(self, company: Company) -> None:
        receipt = self.sell(company, deposit_to_account_code="1000", revenue_account_code="4010")
        assert lines_of(receipt.entry) == posted(("1000", "10.00"), ("4010", "-10.00"))

    def test_takes_goods_from_stock_and_puts_them_back_when_voided(self, company: Company) -> None:
        item = make_item(company, quantity_on_hand=Decimal(2), purchase_cost=Decimal(3))
        receipt = self.sell(company, line("10.00", product_id=item.id))
        assert lines_of(receipt.entry)[2:] == posted(("5000", "3.00"), ("1200", "-3.00"))
        void_sales_receipt(**by(company, receipt))
        item.refresh_from_db()
        assert item.quantity_on_hand == 2
        prove(company)

    def test_keeps_money_of_another_currency_at_its_rate(self, company: Company) -> None:
        receipt = self.sell(company, line("10.00"), line("5.01"), currency="EUR", exchange_rate=Decimal("1.1"))
        assert lines_of(receipt.entry) == posted(("1050", "16.51"), ("4000", "-11.00"), ("4000", "-5.51"))
