"""Early-payment discounts and write-offs: what they take off an invoice and off its tax."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company, Role
from ledger.errors import InvalidStateTransition, ReferenceNotFound
from ledger.open_items.errors import OverAllocated
from receivables.models import CreditMemo, Invoice
from receivables.services.adjustments import discount_invoice, write_off_invoice
from receivables.services.credit_memos import approve_credit_memo, void_credit_memo
from tests.factories import actor_of, line, make_company, make_customer, make_invoice, make_member, make_payment
from tests.receivables.books import amounts, balances, by, lines_of, posted, prove

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 25)
ZERO = Decimal(0)


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr04", currency="EUR")


def discount(company: Company, invoice: Invoice, **values: Any) -> CreditMemo:
    return discount_invoice(**by(company, invoice), **{"on": DAY, **values})


def write_off(company: Company, invoice: Invoice, code: str = "6930", **values: Any) -> CreditMemo:
    account = company.accounts.get(code=code)
    return write_off_invoice(**by(company, invoice), account_id=account.id, **{"on": DAY, **values})


class TestADiscount:
    def test_is_what_is_left_with_its_tax(self, company: Company) -> None:
        """The reference's own example: a customer pays 116.62 of 119.00, less 2 %: 2.00 and 0.38 of tax."""
        invoice = make_invoice(company, line("100.00", tax_code="UST19"))
        make_payment(company, "116.62", invoice, deposit_to_account_code="1800")
        memo = discount(company, invoice)
        assert lines_of(memo.entry) == posted(("4730", "2.00"), ("3806", "0.38"), ("1200", "-2.38"))
        invoice.refresh_from_db()
        assert (invoice.status, memo.status, memo.document_date) == ("paid", "applied", DAY)
        assert balances(company) == amounts(_1800="116.62", _4400="-100.00", _4730="2.00", _3806="-18.62")
        prove(company)

    def test_is_shared_out_over_the_rates(self, company: Company) -> None:
        """3 % of 119.00 + 107.00 + 50.00 = 276.00 is 8.28: 3.57, 3.21 and 1.50. 19/119 is 0.57, 7/107 is 0.21."""
        lines = (line("100.00", tax_code="UST19"), line("100.00", tax_code="UST7"), line("50.00", tax_rate=ZERO))
        invoice = make_invoice(company, *lines)
        memo = discount(company, invoice, percent=Decimal(3))
        assert lines_of(memo.entry) == posted(
            *(("4730", "3.00"), ("4730", "3.00"), ("4730", "1.50"), ("3806", "0.57"), ("3801", "0.21")),
            ("1200", "-8.28"),
        )
        invoice.refresh_from_db()
        assert invoice.balance_due == Decimal("267.72")

    def test_takes_back_tax_that_was_stated(self) -> None:
        company = make_company(chart="us", currency="USD")
        details = [{"tax_amount": "4.00"}, {"tax_amount": "4.88"}]
        invoice = make_invoice(company, line("100.00", tax_code="NYC", tax_details=details))
        memo = discount(company, invoice, amount=Decimal("10.89"))  # a tenth of 108.88, rounded
        assert lines_of(memo.entry) == posted(("4900", "10.00"), ("2200", "0.89"), ("1100", "-10.89"))

    def test_realises_no_exchange_difference(self, company: Company) -> None:
        invoice = make_invoice(company, line("33.33", tax_rate=ZERO), currency="USD", exchange_rate=Decimal("0.9"))
        discount(company, invoice, amount=Decimal("3.33"))
        discount_entry = amounts(_1200="27.00", _4400="-30.00", _4730="3.00")
        assert balances(company) == discount_entry
        prove(company)

    def test_does_not_come_before_its_invoice(self, company: Company) -> None:
        invoice = make_invoice(company, on=date(2026, 2, 10))
        with pytest.raises(ValidationFailed, match="choose that day or later") as refused:
            discount(company, invoice, on=date(2026, 2, 9))
        assert refused.value.field == "on"
        assert discount(company, invoice, on=date(2026, 2, 10)).document_date == date(2026, 2, 10)

    def test_is_not_changed_by_asking_for_another_one(self, company: Company) -> None:
        invoice = make_invoice(company, line("100.00", tax_code="UST19"))
        memo = discount(company, invoice, amount=Decimal("5.00"))
        for other in ({"amount": Decimal("7.00")}, {"percent": Decimal(10)}):
            with pytest.raises(InvalidStateTransition, match=r"reduced by 5\.00 already") as refusal:
                discount(company, invoice, **other)
            assert refusal.value.details["existing_id"] == str(memo.id)
        assert discount(company, invoice, amount=Decimal("5.00")) == memo == discount(company, invoice)

    def test_is_granted_once(self, company: Company) -> None:
        invoice = make_invoice(company)
        memo = discount(company, invoice, percent=Decimal(2))
        assert discount(company, invoice, percent=Decimal(2)) == memo
        void_credit_memo(**by(company, memo))
        assert discount(company, invoice, percent=Decimal(2)) != memo
        invoice.refresh_from_db()
        assert invoice.balance_due == Decimal(98)

    @pytest.mark.parametrize(
        ("values", "refusal", "field"),
        [
            ({"amount": Decimal("100.01")}, OverAllocated, "amount"),
            ({"amount": Decimal(0)}, OverAllocated, "amount"),
            ({"percent": Decimal(101)}, ValidationFailed, "percent"),
            ({"percent": Decimal(2), "amount": Decimal(2)}, ValidationFailed, "percent"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, company: Company, values: dict[str, Any], refusal: type[Exception], field: str
    ) -> None:
        with pytest.raises(refusal) as refused:
            discount(company, make_invoice(company), **values)
        assert refused.value.field == field  # type: ignore[attr-defined]
        assert not CreditMemo.objects.exists()

    def test_is_for_confirmed_invoices(self, company: Company) -> None:
        with pytest.raises(InvalidStateTransition, match="a draft invoice cannot be reduced"):
            discount(company, make_invoice(company, status="draft"))

    def test_waits_for_approval_where_the_company_asks_for_it(self) -> None:
        strict = make_company(chart="skr04", currency="EUR")
        invoice = make_invoice(strict)
        strict.requires_approval = True
        strict.save()
        kim, lee = (actor_of(make_member(strict, role=Role.OWNER)) for _ in range(2))
        key = {"company_id": strict.id, "document_id": invoice.id}
        memo = discount_invoice(**key, actor=kim, percent=Decimal(2), on=DAY)
        assert (memo.status, memo.approval_status) == ("draft", "pending_approval")
        assert discount_invoice(**key, actor=kim, percent=Decimal(2), on=DAY) == memo
        approve_credit_memo(company_id=strict.id, document_id=memo.id, actor=lee)
        invoice.refresh_from_db()
        assert invoice.balance_due == Decimal(98)


class TestAWriteOff:
    def test_takes_off_the_rest_and_its_tax(self, company: Company) -> None:
        invoice = make_invoice(company, line("100.00", tax_code="UST19"))
        make_payment(company, "19.00", invoice, deposit_to_account_code="1800")
        memo = write_off(company, invoice, reason="Insolvent")
        # 100.00 are left: 84.03 and 15.97 of tax (19/119 is 15.966).
        assert lines_of(memo.entry) == posted(("6930", "84.03"), ("3806", "15.97"), ("1200", "-100.00"))
        assert memo.lines.get().description == f"Insolvent, {invoice}"
        assert write_off(company, invoice) == memo
        invoice.refresh_from_db()
        assert invoice.status == "paid"
        prove(company)

    def test_of_everything_leaves_no_cent_of_tax(self, company: Company) -> None:
        lines = [line(amount, tax_code="UST19") for amount in ("0.07", "33.33", "12.34")]
        invoice = make_invoice(company, *lines, line("9.99", tax_code="UST7"))
        write_off(company, invoice)
        assert {code: amount for code, amount in balances(company).items() if code.startswith(("38", "12"))} == {}

    def test_may_be_of_a_part_and_of_another_part(self, company: Company) -> None:
        invoice = make_invoice(company, customer=make_customer(company))
        first = write_off(company, invoice, amount=Decimal(30))
        second = write_off(company, invoice, amount=Decimal(20))
        assert first != second
        invoice.refresh_from_db()
        assert invoice.balance_due == Decimal(50)

    def test_refuses_accounts_of_others_and_for_open_items(self, company: Company) -> None:
        invoice = make_invoice(company)
        foreign = make_company(chart="skr04", currency="EUR").accounts.get(code="6930")
        with pytest.raises(ReferenceNotFound) as refused:
            write_off_invoice(**by(company, invoice), account_id=foreign.id)
        assert refused.value.field == "account_id"
        with pytest.raises(ValidationFailed, match="is for open items"):
            write_off(company, invoice, "1200")
