"""Files at documents."""

import pytest

from backfill.errors import NotFound
from backfill.files.models import StoredFile
from backfill.tenancy.models import Company
from ledger.beside.attachments import attach_file, attachments_of, detach_file
from ledger.errors import ReferenceNotFound
from tests.factories import make_company, make_invoice
from tests.receivables.books import ACTOR

pytestmark = pytest.mark.django_db


def make_file(company: Company) -> StoredFile:
    facts = {"mime_type": "application/pdf", "original_name": "note.pdf", "size": 1, "storage_name": "x"}
    return StoredFile.objects.create(company=company, sha256="a" * 64, **facts)


def test_are_put_there_once_and_taken_off() -> None:
    company = make_company()
    invoice, file = make_invoice(company, status="draft"), make_file(company)
    key = {"company_id": company.id, "subject_type": "invoice", "subject_id": invoice.id, "actor": ACTOR}
    first = attach_file(**key, file_id=file.id)
    assert attach_file(**key, file_id=file.id) == first
    assert [row.document for row in attachments_of(company_id=company.id, subject_id=invoice.id)] == [file]
    detach_file(company_id=company.id, attachment_id=first.id, actor=ACTOR)
    assert not attachments_of(company_id=company.id, subject_id=invoice.id).exists()
    with pytest.raises(NotFound):
        detach_file(company_id=company.id, attachment_id=first.id, actor=ACTOR)


def test_belong_to_the_company() -> None:
    company, foreign = make_company(), make_file(make_company())
    invoice = make_invoice(company, status="draft")
    with pytest.raises(NotFound):
        attach_file(
            company_id=company.id, subject_type="invoice", subject_id=invoice.id, file_id=foreign.id, actor=ACTOR
        )
    with pytest.raises(ReferenceNotFound):
        make_invoice(company, document_id=foreign.id)
