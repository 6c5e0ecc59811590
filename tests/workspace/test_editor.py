"""The entry editor: what is typed becomes a draft or a posted entry, or is shown again with the reason."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from ledger.models import ApprovalStatus, EntryStatus, ExchangeRate, JournalEntry
from ledger.periods.calendar import soft_lock
from tests.factories import actor_of, make_company, make_member
from tests.workspace.conftest import SignedIn, account, words

pytestmark = pytest.mark.django_db

NEW = "/admin/journal/new/"
LINE = ("account", "description", "tax_code", "debit", "credit", "origin")
Line = dict[str, str]


def typed(*lines: Line, action: str = "post", **header: str) -> dict[str, Any]:
    """What the browser sends: a column per field, a row per line."""
    columns = {name: [line.get(name, "") for line in lines] for name in LINE}
    return {"entry_date": "2026-07-01", "memo": "Pencils", "currency": "", "action": action, **header, **columns}


PENCILS = ({"account": "6300 Office Supplies", "debit": "12.50"}, {"account": "1000", "credit": "12.50"})


def made(company: Company) -> JournalEntry:
    return JournalEntry.objects.filter(company=company).latest("created_at")


def amounts(entry: JournalEntry) -> list[tuple[str | None, Decimal]]:
    lines = entry.lines.select_related("account").order_by("line_number")
    return [(line.account.code, line.currency_amount) for line in lines]


def errors(response: Any) -> list[str]:
    found = re.findall(
        r'<p class="bf-(?:error|alert bf-alert-bad)" role="alert">(.*?)</p>', response.content.decode(), re.DOTALL
    )
    return [" ".join(text.split()) for text in found]


def values(response: Any, name: str) -> Sequence[str]:
    return re.findall(rf'name="{name}"(?: id="\w+")? value="([^"]*)"', response.content.decode())


def test_begins_today_with_two_empty_lines(owner: Client, company: Company) -> None:
    page = owner.get(NEW)
    assert values(page, "entry_date") == [f"{company.today():%m/%d/%Y}"]
    assert len(values(page, "account")) == 3, "two lines and the template of more"


def test_posts(owner: Client, company: Company) -> None:
    answer = owner.post(NEW, typed(*PENCILS, document_number="R-7", document_date="2026-06-30"), follow=True)
    entry = made(company)
    assert (entry.status, entry.memo, entry.document_number) == (EntryStatus.POSTED, "Pencils", "R-7")
    assert amounts(entry) == [("6300", Decimal("12.50")), ("1000", Decimal("-12.50"))]
    assert f"Posted as {entry.entry_number}." in words(answer)
    assert answer.request["PATH_INFO"] == reverse("admin:journal_entry", args=[entry.pk])


def test_saves_a_draft_that_does_not_balance_yet(owner: Client, company: Company) -> None:
    answer = owner.post(NEW, typed(PENCILS[0], action="save"), follow=True)
    entry = made(company)
    assert entry.is_draft
    assert "Draft saved." in words(answer)
    assert values(answer, "account")[0] == "6300 Office Supplies"
    assert values(answer, "debit")[0] == "12.50"


def test_submits_for_approval(owner: Client, company: Company) -> None:
    owner.post(NEW, typed(*PENCILS, action="submit"))
    assert made(company).approval_status == ApprovalStatus.PENDING_APPROVAL


def test_refuses_an_unbalanced_entry_and_keeps_all_that_was_typed(owner: Client, company: Company) -> None:
    count = JournalEntry.objects.count()
    lines = ({"account": "6300", "debit": "12.50", "description": "HB"}, {"account": "1000", "credit": "12"})
    answer = owner.post(NEW, typed(*lines, document_number="R-7"))
    assert answer.status_code == 422
    assert errors(answer) == ["Debits and credits differ: debits 12.50 USD, credits 12 USD, off by 0.50."]
    assert (values(answer, "debit")[0], values(answer, "credit")[1]) == ("12.50", "12")
    assert (values(answer, "description")[0], values(answer, "document_number")) == ("HB", ["R-7"])
    assert JournalEntry.objects.count() == count


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"account": "9999", "debit": "5"}, "There is no account «9999»."),
        ({"account": "", "debit": "5"}, "Choose an account."),
        ({"account": "6300", "debit": "five"}, "«five» is not a number; write it like 1,234.50."),
        ({"account": "6300", "debit": "-5"}, "Write it on the other side without a sign."),
        ({"account": "6300", "debit": "5", "credit": "5"}, "A line has a debit or a credit, not both."),
        ({"account": "6300", "debit": "5.005"}, "5.005 has more decimals than USD has"),
        ({"account": "6300"}, "A line has a debit or a credit above zero."),
        ({"account": "6300", "debit": "5", "tax_code": "NOPE"}, "Tax code NOPE does not exist or is inactive."),
        ({"account": "6300", "debit": "5", "description": "x" * 501}, "At most 500 characters."),
    ],
)
def test_shows_an_error_at_its_line(owner: Client, line: Line, message: str) -> None:
    # An empty row in between must not shift the blame.
    answer = owner.post(NEW, typed({"account": "1000", "credit": "5"}, {}, line))
    assert answer.status_code in {422, 409}
    rows = answer.content.decode().partition("data-lines")[2].partition("</tbody>")[0].split("<tr data-line")[1:]
    assert [message in " ".join(row.split()) for row in rows] == [False, False, True]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"entry_date": "2026-02-30"}, "Enter a date of the calendar."),
        ({"entry_date": ""}, "Enter the date of the entry."),
        ({"document_date": "yesterday"}, "Enter a date of the calendar."),
        ({"memo": "x" * 501}, "At most 500 characters."),
        ({"memo": "nul\0"}, "At most 500 characters."),
        ({"currency": "XXX"}, "«XXX» is not a currency in use"),
        ({"currency": "EUR", "exchange_rate": "much"}, "«much» is not a number"),
        ({"currency": "EUR"}, "No rate is known for this day. Type one"),
        ({"exchange_rate": "2"}, "USD is the company's own currency; its rate is 1."),
        ({"adjustment_period": "13"}, "An adjustment period takes dates in the last month of the fiscal year"),
    ],
)
def test_shows_an_error_at_its_field(owner: Client, header: dict[str, str], message: str) -> None:
    answer = owner.post(NEW, typed(*PENCILS, **header))
    assert message in " ".join(errors(answer)).replace("&#x27;", "'")
    assert values(answer, "debit")[0] == "12.50"


def test_reads_and_writes_numbers_as_the_company_does(signed_in: SignedIn) -> None:
    company = make_company(chart="skr03", currency="EUR", country="DE")
    client = signed_in(company)
    client.post(
        NEW, typed({"account": "4930", "debit": "1.234,50"}, {"account": "1200", "credit": "1234.50"}, action="save")
    )
    entry = made(company)
    page = client.get(reverse("admin:edit_entry", args=[entry.pk]))
    assert (values(page, "debit")[0], values(page, "credit")[1]) == ("1.234,50", "1.234,50")


def test_splits_the_tax_off_on_posting(signed_in: SignedIn) -> None:
    company = make_company(chart="skr03", currency="EUR", country="DE")
    lines = ({"account": "4930", "debit": "119,00", "tax_code": "VST19"}, {"account": "1200", "credit": "119"})
    signed_in(company).post(NEW, typed(*lines))
    expected = [("4930", Decimal(100)), ("1576", Decimal(19)), ("1200", Decimal(-119))]
    assert amounts(made(company)) == expected


def test_posts_in_a_foreign_currency_at_a_typed_rate(owner: Client, company: Company) -> None:
    owner.post(NEW, typed(*PENCILS, currency="EUR", exchange_rate="1.2"))
    entry = made(company)
    assert (entry.currency, entry.exchange_rate, entry.total_amount) == ("EUR", Decimal("1.2"), Decimal("15.00"))


def test_looks_up_the_rate_of_the_day(owner: Client, company: Company, other: Company) -> None:
    ExchangeRate.objects.create(
        company=company,
        base_currency="USD",
        currency="EUR",
        rate_date="2026-06-30",
        rate=Decimal("0.8"),
        source="manual",
    )
    lookup = reverse("admin:rate_lookup")
    answer = owner.get(lookup, {"currency": "EUR", "on": "2026-07-01"}).json()
    assert answer == {"rate": "1.25", "source": "manual", "day": "Jun 30, 2026", "decimals": 2}
    assert owner.get(lookup, {"currency": "SEK", "on": "2026-07-01"}).status_code == 422
    assert owner.get(lookup, {"currency": "EUR", "on": "soon"}).status_code == 422


class TestDraft:
    """Of a stored draft."""

    @pytest.fixture
    def draft(self, owner: Client, company: Company) -> JournalEntry:
        owner.post(NEW, typed(*PENCILS, action="save"))
        return made(company)

    def edit(self, client: Client, draft: JournalEntry, *lines: Line, **options: str) -> Any:
        version = {"version": draft.updated_at.isoformat()}
        return client.post(
            reverse("admin:edit_entry", args=[draft.pk]), typed(*lines, **(version | options)), follow=True
        )

    def test_opens_in_the_editor(self, owner: Client, draft: JournalEntry) -> None:
        answer = owner.get(reverse("admin:journal_entry", args=[draft.pk]), follow=True)
        assert answer.request["PATH_INFO"] == reverse("admin:edit_entry", args=[draft.pk])

    def test_is_changed_and_posted_as_the_same_entry(self, owner: Client, draft: JournalEntry) -> None:
        lines = ({"account": "6310", "debit": "9", "origin": "0"}, {"account": "1000", "credit": "9", "origin": "1"})
        self.edit(owner, draft, *lines, memo="Stamps")
        entry = JournalEntry.objects.get(pk=draft.pk)
        assert (entry.status, entry.memo) == (EntryStatus.POSTED, "Stamps")
        assert amounts(entry) == [("6310", Decimal(9)), ("1000", Decimal(-9))]

    def test_stays_as_it_was_when_posting_is_refused(self, owner: Client, draft: JournalEntry) -> None:
        answer = self.edit(owner, draft, PENCILS[0], {"account": "1000", "credit": "1"}, memo="Other")
        assert answer.status_code == 422
        unchanged = JournalEntry.objects.get(pk=draft.pk)
        assert (unchanged.memo, unchanged.updated_at) == ("Pencils", draft.updated_at)

    def test_is_not_overwritten_when_somebody_else_has_changed_it(self, owner: Client, draft: JournalEntry) -> None:
        self.edit(owner, draft, *PENCILS, action="save", memo="First")
        answer = self.edit(owner, draft, *PENCILS, action="save", memo="Second")
        assert "Somebody has changed this draft since you opened it" in words(answer)
        assert values(answer, "memo") == ["Second"]
        assert JournalEntry.objects.get(pk=draft.pk).memo == "First"

    def test_keeps_what_the_editor_does_not_show(self, owner: Client, draft: JournalEntry) -> None:
        stored = draft.draft_lines or []
        stored[0] |= {"class_id": "north", "dimensions": {"project": "7"}}
        JournalEntry.objects.filter(pk=draft.pk).update(draft_lines=stored, metadata={"ticket": 4})
        lines = ({**PENCILS[0], "origin": "0"}, {**PENCILS[1], "origin": "1"})
        self.edit(owner, draft, *lines)
        entry = JournalEntry.objects.get(pk=draft.pk)
        line = entry.lines.get(line_number=1)
        assert (line.class_id, line.dimensions, entry.metadata) == ("north", {"project": "7"}, {"ticket": 4})

    def test_is_deleted(self, owner: Client, draft: JournalEntry) -> None:
        answer = owner.post(reverse("admin:delete_entry", args=[draft.pk]), follow=True)
        assert "The draft is deleted." in words(answer)
        assert not JournalEntry.objects.filter(pk=draft.pk).exists()

    def test_is_not_deleted_once_posted(self, owner: Client, draft: JournalEntry) -> None:
        self.edit(owner, draft, *PENCILS)
        answer = owner.post(reverse("admin:delete_entry", args=[draft.pk]), follow=True)
        assert "cannot be deleted; reverse it" in words(answer)
        assert JournalEntry.objects.filter(pk=draft.pk).exists()

    def test_opens_no_posted_entry(self, owner: Client, draft: JournalEntry) -> None:
        self.edit(owner, draft, *PENCILS)
        answer = owner.get(reverse("admin:edit_entry", args=[draft.pk]))
        assert answer.headers["Location"] == reverse("admin:journal_entry", args=[draft.pk])
        answer = self.edit(owner, draft, *PENCILS)
        assert answer.status_code in {200, 409}


def test_copies_an_entry_with_its_tax_put_back(signed_in: SignedIn) -> None:
    company = make_company(chart="skr03", currency="EUR", country="DE")
    client = signed_in(company)
    lines = (
        {"account": "4930", "debit": "119", "tax_code": "VST19"},
        {"account": "3123", "debit": "200", "tax_code": "VST-13B19"},
        {"account": "1200", "credit": "319"},
    )
    client.post(NEW, typed(*lines))
    entry = made(company)
    assert entry.line_count == 6
    page = client.get(NEW, {"copy": str(entry.pk)})
    assert values(page, "account")[:3] == ["4930 Bürobedarf", str(account(company, "3123")), "1200 Bank"]
    assert (values(page, "debit")[:2], values(page, "credit")[2]) == (["119,00", "200,00"], "319,00")
    assert values(page, "entry_date") == [f"{company.today():%d.%m.%Y}"]
    client.post(NEW, typed(*lines))
    assert amounts(made(company)) == amounts(entry)


def test_lets_a_bookkeeper_not_post_into_a_soft_locked_period(company: Company, signed_in: SignedIn) -> None:
    soft_lock(company=company, name="2026-07", actor=actor_of(make_member(company)))
    answer = signed_in(company, Role.BOOKKEEPER).post(NEW, typed(*PENCILS))
    assert answer.status_code == 409
    assert "2026-07" in " ".join(errors(answer))
    admin = signed_in(company, Role.ADMIN)
    assert "2026-07" in words(admin.post(NEW, typed(*PENCILS)))
    assert admin.post(NEW, typed(*PENCILS, accept_warnings="yes")).status_code == 302


class TestWithApproval:
    """Where a second person approves."""

    @pytest.fixture
    def company(self, company: Company) -> Company:
        company.requires_approval = True
        company.save()
        return company

    def test_offers_to_submit_and_not_to_post(self, owner: Client) -> None:
        page = owner.get(NEW).content.decode()
        assert 'value="submit"' in page
        assert 'value="post"' not in page
        answer = owner.post(NEW, typed(*PENCILS))
        assert "This company approves entries before they post" in words(answer)

    def test_is_approved_by_somebody_else(self, company: Company, owner: Client, signed_in: SignedIn) -> None:
        owner.post(NEW, typed(*PENCILS, action="submit"))
        entry = made(company)
        own = owner.post(reverse("admin:approve_entry", args=[entry.pk]), follow=True)
        assert "approved by another person" in words(own)
        approver = signed_in(company, Role.APPROVER)
        page = approver.get(reverse("admin:journal_entry", args=[entry.pk]))
        assert "Approve and post" in words(page)
        answer = approver.post(reverse("admin:approve_entry", args=[entry.pk]), follow=True)
        assert "Approved and posted as 2026-000004." in words(answer)

    def test_is_sent_back_with_a_reason(self, company: Company, owner: Client, signed_in: SignedIn) -> None:
        owner.post(NEW, typed(*PENCILS, action="submit"))
        entry = made(company)
        approver = signed_in(company, Role.APPROVER)
        approver.post(reverse("admin:reject_entry", args=[entry.pk]), {"reason": "Which pencils?"})
        page = owner.get(reverse("admin:edit_entry", args=[entry.pk]))
        assert "sent back to be corrected" in words(page)
        assert "Which pencils?" in words(approver.get(reverse("admin:journal_entry", args=[entry.pk])))
