"""What the document endpoints take and answer."""

from typing import Any

from rest_framework import serializers

from backfill.api.fields import UploadField
from backfill.api.serializers import BookkeepingInput


class DocumentInput(BookkeepingInput):
    file = UploadField(allow_empty_file=True, help_text="PDF, JPEG or PNG, at most 10 MB.")


class DocumentAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    mime_type = serializers.ChoiceField(choices=["application/pdf", "image/jpeg", "image/png"])
    original_name = serializers.CharField()
