"""Files and comments that several people add or take off at the same moment."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backfill.files.models import StoredFile
from ledger.beside.attachments import add_upload, detach_file
from ledger.beside.comments import delete_comment, write_comment
from ledger.beside.errors import FileStays
from ledger.beside.subjects import company_record, open_kind
from ledger.models import Activity, Attachment, Comment
from receivables.services.invoices import confirm_invoice
from tests.factories import actor_of, make_company, make_invoice, make_member
from tests.ledger.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def test_keeps_a_file_that_is_dropped_twice_once() -> None:
    company = make_company()
    invoice, actor = make_invoice(company, status="draft"), actor_of(make_member(company))

    def drop() -> Attachment:
        upload = SimpleUploadedFile("a.pdf", BytesIO(PDF).getvalue(), content_type="application/pdf")
        return add_upload(company=company, subject_type="invoice", subject_id=invoice.pk, upload=upload, actor=actor)

    assert refusals(at_once(*[drop] * 8)) == []
    assert (StoredFile.objects.count(), Attachment.objects.count()) == (1, 1)
    assert Activity.objects.filter(verb="file_attached").count() == 1


def test_either_posts_a_document_with_its_file_or_takes_it_off_before() -> None:
    company = make_company()
    actor = actor_of(make_member(company))
    for _ in range(4):
        invoice = make_invoice(company, status="draft")
        upload = SimpleUploadedFile("a.pdf", PDF, content_type="application/pdf")
        attached = add_upload(
            company=company, subject_type="invoice", subject_id=invoice.pk, upload=upload, actor=actor
        )
        outcomes = at_once(
            lambda invoice=invoice: confirm_invoice(company_id=company.pk, document_id=invoice.pk, actor=actor),
            lambda attached=attached: detach_file(company_id=company.pk, attachment_id=attached.pk, actor=actor),
        )
        assert set(refusals(outcomes)) <= {FileStays}
        trail = list(Activity.objects.filter(subject_id=invoice.pk).order_by("at").values_list("verb", flat=True))
        if "file_detached" in trail:
            assert not Attachment.objects.filter(pk=attached.pk).exists()
        else:
            assert Attachment.objects.filter(pk=attached.pk).exists()


def test_takes_a_comment_back_once() -> None:
    company = make_company()
    anna, invoice = make_member(company), make_invoice(company)
    record = company_record(company.pk, open_kind("invoice"), invoice.pk)
    said = write_comment(company=company, record=record, text="Hm.", author=anna.user, actor=actor_of(anna))

    def take_back() -> Comment:
        return delete_comment(company=company, comment_id=said.pk, author=anna.user, actor=actor_of(anna))

    assert refusals(at_once(*[take_back] * 6)) == []
    assert Activity.objects.filter(verb="comment_deleted").count() == 1
