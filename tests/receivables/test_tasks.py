"""Confirming many invoices in the background."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.models import Activity
from ledger.models.activity import actor_facts
from receivables.models import Invoice
from receivables.tasks import confirm_invoices
from tests.factories import actor_of, make_company, make_customer, make_invoice, make_member
from tests.receivables.books import prove

pytestmark = pytest.mark.django_db


def test_confirms_what_is_asked_in_the_name_of_who_asked() -> None:
    company = make_company()
    person = actor_of(make_member(company))
    drafts = [make_invoice(company, status="draft") for _ in range(3)]

    done = confirm_invoices(str(company.id), [str(row.id) for row in drafts[:2]], actor_facts(person))

    assert done == {"confirmed": 2, "refused": {}}
    assert list(Invoice.objects.order_by("created_at").values_list("status", flat=True)) == ["open", "open", "draft"]
    trail = Activity.objects.get(subject_id=drafts[0].id, verb="confirmed")
    assert (trail.actor["label"], trail.actor["surface"]) == (person.label, "task")
    prove(company)


def test_is_safe_to_run_twice() -> None:
    company = make_company()
    ids = [str(make_invoice(company, status="draft").id) for _ in range(3)]

    first, again = (confirm_invoices(str(company.id), ids) for _ in range(2))

    assert first == again == {"confirmed": 3, "refused": {}}
    assert sorted(Invoice.objects.values_list("document_number", flat=True)) == ["INV-1001", "INV-1002", "INV-1003"]


def test_one_that_refuses_does_not_hold_up_the_rest() -> None:
    company, other = make_company(), make_company()
    drafts = [make_invoice(company, status="draft") for _ in range(5)]
    euros = make_invoice(company, status="draft", currency="EUR", on=date(1995, 1, 2))
    theirs = make_invoice(other, status="draft")
    ids = [str(row.id) for row in (*drafts[:2], euros, *drafts[2:], theirs)]

    done = confirm_invoices(str(company.id), ids)

    assert (done["confirmed"], set(done["refused"])) == (5, {str(euros.id), str(theirs.id)})
    assert "rate" in done["refused"][str(euros.id)]
    theirs.refresh_from_db()
    assert theirs.status == "draft"
    prove(company)


def test_takes_the_same_statements_for_many_as_for_a_few() -> None:
    company = make_company()
    customer = make_customer(company)

    def statements(count: int) -> int:
        ids = [str(make_invoice(company, customer=customer, status="draft").id) for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            confirm_invoices(str(company.id), ids)
        return len(captured)

    statements(2)
    assert statements(12) == statements(3)
