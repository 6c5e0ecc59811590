"""Output tax on what customers pay in advance (§ 13 (1) no. 1 a sentence 4 UStG): posted, taken back, and proven."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from backfill.tenancy.models import Company
from backfill.tenancy.services import update_company
from ledger.accounts.balances import account_balance
from ledger.accounts.charts import update_chart
from ledger.documents import verbs
from ledger.entries.entries import reverse_entry
from ledger.errors import AccountRoleUnassigned, InvalidStateTransition, PeriodLocked, UnknownTaxCode
from ledger.models import Account, JournalEntry
from receivables.ageing import ageing
from receivables.models import AdvanceTax, AdvanceTaxMove, Customer, Invoice, Payment
from receivables.services.invoices import void_invoice
from receivables.services.payments import (
    apply_payment,
    create_payment,
    unapply_payment,
    void_payment,
)
from receivables.services.refund_receipts import create_refund_receipt, void_refund_receipt
from receivables.taxation.advance_postings import ADVANCE_TAX_KIND
from receivables.types.payments import PAYMENT
from tests.factories import line, make_company, make_customer, make_invoice, make_payment
from tests.receivables.books import ACTOR, amounts, balances, by, lines_of, posted, prove

pytestmark = pytest.mark.django_db

confirm_payments = partial(verbs.confirm_many, PAYMENT)

JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 15) for month in (1, 2, 3, 4))


def german(**fields: Any) -> Company:
    """A German company that taxes advance payments from 2020 on."""
    values: dict[str, Any] = {"chart": "skr03", "currency": "EUR", "country": "DE", "time_zone": "Europe/Berlin"}
    return tax_from(make_company(**values | fields), date(2020, 1, 1))


def tax_from(company: Company, day: date | None) -> Company:
    return update_company(company_id=company.id, changes={"advances_taxed_from": day}, actor=ACTOR)


@pytest.fixture
def company() -> Company:
    return german()


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company)


def pay(company: Company, customer: Customer, amount: str, day: date = JANUARY, **values: Any) -> Payment:
    return make_payment(company, amount, customer=customer, document_date=day, **values)


def bill(company: Company, customer: Customer, net: str, day: date, **values: Any) -> Invoice:
    return make_invoice(company, line(net, tax_code="UST19"), customer=customer, document_date=day, **values)


def apply(company: Company, payment: Payment, invoice: Invoice, amount: str, on: date) -> None:
    allocations = [{"invoice_id": invoice.id, "amount": Decimal(amount)}]
    apply_payment(**by(company, payment), allocations=allocations, applied_on=on)


def tax_on(company: Company, day: date, code: str = "1776") -> Decimal:
    return -account_balance(account=Account.objects.get(company=company, code=code), on=day).net


def entries(company: Company) -> list[tuple[str, list[tuple[str, Decimal]]]]:
    rows = JournalEntry.objects.filter(company=company, kind=ADVANCE_TAX_KIND).order_by("first_journal_number")
    return [(f"{row.entry_date:%m-%d}", lines_of(row)) for row in rows]


# 1190.00 contain 1190.00 × 19 / 119 = 190.00.
TAXED = posted(("1593", "1190.00"), ("1718", "-1000.00"), ("1776", "-190.00"))
TAKEN_BACK = posted(("1593", "-1190.00"), ("1718", "1000.00"), ("1776", "190.00"))


class TestPosting:
    def test_posts_the_tax_contained_in_what_pays_nothing(self, company: Company, customer: Customer) -> None:
        pay(company, customer, "1190.00")
        assert entries(company) == [("01-15", TAXED)]
        assert balances(company) == amounts(
            _1360="1190.00", _1400="-1190.00", _1593="1190.00", _1718="-1000.00", _1776="-190.00"
        )
        prove(company)

    def test_leaves_the_open_items_as_they_are(self, company: Company, customer: Customer) -> None:
        payment = pay(company, customer, "1190.00")
        assert payment.unapplied_amount == Decimal("1190.00")
        assert ageing(company, as_of=JANUARY).totals.balance == Decimal("-1190.00")

    def test_tells_the_base_and_the_tax_by_their_code(self, company: Company, customer: Customer) -> None:
        pay(company, customer, "1190.00")
        entry = JournalEntry.objects.get(company=company, kind=ADVANCE_TAX_KIND)
        lines = entry.lines.order_by("line_number").values_list("tax_code", "tax_role", "amount")
        assert list(lines) == [
            ("", "", Decimal("1190.00")),
            ("UST19", "base", Decimal("-1000.00")),
            ("UST19", "tax", Decimal("-190.00")),
        ]

    def test_uses_the_accounts_of_the_other_german_chart(self) -> None:
        company = german(chart="skr04")
        pay(company, make_customer(company), "1190.00")
        assert entries(company) == [("01-15", posted(("1495", "1190.00"), ("3272", "-1000.00"), ("3806", "-190.00")))]
        prove(company)

    def test_posts_nothing_where_the_company_does_not_ask_for_it(self) -> None:
        company = make_company(chart="skr03", currency="EUR", country="DE")
        pay(company, make_customer(company), "1190.00")
        assert entries(company) == []
        prove(company)

    def test_posts_nothing_for_what_pays_an_invoice_at_once(self, company: Company, customer: Customer) -> None:
        invoice = bill(company, customer, "1000.00", JANUARY)
        pay(company, customer, "1190.00", allocations=[{"invoice_id": invoice.id, "amount": Decimal("1190.00")}])
        assert entries(company) == []
        prove(company)

    def test_taxes_only_what_is_left(self, company: Company, customer: Customer) -> None:
        invoice = bill(company, customer, "1000.00", JANUARY)
        pay(company, customer, "1309.00", allocations=[{"invoice_id": invoice.id, "amount": Decimal("1190.00")}])
        # 119.00 are left and contain 19.00.
        assert entries(company) == [("01-15", posted(("1593", "119.00"), ("1718", "-100.00"), ("1776", "-19.00")))]
        prove(company)

    def test_taxes_the_days_until_a_later_invoice(self, company: Company, customer: Customer) -> None:
        invoice = bill(company, customer, "1000.00", MARCH)
        pay(company, customer, "1190.00", allocations=[{"invoice_id": invoice.id, "amount": Decimal("1190.00")}])
        assert entries(company) == [("01-15", TAXED), ("03-15", TAKEN_BACK)]
        assert [tax_on(company, day) for day in (JANUARY, FEBRUARY, MARCH)] == [190, 190, 190]  # the invoice's in March
        prove(company)

    def test_posts_many_confirmed_together(self, company: Company, customer: Customer) -> None:
        drafts = [
            create_payment(
                {"document_date": JANUARY, "customer_id": customer.id, "amount": Decimal(amount)},
                company=company,
                actor=ACTOR,
            )
            for amount in ("119.00", "238.00", "357.00")
        ]
        confirm_payments(company_id=company.id, document_ids=[draft.id for draft in drafts], actor=ACTOR)
        assert AdvanceTaxMove.objects.filter(company=company).count() == 3
        assert tax_on(company, JANUARY) == Decimal("114.00")  # 19 + 38 + 57
        prove(company)


class TestCode:
    def test_takes_the_stated_code(self, company: Company, customer: Customer) -> None:
        pay(company, customer, "107.00", tax_code="ust7")
        assert entries(company) == [("01-15", posted(("1593", "107.00"), ("1711", "-100.00"), ("1771", "-7.00")))]
        prove(company)

    def test_takes_the_customers_code(self, company: Company) -> None:
        pay(company, make_customer(company, tax_code="UST7"), "107.00")
        assert tax_on(company, JANUARY, "1771") == 7
        prove(company)

    @pytest.mark.parametrize(
        "facts",
        [
            {"tax_exempt": True},
            {"tax_code": "UST0-13B"},
            {"vat_id": "FR40303265045", "billing_address": {"country": "FR", "city": "Paris"}},
            {"billing_address": {"country": "US", "city": "Boston"}},
        ],
    )
    def test_taxes_nothing_of_a_customer_who_is_not_charged(self, company: Company, facts: dict[str, Any]) -> None:
        pay(company, make_customer(company, **facts), "1190.00")
        assert entries(company) == []
        assert AdvanceTax.objects.get(company=company).rate == 0
        prove(company)

    def test_taxes_an_uncharged_customer_by_a_stated_code(self, company: Company) -> None:
        pay(company, make_customer(company, tax_exempt=True), "1190.00", tax_code="UST19")
        assert entries(company) == [("01-15", TAXED)]
        prove(company)

    def test_taxes_nothing_of_a_small_business(self) -> None:
        company = make_company(chart="skr03", currency="EUR", country="DE")
        Company.objects.filter(pk=company.pk).update(sales_tax_code="UST0-KU")
        pay(tax_from(company, date(2020, 1, 1)), make_customer(company), "1190.00")
        assert entries(company) == []

    def test_takes_the_rate_of_the_day_on_which_the_money_came(self, company: Company, customer: Customer) -> None:
        # 1160.00 × 16 / 116 = 160.00, taken back at the same rate in the year after.
        payment = pay(company, customer, "1160.00", date(2020, 12, 20))
        assert tax_on(company, date(2020, 12, 31), "1775") == 160
        invoice = bill(company, customer, "1000.00", date(2021, 1, 15))
        apply(company, payment, invoice, "1160.00", date(2021, 1, 15))
        assert tax_on(company, date(2021, 1, 15), "1775") == 0
        assert tax_on(company, date(2021, 1, 15), "1718") == 0
        prove(company)

    @pytest.mark.parametrize("code", ["NONE", "UST16"])
    def test_refuses_a_code_that_is_not_for_the_day(self, company: Company, customer: Customer, code: str) -> None:
        with pytest.raises(UnknownTaxCode) as refusal:
            pay(company, customer, "1190.00", tax_code=code)
        assert refusal.value.field == "tax_code"

    def test_names_the_account_that_the_chart_lacks(self, company: Company, customer: Customer) -> None:
        Account.objects.filter(company=company, code="1593").update(is_active=False)
        with pytest.raises(AccountRoleUnassigned, match="advance_clearing"):
            pay(company, customer, "1190.00")
        assert not Payment.objects.filter(company=company).exists()

    def test_gives_old_companies_the_account_with_the_chart(self) -> None:
        company = make_company(chart="skr03", currency="EUR", country="DE")
        Account.objects.filter(company=company, code="1593").delete()
        update_chart(company)
        assert Account.objects.get(company=company, code="1593").sub_type == "advance_clearing"


class TestTakingBack:
    def test_takes_back_in_parts_without_a_rest(self, company: Company, customer: Customer) -> None:
        """1000.00 contain 159.66. After 333.33: 666.67 contain 106.44 (53.22 back); after 333.33 more: 333.34 contain
        53.22 (53.22 back); the rest 53.22."""
        payment = pay(company, customer, "1000.00")
        invoice = bill(company, customer, "2000.00", JANUARY)
        for day, amount in ((FEBRUARY, "333.33"), (MARCH, "333.33"), (APRIL, "333.34")):
            apply(company, payment, invoice, amount, day)
        moves = AdvanceTaxMove.objects.filter(company=company).order_by("moved_on")
        assert [(move.gross, move.tax) for move in moves] == [
            (Decimal("1000.00"), Decimal("159.66")),
            (Decimal("-333.33"), Decimal("-53.22")),
            (Decimal("-333.33"), Decimal("-53.22")),
            (Decimal("-333.34"), Decimal("-53.22")),
        ]
        assert balances(company).keys() == {"1360", "1400", "1776", "8400"}
        assert tax_on(company, APRIL) == 380  # the invoice's
        prove(company)

    def test_taxes_again_what_is_taken_off(self, company: Company, customer: Customer) -> None:
        payment = pay(company, customer, "1190.00")
        invoice = bill(company, customer, "1000.00", FEBRUARY)
        apply(company, payment, invoice, "1190.00", FEBRUARY)
        unapply_payment(**by(company, payment), on=MARCH)
        assert entries(company) == [("01-15", TAXED), ("02-15", TAKEN_BACK), ("03-15", TAXED)]
        assert tax_on(company, MARCH) == 380
        prove(company)

    def test_taxes_what_is_taken_off_though_it_never_was_before(self, company: Company, customer: Customer) -> None:
        invoice = bill(company, customer, "1000.00", JANUARY)
        paid = [{"invoice_id": invoice.id, "amount": Decimal("1190.00")}]
        payment = pay(company, customer, "1190.00", allocations=paid)
        unapply_payment(**by(company, payment), on=MARCH)
        assert entries(company) == [("03-15", TAXED)]
        prove(company)

    def test_ends_with_a_void_payment(self, company: Company, customer: Customer) -> None:
        payment = pay(company, customer, "1190.00")
        void_payment(**by(company, payment), on=MARCH)
        assert entries(company) == [("01-15", TAXED), ("03-15", TAKEN_BACK)]
        assert balances(company) == {}
        prove(company)

    def test_taxes_what_a_void_invoice_leaves(self, company: Company, customer: Customer) -> None:
        payment = pay(company, customer, "1190.00")
        invoice = bill(company, customer, "1000.00", FEBRUARY)
        apply(company, payment, invoice, "1190.00", FEBRUARY)
        void_invoice(**by(company, invoice), on=MARCH)
        assert entries(company) == [("01-15", TAXED), ("02-15", TAKEN_BACK), ("03-15", TAXED)]
        assert tax_on(company, MARCH) == 190
        prove(company)

    def test_moves_an_end_that_a_void_makes_sooner(self, company: Company, customer: Customer) -> None:
        """Applied until April; the invoice is void from March on, the payment from 20 March on."""
        payment = pay(company, customer, "1190.00")
        invoice = bill(company, customer, "1000.00", FEBRUARY)
        apply(company, payment, invoice, "1190.00", FEBRUARY)
        unapply_payment(**by(company, payment), on=APRIL)
        void_invoice(**by(company, invoice), on=MARCH)
        days = (JANUARY, FEBRUARY, MARCH, APRIL)
        assert [tax_on(company, day) for day in days] == [190, 190, 190, 190]
        void_payment(**by(company, payment), on=date(2026, 3, 20))
        assert [tax_on(company, day) for day in (MARCH, date(2026, 3, 20), APRIL)] == [190, 0, 0]
        assert balances(company) == {}
        prove(company)

    def test_takes_back_what_goes_back_to_the_customer(self, company: Company, customer: Customer) -> None:
        """595.00 of 1190.00 go back in March: 95.00 of the tax with them, until the refund is void."""
        payment = pay(company, customer, "1190.00")
        values = {"payment_id": payment.id, "total_amount": Decimal("595.00"), "document_date": MARCH}
        refund = create_refund_receipt({**values, "status": "completed"}, company=company, actor=ACTOR)
        assert entries(company)[1:] == [("03-15", posted(("1593", "-595.00"), ("1718", "500.00"), ("1776", "95.00")))]
        prove(company)
        void_refund_receipt(**by(company, refund), on=APRIL)
        assert entries(company)[2:] == [("04-15", posted(("1593", "595.00"), ("1718", "-500.00"), ("1776", "-95.00")))]
        prove(company)

    def test_leaves_untaxed_what_a_refund_takes_off_an_invoice(self, company: Company, customer: Customer) -> None:
        invoice = bill(company, customer, "1000.00", JANUARY)
        paid = [{"invoice_id": invoice.id, "amount": Decimal("1190.00")}]
        payment = pay(company, customer, "1190.00", allocations=paid)
        values = {"payment_id": payment.id, "total_amount": Decimal("1190.00"), "document_date": MARCH}
        create_refund_receipt({**values, "status": "completed"}, company=company, actor=ACTOR)
        assert entries(company) == []
        prove(company)

    def test_converts_at_the_rate_of_the_payment(self, company: Company, customer: Customer) -> None:
        """CHF 1190 at 0.90 are 1071.00, which contain 171.00; half of it pays an invoice at 1.00."""
        payment = pay(company, customer, "1190.00", currency="CHF", exchange_rate=Decimal("0.90"))
        invoice = bill(company, customer, "500.00", FEBRUARY, currency="CHF", exchange_rate=Decimal("1.00"))
        assert entries(company) == [("01-15", posted(("1593", "1071.00"), ("1718", "-900.00"), ("1776", "-171.00")))]
        apply(company, payment, invoice, "595.00", FEBRUARY)
        assert entries(company)[1] == ("02-15", posted(("1593", "-535.50"), ("1718", "450.00"), ("1776", "85.50")))
        prove(company)

    def test_undoes_both_with_the_reversal_of_the_payments_entry(self, company: Company, customer: Customer) -> None:
        payment = pay(company, customer, "1190.00")
        assert payment.entry_id is not None
        reverse_entry(company_id=company.id, entry_id=payment.entry_id, on=MARCH, reason="typo", actor=ACTOR)
        assert balances(company) == {}
        prove(company)

    def test_refuses_a_day_in_a_locked_month(self, company: Company, customer: Customer) -> None:
        payment = pay(company, customer, "1190.00")
        company.periods.filter(name="2026-01").update(status="soft_locked")
        with pytest.raises(PeriodLocked):
            void_payment(**by(company, payment), on=date(2026, 1, 20))
        assert entries(company) == [("01-15", TAXED)]


class TestEntries:
    def test_are_not_reversed_by_hand(self, company: Company, customer: Customer) -> None:
        payment = pay(company, customer, "1190.00")
        entry = JournalEntry.objects.get(company=company, kind=ADVANCE_TAX_KIND)
        with pytest.raises(InvalidStateTransition, match=payment.document_number):
            reverse_entry(company_id=company.id, entry_id=entry.id, on=MARCH, reason="typo", actor=ACTOR)
