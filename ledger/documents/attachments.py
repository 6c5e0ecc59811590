"""Files at a document: put there, taken off, listed. The file itself stays in the document store for good."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from backfill.files.models import StoredFile
from backfill.tenancy.actors import Actor
from ledger.documents.errors import DocumentNotFound
from ledger.documents.models import Attachment
from ledger.models.activity import record_activity


@transaction.atomic
def attach_file(*, company_id: UUID, subject_type: str, subject_id: UUID, file_id: UUID, actor: Actor) -> Attachment:
    """Attach an uploaded file to a document of the same company. Safe to repeat. Raises DocumentNotFound.

    `subject_type` is the document's noun as in the activity trail, such as `credit_memo`.
    """
    if not StoredFile.objects.filter(company_id=company_id, id=file_id).exists():
        raise DocumentNotFound(_("file {file_id} does not exist").format(file_id=file_id))
    attachment, is_new = Attachment.objects.get_or_create(
        company_id=company_id,
        subject_id=subject_id,
        document_id=file_id,
        defaults={"subject_type": subject_type, "created_by": actor.label},
    )
    if is_new:
        _record(attachment, "file_attached", actor)
    return attachment


@transaction.atomic
def detach_file(*, company_id: UUID, attachment_id: UUID, actor: Actor) -> None:
    """Take a file off a document. Raises DocumentNotFound."""
    attachment = Attachment.objects.select_for_update().filter(company_id=company_id, id=attachment_id).first()
    if attachment is None:
        raise DocumentNotFound(_("attachment {attachment_id} does not exist").format(attachment_id=attachment_id))
    _record(attachment, "file_detached", actor)
    attachment.delete()


def attachments_of(*, company_id: UUID, subject_id: UUID) -> QuerySet[Attachment]:
    """The files at a document, in the order they came."""
    return Attachment.objects.filter(company_id=company_id, subject_id=subject_id).select_related("document")


def _record(attachment: Attachment, verb: str, actor: Actor) -> None:
    record_activity(
        company_id=attachment.company_id,
        subject_type=attachment.subject_type,
        subject_id=attachment.subject_id,
        verb=verb,
        actor=actor,
        file_id=str(attachment.document_id),
    )
