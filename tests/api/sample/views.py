"""Views of the sample: what a hand-written endpoint of each contract looks like, and a few that fail."""

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.fields import BookkeepingAmountField, StrictDateField, TextField, UploadField
from backfill.api.operations import operation
from backfill.api.scopes import ANY_SCOPE
from backfill.api.serializers import BookkeepingInput, InputSerializer, LimitField, OffsetField, QuerySerializer
from backfill.api.views import BackfillView, BookkeepingView
from backfill.errors import NotFound, ValidationFailed
from ledger.models import JournalEntry


class SlipQuery(QuerySerializer):
    limit = LimitField(default=500, max_value=500)
    offset = OffsetField()
    startDate = StrictDateField(required=False)


class SlipInput(BookkeepingInput):
    text = TextField(max_length=100)
    amount = BookkeepingAmountField(minimum=Decimal(0))


class SlipOutput(serializers.Serializer[Any]):
    text = serializers.CharField()
    amount = BookkeepingAmountField()


class SlipsOutput(serializers.Serializer[Any]):
    slips = SlipOutput(many=True)
    total = serializers.IntegerField()
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()


class SlipsView(BookkeepingView):
    scopes = {"GET": ("config:read", "journal:read"), "POST": "journal:write"}

    @operation(summary="List slips", tag="Slips", query=SlipQuery, answer=SlipsOutput)
    def get(self, request: Request) -> Response:
        entries = JournalEntry.objects.filter(company=self.company).order_by("pk")
        start = self.query["offset"]
        rows = entries[start : start + self.query["limit"]]
        slips = [{"text": row.memo, "amount": row.total_amount} for row in rows]
        answer = {"slips": slips, "total": entries.count(), **{k: self.query[k] for k in ("limit", "offset")}}
        return Response(SlipsOutput(answer).data)

    @operation(
        summary="Add a slip",
        tag="Slips",
        body=SlipInput,
        answer=SlipOutput,
        status=201,
        body_example={"text": "Paper", "amount": 119},
    )
    def post(self, request: Request) -> Response:
        values = self.body()
        JournalEntry.objects.create(
            company=self.company,
            entry_date="2026-05-05",
            currency="USD",
            memo=values["text"],
            total_amount=values["amount"],
        )
        return Response(SlipOutput(values).data, status=201)


class SlipView(BookkeepingView):
    scopes = {"GET": "journal:read"}

    @operation(summary="Get a slip", tag="Slips", answer=SlipOutput)
    def get(self, request: Request, id: str) -> Response:
        slip = JournalEntry.objects.filter(company=self.company, pk=self.path_uuid()).first()
        if slip is None:
            raise NotFound("There is no such slip.")
        return Response(SlipOutput({"text": slip.memo, "amount": slip.total_amount}).data)


class BookkeepingNotesView(BookkeepingView):
    """The other contract's idea of `notes`: the path that both have."""

    scopes = {"GET": ANY_SCOPE}

    @operation(summary="List notes", tag="Notes", answer=SlipOutput, many=True)
    def get(self, request: Request) -> Response:
        return Response([])


class NoteSearchView(BookkeepingView):
    """A literal path in one contract where the other has an id."""

    scopes = {"GET": "journal:read"}

    @operation(summary="Search notes", tag="Notes", answer=SlipOutput, many=True)
    def get(self, request: Request) -> Response:
        return Response([])


class FileView(BackfillView):
    scopes = {"GET": "reports:read"}
    media_types: ClassVar[tuple[str, ...]] = ("application/pdf",)

    @operation(summary="A file", tag="Files", media_types=("application/pdf",))
    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(b"%PDF-", content_type="application/pdf")


class UploadInput(InputSerializer):
    file = UploadField()
    title = TextField(required=False)


class UploadView(BackfillView):
    """Keeps the size of a file, which stands for the file."""

    scopes = {"POST": "journal:write"}
    parser_classes = (MultiPartParser,)
    max_body: ClassVar[int] = 100_000

    @operation(summary="Upload", tag="Files", body=UploadInput, body_media_type="multipart/form-data")
    def post(self, request: Request) -> Response:
        file = self.body()["file"]
        JournalEntry.objects.create(
            company=self.company, entry_date="2026-05-05", currency="USD", memo=file.name, total_amount=len(file.read())
        )
        return Response({"name": file.name})


class FailureQuery(QuerySerializer):
    how = TextField()


class FailureView(BackfillView):
    """Fails in the way that is asked for."""

    scopes = {"GET": "journal:read", "POST": "journal:write"}

    @operation(summary="Fail", tag="Failures", query=FailureQuery)
    def get(self, request: Request) -> Response:
        return self._fail(self.query["how"])

    @operation(summary="Fail after writing", tag="Failures", query=FailureQuery)
    def post(self, request: Request) -> Response:
        JournalEntry.objects.create(company=self.company, entry_date="2026-05-05", currency="USD", memo="effect")
        return self._fail(self.query["how"])

    def _fail(self, how: str) -> Response:
        if how == "bug":
            raise ZeroDivisionError
        if how == "domain":
            raise ValidationFailed("Line 3 has no account.", field="lines[2].account_id", found=3)
        if how == "setting":
            return Response({"company_id": _setting()})
        if how == "none":
            return Response({})
        with connection.cursor() as cursor:
            cursor.execute(how)
        return Response({})


def _setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('backfill.company_id', true)")
        return str(cursor.fetchone()[0])


class PublicView(BackfillView):
    public: ClassVar[bool] = True

    @operation(summary="Say hello", tag="Public", answer=SlipOutput)
    def get(self, request: Request) -> Response:
        return Response({"text": "hello", "amount": Decimal("1.50"), "id": UUID(int=0)})
