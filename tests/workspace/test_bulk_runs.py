"""Steps with many rows: asked once, done row by row in transactions of their own, with a result for each."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backfill.tenancy.models import Company, Membership, Role, User
from backfill.workspace.lists import bulk
from backfill.workspace.lists.lists import list_of
from backfill.workspace.models import BulkRow, BulkRun, RowState
from backfill.workspace.tasks import resume_bulk_runs
from ledger.models import JournalEntry
from receivables.models import Customer, Invoice, Mailing
from tests.factories import line, make_customer, make_invoice, make_member
from tests.workspace.conftest import SignedIn, words
from tests.workspace.routes import records

pytestmark = pytest.mark.django_db

INVOICES = "admin:invoices"


@pytest.fixture
def customer(company: Company) -> Customer:
    return make_customer(company, name="Harbor", email="books@harbor.example")


@pytest.fixture
def drafts(company: Company, customer: Customer) -> list[Invoice]:
    return [make_invoice(company, line(amount), customer=customer, status="draft") for amount in ("10.00", "20.00")]


def ask(client: Client, step: str, rows: list[Any], **more: Any) -> Any:
    """Choose rows and a step, and answer the question about them."""
    form = {"step": step, "row": [str(getattr(one, "pk", one)) for one in rows], **more}
    question = client.post(reverse(INVOICES), form)
    if question.status_code != 200:
        return question
    return client.post(reverse(INVOICES), {**form, "counted": str(question.context["totals"]["count"])})


def work(client: Client, step: str, rows: list[Any], **more: Any) -> BulkRun:
    answer = ask(client, step, rows, **more)
    assert answer.status_code == 302, words(answer)
    run = BulkRun.objects.get()
    assert answer.headers["Location"] == reverse("admin:bulk_run", args=[run.pk])
    bulk.work_on(run.pk)
    run.refresh_from_db()
    return run


def results(run: BulkRun) -> dict[str, tuple[str, str]]:
    return {str(row.subject_id): (row.state, row.message) for row in run.rows.all()}


def test_asks_with_count_and_sum_and_does_nothing_yet(owner: Client, drafts: list[Invoice]) -> None:
    page = owner.post(reverse(INVOICES), {"step": "confirm", "row": [str(one.pk) for one in drafts]})
    assert page.status_code == 200
    assert "To be confirmed: 2" in words(page)
    assert "30.00 USD" in words(page)
    assert not BulkRun.objects.exists()


def test_confirms_each_and_says_what_came_of_it(owner: Client, company: Company, drafts: list[Invoice]) -> None:
    posted = make_invoice(company, customer=drafts[0].customer)
    void = make_invoice(company, customer=drafts[0].customer, status="draft")
    owner.post(reverse("admin:void_invoice", args=[void.pk]), {"reason": "Twice"})
    run = work(owner, "confirm", [*drafts, posted, void])
    found = results(run)
    assert [found[str(one.pk)][0] for one in drafts] == ["done", "done"]
    assert found[str(void.pk)][0] == "refused"
    assert "void" in found[str(void.pk)][1]
    assert Invoice.objects.filter(pk__in=[one.pk for one in drafts], posted_at__isnull=False).count() == 2
    assert run.finished_at is not None
    page = words(owner.get(reverse("admin:bulk_run", args=[run.pk])))
    assert "4 of 4 rows are through." in page
    assert found[str(void.pk)][1] in page
    assert reverse("admin:invoice", args=[void.pk]) in page


def test_never_does_a_row_twice(owner: Client, drafts: list[Invoice]) -> None:
    run = work(owner, "confirm", drafts)
    entries = JournalEntry.objects.count()
    BulkRun.objects.update(finished_at=None)
    bulk.work_on(run.pk)
    assert JournalEntry.objects.count() == entries
    with pytest.raises(IntegrityError), transaction.atomic():
        BulkRow.objects.create(company=run.company, run=run, position=99, subject_id=drafts[0].pk, label="again")


def test_asks_again_when_other_rows_match_meanwhile(owner: Client, company: Company, drafts: list[Invoice]) -> None:
    form = {"step": "confirm", "all": "yes", "counted": "7"}
    page = owner.post(reverse(INVOICES) + "?state=draft", form)
    assert page.status_code == 200
    assert "To be confirmed: 2" in words(page)
    owner.post(reverse(INVOICES) + "?state=draft", {**form, "counted": "2"})
    assert BulkRun.objects.get().row_count == 2


def test_takes_all_that_match_over_pages(owner: Client, company: Company) -> None:
    for number in range(53):
        make_customer(company, name=f"Customer {number}")
    form = {"step": "deactivate", "all": "yes", "counted": "53"}
    owner.post(reverse("admin:customers"), form)
    run = BulkRun.objects.get()
    bulk.work_on(run.pk)
    assert Customer.objects.filter(company=company, is_active=True).count() == 0


def test_a_form_sent_twice_is_one_run(owner: Client, drafts: list[Invoice]) -> None:
    form = {"step": "confirm", "row": str(drafts[0].pk), "counted": "1", "request_id": str(uuid4())}
    first, second = (owner.post(reverse(INVOICES), form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert BulkRun.objects.count() == 1


def test_voids_for_a_reason(owner: Client, company: Company, customer: Customer) -> None:
    invoice = make_invoice(company, customer=customer)
    refused = ask(owner, "void", [invoice], reason="")
    assert (refused.status_code, BulkRun.objects.count()) == (422, 0)
    run = work(owner, "void", [invoice], reason="Wrong year", on="")
    assert results(run)[str(invoice.pk)][0] == "done"
    invoice.refresh_from_db()
    assert invoice.is_void
    assert run.values == {"reason": "Wrong year", "on": None, "accept_warnings": False}


def test_mails_each_to_its_customer(owner: Client, company: Company, customer: Customer, drafts: list[Invoice]) -> None:
    posted = make_invoice(company, customer=customer)
    found = results(work(owner, "send", [posted, drafts[0]]))
    assert found[str(posted.pk)] == ("done", "On its way to books@harbor.example.")
    assert found[str(drafts[0].pk)][0] == "refused"
    assert Mailing.objects.count() == 1


def test_works_on_entries_of_the_journal(owner: Client, company: Company) -> None:
    entry = JournalEntry.objects.get(company=company, sequence=2)
    draft = records(company)["draft"]
    form = {"step": "reverse", "row": [str(entry.pk), str(draft)], "counted": "2", "reason": "Wrong"}
    owner.post(reverse("admin:journal"), form)
    run = BulkRun.objects.get()
    bulk.work_on(run.pk)
    assert results(run)[str(entry.pk)] == ("done", "Reversed by 2026-000004.")
    assert results(run)[str(draft)][0] == "refused"


def test_does_what_would_be_asked_about_only_when_told_so(owner: Client, company: Company, customer: Customer) -> None:
    draft = make_invoice(company, line("2000000000.00"), customer=customer, status="draft")
    run = work(owner, "confirm", [draft])
    state, message = results(run)[str(draft.pk)]
    assert (state, "Not done, because something would be asked here" in message) == ("refused", True)
    draft.refresh_from_db()
    assert not draft.is_posted
    BulkRun.objects.all().delete()
    assert results(work(owner, "confirm", [draft], accept_warnings="yes"))[str(draft.pk)][0] == "done"


class TestRoles:
    def test_offers_no_step_to_somebody_who_may_only_look(
        self, company: Company, drafts: list[Invoice], signed_in: SignedIn
    ) -> None:
        viewer = signed_in(company, Role.VIEWER)
        assert viewer.get(reverse(INVOICES)).context["steps"] == []
        answer = ask(viewer, "confirm", drafts)
        assert (answer.status_code, BulkRun.objects.count()) == (403, 0)

    def test_asks_for_the_role_anew_before_each_row(self, company: Company, drafts: list[Invoice]) -> None:
        member = make_member(company, role=Role.BOOKKEEPER)
        run = started(company, member.user, drafts)
        Membership.objects.filter(pk=member.pk).update(role=Role.VIEWER)
        bulk.work_on(run.pk)
        assert {state for state, _ in results(run).values()} == {"refused"}
        assert not Invoice.objects.filter(posted_at__isnull=False).exists()

    def test_shows_a_run_to_its_own_company_only(
        self, company: Company, other: Company, drafts: list[Invoice], signed_in: SignedIn
    ) -> None:
        run = started(company, make_member(company, role=Role.OWNER).user, drafts)
        assert signed_in(other).get(reverse("admin:bulk_run", args=[run.pk])).status_code == 404

    def test_takes_no_rows_of_another_company(self, owner: Client, other: Company, drafts: list[Invoice]) -> None:
        foreign = make_invoice(other, customer=make_customer(other, name="Secret AG"), status="draft")
        answer = owner.post(reverse(INVOICES), {"step": "confirm", "row": str(foreign.pk), "counted": "0"})
        assert (answer.status_code, BulkRun.objects.count()) == (422, 0)


class TestJunk:
    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ({"step": "nonsense", "row": "x"}, 422),
            ({"step": "confirm"}, 422),
            ({"step": "confirm", "row": "not-a-key"}, 422),
            ({"step": "confirm", "row": ",,,"}, 422),
            ({"step": "xlsx"}, 422),
            ({"step": "pay", "row": str(uuid4())}, 409),
            ({}, 422),
        ],
    )
    def test_is_refused_in_words(self, owner: Client, company: Company, form: dict[str, str], status: int) -> None:
        owner.raise_request_exception = False
        assert owner.post(reverse(INVOICES), form).status_code == status
        assert not BulkRun.objects.exists()

    def test_is_refused_beyond_what_a_run_takes(
        self, owner: Client, drafts: list[Invoice], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bulk, "MOST_ROWS", 1)
        answer = ask(owner, "confirm", drafts)
        assert (answer.status_code, BulkRun.objects.count()) == (422, 0)
        assert "Choose at most 1 rows at once" in words(answer)


def test_a_selection_is_a_file(owner: Client, drafts: list[Invoice]) -> None:
    answer = owner.post(reverse(INVOICES), {"step": "csv", "row": str(drafts[1].pk)})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert ("20.00" in text, "10.00" in text) == (True, False)


class TestWorkers:
    def test_goes_on_where_a_worker_was_killed(
        self, company: Company, drafts: list[Invoice], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = started(company, make_member(company, role=Role.OWNER).user, drafts)
        taken, calls = bulk._taken, []

        def killed(run: BulkRun, subject_id: Any) -> str:
            calls.append(subject_id)
            if len(calls) == 2:
                raise OperationalError("the connection was lost")
            return taken(run, subject_id)

        monkeypatch.setattr(bulk, "_taken", killed)
        with pytest.raises(OperationalError):
            bulk.work_on(run.pk)
        assert sorted(state for state, _ in results(run).values()) == ["done", "waiting"]
        monkeypatch.undo()
        assert bulk.unfinished_runs() == []  # somebody may still be at it
        BulkRun.objects.update(touched_at=timezone.now() - timedelta(minutes=3))
        assert resume_bulk_runs() == 1
        assert {state for state, _ in results(run).values()} == {"done"}

    def test_notes_a_fault_and_does_the_others(
        self, company: Company, drafts: list[Invoice], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = started(company, make_member(company, role=Role.OWNER).user, drafts)
        taken = bulk._taken

        def faulty(run: BulkRun, subject_id: Any) -> str:
            done = taken(run, subject_id)
            if subject_id == drafts[0].pk:
                raise ZeroDivisionError
            return done

        monkeypatch.setattr(bulk, "_taken", faulty)
        bulk.work_on(run.pk)
        assert results(run)[str(drafts[0].pk)][0] == RowState.FAILED
        assert results(run)[str(drafts[1].pk)][0] == RowState.DONE
        drafts[0].refresh_from_db()
        assert not drafts[0].is_posted  # undone with its fault

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_do_each_row_once(self, company: Company, customer: Customer) -> None:
        drafts = [make_invoice(company, customer=customer, status="draft") for _ in range(6)]
        before = JournalEntry.objects.count()
        run = started(company, make_member(company, role=Role.OWNER).user, drafts)
        faults: list[BaseException] = []

        def worker() -> None:
            try:
                bulk.work_on(run.pk)
            except Exception as fault:  # noqa: BLE001 - told to the test
                faults.append(fault)
            finally:
                connection.close()

        threads = [threading.Thread(target=worker) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert {state for state, _ in results(run).values()} == {"done"}
        assert JournalEntry.objects.count() == before + 6
        assert BulkRun.objects.get().finished_at is not None


def started(company: Company, user: User, invoices: list[Invoice]) -> BulkRun:
    """A run that was asked for and that no worker has seen yet."""
    listing = list_of("invoices")
    assert listing is not None
    step = next(one for one in listing.steps if one.key == "confirm")
    rows = listing.rows(company).filter(pk__in=[one.pk for one in invoices])
    run = BulkRun(
        company=company, user=user, list_key=listing.key, step=step.key, language="en", row_count=len(invoices)
    )
    run.save()
    BulkRow.objects.bulk_create(
        BulkRow(company=company, run=run, position=number, subject_id=row.pk, label=str(row))
        for number, row in enumerate(rows.order_by("pk"), start=1)
    )
    return run
