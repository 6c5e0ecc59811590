"""Every list: sorted by each of its columns, asked for nonsense, saved as a file, kept as a view, come back to."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from backfill.tenancy.models import Company, Role
from backfill.workspace.lists.lists import all_lists
from backfill.workspace.models import SavedView
from ledger.documents.pages.document_lists import document_list
from receivables.models import Customer, Invoice
from receivables.pages.document_admins import INVOICE
from tests.factories import line, make_customer, make_invoice, make_item
from tests.receivables.pages import routes as sales
from tests.receivables.pages.test_pages import FRAME, cost
from tests.workspace.conftest import SignedIn, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(company: Company) -> Company:
    """A company with a few rows in every list of documents, parties, items and entries."""
    for number in range(2):
        sales.records(company, make_customer(company, name=f"Customer {number}"))
        make_item(company, name=f"Item {number}", quantity_on_hand=Decimal(3), purchase_cost=Decimal(2))
    return company


def least(client: Client, url: str) -> int:
    """What a page costs; the session, which is read anew twice a minute, left out."""
    return min(cost(client, url), cost(client, url))


def keys_on(page: Any) -> list[str]:
    return [str(row.key) for row in page.context["rows"]]


JUNK: tuple[dict[str, str], ...] = (
    {"sort": "nonsense"},
    {"sort": "--date", "start": "soon", "end": "2026-02-30"},
    {"sort": "nul\0", "q": "nul\0", "state": "odd"},
    {"sort": "pk", "amount_from": "much", "amount_to": "1e400"},
    {"amount_from": "9" * 400, "account": "nowhere", "customer": "nobody"},
    {"page": "-1", "view": "nonsense", "format": "exe"},
)


class TestEveryList:
    def test_sorts_by_each_of_its_columns_both_ways(
        self, owner: Client, filled: Company, subtests: pytest.Subtests
    ) -> None:
        for listing in all_lists():
            for column in (one for one in listing.columns if one.sort):
                with subtests.test(listing.key, column=column.key):
                    up = owner.get(listing.url, {"sort": column.key})
                    down = owner.get(listing.url, {"sort": f"-{column.key}"})
                    assert sorted(keys_on(up)) == sorted(keys_on(down))
                    assert 'aria-sort="ascending"' in up.content.decode() or not keys_on(up)
                    assert 'aria-sort="descending"' in down.content.decode() or not keys_on(down)

    def test_costs_the_same_in_any_order(self, owner: Client, filled: Company, subtests: pytest.Subtests) -> None:
        for listing in all_lists():
            usual = least(owner, listing.url)
            for column in (one for one in listing.columns if one.sort):
                with subtests.test(listing.key, column=column.key):
                    assert least(owner, f"{listing.url}?sort=-{column.key}") == usual <= FRAME + 4

    def test_answers_nonsense_in_words(self, owner: Client, filled: Company, subtests: pytest.Subtests) -> None:
        owner.raise_request_exception = False
        for listing in all_lists():
            for junk in JUNK:
                for more in ({}, {"sums": "1"}, {"format": "csv"}, {"format": "xlsx"}):
                    with subtests.test(listing.key, junk=junk, more=more):
                        assert owner.get(listing.url, {**junk, **more}).status_code == 200

    def test_is_a_file_of_exactly_what_is_shown(
        self, owner: Client, filled: Company, subtests: pytest.Subtests
    ) -> None:
        for listing in all_lists():
            query = {"sort": f"-{next(one.key for one in listing.columns if one.sort)}"}
            page = owner.get(listing.url, query)
            headings = [one.words for one in page.context["headings"]]
            for file_format, read in (("csv", csv_rows), ("xlsx", xlsx_rows)):
                with subtests.test(listing.key, file_format=file_format):
                    rows = read(owner.get(listing.url, {**query, "format": file_format}))
                    assert rows[0][: len(headings)] == headings
                    assert len(rows) - 1 == len(page.context["rows"])

    def test_counts_what_matches_in_one_statement(
        self, owner: Client, filled: Company, subtests: pytest.Subtests
    ) -> None:
        for listing in all_lists():
            with subtests.test(listing.key):
                told = owner.get(listing.url, {"sums": "1"}).json()
                assert told["count"] == len(owner.get(listing.url).context["rows"])
                assert least(owner, f"{listing.url}?sums=1") == FRAME + 1

    def test_names_its_boxes_and_headings(self, owner: Client, filled: Company, subtests: pytest.Subtests) -> None:
        for listing in all_lists():
            page = owner.get(listing.url)
            if page.context["rows"]:
                with subtests.test(listing.key):
                    text = page.content.decode()
                    assert text.count('scope="col"') == len(listing.columns) + 1
                    assert text.count('name="row"') == text.count('aria-label="Select ') - 1


def csv_rows(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))


def xlsx_rows(answer: Any) -> list[list[Any]]:
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


class TestOrder:
    @pytest.fixture
    def invoices(self, company: Company) -> list[Invoice]:
        customer = make_customer(company, name="Harbor")
        amounts = ("30.00", "10.00", "20.00", "10.00")
        return [make_invoice(company, line(amount), customer=customer) for amount in amounts]

    def totals(self, client: Client, sort: str) -> list[Decimal]:
        page = client.get(reverse("admin:invoices"), {"sort": sort})
        return [one.total_amount for one in page.context["page"].rows]

    def test_follows_the_amount(self, owner: Client, invoices: list[Invoice]) -> None:
        assert self.totals(owner, "total") == [10, 10, 20, 30]
        assert self.totals(owner, "-total") == [30, 20, 10, 10]

    def test_puts_what_says_nothing_last(self, owner: Client, company: Company, invoices: list[Invoice]) -> None:
        make_invoice(company, line("5.00"), customer=invoices[0].customer, status="draft")
        for sort in ("open", "-open"):
            assert self.totals(owner, sort)[-1] == 5, sort

    def test_says_that_there_is_no_such_column(self, owner: Client, invoices: list[Invoice]) -> None:
        page = words(owner.get(reverse("admin:invoices"), {"sort": "colour"}))
        assert "There is no column «colour» to sort by." in page
        assert 'aria-sort="descending"' in page  # the usual order stands

    def test_orders_drafts_of_the_journal_by_what_is_in_them(self, owner: Client, company: Company) -> None:
        from tests.workspace.routes import records

        records(company)  # a draft of 12.50 among entries of 600 and more
        page = owner.get(reverse("admin:journal"), {"sort": "amount"})
        amounts = [row.cells[-1].html for row in page.context["rows"]]
        assert amounts[:2] == ["6.00", "12.50"], amounts


class TestFilters:
    @pytest.fixture
    def customer(self, company: Company) -> Customer:
        return make_customer(company, name="Harbor")

    def shown(self, client: Client, **query: str) -> list[Decimal]:
        return sorted(one.total_amount for one in client.get(reverse("admin:invoices"), query).context["page"].rows)

    def test_takes_a_range_of_amounts_both_ends_included(
        self, owner: Client, company: Company, customer: Customer
    ) -> None:
        for amount in ("999.99", "1000.00", "1500.00", "1500.01"):
            make_invoice(company, line(amount), customer=customer)
        assert self.shown(owner, amount_from="1,000.00", amount_to="1,500") == [1000, 1500]

    def test_finds_what_posts_on_an_account(self, owner: Client, company: Company, customer: Customer) -> None:
        make_invoice(company, line("10.00"), customer=customer)
        assert self.shown(owner, account="1100") == [10]
        assert self.shown(owner, account="6320") == []

    def test_says_that_a_filter_was_not_understood(self, owner: Client, company: Company, customer: Customer) -> None:
        make_invoice(company, line("10.00"), customer=customer)
        page = words(owner.get(reverse("admin:invoices"), {"start": "abc"}))
        assert "A filter was not understood, so nothing is shown." in page
        assert "There are no invoices yet" not in page


class TestFiles:
    def test_are_written_as_the_company_writes(self, signed_in: SignedIn, other: Company) -> None:
        client, customer = signed_in(other), make_customer(other, name="=cmd()|A1", country="DE")
        make_invoice(other, line("1234.50"), customer=customer, document_date=date(2026, 3, 5))
        answer = client.get(reverse("admin:invoices"), {"format": "csv"})
        assert b'"' not in answer.headers["Content-Disposition"].encode() or ".csv" in answer["Content-Disposition"]
        (headings, row) = csv_rows(answer)
        shown = dict(zip(headings, row, strict=True))
        assert (shown["Customer"], shown["Total"], shown["Date"]) == (
            "'=cmd()|A1",
            "1469,06",
            "05.03.2026",
        )  # with 19 %

    def test_have_real_dates_and_numbers_in_a_spreadsheet(self, owner: Client, company: Company) -> None:
        customer = make_customer(company, name='=HYPERLINK("x")')
        make_invoice(company, line("1234.50"), customer=customer, document_date=date(2026, 3, 5))
        answer = owner.get(reverse("admin:invoices"), {"format": "xlsx"})
        sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
        cells = {sheet.cell(1, index).value: sheet.cell(2, index) for index in range(1, sheet.max_column + 1)}
        assert (cells["Total"].value, cells["Total"].data_type) == (1234.5, "n")
        assert (cells["Date"].value.date(), cells["Date"].is_date) == (date(2026, 3, 5), True)
        assert (cells["Customer"].value, cells["Customer"].data_type) == ('=HYPERLINK("x")', "s")
        assert cells["Currency"].value == "USD"

    def test_hold_more_rows_than_a_page(self, owner: Client, company: Company) -> None:
        for number in range(52):
            make_customer(company, name=f"Customer {number:02}")
        assert len(owner.get(reverse("admin:customers")).context["rows"]) == 50
        assert len(csv_rows(owner.get(reverse("admin:customers"), {"format": "csv"}))) == 53

    def test_refuse_what_nobody_would_wait_for(
        self, owner: Client, company: Company, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(3):
            make_customer(company, name=f"Customer {number}")
        monkeypatch.setattr("backfill.workspace.lists.files.MOST_ROWS", 2)
        answer = owner.get(reverse("admin:customers"), {"format": "xlsx"})
        assert answer.status_code == 422
        assert "A file has at most 2 rows" in words(answer)


class TestViews:
    def save(self, client: Client, **values: str) -> Any:
        values = {"name": "Late", "query": "state=overdue&sort=-open&page=3&format=csv&evil=1", **values}
        return client.post(reverse("admin:save_view", args=["invoices"]), values, follow=True)

    def test_keep_filters_and_order_under_a_name(self, owner: Client, company: Company) -> None:
        assert "The view «Late» is saved." in words(self.save(owner))
        view = SavedView.objects.get(company=company)
        assert (view.query, view.is_default) == ("state=overdue&sort=-open", False)
        page = owner.get(reverse("admin:invoices"))
        assert "?state=overdue&amp;sort=-open" in page.content.decode()

    def test_take_a_name_again_for_something_else(self, owner: Client, company: Company) -> None:
        self.save(owner)
        self.save(owner, query="state=draft")
        assert SavedView.objects.get(company=company).query == "state=draft"

    def test_open_the_list_and_let_all_rows_be_seen(self, owner: Client, company: Company) -> None:
        self.save(owner, is_default="yes")
        self.save(owner, name="Drafts", query="state=draft", is_default="yes")
        assert [one.name for one in SavedView.objects.filter(is_default=True)] == ["Drafts"]
        opened = owner.get(reverse("admin:invoices"))
        assert opened.headers["Location"] == reverse("admin:invoices") + "?state=draft"
        assert owner.get(reverse("admin:invoices"), {"view": "all"}).status_code == 200

    def test_belong_to_one_person(self, owner: Client, company: Company, signed_in: SignedIn) -> None:
        self.save(owner, is_default="yes")
        view = SavedView.objects.get()
        colleague = signed_in(company, Role.VIEWER)
        assert colleague.get(reverse("admin:invoices")).status_code == 200
        assert colleague.post(reverse("admin:delete_view", args=["invoices", view.pk])).status_code == 404
        assert SavedView.objects.exists()
        owner.post(reverse("admin:delete_view", args=["invoices", view.pk]))
        assert not SavedView.objects.exists()

    @pytest.mark.parametrize("name", ["", "   ", "x" * 61, "\0"])
    def test_ask_for_a_name(self, owner: Client, company: Company, name: str) -> None:
        assert "Give the view a name of at most 60 characters" in words(self.save(owner, name=name))
        assert not SavedView.objects.exists()

    def test_know_only_lists(self, owner: Client, company: Company) -> None:
        assert owner.post(reverse("admin:save_view", args=["nonsense"]), {"name": "x"}).status_code == 404


class TestComingBack:
    def test_leads_from_a_record_to_the_list_as_it_was_asked_for(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company)
        asked = {"state": "open", "sort": "-total", "page": "2"}
        owner.get(reverse("admin:invoices"), asked)
        page = owner.get(reverse("admin:invoice", args=[invoice.pk]))
        [crumb] = page.context["crumbs"]
        assert crumb.link == reverse("admin:invoices") + "?state=open&sort=-total&page=2"

    def test_forgets_it_when_all_rows_are_asked_for(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company)
        owner.get(reverse("admin:invoices"), {"state": "open"})
        owner.get(reverse("admin:invoices"))
        [crumb] = owner.get(reverse("admin:invoice", args=[invoice.pk])).context["crumbs"]
        assert crumb.link == reverse("admin:invoices")

    def test_leads_back_there_after_a_step_that_ends_the_record(self, owner: Client, company: Company) -> None:
        draft = make_invoice(company, status="draft")
        owner.get(reverse("admin:invoices"), {"state": "draft"})
        answer = owner.post(reverse("admin:delete_invoice", args=[draft.pk]))
        assert answer.headers["Location"] == reverse("admin:invoices") + "?state=draft"

    def test_knows_nothing_of_what_was_asked_in_another_company(self, owner: Client, company: Company) -> None:
        invoice = make_invoice(company)
        owner.cookies["list_invoices"] = "0" * 32 + ".state=draft"
        [crumb] = owner.get(reverse("admin:invoice", args=[invoice.pk])).context["crumbs"]
        assert crumb.link == reverse("admin:invoices")


def test_a_list_of_a_type_is_made_once() -> None:
    assert document_list(INVOICE) is document_list(INVOICE)


def test_pays_the_invoices_that_were_chosen(owner: Client, company: Company) -> None:
    customer = make_customer(company, name="Harbor")
    chosen = [make_invoice(company, line(amount), customer=customer) for amount in ("30.00", "12.50")]
    make_invoice(company, line("99.00"), customer=customer)
    rows = [str(one.pk) for one in chosen]
    page = owner.post(reverse("admin:invoices"), {"step": "pay", "row": rows}, follow=True)
    assert page.context["form"]["amount"].value() == "42.50"
    assert sorted(row.typed for row in page.context["grid"].rows) == ["", "12.50", "30.00"]


def test_pays_the_invoices_of_one_customer_only(owner: Client, company: Company) -> None:
    rows = [str(make_invoice(company, customer=make_customer(company, name=name)).pk) for name in ("A", "B")]
    page = owner.post(reverse("admin:invoices"), {"step": "pay", "row": rows})
    assert page.status_code == 409
    assert "A payment is of one customer in one currency" in words(page)
