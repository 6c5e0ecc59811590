"""What happened to a document, told once."""

from decimal import Decimal

import pytest
from django.urls import reverse

from backfill.tenancy.models import Company, Role
from ledger.entries.entries import create_draft
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from receivables.models import Customer
from tests.factories import make_invoice
from tests.receivables.books import ACTOR
from tests.workspace.conftest import SignedIn, words

pytestmark = pytest.mark.django_db


def test_tells_once_that_a_draft_was_created(company: Company, customer: Customer, signed_in: SignedIn) -> None:
    viewer = signed_in(company, Role.VIEWER)
    line = LineDraft(account=AccountCode("1000"), amount=Decimal(1))
    entry = create_draft(EntryDraft(company_id=company.pk, entry_date=company.today(), lines=(line,)), actor=ACTOR)
    invoice = make_invoice(company, customer=customer, status="draft")
    for name, key in (("journal_entry", entry.pk), ("invoice", invoice.pk)):
        page = words(viewer.get(reverse(f"admin:{name}", args=[key])))
        assert page.count("<strong>Created</strong>") == 1, name
