"""Recurring invoices in the admin: written once in the editor of invoices, and followed from there."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from receivables.models import Customer, Invoice, RecurringInvoice
from receivables.recurring.invoices import create_recurring_invoice
from receivables.tasks import draft_recurring_invoice
from tests.factories import line, make_customer, make_invoice, make_item
from tests.receivables.books import ACTOR
from tests.receivables.pages.forms import as_shown, typed
from tests.receivables.pages.test_pages import FRAME, cost
from tests.workspace.conftest import SignedIn, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]

SCHEDULE = {
    "name": "Rent",
    "interval_count": "1",
    "interval_unit": "month",
    "day_rule": "same_day",
    "starts_on": "2026-02-15",
}
BUTTONS = ("pause", "resume", "end", "draft", "delete")


@pytest.fixture
def spring() -> Any:
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False) as traveller:
        yield traveller


def made(customer: Customer, **values: Any) -> RecurringInvoice:
    facts = {
        "name": "Rent",
        "customer_id": customer.pk,
        "starts_on": date(2026, 2, 15),
        "invoice": {"lines": [line("450.00", description="Office")]},
    }
    return create_recurring_invoice({**facts, **values}, company=customer.company, actor=ACTOR)


def url(name: str, recurring: RecurringInvoice) -> str:
    return reverse(f"admin:{name}_recurring_invoice", args=[recurring.pk])


def page_of(recurring: RecurringInvoice) -> str:
    return reverse("admin:recurring_invoice", args=[recurring.pk])


def submitted(page: Any, **more: str) -> dict[str, Any]:
    """The form as the page shows it, with its schedule."""
    form = {name: "" if value is None else str(value) for name, value in page.context["schedule"].initial.items()}
    form.pop("confirms_invoices", None)
    return {**as_shown(page), **form, **more}


class TestWritingOne:
    def test_is_written_in_the_editor_of_invoices(self, owner: Client, company: Company, customer: Customer) -> None:
        make_item(company, name="Office", unit_price=Decimal("450.00"), description="Office space")
        assert "First invoice on" in words(owner.get(reverse("admin:new_recurring_invoice")))
        form = typed(
            customer,
            {"item": "Office"},
            {"description": "Parking", "quantity": "2", "unit_amount": "30", "discount": "10 %"},
            terms="Due at once",
        )
        page = owner.post(reverse("admin:new_recurring_invoice"), {**form, **SCHEDULE, "due_days": "5"}, follow=True)
        recurring = RecurringInvoice.objects.get(company=company)
        assert page.redirect_chain[-1][0] == page_of(recurring)
        assert (recurring.next_on, recurring.due_days, recurring.confirms_since) == (date(2026, 2, 15), 5, None)
        shown = words(page)
        for expected in ("Rent is saved.", "Every month on the 15th", "Office space", "504.00", "Due at once"):
            assert expected in shown
        draft_recurring_invoice(str(recurring.pk))
        invoice = Invoice.objects.latest("document_date")
        assert (invoice.document_date, invoice.due_date) == (date(2026, 3, 15), date(2026, 3, 20))
        assert (invoice.status, invoice.total_amount, invoice.terms) == ("draft", Decimal("504.00"), "Due at once")

    def test_begins_with_an_invoice_that_is_to_be_repeated(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        invoice = make_invoice(company, line("12.34", description="Storage"), customer=customer)
        page = owner.get(reverse("admin:new_recurring_invoice"), {"invoice": invoice.pk})
        assert "Storage" in words(page)
        owner.post(reverse("admin:new_recurring_invoice"), submitted(page))
        recurring = RecurringInvoice.objects.get()
        assert recurring.customer == customer
        assert [one["description"] for one in recurring.values["lines"]] == ["Storage"]
        assert recurring.values["lines"][0]["unit_amount"] == "12.34"

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"name": ""}, "required"),
            ({"starts_on": "soon"}, "Enter a date of the calendar. It may be written"),
            ({"ends_on": "2026-01-01"}, "It cannot end before it starts"),
            ({"starts_on": "2006-01-01", "interval_unit": "week"}, "would be invoiced at once; start later."),
            ({"starts_on": "9999-12-31"}, "Choose a day between Jan 1, 1900 and Dec 31, 2199."),
            ({"interval_count": "400"}, "less than or equal to 366"),
            ({"interval_unit": "decade"}, "valid choice"),
            ({"customer": "Nobody"}, "No customer is named «Nobody»."),
            ({"unit_amount": ["much"]}, "«much» is not a number"),
            ({"tax_code": ["NONE"]}, "NONE"),
            ({"description": [""], "unit_amount": [""]}, "Write at least one line."),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, owner: Client, customer: Customer, changes: dict[str, Any], message: str
    ) -> None:
        form = typed(customer, {"description": "Kept as typed", "unit_amount": "30"}, notes="Kept, too")
        page = owner.post(reverse("admin:new_recurring_invoice"), {**form, **SCHEDULE, **changes})
        assert page.status_code == 422
        shown = words(page)
        assert message in shown
        assert "Kept, too" in shown
        assert not RecurringInvoice.objects.exists()
        assert not Invoice.objects.exists()


class TestChangingOne:
    def test_keeps_what_the_editor_does_not_show(self, owner: Client, company: Company, customer: Customer) -> None:
        """Stated tax and JSON that came over the API stay while their line is untouched."""
        taxed = line("100.00", description="Licence", tax_amount=Decimal("7.31"), metadata={"seat": "4"})
        recurring = made(customer, invoice={"lines": [taxed, line("5.00")], "metadata": {"contract": "C-9"}})
        form = submitted(owner.get(url("change", recurring)))
        form["unit_amount"][1] = "6.00"
        assert owner.post(url("change", recurring), {**form, "name": "Licences"}).status_code == 302
        recurring.refresh_from_db()
        assert (recurring.name, recurring.values["metadata"]) == ("Licences", {"contract": "C-9"})
        first, second = recurring.values["lines"]
        assert (first["tax_amount"], first["metadata"]) == ("7.31", {"seat": "4"})
        assert Decimal(second["unit_amount"]) == 6
        draft_recurring_invoice(str(recurring.pk))
        assert {one.total_amount for one in Invoice.objects.all()} == {Decimal("113.31")}

    def test_keeps_and_drops_the_discount_of_the_whole(self, owner: Client, customer: Customer) -> None:
        discount = [{"discount_percent": "10", "reason": "partner"}]
        recurring = made(customer, invoice={"lines": [line("100.00")], "discount_details": discount})
        form = submitted(owner.get(url("change", recurring)))
        assert form["document_discount"] == "10 %"
        owner.post(url("change", recurring), form)
        recurring.refresh_from_db()
        assert recurring.values["discount_details"] == discount
        owner.post(
            url("change", recurring), {**submitted(owner.get(url("change", recurring))), "document_discount": ""}
        )
        recurring.refresh_from_db()
        assert recurring.values["discount_details"] == []

    def test_can_mend_what_cannot_be_drafted_any_more(self, owner: Client, customer: Customer) -> None:
        recurring = made(customer)
        recurring.values["lines"][0]["tax_code"] = "GONE"
        recurring.save()
        assert "could not be drafted as it is" in words(owner.get(page_of(recurring)))
        page = owner.get(url("change", recurring))
        form = submitted(page)
        assert (form["description"][0], form["tax_code"][0]) == ("Office", "GONE")
        form["tax_code"][0] = ""
        assert owner.post(url("change", recurring), form).status_code == 302
        recurring.refresh_from_db()
        assert recurring.values["lines"][0]["tax_code"] == ""

    def test_does_not_undo_what_somebody_else_changed(self, owner: Client, customer: Customer) -> None:
        recurring = made(customer)
        form = submitted(owner.get(url("change", recurring)))
        RecurringInvoice.objects.update(updated_at="2026-03-20T13:00:00Z")
        page = owner.post(url("change", recurring), {**form, "name": "Mine"})
        assert page.status_code == 409
        assert "This recurring invoice has changed since you opened it" in words(page)
        recurring.refresh_from_db()
        assert recurring.name == "Rent"

    def test_confirms_at_once_for_those_who_may_post(self, owner: Client, customer: Customer) -> None:
        recurring = made(customer)
        form = submitted(owner.get(url("change", recurring)))
        owner.post(url("change", recurring), {**form, "confirms_invoices": "on"})
        recurring.refresh_from_db()
        assert recurring.confirms_since is not None
        assert "are confirmed at once" in words(owner.get(page_of(recurring)))


class TestFollowingOne:
    def test_shows_what_it_made_and_what_comes(self, owner: Client, customer: Customer) -> None:
        recurring = made(customer)
        page = words(owner.get(page_of(recurring)))
        assert "drafted within the hour" in page
        assert "None yet" in page
        page = words(owner.post(url("draft", recurring), follow=True))
        assert "2 invoices drafted." in page
        invoice = Invoice.objects.latest("document_date")
        assert reverse("admin:invoice", args=[invoice.pk]) in page
        for day in ("Apr 15, 2026", "May 15, 2026"):
            assert day in page
        assert page_of(recurring) in words(owner.get(reverse("admin:invoice", args=[invoice.pk])))
        invoice.delete()
        assert "draft deleted" in words(owner.get(page_of(recurring)))

    def test_pauses_resumes_ends_and_deletes(self, owner: Client, customer: Customer) -> None:
        recurring = made(customer)
        assert "Paused: no invoice is drafted" in words(owner.post(url("pause", recurring), follow=True))
        assert "0 invoices drafted." in words(owner.post(url("draft", recurring), follow=True))
        page = words(owner.post(url("resume", recurring), follow=True))
        assert "Apr 15, 2026" in page
        assert "Ended. The invoices it made stay." in words(owner.post(url("end", recurring), follow=True))
        assert "Ended" in words(owner.get(reverse("admin:recurring_invoices"), {"state": "ended"}))
        assert "Deleted." in words(owner.post(url("delete", recurring), follow=True))
        assert not RecurringInvoice.objects.exists()

    def test_says_what_held_it_up(self, owner: Client, customer: Customer) -> None:
        recurring = made(customer)
        customer.is_active = False
        customer.save()
        page = words(owner.post(url("draft", recurring), follow=True))
        assert "inactive" in page
        assert "It is tried again every hour." in page
        assert "Problem" in words(owner.get(reverse("admin:recurring_invoices"), {"state": "failed"}))


class TestTheList:
    def test_shows_schedule_next_date_and_last_invoice(self, owner: Client, customer: Customer) -> None:
        recurring = made(customer, interval_count=3, confirms_invoices=True)
        draft_recurring_invoice(str(recurring.pk))
        page = words(owner.get(reverse("admin:recurring_invoices")))
        for expected in ("Every 3 months on the 15th", "May 15, 2026", "INV-1001", "Feb 15, 2026", "Active"):
            assert expected in page

    def test_shows_one_customers_in_one_state(self, owner: Client, company: Company, customer: Customer) -> None:
        made(customer)
        made(make_customer(company, name="Bay Foods"), name="Storage")
        page = words(owner.get(reverse("admin:recurring_invoices"), {"customer": "Bay Foods", "state": "active"}))
        assert "Storage" in page
        assert "Harbor Supplies" not in page
        assert "No recurring invoice matches." in words(
            owner.get(reverse("admin:recurring_invoices") + "?state=paused")
        )

    def test_costs_the_same_however_long_it_is(self, owner: Client, customer: Customer) -> None:
        for size in (1, 5):
            for _ in range(size):
                draft_recurring_invoice(str(made(customer).pk))
            assert cost(owner, reverse("admin:recurring_invoices")) == FRAME + 3


def test_a_page_costs_the_same_however_much_it_made(owner: Client, company: Company, customer: Customer) -> None:
    goods = [line("1.00", product_id=make_item(company).pk) for _ in range(9)]
    short = made(customer, starts_on=date(2026, 3, 15), invoice={"lines": goods[:1]})
    long = made(customer, starts_on=date(2025, 3, 15), invoice={"lines": goods})
    for one in (short, long):
        draft_recurring_invoice(str(one.pk))
    assert cost(owner, page_of(short)) == cost(owner, page_of(long))


def test_opens_to_those_who_may(company: Company, customer: Customer, signed_in: SignedIn) -> None:
    viewer, recurring = signed_in(company, Role.VIEWER), made(customer)
    assert viewer.get(reverse("admin:recurring_invoices")).status_code == 200
    assert viewer.get(page_of(recurring)).status_code == 200
    assert viewer.get(url("change", recurring)).status_code == 403
    assert viewer.get(reverse("admin:new_recurring_invoice")).status_code == 403
    assert {viewer.post(url(name, recurring)).status_code for name in (*BUTTONS, "change")} == {403}
    recurring.refresh_from_db()
    assert recurring.status == "active"


def test_knows_nothing_of_someone_elses_company(owner: Client, other: Company) -> None:
    foreign = made(make_customer(other, name="Secret AG"))
    invoice = make_invoice(other, customer=foreign.customer)
    assert "Secret" not in words(owner.get(reverse("admin:recurring_invoices")))
    assert owner.get(page_of(foreign)).status_code == 404
    assert owner.get(url("change", foreign)).status_code == 404
    assert {owner.post(url(name, foreign)).status_code for name in (*BUTTONS, "change")} == {404}
    for query in ({"invoice": invoice.pk}, {"customer": foreign.customer_id}):
        assert owner.get(reverse("admin:new_recurring_invoice"), query).status_code == 404
    foreign.refresh_from_db()
    assert (foreign.status, Invoice.objects.filter(company=other).count()) == ("active", 1)


def test_says_on_the_dashboard_what_waits(owner: Client, customer: Customer) -> None:
    page = words(owner.get(reverse("admin:index")))
    assert "<strong>0</strong> invoices to confirm" in page
    assert "held up" not in page
    recurring = made(customer, starts_on=date(2026, 3, 15))
    draft_recurring_invoice(str(recurring.pk))
    RecurringInvoice.objects.update(failed_at="2026-03-20T12:00:00Z", last_error="stuck")
    page = words(owner.get(reverse("admin:index")))
    assert "<strong>1</strong> invoice to confirm" in page
    assert "recurring invoice held up" in page
