"""Files at a record: put there, taken off, listed. The file itself stays in the document store for good."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backfill.files.models import StoredFile
from backfill.files.services import refuse_misleading_name, store_document
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.beside.errors import AttachmentNotFound, FileStays
from ledger.beside.subjects import keeps_files
from ledger.models import Attachment
from ledger.models.activity import record_activity

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


@transaction.atomic
def add_upload(
    *, company: Company, subject_type: str, subject_id: UUID, upload: "UploadedFile[bytes]", actor: Actor
) -> Attachment:
    """Keep a file that somebody uploads and attach it. The same content again is the file that is there already.

    Raises InvalidFileName and what `store_document` raises.
    """
    name, declared = upload.name or "", upload.content_type or ""
    refuse_misleading_name(name, declared_type=declared)
    stored = store_document(company=company, file=upload, name=name, declared_type=declared, actor=actor)
    return attach_file(
        company_id=company.id, subject_type=subject_type, subject_id=subject_id, file_id=stored.id, actor=actor
    )


@transaction.atomic
def attach_file(*, company_id: UUID, subject_type: str, subject_id: UUID, file_id: UUID, actor: Actor) -> Attachment:
    """Attach an uploaded file to a record of the same company. Safe to repeat. Raises AttachmentNotFound.

    `subject_type` is the record's kind as in the activity trail, such as `credit_memo`.
    """
    stored = StoredFile.objects.filter(company_id=company_id, id=file_id).first()
    if stored is None:
        raise AttachmentNotFound(_("file {file_id} does not exist").format(file_id=file_id))
    attachment, is_new = Attachment.objects.get_or_create(
        company_id=company_id,
        subject_id=subject_id,
        document_id=file_id,
        defaults={"subject_type": subject_type, "created_by": actor.label},
    )
    if is_new:
        _record(attachment, stored, "file_attached", actor)
    return attachment


@transaction.atomic
def detach_file(*, company_id: UUID, attachment_id: UUID, actor: Actor) -> None:
    """Take a file off a record that is not posted. Raises AttachmentNotFound, FileStays."""
    attachment = company_attachment(company_id, attachment_id)
    if keeps_files(company_id, attachment.subject_type, attachment.subject_id):
        raise FileStays(_("What is posted keeps its files. Add another one, and say in a comment which one counts."))
    locked = Attachment.objects.select_for_update().filter(company_id=company_id, id=attachment_id).first()
    if locked is None:
        raise _gone(attachment_id)
    _record(locked, attachment.document, "file_detached", actor)
    locked.delete()


def company_attachment(company_id: UUID, attachment_id: UUID) -> Attachment:
    """Return an attachment with its file; raises AttachmentNotFound for another company's as for none."""
    rows = Attachment.objects.select_related("document").filter(company_id=company_id, id=attachment_id)
    attachment = rows.first()
    if attachment is None:
        raise _gone(attachment_id)
    return attachment


def attachments_of(*, company_id: UUID, subject_id: UUID) -> QuerySet[Attachment]:
    """The files at a record, in the order they came."""
    return Attachment.objects.filter(company_id=company_id, subject_id=subject_id).select_related("document")


def _gone(attachment_id: UUID) -> AttachmentNotFound:
    return AttachmentNotFound(_("attachment {attachment_id} does not exist").format(attachment_id=attachment_id))


def _record(attachment: Attachment, stored: StoredFile, verb: str, actor: Actor) -> None:
    record_activity(
        company_id=attachment.company_id,
        subject_type=attachment.subject_type,
        subject_id=attachment.subject_id,
        verb=verb,
        actor=actor,
        file_id=str(attachment.document_id),
        file_name=stored.original_name,
    )
