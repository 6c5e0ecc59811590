"""What the document endpoints take and answer."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from backfill.api.errors import MalformedBody
from backfill.api.serializers import BooksInput


class DocumentParser(MultiPartParser):
    """Reads a form with files; one with too many fields or parts is malformed like any other."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except SuspiciousOperation as error:
            raise MalformedBody("The form has too many parts, or a part that is too large.") from error


@extend_schema_field({"type": "string", "format": "binary"})
class UploadField(serializers.FileField):
    """A part of a form that is a file."""


class DocumentInput(BooksInput):
    file = UploadField(allow_empty_file=True, help_text="PDF, JPEG or PNG, at most 10 MB.")

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.dict() if isinstance(data, QueryDict) else data)


class DocumentAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    mime_type = serializers.ChoiceField(choices=["application/pdf", "image/jpeg", "image/png"])
    original_name = serializers.CharField()
