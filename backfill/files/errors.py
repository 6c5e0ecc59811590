"""What the document store refuses, one class per reason. Codes are published in both API references."""

from backfill.errors import DomainError, NotFound


class FileRefused(DomainError):
    """Base of the refusals that blame the uploaded file; 400 in both contracts, as the reference says."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message, field="file")


class EmptyFile(FileRefused):
    code = "EMPTY_FILE"


class FileTooLarge(FileRefused):
    code = "FILE_TOO_LARGE"


class InvalidFileType(FileRefused):
    code = "INVALID_FILE_TYPE"


class MimeMismatch(FileRefused):
    code = "MIME_MISMATCH"


class InvalidFileName(FileRefused):
    code = "INVALID_FILE_NAME"


class StoredFileGone(NotFound):
    """The record is there, the file behind it is not: storage was lost or restored incompletely."""

    code = "FILE_NOT_FOUND"
