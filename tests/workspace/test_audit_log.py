"""The company's audit log: who did what to which record, newest first."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backfill.tenancy.models import AccessEvent, Company
from ledger.beside.audit import AuditFilter, audit_page
from ledger.models import Activity
from tests.factories import actor_of, make_customer, make_invoice, make_member
from tests.workspace.conftest import SignedIn, words

pytestmark = pytest.mark.django_db

URL = "/admin/audit-log/"


def activity(company: Company, verb: str = "edited", *, at: datetime | None = None, **facts: Any) -> Activity:
    """A line of the trail, as of another instant where one is named."""
    actor = {"label": facts.pop("who", "kim@example.com"), "surface": facts.pop("surface", "api")}
    kind, key = facts.pop("kind", "customer"), facts.pop("key", uuid4())
    row = Activity(company=company, subject_type=kind, subject_id=key, verb=verb, actor=actor, detail=facts)
    Activity._meta.get_field("at").auto_now_add = at is None
    try:
        row.at = at or datetime.now(UTC)
        row.save(force_insert=True)
    finally:
        Activity._meta.get_field("at").auto_now_add = True
    return row


def test_lists_what_everybody_did_newest_first_with_links(company: Company, owner: Client) -> None:
    customer = make_customer(company, name="Hafen")
    kim = make_member(company, email="kim@example.com")
    invoice = make_invoice(company, customer=customer)
    activity(company, who="kim@example.com", kind="invoice", key=invoice.pk)
    page = words(owner.get(URL)).partition("<tbody>")[2]
    assert page.index("Edited") < page.index("Confirmed") < page.index("Customer Hafen")
    assert f'<a href="{reverse("admin:invoice", args=[invoice.pk])}">Invoice {invoice}</a>' in page
    assert "Company created" in page
    assert kim.user.email in page


def test_shows_nothing_of_another_company(company: Company, other: Company, owner: Client) -> None:
    activity(other, who="stranger@example.com")
    assert "stranger@example.com" not in words(owner.get(URL))
    assert b"stranger@example.com" not in owner.get(f"{URL}export/").content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=KIM", {"a"}),
        ("what=voided", {"b"}),
        ("record=item", {"c"}),
        ("surface=task", {"d"}),
        ("start=2026-03-02&end=2026-03-02", {"b"}),
        ("start=2026-03-02", {"b", "c", "d"}),
        ("end=2026-03-01", {"a"}),
        ("who=lee&start=2026-03-03", {"c", "d"}),
    ],
)
def test_filters_by_who_what_record_surface_and_day(
    query: str, found: set[str], company: Company, owner: Client
) -> None:
    at = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    lee = {"who": "lee@example.com"}
    activity(company, at=at, name="a")
    activity(company, "voided", at=at + timedelta(minutes=1), name="b", **lee)
    activity(company, at=at + timedelta(days=2), name="c", kind="item", **lee)
    activity(company, at=at + timedelta(days=3), name="d", surface="task", **lee)
    page = words(owner.get(f"{URL}?{query}"))
    assert {name for name in "abcd" if f" {name} (deleted)" in page} == found


@pytest.mark.parametrize(
    "query",
    [
        "start=2026-03-02&end=2026-03-01",
        "what=nothing",
        "start=soon",
        "who=%00",
        "after=x",
        "after=2026-01-01,x",
        "after=,",
    ],
)
def test_takes_no_nonsense_for_a_filter(query: str, company: Company, owner: Client) -> None:
    assert owner.get(f"{URL}?{query}").status_code == 200
    assert owner.get(f"{URL}export/?{query}").status_code in {200, 422}


def test_pages_through_everything_once_also_where_instants_are_the_same(company: Company, owner: Client) -> None:
    same = datetime(2026, 3, 1, tzinfo=UTC)
    made = {activity(company, at=same).pk for _ in range(7)} | {
        activity(company, at=same - timedelta(days=day)).pk for day in range(5)
    }
    seen, after = [], None
    while True:
        rows, after = audit_page(company.pk, AuditFilter(subject_type="customer"), size=3, after=after)
        seen += [row.id for row in rows]
        if after is None:
            break
    assert (len(seen), set(seen)) == (len(made), made)
    for _ in range(60):
        activity(company)
    first = words(owner.get(URL))
    assert "Older" in first
    assert "Newest" not in first


def test_costs_the_same_however_long_the_log_is(company: Company, owner: Client) -> None:
    customer = make_customer(company)

    def cost() -> int:
        owner.get(URL)
        with CaptureQueriesContext(connection) as queries:
            owner.get(URL)
        return len(queries)

    for _ in range(60):
        activity(company, key=customer.pk)
    few = cost()
    for _ in range(300):
        activity(company, key=customer.pk)
    assert cost() == few
    # the frame, both trails, and one for each of the kinds on the page: customers
    assert few == 6 + 2 + 1


def test_exports_what_is_filtered_as_the_country_writes_it(
    company: Company, other: Company, signed_in: SignedIn
) -> None:
    for name in ("=HYPERLINK(1)", " +1"):
        activity(other, who=name, kind="item", name="Seil")
    activity(other, "voided", who="weg")
    answer = signed_in(other).get(f"{URL}export/?what=edited")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 3
    assert {row[1] for row in rows[1:]} == {"'=HYPERLINK(1)", "' +1"}
    assert rows[1][3] == "Item Seil (deleted)"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="audit-log-')


def test_finds_a_page_by_its_index(company: Company) -> None:
    """Among many rows, as the planner sees them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_activity (id, company_id, subject_type, subject_id, verb, detail, actor, at)"
            " SELECT gen_random_uuid(), %s, 'customer', gen_random_uuid(), 'edited', '{}', '{}',"
            " now() - n * '1 s'::interval"
            " FROM generate_series(1, 20000) n",
            [company.pk],
        )
        cursor.execute("ANALYZE ledger_activity")
        cursor.execute(
            "EXPLAIN SELECT * FROM ledger_activity WHERE company_id = %s ORDER BY at DESC, id DESC LIMIT 51",
            [company.pk],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "activity_by_time" in plan
    assert "Sort" not in plan


def test_tells_of_access_beside_the_books(company: Company, owner: Client) -> None:
    lee = make_member(company, email="lee@example.com")
    AccessEvent.objects.create(
        verb="role_changed", company=company, user=lee.user, actor_label="boss@example.com", actor_surface="admin"
    )
    page = words(owner.get(f"{URL}?record=access&what=role_changed"))
    assert "boss@example.com" in page
    assert "lee@example.com" in page
    assert actor_of(lee).label == "lee@example.com"
