"""Uploading documents and getting them back."""

from django.http import FileResponse
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.operations import operation
from backfill.api.views import BookkeepingView
from backfill.files.bookkeeping_api.serializers import DocumentAnswer, DocumentInput
from backfill.files.errors import FileTooLarge
from backfill.files.names import NOTHING_RUNS, content_disposition
from backfill.files.selectors import document_of, opened_file
from backfill.files.services import LARGEST_FILE, store_document

_MEDIA_TYPES = ("application/pdf", "image/jpeg", "image/png")
_REST_OF_THE_FORM = 64 * 1024


class DocumentsView(BookkeepingView):
    scopes = {"POST": "journal:write"}
    parser_classes = (MultiPartParser,)
    max_body = LARGEST_FILE + _REST_OF_THE_FORM

    @operation(
        summary="Upload a receipt file",
        description=(
            "The same bytes again answer the same id. Documents are never changed or deleted; the content must be what "
            "the part's Content-Type says."
        ),
        tag="documents",
        body=DocumentInput,
        body_media_type="multipart/form-data",
        answer=DocumentAnswer,
        errors={400: ("INVALID_FILE_TYPE", "EMPTY_FILE", "FILE_TOO_LARGE", "MIME_MISMATCH")},
        answer_example={
            "id": "0c9f8e1a-44f5-4c3b-8f0a-6f2f0a9c2b22",
            "mime_type": "application/pdf",
            "original_name": "rechnung-4711.pdf",
        },
    )
    def post(self, request: Request) -> Response:
        upload = self.body()["file"]
        document = store_document(
            company=self.company,
            file=upload,
            name=upload.name or "",
            declared_type=upload.content_type or "",
            actor=self.actor,
        )
        return Response(DocumentAnswer(document).data)

    def _check_body_size(self, request: Request) -> None:
        """Refuse what cannot hold an acceptable file before reading it, in the words of the reference."""
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdigit() and int(length) > self.max_body:
            raise FileTooLarge("The file is larger than 10 MB. Split it, or scan it at a lower resolution.")


class DocumentFileView(BookkeepingView):
    """The stored bytes, to be saved or to be shown."""

    scopes = {"GET": "journal:read"}
    media_types = (*_MEDIA_TYPES, "application/json")  # a client that asks for JSON everywhere is not turned away

    @operation(
        summary="Download the original file",
        tag="documents",
        media_types=_MEDIA_TYPES,
        errors={404: ("FILE_NOT_FOUND",)},
    )
    def get(self, request: Request, id: str) -> FileResponse:
        return self.file_response("attachment")

    def file_response(self, kind: str) -> FileResponse:
        document = document_of(self.company, self.path_uuid())
        response = FileResponse(opened_file(document), content_type=document.mime_type)
        response["Content-Disposition"] = content_disposition(kind, document.original_name)
        response["X-Content-Type-Options"] = "nosniff"
        response["Content-Security-Policy"] = NOTHING_RUNS
        return response


class DocumentPreviewView(DocumentFileView):
    @operation(
        summary="Preview the original file",
        tag="documents",
        media_types=_MEDIA_TYPES,
        errors={404: ("FILE_NOT_FOUND",)},
    )
    def get(self, request: Request, id: str) -> FileResponse:
        return self.file_response("inline")
