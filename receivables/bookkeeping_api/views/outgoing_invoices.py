"""Outgoing invoices: list, record, read, link; and the open items."""

from dataclasses import replace
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.errors import BOOKS_ERRORS, NoChanges
from backfill.api.operations import operation
from backfill.api.views import BookkeepingView
from receivables.bookkeeping_api import selectors
from receivables.bookkeeping_api.selectors import Filters
from receivables.bookkeeping_api.serializers.outgoing_invoices import (
    CreatedAnswer,
    OpenItemsAnswer,
    OutgoingInvoiceAnswer,
    OutgoingInvoiceChanges,
    OutgoingInvoiceInput,
    OutgoingInvoiceQuery,
    OutgoingInvoiceSummary,
)
from receivables.services.external_posting import change_outgoing_invoice, record_outgoing_invoice

_ERRORS = replace(BOOKS_ERRORS, names={**BOOKS_ERRORS.names, "REFERENCE_NOT_FOUND": "INVALID_INPUT"})
_LINKED = ("INTENT_ALREADY_SET", "INTENT_ALREADY_LINKED")


class OutgoingInvoicesView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"GET": "receivables:read", "POST": "receivables:write"}
    error_style = _ERRORS

    @operation(
        summary="List outgoing invoices",
        description="Newest invoice_date first. The status is computed when it is asked for.",
        tag="Receivables",
        query=OutgoingInvoiceQuery,
        answer=OutgoingInvoiceSummary,
        many=True,
    )
    def get(self, request: Request) -> Response:
        query = self.query
        filters = Filters(
            customer_id=query.get("customer_id"),
            status=query.get("status"),
            type=query.get("type"),
            start=query.get("start_date"),
            end=query.get("end_date"),
        )
        rows = selectors.outgoing_invoices(
            company_id=self.company.pk,
            today=self.company.today(),
            filters=filters,
            limit=query["limit"],
            offset=query["offset"],
        )
        return Response(OutgoingInvoiceSummary(rows, many=True).data)

    @operation(
        summary="Record an outgoing invoice",
        description="Posts nothing: post a booking and link its intent here or by PATCH. A draft until then.",
        tag="Receivables",
        body=OutgoingInvoiceInput,
        answer=CreatedAnswer,
        status=201,
        errors={
            400: ("TOTALS_MISMATCH", "INVALID_CURRENCY"),
            404: ("CUSTOMER_NOT_FOUND", "INTENT_NOT_FOUND"),
            409: ("DUPLICATE_INVOICE_NUMBER", "INTENT_ALREADY_LINKED"),
        },
    )
    def post(self, request: Request) -> Response:
        document = record_outgoing_invoice(self.body(), company=self.company, actor=self.actor)
        return Response(CreatedAnswer(document).data, status=201)


class OutgoingInvoiceView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"GET": "receivables:read", "PATCH": "receivables:write"}
    error_style = replace(_ERRORS, names={**_ERRORS.names, "INTENT_NOT_FOUND": "NOT_FOUND"})

    @operation(summary="Read an outgoing invoice", tag="Receivables", answer=OutgoingInvoiceAnswer)
    def get(self, request: Request, id: str) -> Response:
        return self._shown()

    @operation(
        summary="Link an intent, or change notes or due date",
        description="Amounts, number, dates and lines stay. The intent can be set once.",
        tag="Receivables",
        body=OutgoingInvoiceChanges,
        body_is_update=True,
        answer=OutgoingInvoiceAnswer,
        errors={400: ("NO_CHANGES",), 409: (*_LINKED, "INVALID_STATE_TRANSITION")},
    )
    def patch(self, request: Request, id: str) -> Response:
        document_id, changes = self.path_uuid(), self.body()
        if not changes:
            raise NoChanges("The body has none of intent_id, notes and due_date.")
        change_outgoing_invoice(company_id=self.company.pk, document_id=document_id, changes=changes, actor=self.actor)
        return self._shown()

    def _shown(self) -> Response:
        document = selectors.outgoing_invoice(
            company_id=self.company.pk, document_id=self.path_uuid(), today=self.company.today()
        )
        return Response(OutgoingInvoiceAnswer(document).data)


class OpenItemsView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"GET": "receivables:read"}

    @operation(
        summary="Open items by customer",
        description="Posted invoices that are not fully settled. Sums are in base currency.",
        tag="Receivables",
        answer=OpenItemsAnswer,
        many=True,
    )
    def get(self, request: Request) -> Response:
        groups = selectors.open_items(company_id=self.company.pk, today=self.company.today())
        return Response(OpenItemsAnswer(groups, many=True).data)
