"""What comments and files at records refuse."""

from backfill.errors import DomainError, Forbidden, NotFound


class RecordNotFound(NotFound):
    """There is no such record in this company, or none that has comments and files."""


class AttachmentNotFound(NotFound):
    pass


class CommentNotFound(NotFound):
    pass


class CommentOfAnother(Forbidden):
    """Only who wrote a comment takes it back."""


class FileStays(DomainError):
    """What is posted keeps its files: they are its vouchers."""

    code = "FILE_STAYS"
    status = 409
