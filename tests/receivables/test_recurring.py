"""Recurring invoices: exactly one per date, after any downtime, whoever drafts."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from backfill.errors import DomainError, ValidationFailed
from backfill.tenancy.models import Company
from ledger.documents.errors import DocumentNotFound
from ledger.errors import ReferenceNotFound
from ledger.models import Activity
from ledger.periods.calendar import soft_lock
from receivables.models import DayRule, IntervalUnit, Invoice, RecurringInvoice, RecurringRun
from receivables.recurring.invoices import (
    create_recurring_invoice,
    delete_recurring_invoice,
    draft_due_invoices,
    due_recurring_invoices,
    end_recurring_invoice,
    pause_recurring_invoice,
    resume_recurring_invoice,
    update_recurring_invoice,
)
from receivables.recurring.schedules import Schedule
from receivables.services.invoices import delete_invoice
from receivables.tasks import draft_recurring_invoice
from tests.factories import line, make_company, make_customer, make_entry, make_item
from tests.receivables.books import ACTOR, by

pytestmark = pytest.mark.django_db

MARCH = "2026-03-31T12:00:00Z"


@pytest.fixture
def company() -> Company:
    return make_company()


def make_recurring(company: Company, **values: Any) -> RecurringInvoice:
    """A template of 100.00 a month from 31 January 2026 on, unless told otherwise."""
    facts: dict[str, Any] = {
        "name": "Hosting",
        "interval_unit": "month",
        "interval_count": 1,
        "starts_on": date(2026, 1, 31),
        "invoice": {"lines": [line("100.00")], "terms": "30 days"},
    }
    facts |= {"customer_id": make_customer(company).id} if "customer_id" not in values else {}
    return create_recurring_invoice({**facts, **values}, company=company, actor=ACTOR)


def draft(recurring: RecurringInvoice) -> Any:
    return draft_due_invoices(recurring_id=recurring.id, actor=ACTOR)


def dates_of(recurring: RecurringInvoice) -> list[date]:
    return list(recurring.runs.order_by("occurs_on").values_list("occurs_on", flat=True))


class TestSchedule:
    def days(self, number: int, **facts: Any) -> list[date | None]:
        schedule = Schedule(**{"starts_on": date(2026, 1, 31), "unit": "month", "count": 1, **facts})
        return [schedule.occurrence(index) for index in range(number)]

    def test_takes_the_last_day_where_a_month_is_too_short(self) -> None:
        assert self.days(4) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]

    def test_stays_at_the_end_of_the_month(self) -> None:
        days = self.days(3, starts_on=date(2026, 2, 28), day_rule=DayRule.MONTH_END)
        assert days == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]

    def test_counts_days_weeks_and_years(self) -> None:
        assert self.days(2, unit="day", count=10)[1] == date(2026, 2, 10)
        assert self.days(2, unit="week", count=2)[1] == date(2026, 2, 14)
        assert self.days(2, unit="year", starts_on=date(2024, 2, 29))[1] == date(2025, 2, 28)

    @pytest.mark.parametrize(
        ("words", "facts"),
        [
            ("Every month on the 31st, or the last day", {}),
            ("Every 3 months on the 12th", {"count": 3, "starts_on": date(2026, 1, 12)}),
            ("Every month on the last day", {"day_rule": DayRule.MONTH_END}),
            ("Every year on 22 March", {"unit": "year", "starts_on": date(2026, 3, 22)}),
            (
                "Every 2 years on the last day of February",
                {"unit": "year", "count": 2, "starts_on": date(2026, 2, 3), "day_rule": "month_end"},
            ),
            ("Every week on Saturday", {"unit": "week"}),
            ("Every 10 days", {"unit": "day", "count": 10}),
        ],
    )
    def test_is_told_in_words(self, words: str, facts: dict[str, Any]) -> None:
        schedule = {"starts_on": date(2026, 1, 31), "unit": "month", "count": 1}
        assert Schedule(**{**schedule, **facts}).in_words() == words

    def test_knows_the_next_dates(self) -> None:
        schedule = Schedule(starts_on=date(2026, 1, 31), unit="month", count=1, ends_on=date(2026, 4, 1))
        assert schedule.upcoming(1, 3) == [date(2026, 2, 28), date(2026, 3, 31)]

    def test_ends(self) -> None:
        assert self.days(3, ends_on=date(2026, 2, 28)) == [date(2026, 1, 31), date(2026, 2, 28), None]
        assert self.days(1, starts_on=date(9999, 12, 31), unit="day")[0] == date(9999, 12, 31)
        assert self.days(2, starts_on=date(9999, 12, 31), unit="day")[1] is None

    @given(
        starts_on=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
        unit=st.sampled_from(IntervalUnit.values),
        count=st.integers(1, 366),
        rule=st.sampled_from(DayRule.values),
        after=st.integers(0, 20_000),
    )
    def test_finds_the_first_date_from_a_day_on(
        self, starts_on: date, unit: str, count: int, rule: str, after: int
    ) -> None:
        schedule = Schedule(starts_on=starts_on, unit=unit, count=count, day_rule=rule)
        day = starts_on + timedelta(days=after)
        index = schedule.first_from(day)
        found = schedule.occurrence(index)
        assert found is None or found >= day
        if index:
            before = schedule.occurrence(index - 1)
            assert before is not None
            assert before < day


class TestTemplate:
    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"name": " "}, "name"),
            ({"interval_unit": "moon"}, "interval_unit"),
            ({"interval_count": 0}, "interval_count"),
            ({"day_rule": "never"}, "day_rule"),
            ({"ends_on": date(2026, 1, 30)}, "ends_on"),
            ({"starts_on": None}, "starts_on"),
            ({"invoice": {"lines": []}}, "invoice.lines"),
            ({"invoice": {"lines": [line("1")], "document_number": "7"}}, "invoice.document_number"),
            ({"invoice": {"lines": [line("1", tax_code="NONE")]}}, "invoice.lines[0].tax_code"),
            ({"invoice": {"lines": [line("-1")]}}, "invoice.lines"),
        ],
    )
    def test_is_checked_by_the_service_for_invoices(self, company: Company, values: dict[str, Any], field: str) -> None:
        with pytest.raises(DomainError) as refused:
            make_recurring(company, **values)
        assert refused.value.field == field
        assert not Invoice.objects.exists()

    def test_refuses_someone_elses_customer(self, company: Company) -> None:
        foreign = make_customer(make_company())
        with pytest.raises(ReferenceNotFound):
            make_recurring(company, customer_id=foreign.id)

    def test_leaves_nothing_of_the_trial(self, company: Company) -> None:
        recurring = make_recurring(company)
        assert not Invoice.objects.exists()
        assert list(Activity.objects.filter(subject_id=recurring.id).values_list("verb", flat=True)) == ["created"]
        assert (recurring.next_on, recurring.status) == (date(2026, 1, 31), "active")

    def test_knows_nothing_of_someone_elses_template(self, company: Company) -> None:
        recurring = make_recurring(make_company())
        for service in (pause_recurring_invoice, resume_recurring_invoice, delete_recurring_invoice):
            with pytest.raises(DocumentNotFound):
                service(**by(company, recurring))

    def test_refuses_a_start_that_would_draft_years_at_once(self, company: Company) -> None:
        """120 dates may have passed: from 1 December 2025 to 31 March 2026 there are 121 days, the last not over."""
        with time_machine.travel(MARCH):
            daily = {"interval_unit": "day", "day_rule": DayRule.SAME_DAY}
            kept = make_recurring(company, starts_on=date(2025, 12, 1), **daily)
            for starts_on in (date(2025, 11, 30), date(1, 1, 1)):
                with pytest.raises(ValidationFailed, match="would be invoiced at once") as refused:
                    make_recurring(company, starts_on=starts_on, **daily)
                assert refused.value.field == "starts_on"
            with pytest.raises(ValidationFailed):
                update_recurring_invoice(kept, {"starts_on": date(2006, 1, 1)}, actor=ACTOR)

    def test_refuses_what_is_due_after_the_calendar(self, company: Company) -> None:
        with pytest.raises(ValidationFailed) as refused:
            make_recurring(company, starts_on=date(9999, 12, 31), due_days=1)
        assert refused.value.field == "due_days"
        terms = make_customer(company, payment_terms_days=14)
        with pytest.raises(ValidationFailed) as refused:
            make_recurring(company, starts_on=date(9999, 12, 31), customer_id=terms.id)
        assert refused.value.field == "invoice.document_date"

    @time_machine.travel(MARCH)
    def test_goes_on_after_the_last_date_when_its_schedule_changes(self, company: Company) -> None:
        recurring = make_recurring(company)
        draft(recurring)
        changed = update_recurring_invoice(recurring, {"interval_unit": "week", "interval_count": 2}, actor=ACTOR)
        assert changed.next_on == date(2026, 4, 11)

    def test_is_deleted_without_its_invoices(self, company: Company) -> None:
        recurring = make_recurring(company)
        with time_machine.travel(MARCH):
            draft(recurring)
        delete_recurring_invoice(**by(company, recurring))
        assert Invoice.objects.count() == 3
        assert not RecurringRun.objects.exists()


class TestDrafting:
    @pytest.fixture(autouse=True)
    def in_march(self) -> Iterator[None]:
        with time_machine.travel(MARCH, tick=False):
            yield

    def test_makes_up_for_every_missed_date(self, company: Company) -> None:
        recurring = make_recurring(company)
        assert draft(recurring).count == 3
        assert dates_of(recurring) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
        invoices = Invoice.objects.order_by("document_date")
        assert [(one.document_date, one.status, one.terms) for one in invoices][2] == (
            date(2026, 3, 31),
            "draft",
            "30 days",
        )
        recurring.refresh_from_db()
        assert recurring.next_on == date(2026, 4, 30)

    def test_drafts_each_date_once(self, company: Company) -> None:
        recurring = make_recurring(company)
        assert [draft(recurring).count for _ in range(2)] == [3, 0]
        assert draft_recurring_invoice(str(recurring.id)) == 0

    def test_says_what_the_template_says(self, company: Company) -> None:
        item = make_item(company, unit_price=Decimal(12))
        lines = [
            {
                "description": "Seats",
                "quantity": Decimal("2.5"),
                "unit_amount": Decimal(12),
                "product_id": item.id,
                "discount_percent": Decimal(10),
                "account_id": company.accounts.get(code="4000").id,
                "tax_code": "ST-CA",
            }
        ]
        facts = {"lines": lines, "notes": "Thanks", "discount_details": [{"amount": "1"}], "memo": "Monthly"}
        recurring = make_recurring(company, starts_on=date(2026, 3, 31), due_days=10, invoice=facts)
        draft(recurring)
        invoice = Invoice.objects.get()
        row = invoice.lines.get()
        assert (invoice.due_date, invoice.notes, invoice.memo) == (date(2026, 4, 10), "Thanks", "Monthly")
        assert (row.item, row.amount, row.discount_amount, row.net_amount) == (item, 27, 3, 26)
        assert row.tax_code == "ST-CA"

    def test_confirms_where_the_template_says_so(self, company: Company) -> None:
        recurring = make_recurring(company, confirms_invoices=True, starts_on=date(2026, 3, 1))
        draft(recurring)
        assert Invoice.objects.get().status == "open"

    def test_keeps_the_draft_that_could_not_be_confirmed(self, company: Company) -> None:
        recurring = make_recurring(company, confirms_invoices=True)
        make_entry(company, on=date(2026, 1, 15))
        soft_lock(company=company, name="2026-01", actor=ACTOR)
        drafted = draft(recurring)
        assert (drafted.count, drafted.error) == (3, "")
        assert [one.status for one in Invoice.objects.order_by("document_date")] == ["draft", "open", "open"]
        assert "was not confirmed" in recurring.runs.get(occurs_on=date(2026, 1, 31)).error

    def test_notes_a_refusal_and_tries_again(self, company: Company) -> None:
        customer = make_customer(company)
        recurring = make_recurring(company, customer_id=customer.id)
        customer.is_active = False
        customer.save()
        assert draft(recurring).count == 0
        recurring.refresh_from_db()
        assert "inactive" in recurring.last_error
        assert recurring.failed_at is not None
        customer.is_active = True
        customer.save()
        assert draft(recurring).count == 3
        recurring.refresh_from_db()
        assert (recurring.last_error, recurring.failed_at) == ("", None)

    def test_does_not_bring_back_a_deleted_draft(self, company: Company) -> None:
        recurring = make_recurring(company)
        draft(recurring)
        invoice = recurring.runs.first().invoice
        delete_invoice(**by(company, invoice))
        assert draft(recurring).count == 0
        assert recurring.runs.filter(invoice=None).count() == 1

    def test_rests_while_it_is_paused(self, company: Company) -> None:
        recurring = make_recurring(company)
        pause_recurring_invoice(**by(company, recurring))
        assert draft(recurring).count == 0
        assert recurring.id not in due_recurring_invoices()
        resumed = resume_recurring_invoice(**by(company, recurring))
        assert resumed.next_on == date(2026, 3, 31)
        assert draft(recurring).count == 1

    def test_ends(self, company: Company) -> None:
        recurring = make_recurring(company, ends_on=date(2026, 2, 28))
        assert draft(recurring).count == 2
        recurring.refresh_from_db()
        assert (recurring.next_on, recurring.status) == (None, "ended")

    def test_ends_when_told_to(self, company: Company) -> None:
        recurring = make_recurring(company)
        draft(recurring)
        for _ in range(2):
            ended = end_recurring_invoice(**by(company, recurring))
        assert (ended.status, ended.next_on, ended.ends_on) == ("ended", None, date(2026, 3, 31))
        assert recurring.id not in due_recurring_invoices()
        verbs = Activity.objects.filter(subject_id=recurring.id).values_list("verb", flat=True)
        assert list(verbs).count("ended") == 1
        assert recurring.runs.count() == 3

    def test_is_taken_up_again_from_today_on(self, company: Company) -> None:
        recurring = make_recurring(company, ends_on=date(2026, 1, 31))
        draft(recurring)
        changed = update_recurring_invoice(recurring, {"ends_on": None}, actor=ACTOR)
        assert changed.next_on == date(2026, 3, 31)

    def test_finds_what_is_due(self, company: Company) -> None:
        due, later = make_recurring(company), make_recurring(company, starts_on=date(2026, 4, 2))
        assert due.id in due_recurring_invoices()
        assert later.id not in due_recurring_invoices()

    def test_waits_for_the_day_where_the_company_is(self) -> None:
        hawaii = make_company(time_zone="Pacific/Honolulu")
        recurring = make_recurring(hawaii, starts_on=date(2026, 3, 31))
        with time_machine.travel("2026-03-31T08:00:00Z"):
            assert draft(recurring).count == 0
        with time_machine.travel("2026-03-31T11:00:00Z"):
            assert draft(recurring).count == 1


def test_has_a_constraint_behind_it(company: Company) -> None:
    recurring = make_recurring(company)
    run = {"company": company, "recurring": recurring, "occurs_on": date(2026, 1, 31)}
    RecurringRun.objects.create(**run)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecurringRun.objects.create(**run)


@pytest.mark.django_db(transaction=True)
def test_drafts_each_date_once_by_ten_threads() -> None:
    company = make_company()
    with time_machine.travel(MARCH):
        recurring = make_recurring(company, confirms_invoices=True)
        counts = at_once([lambda: draft(recurring).count] * 10)
    assert sum(counts) == 3
    assert dates_of(recurring) == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert Invoice.objects.filter(company=company, status="open").count() == 3


def at_once(calls: list[Callable[[], int]]) -> list[int]:
    barrier = Barrier(len(calls))

    def run(call: Callable[[], int]) -> int:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
