"""Chart of accounts, account sheet, journal and the page of an entry."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.accounts.accounts import create_account
from ledger.entries.entries import create_draft
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.journal.posting import post_many
from ledger.models import Account, JournalEntry
from tests.reporting.books import book
from tests.workspace.conftest import account, words

pytestmark = pytest.mark.django_db


def cells(response: Any) -> list[list[str]]:
    """The rows of the page's tables as texts."""
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", response.content.decode(), re.DOTALL)
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in rows
    ]


def row_with(response: Any, text: str) -> list[str]:
    return next(row for row in cells(response) if any(text in cell for cell in row))


class TestChart:
    def test_shows_balances_under_their_headings(self, owner: Client, time_machine: Any) -> None:
        time_machine.move_to("2026-11-29T12:00:00Z")
        page = owner.get(reverse("admin:accounts"))
        assert [row[-2] for row in cells(page) if row and row[0] == "1100"] == ["4,000.00"]
        assert [row[-2] for row in cells(page) if row and row[0] == "1000"] == ["9,400.00"]
        assert [row[-2] for row in cells(page) if row and row[0] == "4000"] == ["4,000.00"]
        assert [row[1] for row in cells(page) if row and row[0] == "Assets"] == ["13,400.00"]

    def test_counts_revenue_and_expenses_from_the_fiscal_years_start(
        self, owner: Client, company: Company, time_machine: Any
    ) -> None:
        time_machine.move_to("2026-11-29T12:00:00Z")
        book(company, "2025-05-01", ("1000", "70"), ("4000", "-70"))
        page = owner.get(reverse("admin:accounts"))
        assert [row[-2] for row in cells(page) if row and row[0] == "4000"] == ["4,000.00"]
        assert [row[-2] for row in cells(page) if row and row[0] == "1000"] == ["9,470.00"]

    def test_stands_sub_accounts_below_their_parents(self, owner: Client, company: Company) -> None:
        create_account(
            company=company,
            name="Till",
            type="asset",
            code="9",
            actor=system_actor(),
            details={"parent": AccountCode("1010")},
        )
        codes = [row[0] for row in cells(owner.get(reverse("admin:accounts"))) if row]
        assert codes[codes.index("1010") + 1] == "9"

    def test_opens_an_account(self, owner: Client, company: Company) -> None:
        values = {"code": "6345", "type": "expense", "name": "Cloud", "category": "IT", "report_group": "other_opex"}
        answer = owner.post(reverse("admin:new_account"), values, follow=True)
        assert "Account 6345 Cloud is open." in words(answer)
        made = account(company, "6345")
        assert (made.category, made.report_group, made.is_system) == ("IT", "other_opex", False)

    def test_shows_a_refusal_at_its_field(self, owner: Client) -> None:
        answer = owner.post(reverse("admin:new_account"), {"code": "1000", "type": "asset", "name": "Again"})
        assert answer.status_code == 409
        assert 'id="id_code_error" role="alert">Account 1000 exists already: Cash.' in words(answer)
        assert 'value="Again"' in words(answer)

    def test_changes_an_account(self, owner: Client, company: Company) -> None:
        own = account(company, "6300")
        page = owner.get(reverse("admin:change_account", args=[own.pk]))
        assert 'value="Office Supplies"' in words(page)
        values = {"name": "Paper", "category": own.category, "report_group": own.report_group, "parent": "6900"}
        answer = owner.post(reverse("admin:change_account", args=[own.pk]), values, follow=True)
        assert "Account 6300 is changed." in words(answer)
        own.refresh_from_db()
        assert (own.name, own.parent) == ("Paper", account(company, "6900"))

    def test_says_when_nothing_was_changed(self, owner: Client, company: Company) -> None:
        own = account(company, "6300")
        values = {"name": own.name, "category": own.category, "report_group": own.report_group}
        assert "Nothing was changed." in words(
            owner.post(reverse("admin:change_account", args=[own.pk]), values, follow=True)
        )

    def test_takes_an_account_out_of_use_and_puts_it_back(self, owner: Client, company: Company) -> None:
        own = account(company, "6300")
        owner.post(reverse("admin:deactivate_account", args=[own.pk]))
        assert not account(company, "6300").is_active
        owner.post(reverse("admin:activate_account", args=[own.pk]))
        assert account(company, "6300").is_active

    def test_says_why_an_account_stays_in_use(self, owner: Client, company: Company) -> None:
        own = account(company, "1000")
        answer = owner.post(reverse("admin:deactivate_account", args=[own.pk]), follow=True)
        assert "plays the role cash; give that slot to another account first." in words(answer)


class TestSearch:
    def found(self, client: Client, text: str) -> list[str]:
        return [one["code"] for one in client.get(reverse("admin:account_search"), {"q": text}).json()["results"]]

    def test_finds_by_code_first(self, owner: Client) -> None:
        assert self.found(owner, "1000")[0] == "1000"
        assert set(self.found(owner, "10")) >= {"1000", "1010", "1020", "1050"}

    def test_finds_by_words_of_the_name(self, owner: Client) -> None:
        assert self.found(owner, "supplies office") == ["6300"]
        assert self.found(owner, "RENT")[0] == "6320"

    def test_shows_no_more_than_twenty_and_no_inactive_ones(self, owner: Client, company: Company) -> None:
        assert len(self.found(owner, "")) == 20
        Account.objects.filter(company=company, code="6320").update(is_active=False)
        assert "6320" not in self.found(owner, "rent")

    @pytest.mark.parametrize("text", ["%", "_", "\\", "'", "nul\0", "x" * 5000, "é"])
    def test_minds_no_odd_characters(self, owner: Client, text: str) -> None:
        assert owner.get(reverse("admin:account_search"), {"q": text}).status_code == 200

    def test_finds_accounts_entries_and_pages_from_everywhere(self, owner: Client, company: Company) -> None:
        def found(text: str) -> str:
            return words(owner.get(reverse("admin:search"), {"s": text, "extended": "1"}))

        assert "Trial balance" in found("trial")
        assert "1100 Accounts Receivable" in found("receivable")
        assert "2026-000002 · Sale to Harbor" in found("2026-2")
        assert "Sale to Harbor" in found("INV-1")
        assert "Nothing found" in found("zebra")

    def test_does_not_remember_what_was_found_in_another_company(self, owner: Client, company: Company) -> None:
        assert "Nothing found" in words(owner.get(reverse("admin:search"), {"s": "zebra"}))
        create_account(company=company, name="Zebra", type="asset", code="77", actor=system_actor())
        assert "77 Zebra" in words(owner.get(reverse("admin:search"), {"s": "zebra"}))


class TestSheet:
    def sheet(self, client: Client, company: Company, code: str, **query: str) -> Any:
        return client.get(reverse("admin:account", args=[account(company, code).pk]), query)

    def test_runs_the_balance_from_the_opening_to_the_closing_one(self, owner: Client, company: Company) -> None:
        page = self.sheet(owner, company, "1000", start="2026-02-01", end="2026-12-31")
        rows = cells(page)
        assert rows[1] == ["Opening balance", "10,000.00"]
        assert rows[2] == ["Jun 20, 2026", "2026-000003", "", "Rent of June", "6320", "", "600.00", "9,400.00"]
        assert rows[3] == ["Closing balance", "9,400.00"]

    def test_counts_revenue_from_the_start_of_the_fiscal_year(self, owner: Client, company: Company) -> None:
        book(company, "2025-05-01", ("1000", "70"), ("4000", "-70"))
        page = self.sheet(owner, company, "4000", start="2026-03-01", end="2026-12-31")
        assert cells(page)[1] == ["Opening balance, counted from Jan 1, 2026", "0.00"]
        assert cells(page)[-1][-1] == "4,000.00"

    def test_names_several_contra_accounts(self, owner: Client, company: Company) -> None:
        book(company, "2026-07-01", ("1000", "-30"), ("6300", "10"), ("6310", "20"))
        page = self.sheet(owner, company, "1000", start="2026-01-01", end="2026-12-31")
        assert "6300 and 1 more" in words_of(cells(page))

    def test_pages_with_the_balance_carried_over(self, owner: Client, company: Company) -> None:
        drafts = [
            EntryDraft(
                company_id=company.pk,
                entry_date=date(2026, 7, 1),
                lines=(
                    LineDraft(account=AccountCode("1000"), amount=Decimal(1)),
                    LineDraft(account=AccountCode("4000"), amount=Decimal(-1)),
                ),
            )
            for _ in range(120)
        ]
        post_many(drafts, actor=system_actor())
        first = self.sheet(owner, company, "1000", start="2026-07-01", end="2026-07-31")
        after = re.search(r"after=([^\"&]+)", first.content.decode())
        assert after
        second = self.sheet(
            owner, company, "1000", start="2026-07-01", end="2026-07-31", after=after[1].replace("%2C", ",")
        )
        assert cells(second)[1] == ["Carried over from the page before", "9,500.00"]
        assert cells(second)[-1] == ["Closing balance", "9,520.00"]

    @pytest.mark.parametrize("after", ["x", "2026-13-01,1,1", "1,2", "2026-01-01,1,x"])
    def test_minds_no_made_up_position(self, owner: Client, company: Company, after: str) -> None:
        assert self.sheet(owner, company, "1000", after=after).status_code == 200

    def test_says_so_when_the_range_is_the_wrong_way_round(self, owner: Client, company: Company) -> None:
        page = self.sheet(owner, company, "1000", start="2026-07-01", end="2026-06-01")
        assert "The range ends before it starts." in words(page)


class TestJournal:
    def numbers(self, client: Client, **query: str) -> list[str]:
        page = client.get(reverse("admin:journal"), query)
        return [row[2] for row in cells(page) if len(row) == 8]

    @pytest.fixture
    def draft(self, company: Company) -> JournalEntry:
        draft = EntryDraft(
            company_id=company.pk,
            entry_date=date(2026, 4, 1),
            memo="Half a thought",
            lines=(LineDraft(account=AccountCode("6320"), amount=Decimal("12.5")),),
        )
        return create_draft(draft, actor=system_actor())

    def test_lists_newest_first(self, owner: Client, draft: JournalEntry) -> None:
        assert self.numbers(owner) == ["2026-000003", "Draft", "2026-000002", "2026-000001"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"q": "harbor"}, ["2026-000002"]),
            ({"q": "INV-1"}, ["2026-000002"]),
            ({"q": "2026-000003"}, ["2026-000003"]),
            ({"q": "2026-3"}, ["2026-000003"]),
            ({"start": "2026-03-10", "end": "2026-04-30"}, ["Draft", "2026-000002"]),
            ({"account": "6320"}, ["2026-000003", "Draft"]),
            ({"account": "1000 Cash", "end": "2026-02-01"}, ["2026-000001"]),
            ({"state": "draft"}, ["Draft"]),
            ({"state": "posted", "q": "rent"}, ["2026-000003"]),
            ({"state": "reversed"}, []),
            ({"state": "pending_approval"}, []),
            ({"page": "2"}, []),
        ],
    )
    def test_filters(self, owner: Client, draft: JournalEntry, query: dict[str, str], expected: list[str]) -> None:
        assert self.numbers(owner, **query) == expected

    @pytest.mark.parametrize("query", [{"account": "nonsense"}, {"start": "soon"}, {"state": "odd"}, {"q": "nul\0"}])
    def test_says_what_it_does_not_understand(self, owner: Client, query: dict[str, str]) -> None:
        page = owner.get(reverse("admin:journal"), query)
        assert page.status_code == 200
        assert 'role="alert"' in words(page)

    @pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "١"])
    def test_minds_no_made_up_page(self, owner: Client, page: str) -> None:
        assert owner.get(reverse("admin:journal"), {"page": page}).status_code == 200

    def test_says_what_to_do_when_it_is_empty(self, owner: Client, company: Company) -> None:
        page = words(owner.get(reverse("admin:journal"), {"q": "zebra"}))
        assert "No entry matches these filters." in page


class TestEntry:
    def entry(self, company: Company, number: int = 2) -> JournalEntry:
        return JournalEntry.objects.get(company=company, sequence=number)

    def test_shows_lines_events_and_hashes(self, owner: Client, company: Company) -> None:
        entry = self.entry(company)
        page = owner.get(reverse("admin:journal_entry", args=[entry.pk]))
        assert ["1100", "Accounts Receivable", "4,000.00", ""] in cells(page)
        assert ["", "Total", "4,000.00", "4,000.00"] in cells(page)
        assert ["2", "1100", "4000", "4,000.00", entry.hash] in cells(page)
        assert "INV-1" in words(page)

    def test_is_reversed_and_linked_both_ways(self, owner: Client, company: Company) -> None:
        entry = self.entry(company)
        url = reverse("admin:reverse_entry", args=[entry.pk])
        assert 'value="03/10/2026"' in words(owner.get(url))
        answer = owner.post(url, {"on": "2026-04-01", "reason": "Wrong customer"}, follow=True)
        assert "Reversed by 2026-000004." in words(answer)
        assert "Wrong customer" in words(answer)
        reversal = self.entry(company, 4)
        assert reversal.reverses_entry_id == entry.pk
        page = words(owner.get(reverse("admin:journal_entry", args=[reversal.pk])))
        assert "Reverses" in page
        assert "2026-000002" in page
        again = owner.post(url, {"on": "2026-04-01", "reason": "Twice"})
        assert "is reversed already" in words(again)

    def test_is_not_reversed_without_a_reason(self, owner: Client, company: Company) -> None:
        answer = owner.post(reverse("admin:reverse_entry", args=[self.entry(company).pk]), {"on": "2026-04-01"})
        assert (answer.status_code, "This field is required." in words(answer)) == (422, True)
        assert self.entry(company).status == "posted"

    def test_is_not_changed_by_any_button_of_drafts(self, owner: Client, company: Company) -> None:
        entry = self.entry(company)
        for name in ("approve_entry", "reject_entry", "delete_entry"):
            owner.post(reverse(f"admin:{name}", args=[entry.pk]))
        assert self.entry(company).status == "posted"


def words_of(rows: list[list[str]]) -> str:
    return " ".join(" ".join(row) for row in rows)


def test_writes_names_as_they_are_and_runs_none_of_them(owner: Client, company: Company) -> None:
    name = "R&D <script>alert('x')</script>"
    own = create_account(company=company, name=name, type="expense", code="6999", actor=system_actor())
    draft = EntryDraft(company_id=company.pk, entry_date=date(2026, 7, 1), memo=name, lines=())
    entry = create_draft(draft, actor=system_actor())
    written = "R&amp;D &lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"
    for url in (
        reverse("admin:account", args=[own.pk]),
        reverse("admin:change_account", args=[own.pk]),
        reverse("admin:edit_entry", args=[entry.pk]),
        reverse("admin:accounts"),
        reverse("admin:journal"),
    ):
        page = owner.get(url).content.decode()
        assert written in page, url
        assert "&amp;amp;" not in page, url
        assert "<script>alert" not in page, url
    assert name in owner.get(reverse("admin:account_search"), {"q": "6999"}).json()["results"][0]["name"]
