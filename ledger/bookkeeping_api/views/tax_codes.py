"""Tax codes: list, create, change, deactivate."""

from dataclasses import replace
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.catalogue import BOOKS_NAMES
from backfill.api.errors import BOOKS_ERRORS
from backfill.api.operations import operation
from backfill.api.views import BookkeepingView
from ledger.bookkeeping_api.serializers.tax_codes import (
    CODE_SCHEMA,
    TaxCodeAnswer,
    TaxCodeChanges,
    TaxCodeInput,
    TaxCodeListAnswer,
    TaxCodeQuery,
    TaxCodeState,
)
from ledger.journal.drafts import AccountCode, AccountReference
from ledger.models import TaxCode
from ledger.tax.codes import create_tax_code, deactivate_tax_code, update_tax_code

# Here an inactive account is told apart from an unknown one, other than in bookings.
_ERRORS = replace(BOOKS_ERRORS, names={code: name for code, name in BOOKS_NAMES.items() if code != "ACCOUNT_INACTIVE"})


class TaxCodesView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"GET": ("config:read", "journal:read"), "POST": "config:write"}
    error_style = _ERRORS

    @operation(summary="List tax codes", tag="Configuration", query=TaxCodeQuery, answer=TaxCodeListAnswer)
    def get(self, request: Request) -> Response:
        codes = _codes(self.company.pk)
        if not self.query["include_inactive"]:
            codes = codes.filter(is_active=True)
        return Response(TaxCodeListAnswer({"tax_codes": codes.order_by("-is_system", "code")}).data)

    @operation(
        summary="Create a tax code",
        tag="Configuration",
        body=TaxCodeInput,
        answer=TaxCodeAnswer,
        status=201,
        errors={400: ("ACCOUNT_NOT_FOUND", "ACCOUNT_INACTIVE"), 409: ("DUPLICATE_TAX_CODE",)},
        body_example={
            "code": "RC19",
            "label": "Reverse charge 19 %",
            "rate": 19,
            "vat_account": "1407",
            "self_assess_account": "3837",
        },
    )
    def post(self, request: Request) -> Response:
        values = self.body()
        code = create_tax_code(
            company=self.company,
            code=values["code"],
            label=values["label"],
            description=values.get("description", ""),
            rate=values["rate"],
            vat_account=AccountCode(values["vat_account"]),
            self_assess_account=_account(values.get("self_assess_account")),
            family=values.get("family", ""),
            valid_from=values.get("valid_from"),
            valid_until=values.get("valid_until"),
            account=_account(values.get("account")),
            actor=self.actor,
        )
        return Response(TaxCodeAnswer(code).data, status=201)


class TaxCodeView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"PATCH": "config:write", "DELETE": "config:write"}
    path_schemas: ClassVar[dict[str, Any]] = {"code": CODE_SCHEMA}
    error_style = _ERRORS

    @operation(
        summary="Change a tax code",
        description="The code itself never changes, and posted events keep the rate they were posted with.",
        tag="Configuration",
        body=TaxCodeChanges,
        body_is_update=True,
        answer=TaxCodeAnswer,
        errors={
            400: ("NO_CHANGES", "ACCOUNT_NOT_FOUND", "ACCOUNT_INACTIVE", "SYSTEM_TAX_CODE_DELETE_FORBIDDEN"),
            404: ("TAX_CODE_NOT_FOUND",),
        },
        body_example={"label": "Reverse charge 19 % (EU)", "is_active": False},
    )
    def patch(self, request: Request, code: str) -> Response:
        changes: Any = self.body()
        if "vat_account" in changes:
            changes["vat_account"] = AccountCode(changes["vat_account"])
        for name in {"self_assess_account", "account"} & changes.keys():
            changes[name] = _account(changes[name])
        changed = update_tax_code(company_id=self.company.pk, code=code, changes=changes, actor=self.actor)
        return Response(TaxCodeAnswer(changed).data)

    @operation(
        summary="Deactivate a tax code",
        tag="Configuration",
        answer=TaxCodeState,
        errors={400: ("SYSTEM_TAX_CODE_DELETE_FORBIDDEN",), 404: ("TAX_CODE_NOT_FOUND",)},
    )
    def delete(self, request: Request, code: str) -> Response:
        changed = deactivate_tax_code(company_id=self.company.pk, code=code, actor=self.actor)
        return Response(TaxCodeState(changed).data)


def _codes(company_id: Any) -> QuerySet[TaxCode]:
    return TaxCode.objects.filter(company_id=company_id).select_related("vat_account", "self_assess_account", "account")


def _account(number: str | None) -> AccountReference | None:
    return AccountCode(number) if number else None
