"""The company's setting to tax what customers pay in advance: when it begins and ends, what it shows, and its proof."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company
from ledger.checks.books import check_books
from receivables.models import AdvanceTax, AdvanceTaxMove
from receivables.services.payments import apply_payment, void_payment
from receivables.taxation.advance_reconciliation import prove_advance_tax
from reporting.balance_sheet import balance_sheet
from tests.factories import make_api_key, make_company, make_customer
from tests.receivables.books import balances, by, prove
from tests.receivables.test_advance_tax import (
    APRIL,
    FEBRUARY,
    JANUARY,
    MARCH,
    TAKEN_BACK,
    TAXED,
    bill,
    entries,
    german,
    pay,
    tax_from,
    tax_on,
)
from tests.receivables.test_past_days import STEPS, Step, Story
from tests.receivables.test_races import at_once, only_domain_errors
from tests.reporting.test_balance_sheet import amounts

pytestmark = pytest.mark.django_db


def untaxed() -> Company:
    return make_company(chart="skr03", currency="EUR", country="DE", time_zone="Europe/Berlin")


class TestBeginningAndEnding:
    def test_taxes_what_is_there_when_it_begins(self) -> None:
        company = untaxed()
        payment = pay(company, make_customer(company), "1190.00")
        company = tax_from(company, MARCH)
        assert entries(company) == [("03-15", TAXED)]
        prove(company)
        void_payment(**by(company, payment), on=APRIL)
        assert entries(company)[1:] == [("04-15", TAKEN_BACK)]
        prove(company)

    def test_leaves_alone_what_was_used_up_before_it_begins(self) -> None:
        company = untaxed()
        customer = make_customer(company)
        paid = [{"invoice_id": bill(company, customer, "1000.00", FEBRUARY).id, "amount": Decimal("1190.00")}]
        pay(company, customer, "1190.00", allocations=paid)
        company = tax_from(company, MARCH)
        assert entries(company) == []
        prove(company)

    @pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-12-31", "2028-02-29"])
    def test_takes_back_today_when_it_ends(self, day: str) -> None:
        with time_machine.travel(f"{day}T12:00:00Z"):
            company = german()
            pay(company, make_customer(company), "1190.00")
            company = tax_from(company, None)
            assert entries(company) == [("01-15", TAXED), (day[5:], TAKEN_BACK)]
            prove(company)

    def test_can_begin_again(self) -> None:
        company = german()
        payment = pay(company, make_customer(company), "1190.00")
        tax_from(company, None)
        company = tax_from(company, MARCH)
        assert tax_on(company, company.today()) == 190
        prove(company)
        void_payment(**by(company, payment), on=APRIL)
        assert balances(company) == {}
        prove(company)

    def test_may_begin_sooner_but_not_later(self) -> None:
        company = untaxed()
        pay(company, make_customer(company), "1190.00")
        tax_from(company, MARCH)
        company = tax_from(company, FEBRUARY)
        assert [tax_on(company, day) for day in (JANUARY, FEBRUARY, MARCH)] == [0, 190, 190]
        prove(company)
        with pytest.raises(ValidationFailed) as refusal:
            tax_from(company, MARCH)
        assert refusal.value.field == "advances_taxed_from"

    def test_is_for_german_charts(self) -> None:
        with pytest.raises(ValidationFailed) as refusal:
            tax_from(make_company(chart="us", currency="USD"), JANUARY)
        assert refusal.value.field == "advances_taxed_from"


class TestWhereItShows:
    def test_makes_liabilities_net_on_the_balance_sheet(self) -> None:
        """1190.00 in the bank; owed: 1190.00 − 1190.00 + 1000.00 to the customer, 190.00 to the tax office."""
        company = german()
        pay(company, make_customer(company), "1190.00")
        report = balance_sheet(company, as_of=JANUARY)
        assert amounts([report.liabilities]) == {"customer_credits": 1190, "1593": -1190, "1718": 1000, "1776": 190}
        assert amounts([report.assets]) == {"1360": 1190}
        assert report.difference.is_zero

    def test_lets_a_payment_state_its_code_over_the_api(self) -> None:
        company = german()
        token = make_api_key(company).token
        body = {"customer_id": str(make_customer(company).id), "amount": "107.00", "tax_code": "UST7"}
        body |= {"currency": "EUR", "occurred_at": "2026-01-15", "status": "completed"}
        headers = {"Authorization": f"Bearer {token}"}
        answer = Client().post("/v1/payments", body, content_type="application/json", headers=headers)
        assert answer.status_code == 201, answer.json()
        assert answer.json()["data"]["tax_code"] == "UST7"
        assert tax_on(company, JANUARY, "1771") == 7


class TestProof:
    def test_names_the_first_day_on_which_tax_is_missing(self) -> None:
        company = untaxed()
        payment = pay(company, make_customer(company), "1190.00")
        Company.objects.filter(pk=company.pk).update(advances_taxed_from=FEBRUARY)
        company.refresh_from_db()
        [finding] = prove_advance_tax(company)
        assert finding.subject == f"the tax on payment {payment.document_number} on 2026-02-15"

    def test_finds_a_row_that_its_entry_does_not_bear_out(self) -> None:
        company = german()
        payment = pay(company, make_customer(company), "1190.00")
        AdvanceTaxMove.objects.create(
            company=company,
            advance_tax=AdvanceTax.objects.get(company=company),
            entry=payment.entry,
            moved_on=APRIL,
            gross=Decimal("119.00"),
            tax=Decimal("19.00"),
        )
        [finding] = prove_advance_tax(company)
        assert finding.message == "1190.0000 of it pay nothing and contain 190.00, but 209.0000 is posted for 1309.0000"

    @pytest.mark.parametrize("table", ["receivables_advancetax", "receivables_advancetaxmove"])
    @pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET created_at = now()"])
    def test_is_about_rows_that_stay(self, table: str, change: str) -> None:
        company = german()
        pay(company, make_customer(company), "1190.00")
        with pytest.raises(DatabaseError, match="stays as it was posted"), connection.cursor() as cursor:
            cursor.execute(change.format(table))


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(steps=st.lists(STEPS, min_size=6, max_size=20))
def test_ties_to_what_is_left_on_every_day_whatever_happens(steps: list[Step]) -> None:
    story = Story()
    story.company = tax_from(story.company, date(2025, 1, 1))
    for step in steps:
        story.happen(step)
    assert check_books(story.company).findings == []


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_applies_and_voids_at_once(self) -> None:
        company = german()
        customer = make_customer(company)
        payment, invoice = pay(company, customer, "1190.00"), bill(company, customer, "1000.00", JANUARY)
        wanted = {"allocations": [{"invoice_id": invoice.id, "amount": Decimal("119.00")}], "applied_on": FEBRUARY}
        calls = [partial(apply_payment, **by(company, payment), **wanted)] * 8
        outcomes = at_once(*calls, partial(void_payment, **by(company, payment), on=MARCH))
        only_domain_errors(outcomes)
        assert tax_on(company, MARCH) == 190  # the invoice's
        prove(company)

    def test_begins_while_money_comes_in(self) -> None:
        company = untaxed()
        customers = [make_customer(company) for _ in range(8)]
        money = [partial(pay, company, customer, "119.00") for customer in customers]
        outcomes = at_once(*money[:4], partial(tax_from, company, JANUARY), *money[4:])
        assert [one for one in outcomes if isinstance(one, Exception)] == []
        company.refresh_from_db()
        assert tax_on(company, JANUARY) == Decimal("152.00")  # 8 × 19.00
        prove(company)
