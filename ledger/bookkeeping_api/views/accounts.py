"""GET and POST accounts, account search, account sheet."""

from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.errors import BOOKS_ERRORS
from backfill.api.operations import operation
from backfill.api.views import BookkeepingView
from backfill.errors import NotFound
from ledger.accounts.accounts import create_account
from ledger.accounts.balances import standing_balance
from ledger.bookkeeping_api.serializers.accounts import (
    NUMBER_SCHEMA,
    AccountAnswer,
    AccountEntriesAnswer,
    AccountEntriesQuery,
    AccountInput,
    AccountListAnswer,
    AccountListQuery,
    SearchAnswer,
    SearchQuery,
)
from ledger.entries.journal_events import account_movements
from ledger.models import Account

SEARCH_LIMIT = 20


class AccountsView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"GET": "journal:read", "POST": "journal:write"}
    error_style = replace(BOOKS_ERRORS, fields={"code": "number"})

    @operation(
        summary="List the active chart of accounts", tag="Journal", query=AccountListQuery, answer=AccountListAnswer
    )
    def get(self, request: Request) -> Response:
        active = Account.objects.filter(company=self.company, is_active=True, code__isnull=False)
        limit, offset = self.query["limit"], self.query["offset"]
        page = active.order_by("code")[offset : offset + limit]
        answer = {"accounts": page, "total": active.count(), "offset": offset, "limit": limit}
        return Response(AccountListAnswer(answer).data)

    @operation(
        summary="Add a custom account",
        tag="Journal",
        body=AccountInput,
        answer=AccountAnswer,
        status=201,
        errors={409: ("DUPLICATE_ACCOUNT",)},
        body_example={"number": "6817", "name": "Cloud hosting", "type": "expense", "report_group": "other_opex"},
    )
    def post(self, request: Request) -> Response:
        values = self.body()
        account = create_account(
            company=self.company,
            name=values["name"],
            type=values["type"],
            code=values["number"],
            actor=self.actor,
            details={"category": values.get("category", ""), "report_group": values.get("report_group", "")},
        )
        return Response(AccountAnswer(account).data, status=201)


class AccountSearchView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"GET": "journal:read"}

    @operation(
        summary="Autocomplete search over accounts",
        description="`q` matches numbers that start with it and names that it is a part of. At most 20.",
        tag="Journal",
        query=SearchQuery,
        answer=SearchAnswer,
    )
    def get(self, request: Request) -> Response:
        active = Account.objects.filter(company=self.company, is_active=True, code__isnull=False)
        text = self.query["q"]
        if "type" in self.query:
            active = active.filter(type=self.query["type"])
        if text:
            active = active.filter(Q(name__icontains=text) | Q(code__startswith=text))
        return Response(SearchAnswer({"accounts": active.order_by("code")[:SEARCH_LIMIT]}).data)


class AccountEntriesView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"GET": "journal:read"}
    path_schemas: ClassVar[dict[str, Any]] = {"number": NUMBER_SCHEMA}

    @operation(
        summary="Account sheet: movements and balance",
        description="The balances of revenue and expense accounts count from the start of the fiscal year.",
        tag="Journal",
        query=AccountEntriesQuery,
        answer=AccountEntriesAnswer,
        errors={404: ("NOT_FOUND",)},
    )
    def get(self, request: Request, number: str) -> Response:
        accounts = Account.objects.select_related("company").filter(company=self.company, code=number)
        account = accounts.first() if number.isprintable() else None  # PostgreSQL knows no NUL
        if account is None:
            raise NotFound(f"There is no account {number} in this company.")
        start, end = self.query.get("startDate"), self.query.get("endDate")
        movements = account_movements(account=account, start=start, end=end, limit=self.query["limit"])
        balance = standing_balance(account=account, on=end).net
        return Response(AccountEntriesAnswer({"entries": movements, "balance": balance}).data)
