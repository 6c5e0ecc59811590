"""Finding documents and opening the files behind them."""

from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from backfill.errors import NotFound
from backfill.files.errors import StoredFileGone
from backfill.files.models import StoredFile
from backfill.tenancy.models import Company


def document_of(company: Company, document_id: UUID) -> StoredFile:
    """Return a document of this company; NotFound when it does not exist or belongs to another one."""
    document = StoredFile.objects.filter(company=company, pk=document_id).first()
    if document is None:
        raise NotFound(_("There is no such document in this company."))
    return document


def opened_file(document: StoredFile) -> "File[bytes]":
    """Return the stored file, open for reading bytes; the caller closes it. Raises StoredFileGone."""
    try:
        return default_storage.open(document.storage_name, "rb")
    except FileNotFoundError as error:
        raise StoredFileGone(_("The stored file is gone. Upload the same file again to restore it.")) from error
