"""Periods, tax codes, exchange rates, imports and the proof of the books."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company, Role
from ledger.currencies.rates import record_exchange_rate, store_ecb_rates
from ledger.models import BooksCheck, ExchangeRate, JournalEntry, LockRequest, Period
from receivables.services.invoices import delete_invoice
from tests.factories import make_company, make_invoice, make_member
from tests.ledger.imports.datev_files import batch
from tests.workspace.conftest import SignedIn, words
from tests.workspace.test_ledger_pages import cells, row_with

pytestmark = pytest.mark.django_db


def main_of(response: Any) -> str:
    before, _id, main = response.content.decode().partition('id="main"')
    assert main, before
    return str(main)


class TestPeriods:
    def press(self, client: Client, name: str, period: str = "2026-01", **data: str) -> Any:
        return client.post(reverse(f"admin:{name}", args=[period]), data, follow=True)

    def state(self, company: Company, period: str = "2026-01") -> str:
        return Period.objects.get(company=company, name=period).status

    def test_lists_months_from_the_first_posting_to_today(self, owner: Client, time_machine: Any) -> None:
        time_machine.move_to("2026-04-15T12:00:00Z")
        rows = [row for row in cells(owner.get(reverse("admin:periods"))) if len(row) == 5]
        assert [row[0].split()[0] for row in rows] == ["2026-06", "2026-04", "2026-03", "2026-02", "2026-01"]
        assert [row[2] for row in rows] == ["1", "", "1", "", "1"]

    def test_lists_adjustment_periods_once_the_year_is_over(
        self, company: Company, signed_in: SignedIn, time_machine: Any
    ) -> None:
        time_machine.move_to("2027-01-15T12:00:00Z")
        client = signed_in(company)
        names = [row[0].split()[0] for row in cells(client.get(reverse("admin:periods"))) if len(row) == 5]
        assert names[:4] == ["2027-01", "2026-P14", "2026-P13", "2026-12"]

    def test_soft_locks_and_reopens(self, owner: Client, company: Company) -> None:
        assert "2026-01 is soft-locked" in words(self.press(owner, "soft_lock"))
        assert self.state(company) == "soft_locked"
        assert "2026-01 is open again." in words(self.press(owner, "reopen"))
        assert self.state(company) == "open"

    def test_locks_for_good_with_a_second_person(self, owner: Client, company: Company, signed_in: SignedIn) -> None:
        second = signed_in(company, Role.APPROVER)
        self.press(owner, "request_lock")
        request = LockRequest.objects.get(company=company)
        page = words(owner.get(reverse("admin:periods")))
        assert "Lock requested" in page
        assert "Approve the lock" not in page, "one's own request"
        own = self.press(owner, "approve_lock", request=str(request.pk))
        assert "approved by another person" in words(own)
        assert "Approve the lock" in words(second.get(reverse("admin:periods")))
        assert "2026-01 is locked for good, and so is every month before it." in words(
            self.press(second, "approve_lock", request=str(request.pk))
        )
        assert self.state(company) == "locked"
        assert Period.objects.get(company=company, name="2026-01").closing_hash[:16] in words(
            owner.get(reverse("admin:periods"))
        )

    def test_shows_what_a_lock_closes_and_what_is_in_the_way(
        self, owner: Client, company: Company, signed_in: SignedIn, time_machine: Any
    ) -> None:
        time_machine.move_to("2026-04-15T12:00:00Z")
        second = signed_in(company, Role.APPROVER)
        draft = make_invoice(company, on=date(2026, 2, 3), status="draft")
        page = words(owner.get(reverse("admin:request_lock", args=["2026-03"])))
        assert "2026-01, 2026-02, 2026-03 are closed for good" in page
        assert f"invoice {draft}" in page
        refused = self.press(owner, "request_lock", "2026-03")
        assert refused.status_code == 409
        assert f"Invoice {draft} of Feb 3, 2026 is dated up to Mar 31, 2026" in words(refused)
        assert "say why" in words(self.press(owner, "request_lock", "2026-03", force="on")).lower()
        self.press(owner, "request_lock", "2026-03", force="on", reason="The return is due")
        assert "does not wait for 1 draft: The return is due" in words(second.get(reverse("admin:periods")))
        request = LockRequest.objects.get(company=company)
        assert "approved by another person" in words(
            self.press(owner, "approve_lock", "2026-03", request=str(request.pk))
        )
        self.press(second, "approve_lock", "2026-03", request=str(request.pk))
        assert [self.state(company, f"2026-0{month}") for month in (1, 2, 3)] == ["locked"] * 3

    def test_locks_every_month_up_to_one_in_one_step_where_nobody_else_is(
        self, owner: Client, company: Company
    ) -> None:
        page = owner.get(reverse("admin:periods"))
        assert "<option>2026-03</option>" in page.content.decode()
        chosen = owner.get(reverse("admin:lock_up_to"), {"name": "2026-03"})
        assert chosen.headers["Location"] == reverse("admin:request_lock", args=["2026-03"])
        assert "Lock up to 2026-03 for good" in words(owner.get(chosen.headers["Location"]))
        done = words(self.press(owner, "request_lock", "2026-03", action="lock"))
        assert "2026-03 is locked for good, and so is every month before it." in done
        assert [self.state(company, f"2026-0{month}") for month in (1, 2, 3)] == ["locked"] * 3

    def test_does_not_lock_in_one_step_where_a_second_person_is(self, owner: Client, company: Company) -> None:
        make_member(company)
        assert "Lock up to 2026-03 for good" not in words(owner.get(reverse("admin:request_lock", args=["2026-03"])))
        assert self.press(owner, "request_lock", "2026-03", action="lock").status_code == 403
        assert self.state(company, "2026-03") == "open"
        assert not LockRequest.objects.exists()

    def test_minds_no_month_that_is_none(self, owner: Client) -> None:
        for name in ("", "x", "2026-13", "\0"):
            assert owner.get(reverse("admin:lock_up_to"), {"name": name}).status_code in {400, 404, 409, 422}

    def test_offers_no_lock_of_the_running_month(self, owner: Client, company: Company, time_machine: Any) -> None:
        time_machine.move_to("2026-04-15T12:00:00Z")
        page = owner.get(reverse("admin:periods")).content.decode()
        assert reverse("admin:request_lock", args=["2026-03"]) in page
        assert reverse("admin:request_lock", args=["2026-04"]) not in page
        assert self.press(owner, "request_lock", "2026-04").status_code == 409
        lock = owner.get(reverse("admin:request_lock", args=["2026-04"]))
        assert "2026-04 ends on Apr 30, 2026. It can be locked once it is over." in words(lock)
        assert [name for name in ('name="force"', 'name="reason"', "Request lock") if name in main_of(lock)] == []

    def test_tells_a_sole_member_that_nobody_else_approves(
        self, owner: Client, company: Company, time_machine: Any
    ) -> None:
        time_machine.move_to("2026-04-15T12:00:00Z")
        draft = make_invoice(company, on=date(2026, 2, 3), status="draft")
        blocked = owner.get(reverse("admin:request_lock", args=["2026-03"]))
        assert "needs a second member" in words(blocked)
        assert [name for name in ('name="force"', "Request lock") if name in main_of(blocked)] == []
        delete_invoice(company_id=company.pk, document_id=draft.pk, actor=system_actor())
        page = words(owner.get(reverse("admin:request_lock", args=["2026-03"])))
        said = words(self.press(owner, "request_lock", "2026-03"))
        texts = page + said + words(owner.get(reverse("admin:periods")))
        assert "You are the only member of the company, so you approve it yourself." in said
        assert [text for text in ("Somebody else", "somebody else", "second user", "two people") if text in texts] == []

    @pytest.mark.parametrize("period", ["2027-01", "2199-12", "9999-12", "1900-01"])
    def test_closes_nothing_beyond_the_companys_years(
        self, owner: Client, company: Company, time_machine: Any, period: str
    ) -> None:
        time_machine.move_to("2026-04-15T12:00:00Z")
        page = words(self.press(owner, "soft_lock", period))
        way_out = "from 2016-01 on" if period == "1900-01" else "up to 2026-12"
        assert f"close periods {way_out}" in page
        assert not Period.objects.filter(company=company).exclude(status="open").exists()

    def test_withdraws_a_request(self, owner: Client, company: Company) -> None:
        self.press(owner, "request_lock")
        request = LockRequest.objects.get(company=company)
        assert "is withdrawn" in words(self.press(owner, "cancel_lock", request=str(request.pk)))
        request.refresh_from_db()
        assert request.status == "cancelled"

    @pytest.mark.parametrize("data", [{}, {"request": "x"}, {"request": "0198c0de-0000-7000-8000-000000000000"}])
    def test_knows_no_made_up_request(self, owner: Client, data: dict[str, str]) -> None:
        assert self.press(owner, "approve_lock", **data).status_code == 404

    @pytest.mark.parametrize("period", ["2026-13", "2026", "P13", "2026-P15"])
    def test_says_when_there_is_no_such_period(self, owner: Client, period: str) -> None:
        assert "is not a period" in words(self.press(owner, "soft_lock", period))


class TestTaxCodes:
    VALUES = {"code": "CITY", "label": "City tax", "rate": "2.5", "vat_account": "2200", "category": "S"}  # noqa: RUF012

    def test_creates_changes_and_retires_one(self, owner: Client, company: Company) -> None:
        assert "Tax code CITY can be used." in words(
            owner.post(reverse("admin:new_tax_code"), self.VALUES, follow=True)
        )
        code = company.tax_codes.get(code="CITY")
        change = reverse("admin:change_tax_code", args=[code.pk])
        assert 'value="2200 Sales Tax Payable"' in words(owner.get(change))
        owner.post(change, self.VALUES | {"rate": "3"})
        code.refresh_from_db()
        assert code.rate == Decimal(3)
        assert row_with(owner.get(reverse("admin:tax_codes")), "City tax")[2] == "3 %"
        owner.post(reverse("admin:deactivate_tax_code", args=[code.pk]))
        code.refresh_from_db()
        assert not code.is_active
        owner.post(reverse("admin:activate_tax_code", args=[code.pk]))
        code.refresh_from_db()
        assert code.is_active

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"code": "ST-NY"}, "Tax code ST-NY exists already."),
            ({"rate": "101"}, "Rate is percent from 0 to 100"),
            ({"rate": "a lot"}, "is not a number"),
            ({"vat_account": "4000"}, "is not a tax account"),
            ({"vat_account": "nowhere"}, "There is no account «nowhere»"),
            ({"datev_key": "ab"}, "DATEV BU key"),
        ],
    )
    def test_shows_a_refusal_at_its_field(self, owner: Client, changes: dict[str, str], message: str) -> None:
        answer = owner.post(reverse("admin:new_tax_code"), self.VALUES | changes)
        assert answer.status_code in {409, 422}
        assert f'id="id_{next(iter(changes))}_error" role="alert">' in words(answer)
        assert message in words(answer)

    def test_lets_only_the_words_of_a_charts_code_be_changed(self, owner: Client, company: Company) -> None:
        code = company.tax_codes.get(code="ST-NY")
        page = words(owner.get(reverse("admin:change_tax_code", args=[code.pk])))
        assert "came with the chart of accounts" in page
        assert 'name="rate"' not in page
        owner.post(reverse("admin:change_tax_code", args=[code.pk]), {"label": "NY", "rate": "99"})
        code.refresh_from_db()
        assert (code.label, code.rate) == ("NY", Decimal(4))
        answer = owner.post(reverse("admin:deactivate_tax_code", args=[code.pk]), follow=True)
        assert "stays in use" in words(answer)


class TestRates:
    def test_sets_the_companys_own(self, owner: Client, company: Company) -> None:
        values = {"currency": "EUR", "on": "2026-07-01", "rate": "0.91"}
        answer = owner.post(reverse("admin:exchange_rates"), values, follow=True)
        assert "the rate of EUR is your own" in words(answer)
        assert ["Jul 1, 2026", "EUR", "0.91", "manual"] in cells(answer)
        assert ExchangeRate.objects.get(company=company).rate == Decimal("0.91")

    @pytest.mark.parametrize("values", [{"rate": "0"}, {"rate": "x"}, {"currency": "USD"}, {"on": "2026-02-30"}])
    def test_refuses_what_is_none(self, owner: Client, values: dict[str, str]) -> None:
        answer = owner.post(
            reverse("admin:exchange_rates"), {"currency": "EUR", "on": "2026-07-01", "rate": "1"} | values
        )
        assert answer.status_code == 422
        assert 'role="alert"' in words(answer)

    def test_warns_of_own_rates_that_hold_no_longer(self, owner: Client, company: Company) -> None:
        today = company.today()
        for currency, age in (("AED", 32), ("SAR", 31), ("EUR", 900)):
            on = today - timedelta(days=age)
            record_exchange_rate(company=company, currency=currency, on=on, rate=Decimal(3))
        record_exchange_rate(company=company, currency="EUR", on=today, rate=Decimal(3))
        page = words(owner.get(reverse("admin:exchange_rates")))
        assert "Your own rate holds no longer: AED of" in page
        assert "SAR of" not in page
        assert "EUR of" not in page

    @pytest.mark.parametrize(("age", "told"), [(0, (False, False)), (3, (True, False)), (8, (True, True))])
    @pytest.mark.parametrize("name", ["exchange_rates", "health"])
    def test_says_when_the_reference_rates_end(
        self, owner: Client, company: Company, name: str, age: int, told: tuple[bool, bool]
    ) -> None:
        store_ecb_rates([("USD", company.today() - timedelta(days=age), Decimal(1))], on_progress=lambda _count: None)
        page = words(owner.get(reverse(f"admin:{name}")))
        assert ("manage.py load_exchange_rates eurofxref-hist.zip" in page, "find no rate" in page) == told

    def test_names_both_dates_to_the_editor(self, owner: Client, company: Company) -> None:
        record_exchange_rate(company=company, currency="AED", on=date(2024, 5, 31), rate=Decimal(3))
        answer = owner.get(reverse("admin:rate_lookup"), {"currency": "AED", "on": "2026-10-26"})
        assert answer.status_code == 422
        assert "of May 31, 2024 and holds for 31 days: there is none for Oct 26, 2026" in answer.json()["message"]


CSV = (
    "entry reference,date,description,account code,debit,credit\n"
    "A1,2026-07-01,Stamps,6310,12.50,\nA1,2026-07-01,Stamps,1000,,12.50\n"
)


class TestImports:
    def send(
        self, client: Client, content: str | bytes, *, follow: bool = False, headers: Any = None, **data: str
    ) -> Any:
        file = SimpleUploadedFile("journal.csv", content if isinstance(content, bytes) else content.encode())
        return client.post(
            reverse("admin:imports"), {"kind": "csv", "file": file, **data}, follow=follow, headers=headers or {}
        )

    def test_previews_without_posting(self, owner: Client, company: Company) -> None:
        count = JournalEntry.objects.filter(company=company).count()
        page = self.send(owner, CSV, action="preview")
        assert "1 new entry." in words(page)
        assert ["6310", "Postage and Delivery", "12.50", ""] in cells(page)
        assert JournalEntry.objects.filter(company=company).count() == count

    def test_lists_the_entries_with_their_lines(self, owner: Client) -> None:
        head, rows = "entry reference,date,account code,debit,credit,description\n", []
        for number in range(1, 251):
            rows += [
                f"R{number},2026-03-05,6310,{number}.00,,Stamps {number}",
                f"R{number},2026-03-05,1000,,{number}.00,",
            ]
        page = self.send(owner, head + "\n".join(rows), action="preview")
        assert "250 new entries." in words(page)
        assert "The first 200 of 250 entries" in words(page)
        samples = page.context["result"].samples
        assert (len(samples), samples[199].lines[0].debit) == (200, Decimal("200.00"))
        few = self.send(owner, head + "\n".join(rows[:24]), action="preview")
        assert "The entries" in words(few)
        assert len(few.context["result"].samples) == 12

    def test_answers_the_pages_script_with_the_outcome_alone(self, owner: Client) -> None:
        page = self.send(owner, CSV, action="preview", headers={"HX-Request": "true"})
        assert page.content.decode().strip().startswith("<section")
        refused = self.send(owner, b"\0\0", headers={"HX-Request": "true"})
        assert (refused.status_code, 'role="alert"' in words(refused)) == (200, True)

    def test_imports_once(self, owner: Client, company: Company) -> None:
        assert "1 entry imported." in words(self.send(owner, CSV, action="import", follow=True))
        assert JournalEntry.objects.filter(company=company, memo="Stamps").count() == 1
        again = words(self.send(owner, CSV, action="import", follow=True))
        assert "Nothing new. 1 had been imported before." in again

    def test_lists_every_bad_line_and_posts_nothing(self, owner: Client, company: Company) -> None:
        page = self.send(owner, CSV.replace("6310", "9999"), action="import")
        assert "account «9999» does not exist" in row_with(page, "9999")[1]
        assert not JournalEntry.objects.filter(company=company, memo="Stamps").exists()

    @pytest.mark.parametrize("content", [b"", b"\0\1\2", b"%PDF-1.7", b"one,two\n1,2\n", "ä;ö\n".encode("utf-16")])
    def test_says_when_a_file_is_something_else(self, owner: Client, content: bytes) -> None:
        page = self.send(owner, content, action="preview")
        assert page.status_code == 422
        assert 'role="alert"' in words(page)

    def test_wants_a_file_of_a_sensible_size(self, owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "This field is required." in words(owner.post(reverse("admin:imports"), {"kind": "csv"}))
        monkeypatch.setattr("ledger.pages.imports.LARGEST_FILE", 10)
        assert "The largest file that can be uploaded" in words(self.send(owner, CSV))

    def test_reads_a_datev_batch_of_the_companys_client(self, signed_in: SignedIn) -> None:
        company = make_company(
            chart="skr03", currency="EUR", country="DE", datev_consultant_number=1001, datev_client_number=456
        )
        client = signed_in(company)
        page = self.send(client, batch({}).getvalue(), kind="datev", action="preview")
        assert row_with(page, "8400")[3] == "100,00"
        answer = self.send(client, batch({}).getvalue(), kind="datev", action="import", follow=True)
        assert "1 entry imported." in words(answer)
        company.datev_client_number = 1
        company.save()
        refused = self.send(client, batch({}).getvalue(), kind="datev", action="preview")
        assert refused.status_code == 422
        accepted = self.send(client, batch({}).getvalue(), kind="datev", action="preview", ignore_client="on")
        assert accepted.status_code == 200


class TestHealth:
    def test_proves_the_books_on_demand(self, owner: Client, company: Company) -> None:
        assert "The books have not been proven yet." in words(owner.get(reverse("admin:health")))
        asked = owner.post(reverse("admin:prove_books"))
        since = asked.headers["Location"]
        assert "load delay" not in main_of(owner.get(since))  # the worker of this test is quicker than the page
        BooksCheck.objects.all().delete()
        assert f'hx-get="{since}" hx-trigger="load delay:2s"' in owner.get(since).content.decode()
        assert "load delay" not in main_of(owner.get(reverse("admin:health") + "?since=x"))
        answer = owner.post(reverse("admin:prove_books"), follow=True)
        assert "The books are being proven." in words(answer)
        assert "3 entries proven" in words(answer)
        assert BooksCheck.objects.get(company=company).is_ok

    def test_shows_what_is_off(self, owner: Client, company: Company) -> None:
        finding = {"invariant": "L7 totals agree", "subject": "account 1000", "message": "lines sum to 1 / 2"}
        moment = company.created_at
        BooksCheck.objects.create(
            company=company, started_at=moment, finished_at=moment, entry_count=3, findings=[finding]
        )
        page = owner.get(reverse("admin:health"))
        assert "Something does not fit" in words(page)
        assert list(finding.values()) in cells(page)


def test_today_is_the_companys(owner: Client, company: Company, time_machine: Any) -> None:
    company.time_zone = "Pacific/Auckland"
    company.save()
    time_machine.move_to("2026-07-31T20:00:00Z")
    assert f"{date(2026, 8, 1):%m/%d/%Y}" in words(owner.get(reverse("admin:new_entry")))
