"""Every page asks before something posts into a soft-locked period or of an unusual size; nothing is refused for it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company, Role
from ledger.entries.entries import create_draft, submit_entry
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.models import ApprovalStatus, EntryStatus, JournalEntry
from ledger.periods.calendar import soft_lock
from receivables.models import Invoice, Payment
from tests.factories import make_company, make_customer, make_item
from tests.receivables.pages.forms import typed
from tests.reporting.books import book

pytestmark = pytest.mark.django_db
SIGNED_IN = Callable[..., Client]
YES = {"accept_warnings": "yes"}


def lock(company: Company, name: str) -> None:
    soft_lock(company=company, name=name, actor=system_actor())


def entry_form(amount: str, day: str, **more: str) -> dict[str, Any]:
    return {
        "action": "post",
        "entry_date": day,
        "currency": "USD",
        "memo": "By hand",
        "account": ["1000", "3000"],
        "description": ["", ""],
        "tax_code": ["", ""],
        "origin": ["", ""],
        "debit": [amount, ""],
        "credit": ["", amount],
        **more,
    }


def posted(company: Company) -> int:
    return JournalEntry.objects.filter(company=company).exclude(status=EntryStatus.DRAFT).count()


class TestASoftLockedPeriod:
    def test_is_asked_about_by_the_entry_editor_and_nothing_is_stored(
        self, company: Company, signed_in: SIGNED_IN
    ) -> None:
        lock(company, "2026-03")
        owner, before = signed_in(company), JournalEntry.objects.count()
        page = owner.post(reverse("admin:new_entry"), entry_form("10", "2026-03-05"))
        assert page.status_code == 422
        assert "2026-03 is soft-locked" in page.content.decode()
        assert 'name="accept_warnings"' in page.content.decode()
        assert "Posted as" not in page.content.decode()
        assert JournalEntry.objects.count() == before

    def test_takes_an_entry_once_that_is_meant(self, company: Company, signed_in: SIGNED_IN) -> None:
        lock(company, "2026-03")
        answer = signed_in(company).post(reverse("admin:new_entry"), entry_form("10", "2026-03-05", **YES))
        assert answer.status_code == 302
        assert JournalEntry.objects.latest("sequence").overrides_soft_lock is True

    def test_keeps_a_draft_without_a_question(self, company: Company, signed_in: SIGNED_IN) -> None:
        lock(company, "2026-03")
        answer = signed_in(company).post(reverse("admin:new_entry"), entry_form("10", "2026-03-05", action="save"))
        assert answer.status_code == 302

    def test_is_refused_to_a_bookkeeper_without_a_question(self, company: Company, signed_in: SIGNED_IN) -> None:
        lock(company, "2026-03")
        keeper = signed_in(company, role=Role.BOOKKEEPER)
        page = keeper.post(reverse("admin:new_entry"), entry_form("10", "2026-03-05", **YES))
        assert page.status_code == 409
        assert "choose a date in an open period" in page.content.decode()

    def test_is_asked_about_by_a_button_with_what_the_button_sent(self, company: Company, signed_in: SIGNED_IN) -> None:
        lines = (
            LineDraft(account=AccountCode("1000"), amount=Decimal(10)),
            LineDraft(account=AccountCode("3000"), amount=Decimal(-10)),
        )
        draft = create_draft(
            EntryDraft(company_id=company.pk, entry_date=date(2026, 3, 5), lines=lines), actor=system_actor()
        )
        submit_entry(company_id=company.pk, entry_id=draft.pk, actor=system_actor())
        lock(company, "2026-03")
        owner, url = signed_in(company), reverse("admin:approve_entry", args=[draft.pk])
        page = owner.post(url, {"next": "/admin/journal/"})
        assert page.status_code == 422
        shown = page.content.decode()
        assert "2026-03 is soft-locked" in shown
        assert '<input type="hidden" name="next" value="/admin/journal/">' in shown
        draft.refresh_from_db()
        assert draft.approval_status == ApprovalStatus.PENDING_APPROVAL
        assert owner.post(url, YES).status_code == 302
        draft.refresh_from_db()
        assert draft.status == EntryStatus.POSTED

    def test_is_asked_about_by_a_form(self, company: Company, signed_in: SIGNED_IN) -> None:
        original = JournalEntry.objects.get(memo="Rent of June")
        lock(company, "2026-06")
        owner, url = signed_in(company), reverse("admin:reverse_entry", args=[original.pk])
        page = owner.post(url, {"on": "2026-06-30", "reason": "Wrong"})
        assert (page.status_code, "2026-06 is soft-locked" in page.content.decode()) == (422, True)
        original.refresh_from_db()
        assert original.status == EntryStatus.POSTED
        assert owner.post(url, {"on": "2026-06-30", "reason": "Wrong", **YES}).status_code == 302

    def test_is_asked_about_by_a_stock_count(self, company: Company, signed_in: SIGNED_IN) -> None:
        item = make_item(company, quantity_on_hand=Decimal(3), purchase_cost=Decimal(2))
        lock(company, f"{company.today():%Y-%m}")
        owner, url = signed_in(company), reverse("admin:count_item", args=[item.pk])
        count = {"counted": ["1"], "seen": "3"}
        page = owner.post(url, count)
        assert (page.status_code, "is soft-locked" in page.content.decode()) == (422, True)
        assert '<input type="hidden" name="counted" value="1">' in page.content.decode()
        item.refresh_from_db()
        assert item.quantity_on_hand == 3
        assert owner.post(url, {**count, **YES}).status_code == 302
        item.refresh_from_db()
        assert item.quantity_on_hand == 1

    def test_is_asked_about_by_an_import(self, company: Company, signed_in: SIGNED_IN) -> None:
        lock(company, "2026-03")
        owner, before = signed_in(company), posted(company)
        rows = "entry reference,date,account code,debit,credit\nR1,2026-03-05,6310,9,\nR1,2026-03-05,1000,,9\n"
        for more, status, count in (({}, 422, 0), (YES, 302, 1)):
            file = SimpleUploadedFile("journal.csv", rows.encode())
            page = owner.post(reverse("admin:imports"), {"kind": "csv", "file": file, "action": "import", **more})
            assert (page.status_code, posted(company) - before) == (status, count)
            if status == 422:
                assert "2026-03 is soft-locked" in page.content.decode()
                assert "choose it again" in page.content.decode()


class TestADocument:
    def test_asks_by_invoice_and_payment(self, company: Company, signed_in: SIGNED_IN) -> None:
        customer, owner = make_customer(company, name="Harbor"), signed_in(company)
        lock(company, "2026-03")
        line = {"description": "Work", "unit_amount": "100", "tax_code": ""}
        sale = typed(customer, line, currency="USD", action="confirm", document_date="2026-03-05")
        page = owner.post(reverse("admin:new_invoice"), sale)
        assert (page.status_code, "2026-03 is soft-locked" in page.content.decode()) == (422, True)
        assert not Invoice.objects.exists()
        assert owner.post(reverse("admin:new_invoice"), {**sale, **YES}).status_code == 302
        paid = {"amount": "100", "paid_on": "2026-03-06", "deposit_to": "1000"}
        pay = reverse("admin:pay_invoice", args=[Invoice.objects.get().pk])
        page = owner.post(pay, paid)
        assert (page.status_code, "2026-03 is soft-locked" in page.content.decode()) == (422, True)
        assert not Payment.objects.exists()
        assert owner.post(pay, {**paid, **YES}).status_code == 302


class TestAnAmount:
    """The largest entry of the company's last year is 10,000: asked is from 1,000,000.01 on."""

    @pytest.mark.parametrize(("amount", "status"), [("1000000", 302), ("1000000.01", 422), ("10000000000", 422)])
    def test_is_asked_about_above_a_hundred_times_the_largest(
        self, company: Company, signed_in: SIGNED_IN, amount: str, status: int
    ) -> None:
        before = posted(company)
        answer = signed_in(company).post(reverse("admin:new_entry"), entry_form(amount, "2026-07-01"))
        assert (answer.status_code, posted(company) - before) == (status, int(status == 302))
        if status == 422:
            assert "is an unusually large amount: more than 100 times" in answer.content.decode()

    def test_posts_once_it_is_meant(self, company: Company, signed_in: SIGNED_IN) -> None:
        answer = signed_in(company).post(reverse("admin:new_entry"), entry_form("10000000000", "2026-07-01", **YES))
        assert answer.status_code == 302

    def test_of_a_billion_is_asked_about_in_empty_books_and_a_million_is_not(self, signed_in: SIGNED_IN) -> None:
        company = make_company(name="New, Inc.", chart="us", currency="USD", country="US")
        owner = signed_in(company)
        for amount, status in (("999999999.99", 302), ("1000000000", 422)):
            answer = owner.post(reverse("admin:new_entry"), entry_form(amount, "2026-07-01"))
            assert answer.status_code == status

    def test_of_an_entry_that_was_reversed_is_no_measure(self, company: Company, signed_in: SIGNED_IN) -> None:
        owner = signed_in(company)
        owner.post(reverse("admin:new_entry"), entry_form("10000000000", "2026-07-01", **YES))
        wrong = JournalEntry.objects.latest("sequence")
        answer = owner.post(reverse("admin:reverse_entry", args=[wrong.pk]), {"on": "2026-07-01", "reason": "Typo"})
        assert answer.status_code == 302  # a reversal repeats what was there
        assert owner.post(reverse("admin:new_entry"), entry_form("2000000", "2026-07-02")).status_code == 422

    def test_below_ten_thousand_is_never_asked_about(self, signed_in: SIGNED_IN) -> None:
        company = make_company(name="Small, Inc.", chart="us", currency="USD", country="US")
        book(company, "2026-01-02", ("1000", "1"), ("3000", "-1"))
        owner = signed_in(company)
        assert owner.post(reverse("admin:new_entry"), entry_form("9999", "2026-07-01")).status_code == 302
        assert owner.post(reverse("admin:new_entry"), entry_form("1000000", "2026-07-01")).status_code == 422

    def test_of_an_invoice_is_asked_about_once_and_told_by_its_page(
        self, company: Company, signed_in: SIGNED_IN
    ) -> None:
        customer, owner = make_customer(company, name="Harbor"), signed_in(company)
        line = {"description": "Work", "unit_amount": "2000000", "tax_code": ""}
        sale = typed(customer, line, currency="USD", action="confirm", document_date="2026-07-01")
        page = owner.post(reverse("admin:new_invoice"), sale)
        assert (page.status_code, page.content.decode().count("unusually large")) == (422, 1)
        owner.post(reverse("admin:new_invoice"), {**sale, **YES})
        made = Invoice.objects.get()
        assert [warning["code"] for warning in made.warnings] == ["UNUSUAL_AMOUNT"]


def test_two_doubts_are_asked_about_together(company: Company, signed_in: SIGNED_IN) -> None:
    lock(company, "2026-03")
    page = signed_in(company).post(reverse("admin:new_entry"), entry_form("5000000", "2026-03-05"))
    shown = page.content.decode()
    assert ("2026-03 is soft-locked" in shown, "unusually large" in shown) == (True, True)
