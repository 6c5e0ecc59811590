"""What an invoice charged bounds what is credited of it: per line, per tax code and in total, at the invoice's rate and
not before its day. And what a discount is calculated on after goods came back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.open_items.errors import OverAllocated
from receivables.errors import OverCredited
from receivables.models import CreditMemo, Invoice
from receivables.services.adjustments import discount_invoice, write_off_invoice
from receivables.services.credit_memos import create_credit_memo, update_credit_memo, void_credit_memo
from receivables.services.invoices import void_invoice
from receivables.services.payments import unapply_payment
from receivables.services.refund_receipts import create_refund_receipt
from tests import factories
from tests.factories import make_company, make_customer, make_invoice, make_payment
from tests.receivables.books import ACTOR, amounts, balances, by, lines_of, posted, prove

FREE = Decimal(0)
pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 25)


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr04", currency="EUR")


def credit(invoice: Invoice, *lines: dict[str, Any], **values: Any) -> CreditMemo:
    stated = {"document_date": DAY, "status": "open", "invoice_id": invoice.id, "lines": list(lines), **values}
    return create_credit_memo(stated, company=invoice.company, actor=ACTOR)


def line(amount: str | Decimal, **values: Any) -> dict[str, Any]:
    """A document's line of one amount; without tax unless told otherwise."""
    says = values.keys() & {"tax_code", "tax_rate", "tax_amount"}
    return factories.line(amount, **({} if says else {"tax_rate": Decimal(0)}), **values)


def taxed(amount: str, code: str = "UST19", **values: Any) -> dict[str, Any]:
    return line(amount, tax_code=code, **values)


def refused(invoice: Invoice, *lines: dict[str, Any], **values: Any) -> OverCredited:
    before = (CreditMemo.objects.count(), balances(invoice.company))
    with pytest.raises(OverCredited) as refusal:
        credit(invoice, *lines, **values)
    assert (CreditMemo.objects.count(), balances(invoice.company)) == before
    return refusal.value


class TestTheWhole:
    def test_is_credited_once(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("100.00"))
        memo = credit(invoice, taxed("100.00"))
        assert balances(company) == {}
        refusal = refused(invoice, taxed("100.00"))
        assert (refusal.field, refusal.details) == ("lines", {"left": "0.00"})
        assert "charged 119.00 EUR, of which 119.00 are credited already; 119.00 cannot be credited" in refusal.message
        void_credit_memo(**by(company, memo))
        assert credit(invoice, taxed("100.00")).status == "applied"

    def test_is_not_exceeded_by_amount(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("100.00"))
        assert refused(invoice, taxed("500.00")).details == {"left": "119.00"}
        assert refused(invoice, taxed("100.01")).details == {"left": "119.00"}
        credit(invoice, taxed("60.00"))
        assert refused(invoice, taxed("40.01")).details == {"left": "47.60"}
        credit(invoice, taxed("40.00"))
        assert balances(company) == {}

    def test_is_what_was_charged_after_the_documents_discount(self, company: Company) -> None:
        """100.00 less 10 % and 5 more: 85.00 and 16.15 of tax."""
        details = [{"percent": 10}, {"amount": "5.00"}]
        invoice = make_invoice(company, taxed("100.00", line_key="a"), discount_details=details)
        assert refused(invoice, taxed("100.00")).details == {"left": "101.15"}
        assert refused(invoice, taxed("85.01", invoice_line_ref="a")).field == "lines[0].amount"
        memo = credit(invoice, taxed("100.00", invoice_line_ref="a"), discount_details=details)
        assert (memo.total_amount, balances(company)) == (Decimal("101.15"), {})

    def test_is_bounded_without_tax_and_in_its_tax(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("100.00"))
        assert "charged 100.00 EUR without tax" in refused(invoice, line("119.00", tax_rate=FREE)).message
        inclusive = make_invoice(company, taxed("119.00"), tax_behavior="inclusive")
        assert "without tax" in refused(inclusive, line("119.00", tax_rate=FREE)).message
        us = make_company(chart="us", currency="USD")
        stated = make_invoice(us, line("100.00", tax_amount=Decimal("8.88")))
        assert "charged 8.88 USD of tax" in refused(stated, line("90.00", tax_amount=Decimal("18.88"))).message
        credit(stated, line("100.00", tax_amount=Decimal("8.88")))
        assert balances(us) == {}

    def test_is_bounded_in_the_tax_of_each_code(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("100.00"), taxed("100.00", "UST7"))
        refusal = refused(invoice, taxed("101.00"))
        assert "charged 19.00 EUR of tax by code UST19; 19.19 cannot be credited" in refusal.message
        credit(invoice, taxed("60.00", "UST7"))
        assert "7.00 EUR of tax by code UST7, of which 4.20" in refused(invoice, taxed("41.00", "UST7")).message
        credit(invoice, taxed("40.00", "UST7"), taxed("100.00"))
        assert balances(company) == {}

    def test_counts_discounts_and_bad_debts(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("100.00"))
        discount_invoice(**by(company, invoice), percent=Decimal(2), on=DAY)
        assert refused(invoice, taxed("100.00")).details == {"left": "116.62"}
        credit(invoice, taxed("98.00"))
        assert balances(company) == amounts(_4400="-2.00", _4730="2.00")

    def test_does_not_count_drafts_and_bounds_them_when_they_post(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("100.00"))
        draft = credit(invoice, taxed("100.00"), status="draft")
        credit(invoice, taxed("50.00"))
        with pytest.raises(OverCredited):
            update_credit_memo(draft, {"status": "open"}, actor=ACTOR)
        assert update_credit_memo(draft, {"lines": [taxed("50.00")], "status": "open"}, actor=ACTOR).status == "applied"
        assert balances(company) == {}

    def test_of_a_paid_invoice_becomes_the_customers_credit(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("100.00"))
        make_payment(company, "119.00", invoice)
        memo = credit(invoice, taxed("100.00"))
        assert (memo.status, memo.remaining_credit) == ("open", Decimal(119))
        refused(invoice, taxed("0.01"))


class TestALine:
    def test_is_credited_up_to_its_own_amount(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("100.00", line_key="a"), taxed("50.00", line_key="b"))
        assert refused(invoice, taxed("60.00", invoice_line_ref="b")).field == "lines[0].amount"
        credit(invoice, taxed("30.00", invoice_line_ref="b"))
        other = taxed("10.00", invoice_line_ref="a", quantity=Decimal("0.1"))
        refusal = refused(invoice, other, taxed("20.01", invoice_line_ref="b", quantity=Decimal(0)))
        assert refusal.field == "lines[1].amount"
        assert "line 2 of the invoice charged 50.00 EUR without tax, of which 30.00 are credited" in refusal.message

    def test_is_found_by_its_key_before_another_ones_number(self, company: Company) -> None:
        invoice = make_invoice(company, line("10.00", line_key="2"), line("20.00", line_key="b"))
        first, second = invoice.lines.order_by("line_number")
        assert credit(invoice, line("10.00", invoice_line_ref="2")).lines.get().invoice_line == first
        assert credit(invoice, line("20.00", invoice_line_ref="b")).lines.get().invoice_line == second

    def test_is_not_exceeded_by_two_lines_together(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("90.00", quantity=Decimal(3)), taxed("90.00"))
        piece = taxed("50.00", invoice_line_ref="1")
        assert refused(invoice, piece, piece).details == {"left": "90.00"}

    def test_that_lowered_the_invoice_gives_nothing_back(self, company: Company) -> None:
        rebate = taxed("-20.00", line_key="rebate", quantity=Decimal(1))
        invoice = make_invoice(company, taxed("100.00", line_key="a"), rebate)
        refusal = refused(invoice, taxed("10.00", invoice_line_ref="rebate"))
        assert refusal.details == {"left": "0.00"}
        both = taxed("100.00", invoice_line_ref="a"), taxed("-20.00", invoice_line_ref="rebate")
        assert credit(invoice, *both).total_amount == Decimal("95.20")
        assert balances(company) == {}


class TestParts:
    @pytest.mark.parametrize("behavior", ["exclusive", "inclusive"])
    @pytest.mark.parametrize(("price", "parts"), [("0.83", 3), ("0.03", 10), ("33.33", 3), ("0.01", 7)])
    def test_add_up_to_the_tax_of_the_invoice(self, company: Company, behavior: str, price: str, parts: int) -> None:
        """0.83 × 3 is 2.49 and 0.47 of tax; each alone would have 0.16, together 0.48."""
        whole = taxed(str(Decimal(price) * parts), quantity=Decimal(parts), line_key="a")
        invoice = make_invoice(company, whole, tax_behavior=behavior)
        for _ in range(parts):
            credit(invoice, taxed(price, invoice_line_ref="a"), tax_behavior=behavior)
        assert balances(company) == {}
        refused(invoice, taxed("0.01"))

    def test_of_several_lines_and_rates_add_up(self, company: Company) -> None:
        lines = [("0.07", "UST19"), ("33.33", "UST19"), ("12.34", "UST19"), ("9.99", "UST7"), ("0.07", "UST7")]
        stated = [taxed(amount, code, line_key=str(key)) for key, (amount, code) in enumerate(lines)]
        invoice = make_invoice(company, *stated)
        for key, (amount, code) in enumerate(lines):
            credit(invoice, taxed(amount, code, invoice_line_ref=str(key)))
        assert balances(company) == {}


class TestAForeignInvoice:
    def test_is_credited_at_its_own_rate(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("100.00"), currency="USD", exchange_rate=Decimal("0.9"))
        memo = credit(invoice, taxed("100.00"))
        assert (memo.exchange_rate, memo.base_amount) == (Decimal("0.9"), Decimal("107.10"))
        assert balances(company) == {}
        prove(company)

    @pytest.mark.parametrize("rate", ["0.33335", "0.91234", "1.005"])
    def test_is_credited_in_parts_that_are_worth_the_whole(self, company: Company, rate: str) -> None:
        """100.00 at 0.33335 is 33.34; ten parts by themselves would be 3.33 each, 33.30 together."""
        invoice = make_invoice(company, line("100.00", tax_rate=FREE), currency="USD", exchange_rate=Decimal(rate))
        for _ in range(10):
            credit(invoice, line("10.00", tax_rate=FREE))
        assert balances(company) == {}
        prove(company)

    def test_takes_no_other_currency(self, company: Company) -> None:
        invoice = make_invoice(company, line("100.00", tax_rate=FREE), currency="USD", exchange_rate=Decimal("0.9"))
        with pytest.raises(ValidationFailed) as refusal:
            credit(invoice, line("100.00", tax_rate=FREE), currency="EUR")
        assert refusal.value.field == "currency"
        assert not CreditMemo.objects.exists()

    def test_gives_its_rate_to_a_draft_that_is_pointed_at_it(self, company: Company) -> None:
        customer = make_customer(company)
        first, second = (
            make_invoice(company, customer=customer, currency="USD", exchange_rate=Decimal(rate))
            for rate in ("0.9", "0.8")
        )
        memo = credit(first, line("100.00", tax_rate=FREE), status="draft")
        memo = update_credit_memo(memo, {"invoice_id": second.id}, actor=ACTOR)
        assert memo.exchange_rate == Decimal("0.8")
        memo = update_credit_memo(memo, {"invoice_id": None}, actor=ACTOR)
        assert memo.exchange_rate is None

    def test_keeps_its_rate_when_it_was_paid_before(self, company: Company) -> None:
        """Paid at 0.8: 10.00 lost. The credit of 100.00 USD is owed at the invoice's 0.9."""
        invoice = make_invoice(company, line("100.00", tax_rate=FREE), currency="USD", exchange_rate=Decimal("0.9"))
        make_payment(company, "100.00", invoice, currency="USD", exchange_rate=Decimal("0.8"))
        credit(invoice, line("100.00", tax_rate=FREE))
        assert balances(company) == amounts(_1460="80.00", _6880="10.00", _1200="-90.00")


class TestTheDay:
    def test_is_not_before_the_invoice(self, company: Company) -> None:
        invoice = make_invoice(company, on=date(2026, 2, 10))
        for values, field in (
            ({"document_date": date(2026, 2, 9)}, "document_date"),
            ({"document_date": date(2026, 2, 10), "effective_date": date(2026, 2, 9)}, "effective_date"),
            ({"document_date": date(2026, 2, 9), "status": "draft"}, "document_date"),
        ):
            with pytest.raises(ValidationFailed, match="nothing of it is given back before") as refusal:
                credit(invoice, line("10.00", tax_rate=FREE), **values)
            assert refusal.value.field == field
        assert credit(invoice, line("10.00", tax_rate=FREE), document_date=date(2026, 2, 10)).is_posted

    def test_of_a_refund_is_not_before_its_payment_or_credit_memo(self, company: Company) -> None:
        customer = make_customer(company)
        invoice = make_invoice(company, customer=customer, on=date(2026, 2, 1))
        payment = make_payment(company, "50.00", customer=customer, on=date(2026, 2, 10))
        memo = credit(
            invoice,
            line("10.00", tax_rate=FREE),
            document_date=date(2026, 2, 10),
            invoice_id=None,
            customer_id=customer.id,
        )
        for of in ({"payment_id": payment.id}, {"credit_memo_id": memo.id}):
            body = {**of, "total_amount": Decimal(5), "status": "completed"}
            with pytest.raises(ValidationFailed, match="nothing of it is given back before") as refusal:
                create_refund_receipt({**body, "document_date": date(2026, 2, 9)}, company=company, actor=ACTOR)
            assert refusal.value.field == "document_date"
            refund = create_refund_receipt({**body, "document_date": date(2026, 2, 10)}, company=company, actor=ACTOR)
            assert refund.is_posted


class TestEveryDay:
    """119.00 were credited on 25 January; that is void from 20 February on."""

    VOID = date(2026, 2, 20)

    @pytest.fixture
    def invoice(self, company: Company) -> Invoice:
        invoice = make_invoice(company, taxed("100.00", line_key="a"))
        void_credit_memo(**by(company, credit(invoice, taxed("100.00"))), on=self.VOID)
        return invoice

    @pytest.mark.parametrize("day", [DAY, date(2026, 2, 1), date(2026, 2, 19)])
    def test_is_bound_by_what_was_credited_then(self, invoice: Invoice, day: date) -> None:
        refusal = refused(invoice, taxed("100.00"), document_date=day)
        assert (refusal.field, refusal.details) == ("document_date", {"first_possible": "2026-02-20"})
        assert refusal.message.endswith("119.00 cannot be credited; the first possible day is 2026-02-20")

    def test_is_bound_on_later_days_too(self, invoice: Invoice) -> None:
        """A credit of 16 January counts on 25 January as well."""
        refusal = refused(invoice, taxed("0.01"), document_date=date(2026, 1, 16))
        assert refusal.details == {"first_possible": "2026-02-20"}

    def test_is_free_from_the_day_of_the_void(self, invoice: Invoice) -> None:
        memo = credit(invoice, taxed("100.00"), document_date=self.VOID)
        assert (memo.status, balances(invoice.company)) == ("applied", {})
        prove(invoice.company)

    def test_counts_from_the_effective_date(self, invoice: Invoice) -> None:
        assert refused(invoice, taxed("100.00"), effective_date=date(2026, 2, 19)).field == "effective_date"
        assert credit(invoice, taxed("100.00"), effective_date=self.VOID).is_posted

    def test_is_bound_by_line(self, invoice: Invoice) -> None:
        """Half of it by a line that was credited whole."""
        other = make_invoice(invoice.company, taxed("100.00", line_key="a"), taxed("100.00", line_key="b"))
        void_credit_memo(**by(invoice.company, credit(other, taxed("100.00", invoice_line_ref="a"))), on=self.VOID)
        assert refused(other, taxed("50.00", invoice_line_ref="a")).details == {"first_possible": "2026-02-20"}
        assert credit(other, taxed("50.00", invoice_line_ref="b")).is_posted

    def test_names_the_first_of_many_days(self, company: Company) -> None:
        """60 until 10 February and 60 from the 15th to the 20th: 50 more fit between, but not for good."""
        invoice = make_invoice(company, taxed("100.00"))
        void_credit_memo(**by(company, credit(invoice, taxed("60.00"))), on=date(2026, 2, 10))
        later = credit(invoice, taxed("60.00"), document_date=date(2026, 2, 15))
        void_credit_memo(**by(company, later), on=self.VOID)
        assert refused(invoice, taxed("50.00")).details == {"first_possible": "2026-02-20"}
        assert credit(invoice, taxed("40.00")).is_posted

    def test_holds_discounts_and_their_field(self, invoice: Invoice) -> None:
        with pytest.raises(OverCredited) as refusal:
            discount_invoice(**by(invoice.company, invoice), on=DAY)
        assert (refusal.value.field, refusal.value.details) == ("on", {"first_possible": "2026-02-20"})

    def test_keeps_the_invoice_until_then(self, invoice: Invoice) -> None:
        """Void before, its credit of those days would be for nothing."""
        for day in (None, date(2026, 2, 19)):
            with pytest.raises(ValidationFailed) as refusal:
                void_invoice(**by(invoice.company, invoice), on=day)
            assert (refusal.value.field, refusal.value.details) == ("on", {"first_possible": "2026-02-20"})
        assert void_invoice(**by(invoice.company, invoice), on=self.VOID).document.is_void
        assert balances(invoice.company) == {}


class TestTheRate:
    """120.00 USD at 0.9."""

    @pytest.fixture
    def invoice(self, company: Company) -> Invoice:
        return make_invoice(company, line("120.00"), currency="USD", exchange_rate=Decimal("0.9"))

    def test_is_the_invoices(self, invoice: Invoice) -> None:
        with pytest.raises(ValidationFailed) as refusal:
            credit(invoice, line("120.00"), exchange_rate=Decimal("0.8"))
        assert refusal.value.field == "exchange_rate"
        assert "posted at 0.9" in refusal.value.message
        credit(invoice, line("120.00"), exchange_rate=Decimal("0.900000"))
        assert balances(invoice.company) == {}

    def test_is_the_invoices_of_a_draft_that_changes(self, invoice: Invoice) -> None:
        draft = credit(invoice, line("120.00"), status="draft")
        with pytest.raises(ValidationFailed) as refusal:
            update_credit_memo(draft, {"exchange_rate": Decimal("0.8")}, actor=ACTOR)
        assert refusal.value.field == "exchange_rate"
        other = make_invoice(
            invoice.company, line("120.00"), customer=invoice.customer, currency="USD", exchange_rate=Decimal("0.7")
        )
        assert update_credit_memo(draft, {"invoice_id": other.id}, actor=ACTOR).exchange_rate == Decimal("0.7")


class TestADiscountAfterGoodsCameBack:
    def test_is_calculated_on_what_is_left(self, company: Company) -> None:
        """2 % of 1,190.00 less 238.00."""
        invoice = make_invoice(company, taxed("1000.00"))
        credit(invoice, taxed("200.00"))
        memo = discount_invoice(**by(company, invoice), percent=Decimal(2), on=DAY)
        assert memo.total_amount == Decimal("19.04")
        assert lines_of(memo.entry) == posted(("4730", "16.00"), ("3806", "3.04"), ("1200", "-19.04"))

    def test_forgets_credits_that_are_void_and_drafts(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("1000.00"))
        void_credit_memo(**by(company, credit(invoice, taxed("200.00"))))
        credit(invoice, taxed("100.00"), status="draft")
        assert discount_invoice(**by(company, invoice), percent=Decimal(2), on=DAY).total_amount == Decimal("23.80")

    def test_lowers_the_tax_of_what_is_left(self, company: Company) -> None:
        """All that was taxed by 7 % came back: 2 % of the 119.00 left are 2.38, with 0.38 of tax by 19 %."""
        invoice = make_invoice(company, taxed("100.00"), taxed("100.00", "UST7"))
        credit(invoice, taxed("100.00", "UST7"))
        memo = discount_invoice(**by(company, invoice), percent=Decimal(2), on=DAY)
        assert lines_of(memo.entry) == posted(("4730", "2.00"), ("3806", "0.38"), ("1200", "-2.38"))
        write_off = write_off_invoice(**by(company, invoice), account_id=company.accounts.get(code="6930").id, on=DAY)
        assert lines_of(write_off.entry) == posted(("6930", "98.00"), ("3806", "18.62"), ("1200", "-116.62"))
        assert {code for code in balances(company) if code.startswith("38")} == set()

    def test_takes_nothing_off_that_was_credited_but_not_applied(self, company: Company) -> None:
        invoice = make_invoice(company, taxed("100.00"))
        payment = make_payment(company, "119.00", invoice)
        credit(invoice, taxed("60.00"))
        unapply_payment(**by(company, payment), on=DAY)
        with pytest.raises(OverAllocated) as refusal:
            discount_invoice(**by(company, invoice), amount=Decimal("47.61"), on=DAY)
        assert refusal.value.details["open_amount"] == "47.60"
        assert discount_invoice(**by(company, invoice), on=DAY).total_amount == Decimal("47.60")


class TestARefundOfAPayment:
    def refund(self, company: Company, **values: Any) -> Any:
        stated = {"total_amount": Decimal(40), "document_date": DAY, "status": "completed", **values}
        return create_refund_receipt(stated, company=company, actor=ACTOR)

    def test_comes_from_where_the_money_lies(self, company: Company) -> None:
        payment = make_payment(company, "100.00", customer=make_customer(company))
        (undeposited, _), _ = lines_of(payment.entry)
        refund = self.refund(company, payment_id=payment.id)
        assert lines_of(refund.entry) == posted(("1200", "40.00"), (undeposited, "-40.00"))
        assert refund.paid_from_account.code == undeposited

    def test_comes_from_that_account_though_its_role_has_moved(self, company: Company) -> None:
        payment = make_payment(company, "100.00", customer=make_customer(company))
        (undeposited, _), _ = lines_of(payment.entry)
        company.accounts.filter(code=undeposited).update(slot=None)
        company.accounts.filter(code="1600").update(slot="undeposited_funds")
        assert self.refund(company, payment_id=payment.id).paid_from_account.code == undeposited

    def test_comes_from_the_payments_own_account_or_a_named_one(self, company: Company) -> None:
        payment = make_payment(company, "100.00", customer=make_customer(company), deposit_to_account_code="1810")
        assert self.refund(company, payment_id=payment.id).paid_from_account.code == "1810"
        named = self.refund(company, payment_id=payment.id, paid_from_account_code="1800")
        assert lines_of(named.entry) == posted(("1200", "40.00"), ("1800", "-40.00"))
