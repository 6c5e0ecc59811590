"""What a page costs: a fixed number of statements, however much there is in the books."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company, Role
from ledger.entries.entries import create_draft
from ledger.inventory.items import update_item
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.journal.posting import post_many
from ledger.models import Account, JournalEntry
from tests.factories import make_api_key, make_item, make_member
from tests.workspace.conftest import account

pytestmark = pytest.mark.django_db

# Every page: the person, their device, their memberships and companies, the company told to PostgreSQL and, because
# a test's transaction goes on, taken back again.
FRAME = 6

COSTS = {
    "index": FRAME + 17,
    "accounts": FRAME + 3,
    "account_search": FRAME + 1,
    "journal": FRAME + 4,
    "new_entry": FRAME + 1,
    "periods": FRAME + 3,
    "tax_codes": FRAME + 1,
    "exchange_rates": FRAME + 2,
    "health": FRAME + 2,  # without a proof yet; then one
    "imports": FRAME,
    "items": FRAME + 3,
    "trial_balance": FRAME + 5,
    "balance_sheet": FRAME + 4,
    "income_statement": FRAME + 2,
    "api_keys": FRAME + 2,
    "members": FRAME + 3,
    "company": FRAME,
}


def entry(company: Company, day: date, number: int) -> EntryDraft:
    amount = Decimal(number + 1)
    return EntryDraft(
        company_id=company.pk,
        entry_date=day,
        memo=f"Entry {number}",
        lines=(
            LineDraft(account=AccountCode(f"X{number % 9}"), amount=amount),
            LineDraft(account=AccountCode("1000"), amount=amount),
            LineDraft(account=AccountCode("4000"), amount=-2 * amount),
        ),
    )


def fill(company: Company, batch: str) -> None:
    """Forty posted entries over as many weeks, drafts, accounts, keys and members."""
    Account.objects.bulk_create(
        [
            Account(company=company, code=f"{batch}{n}", name=f"Extra {n}", type="asset", category="Extra")
            for n in range(9)
        ]
    )
    start = company.today() - timedelta(weeks=40)
    drafts = [entry(company, start + timedelta(weeks=week), week) for week in range(40)]
    post_many(drafts, actor=system_actor())
    for draft in drafts[:6]:
        create_draft(draft, actor=system_actor())
    for number in range(5):
        make_item(company, sku=f"{batch}-{number}", quantity_on_hand=Decimal(2), purchase_cost=Decimal(3))
    for _ in range(3):
        make_member(company, role=Role.VIEWER)
        make_api_key(company)


def cost(client: Client, url: str) -> int:
    client.get(url)  # what is read once per process
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def test_lists_and_reports_cost_the_same_with_ten_times_the_books(owner: Client, company: Company) -> None:
    fill(company, "X")
    pages = {name: reverse(f"admin:{name}") for name in COSTS}
    few = {name: cost(owner, url) for name, url in pages.items()}
    assert few == COSTS
    for batch in "ABC":
        fill(company, batch)
    assert {name: cost(owner, url) for name, url in pages.items()} == COSTS


def test_an_account_and_an_entry_cost_the_same_however_long_they_are(owner: Client, company: Company) -> None:
    fill(company, "X")
    sheet = reverse("admin:account", args=[account(company, "1000").pk]) + "?start=2020-01-01"
    short = JournalEntry.objects.filter(company=company, line_count=2).earliest("posted_at")
    # two of them look for the invoice or credit memo that the entry is linked to
    assert cost(owner, reverse("admin:journal_entry", args=[short.pk])) == FRAME + 8
    assert cost(owner, sheet) == FRAME + 10
    lines = tuple(LineDraft(account=AccountCode(f"X{n % 9}"), amount=Decimal(1)) for n in range(200))
    long = EntryDraft(
        company_id=company.pk,
        entry_date=company.today(),
        lines=(*lines, LineDraft(account=AccountCode("1000"), amount=Decimal(-200))),
    )
    [long_id] = post_many([long], actor=system_actor())
    assert cost(owner, reverse("admin:journal_entry", args=[long_id])) == FRAME + 8
    assert cost(owner, sheet) == FRAME + 10


def test_the_editor_reads_a_draft_of_many_lines_at_once(owner: Client, company: Company) -> None:
    fill(company, "X")
    draft = JournalEntry.objects.filter(company=company, status="draft").first()
    assert draft is not None
    assert cost(owner, reverse("admin:edit_entry", args=[draft.pk])) == FRAME + 5


def test_an_item_costs_the_same_however_much_has_moved(owner: Client, company: Company) -> None:
    item = make_item(company, quantity_on_hand=Decimal(2), purchase_cost=Decimal(3))
    page = reverse("admin:item", args=[item.pk])
    assert cost(owner, page) == FRAME + 6
    for count in range(5):
        places = [{"location_id": f"Shelf {count}", "quantity_on_hand": Decimal(count + 1)}]
        update_item(item, {"locations": places}, actor=system_actor())
    assert cost(owner, page) == FRAME + 6
