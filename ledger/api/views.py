"""Accounts, journal entries and the health of the books in the Backfill contract."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.errors import BACKFILL_ERRORS
from backfill.api.fields import InstantField, StrictDateField
from backfill.api.lists import ListQuery
from backfill.api.operations import operation
from backfill.api.resources import ResourceListView, ResourceRecordView
from backfill.api.serializers import QuerySerializer
from backfill.api.views import BackfillView
from ledger.accounts.balances import standing_balances
from ledger.currencies.money import LOAD_COMMAND
from ledger.currencies.rates import published_until, rates_until
from ledger.models import BooksCheck


class AccountQuery(QuerySerializer):
    as_of_date = StrictDateField(
        required=False, help_text="State balances as of this day, inclusive; today by default."
    )


class AccountListQuery(ListQuery):
    as_of_date = StrictDateField(
        required=False, help_text="State balances as of this day, inclusive; today by default."
    )


class WithBalances:
    """Looks the balances of the shown accounts up in one statement."""

    def output_context(self, rows: list[Any]) -> dict[str, Any]:
        balances = standing_balances(
            company=self.company,  # type: ignore[attr-defined]
            accounts=rows,
            on=self.as_of_date(),
        )
        return {"balances": {account_id: balance.net for account_id, balance in balances.items()}}

    def as_of_date(self) -> Any:
        asked = self.query.get("as_of_date")  # type: ignore[attr-defined]
        return asked or self.company.today()  # type: ignore[attr-defined]


class AccountListView(WithBalances, ResourceListView):
    error_style = replace(BACKFILL_ERRORS, fields={"parent": "parent_name", "is_active": "active"})

    def list_extra(self) -> dict[str, Any]:
        return {"as_of_date": self.as_of_date()}


class AccountView(WithBalances, ResourceRecordView):
    """One account. It is changed by importing it again, not by PUT, which the reference does not have."""

    functions: ClassVar[Mapping[str, str]] = {"GET": "records"}

    def query_serializer(self, method: str) -> type[QuerySerializer]:
        return AccountQuery if method == "GET" else super().query_serializer(method)


class Finding(serializers.Serializer[Any]):
    invariant = serializers.CharField()
    subject = serializers.CharField()
    message = serializers.CharField()


class RatesBehind(serializers.Serializer[Any]):
    latest = serializers.DateField(help_text="The last day for which a reference rate of the ECB is stored.")
    command = serializers.CharField(help_text="What an operator runs with a newer file of the ECB.")


class Health(serializers.Serializer[Any]):
    status = serializers.ChoiceField([("ok", "ok"), ("off", "off"), ("unknown", "unknown")])
    checked_at = InstantField(allow_null=True)
    entry_count = serializers.IntegerField(allow_null=True, help_text="Entries proven.")
    findings = Finding(many=True)
    exchange_rates = RatesBehind(required=False, help_text="Only where the stored reference rates end before today.")


class LedgerHealthView(BackfillView):
    scopes: ClassVar[dict[str, str]] = {"GET": "journal:read"}

    @operation(
        summary="State of the books",
        description="The outcome of the last full proof (balance, immutability, numbers, totals, periods, "
        "sub-ledgers), which runs every night and with `.venv/bin/python manage.py check_books`.",
        tag="Ledger",
        answer=Health,
    )
    def get(self, request: Request) -> Response:
        checks = BooksCheck.objects.filter(company=self.company).annotate(rates_until=rates_until())
        check = checks.order_by("-finished_at").first()
        if check is None:
            unknown: dict[str, Any] = {"status": "unknown", "checked_at": None, "entry_count": None, "findings": []}
            return Response(unknown | self._rates_behind(published_until()))
        return Response(
            {
                "status": "ok" if check.is_ok else "off",
                "checked_at": check.finished_at,
                "entry_count": check.entry_count,
                "findings": check.findings,
                **self._rates_behind(check.rates_until),
            }
        )

    def _rates_behind(self, latest: date | None) -> dict[str, Any]:
        if latest is None or latest >= self.company.today():
            return {}
        return {"exchange_rates": {"latest": latest.isoformat(), "command": LOAD_COMMAND}}
