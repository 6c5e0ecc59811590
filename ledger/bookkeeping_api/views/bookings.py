"""POST bookings and opening balances."""

from dataclasses import replace
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.errors import BOOKS_ERRORS
from backfill.api.operations import operation
from backfill.api.views import BookkeepingView
from ledger.bookkeeping_api.serializers.bookings import (
    BookingAnswer,
    BookingInput,
    OpeningBalancesAnswer,
    OpeningBalancesInput,
)
from ledger.entries.bookings import FxAnnotation, OpeningBalance, post_booking, post_opening_balances
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft

_ERRORS = replace(BOOKS_ERRORS, fields={"entry_date": "booking_date", "memo": "description"})

_BOOKING_EXAMPLE = {
    "booking_date": "2026-03-17",
    "description": "Printer paper",
    "lines": [
        {"account_number": "6815", "debit": 119, "credit": 0, "tax_code": "VST19"},
        {"account_number": "1800", "debit": 0, "credit": 119},
    ],
    "external_reference": "ERP-778",
}
_OPENING_EXAMPLE = {
    "booking_date": "2026-01-01",
    "balances": [
        {"account_number": "1800", "account_name": "Bank", "debit": 25000, "credit": 0},
        {"account_number": "2900", "account_name": "Gezeichnetes Kapital", "debit": 0, "credit": 25000},
    ],
}


class BookingsView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"POST": "journal:write"}
    error_style = _ERRORS

    @operation(
        summary="Post a booking intent",
        tag="Journal",
        body=BookingInput,
        answer=BookingAnswer,
        errors={
            400: (
                *("BALANCE_MISMATCH", "ACCOUNT_NOT_FOUND", "INVALID_TAX_CODE", "TAX_LINE_CONFLICT"),
                *("FX_TAX_UNSUPPORTED", "INVALID_CURRENCY", "PERIOD_LOCKED"),
            ),
            404: ("DOCUMENT_NOT_FOUND",),
            409: ("DUPLICATE_SUSPECTED", "APPROVAL_REQUIRED"),
        },
        body_example=_BOOKING_EXAMPLE,
        answer_example={"intent_id": "7b0c2f5e-2d0e-4b7e-9a55-1f6f5a0d1c11", "event_count": 2, "warnings": []},
    )
    def post(self, request: Request) -> Response:
        values = self.body()
        fx = FxAnnotation(**values["fx"]) if values.get("fx") else None
        entry = post_booking(self._draft(values), fx=fx, actor=self.actor)
        return Response(BookingAnswer(entry).data)

    def _draft(self, values: dict[str, Any]) -> EntryDraft:
        return EntryDraft(
            company_id=self.company.pk,
            entry_date=values["booking_date"],
            memo=values["description"],
            lines=tuple(_line(line, index) for index, line in enumerate(values["lines"])),
            adjustment_period=values.get("adjustment_period"),
            external_reference=values.get("external_reference") or None,
            metadata=values.get("custom_metadata") or {},
            document_id=values.get("document_id"),
            service_date=values.get("service_date"),
            checks_duplicates=not values["skip_duplicate_check"],
        )


class OpeningBalancesView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"POST": "journal:write"}
    error_style = _ERRORS

    @operation(
        summary="Post opening balances",
        tag="Journal",
        body=OpeningBalancesInput,
        answer=OpeningBalancesAnswer,
        errors={
            400: (
                *("BALANCE_MISMATCH", "INVALID_BALANCE_ENTRY", "ACCOUNT_TYPE_NOT_ALLOWED"),
                *("ACCOUNTS_NOT_FOUND", "ACCOUNT_NOT_FOUND", "ACCOUNT_9000_MISSING", "PERIOD_LOCKED"),
            ),
            409: ("OPENING_BALANCES_EXIST", "APPROVAL_REQUIRED"),
        },
        body_example=_OPENING_EXAMPLE,
    )
    def post(self, request: Request) -> Response:
        values = self.body()
        balances = [
            OpeningBalance(balance["account_number"], balance["debit"], balance["credit"])
            for balance in values["balances"]
        ]
        result = post_opening_balances(
            company=self.company, on=values["booking_date"], balances=balances, actor=self.actor
        )
        return Response(OpeningBalancesAnswer(result).data)


def _line(values: dict[str, Any], index: int) -> LineDraft:
    return LineDraft(
        account=AccountCode(values["account_number"], input_name="account_number"),
        amount=values["debit"] - values["credit"],
        tax_code=values.get("tax_code", ""),
        input_path=f"lines[{index}]",
        input_amount="credit" if values["credit"] else "debit",
    )
