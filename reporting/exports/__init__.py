"""Reports as files: CSV for programs and spreadsheets, XLSX with real numbers, PDF on the company's letterhead."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpResponse, StreamingHttpResponse

from reporting.exports.csv_file import csv_bytes
from reporting.exports.local_csv import local_csv_bytes
from reporting.exports.pdf_file import pdf_bytes
from reporting.exports.xlsx_file import xlsx_bytes
from reporting.tables import Table

FileFormat = Literal["csv", "xlsx", "pdf"]


@dataclass(frozen=True, slots=True)
class ReportFile:
    content: bytes
    content_type: str
    name: str


@dataclass(frozen=True, slots=True)
class _Writer:
    content_type: str
    write: Callable[[Table], bytes]


_WRITERS: dict[FileFormat, _Writer] = {
    "csv": _Writer("text/csv; charset=utf-8", csv_bytes),
    "xlsx": _Writer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_bytes),
    "pdf": _Writer("application/pdf", pdf_bytes),
}


CONTENT_TYPES = tuple(writer.content_type for writer in _WRITERS.values())


def report_file(table: Table, file_format: FileFormat) -> ReportFile:
    """The table written as a file of that format, with the name to offer it under."""
    writer = _WRITERS[file_format]
    return ReportFile(writer.write(table), writer.content_type, f"{table.file_stem}.{file_format}")


def local_csv_file(table: Table) -> ReportFile:
    """The table as CSV for a person, as their spreadsheet reads it."""
    return ReportFile(local_csv_bytes(table), "text/csv; charset=utf-8", f"{table.file_stem}.csv")


def streamed(content: Iterable[bytes], content_type: str, name: str) -> StreamingHttpResponse:
    """A file that is sent while it is written."""
    return StreamingHttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def download(file: ReportFile) -> HttpResponse:
    """The file as an attachment; its name has only letters, digits, hyphens and underscores."""
    return HttpResponse(
        file.content,
        content_type=file.content_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )
