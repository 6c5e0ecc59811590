"""Storing uploaded documents."""

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backfill.files.errors import EmptyFile, FileTooLarge, InvalidFileName, InvalidFileType, MimeMismatch
from backfill.files.models import StoredFile
from backfill.files.names import LONGEST, clean_name, is_safe_name
from backfill.files.wholeness import is_whole
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company

LARGEST_FILE: Final = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileType:
    mime_type: str
    suffixes: tuple[str, ...]
    magic: bytes


FILE_TYPES: Final = (
    FileType("application/pdf", (".pdf",), b"%PDF-"),
    FileType("image/jpeg", (".jpg", ".jpeg"), b"\xff\xd8\xff"),
    FileType("image/png", (".png",), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
)

# What clients send when they do not know, and common misspellings; then the file name's ending decides.
_UNDECLARED: Final = ("", "application/octet-stream", "binary/octet-stream")
_ALIASES: Final = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "application/x-pdf": "application/pdf"}


def store_document(*, company: Company, file: "File[bytes]", name: str, declared_type: str, actor: Actor) -> StoredFile:
    """Keep a PDF, JPEG or PNG of at most 10 MB for good, once per company and content.

    The same bytes again, under whatever name, are the document that is there already. `declared_type` is the media
    type that the client states; the content must agree with it to its end. Raises EmptyFile, FileTooLarge,
    InvalidFileType or MimeMismatch.
    """
    size = file.size or 0
    if size == 0:
        raise EmptyFile(_("The file is empty."))
    if size > LARGEST_FILE:
        raise FileTooLarge(_("The file is larger than 10 MB. Split it, or scan it at a lower resolution."))
    file_type = _declared_file_type(declared_type, name)
    _check_content(file, file_type)
    return _kept(company, file, clean_name(name, suffixes=file_type.suffixes), file_type.mime_type, actor)


def refuse_misleading_name(name: str, *, declared_type: str) -> None:
    """Refuse a name that people would be misled by. Programs have their names cleaned; a person is told, and renames.

    Raises InvalidFileName for one that is too long, holds characters that nobody sees, or ends as another type, and
    InvalidFileType for a type that is not stored.
    """
    file_type = _declared_file_type(declared_type, name)
    if len(name) > LONGEST:
        raise InvalidFileName(
            _("The name of the file is longer than {longest} characters. Give it a shorter one.").format(
                longest=LONGEST
            )
        )
    if not is_safe_name(name):
        raise InvalidFileName(
            _("The name of the file holds characters that are not allowed, such as invisible ones. Rename it.")
        )
    if PurePosixPath(name.lower()).suffix not in file_type.suffixes:
        raise InvalidFileName(
            _("The file is of the type {mime_type}, so its name has to end in {suffix}. Rename it.").format(
                mime_type=file_type.mime_type, suffix=file_type.suffixes[0]
            )
        )


def keep_document(*, company: Company, content: bytes, name: str, mime_type: str, actor: Actor) -> StoredFile:
    """Keep for good what the product itself wrote, such as an invoice as it was sent; once per company and content."""
    return _kept(company, ContentFile(content), name, mime_type, actor)


def _kept(company: Company, file: "File[bytes]", name: str, mime_type: str, actor: Actor) -> StoredFile:
    digest = _sha256(file)
    existing = StoredFile.objects.filter(company=company, sha256=digest).first()
    if existing is not None:
        _restore_if_gone(existing, file)
        return existing
    return _store(
        StoredFile(
            company=company,
            sha256=digest,
            mime_type=mime_type,
            original_name=name,
            size=file.size or 0,
            uploaded_by=actor.label,
        ),
        file,
    )


def _declared_file_type(declared_type: str, name: str) -> FileType:
    declared = declared_type.partition(";")[0].strip().lower()
    declared = _ALIASES.get(declared, declared)
    suffix = PurePosixPath(name.lower()).suffix
    for file_type in FILE_TYPES:
        if declared == file_type.mime_type or (declared in _UNDECLARED and suffix in file_type.suffixes):
            return file_type
    raise InvalidFileType(_("Only PDF, JPEG and PNG files can be stored."))


def _check_content(file: "File[bytes]", file_type: FileType) -> None:
    file.seek(0)
    content = file.read()
    start = content[:1024]
    if file_type.mime_type == "application/pdf":
        start = start.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t ")  # some writers put these before the header
    if not start.startswith(file_type.magic):
        raise MimeMismatch(_("The content of the file is not {mime_type}.").format(mime_type=file_type.mime_type))
    if not is_whole(content, file_type.mime_type):
        raise MimeMismatch(
            _(
                "The file begins like {mime_type}, but the rest of it is damaged or something else. "
                "Save it anew from the program it came from, or scan it again."
            ).format(mime_type=file_type.mime_type)
        )


def _sha256(file: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _store(document: StoredFile, file: "File[bytes]") -> StoredFile:
    """Write the file, then the row, so that there is never a row without its file.

    The storage gives a fresh name where one is taken, so whatever a crash left behind under it is not trusted. When
    the same content arrives twice at once, the second row is refused and its file removed.
    """
    path = f"documents/{document.company_id}/{document.sha256[:2]}/{document.sha256}"
    document.storage_name = default_storage.save(path, file)
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except IntegrityError:
        default_storage.delete(document.storage_name)
        return StoredFile.objects.get(company_id=document.company_id, sha256=document.sha256)
    except BaseException:
        default_storage.delete(document.storage_name)
        raise
    return document


def _restore_if_gone(document: StoredFile, file: "File[bytes]") -> None:
    """Put the file back where storage lost it; its hash says that it is the same."""
    if not default_storage.exists(document.storage_name):
        default_storage.save(document.storage_name, file)
