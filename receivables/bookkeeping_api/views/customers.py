"""Customers: list, create, read, change, deactivate."""

from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response

from backfill.api.errors import BOOKS_ERRORS, NoChanges
from backfill.api.operations import operation
from backfill.api.views import BookkeepingView
from receivables.bookkeeping_api import selectors
from receivables.bookkeeping_api.serializers.customers import CustomerAnswer, CustomerInput, CustomerListQuery
from receivables.customers.customers import deactivate_customer, register_customer, rename_customer
from receivables.errors import CustomerNotFound

_ERRORS = replace(
    BOOKS_ERRORS,
    names={**BOOKS_ERRORS.names, "REFERENCE_NOT_FOUND": "ACCOUNT_NOT_FOUND", "CUSTOMER_NOT_FOUND": "NOT_FOUND"},
    fields={"default_account_code": "default_account"},
)
_TAKEN = ("DUPLICATE_NAME", "DUPLICATE_TAX_ID", "DUPLICATE_VAT_ID")


class CustomersView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {"GET": "receivables:read", "POST": "receivables:write"}
    error_style = _ERRORS

    @operation(
        summary="List customers",
        description="Ordered by name.",
        tag="Receivables",
        query=CustomerListQuery,
        answer=CustomerAnswer,
        many=True,
    )
    def get(self, request: Request) -> Response:
        rows = selectors.customers(self.company.pk)
        if wanted := self.query.get("is_active"):
            rows = rows.filter(is_active=wanted == "true")
        if search := self.query["search"]:
            rows = rows.filter(Q(name__icontains=search) | Q(vat_id__icontains=search))
        start = self.query["offset"]
        return Response(CustomerAnswer(rows[start : start + self.query["limit"]], many=True).data)

    @operation(
        summary="Create a customer",
        tag="Receivables",
        body=CustomerInput,
        answer=CustomerAnswer,
        status=201,
        errors={400: ("ACCOUNT_NOT_FOUND",), 409: _TAKEN},
    )
    def post(self, request: Request) -> Response:
        made = register_customer(_words(self.body()), company=self.company, actor=self.actor)
        return Response(_shown(self.company.pk, made.pk), status=201)


class CustomerView(BookkeepingView):
    scopes: ClassVar[dict[str, Any]] = {
        "GET": "receivables:read",
        "PUT": "receivables:write",
        "DELETE": "receivables:write",
    }
    error_style = _ERRORS

    @operation(summary="Read a customer", tag="Receivables", answer=CustomerAnswer)
    def get(self, request: Request, id: str) -> Response:
        return Response(_shown(self.company.pk, self.path_uuid()))

    @operation(
        summary="Update a customer",
        description="Partial: an absent field stays, null clears it.",
        tag="Receivables",
        body=CustomerInput,
        body_is_update=True,
        answer=CustomerAnswer,
        errors={400: ("NO_CHANGES", "ACCOUNT_NOT_FOUND"), 409: _TAKEN},
    )
    def put(self, request: Request, id: str) -> Response:
        customer_id, values = self.path_uuid(), _words(self.body())
        customer = _found(self.company.pk, customer_id)
        if not values:
            raise NoChanges("The body names no field of a customer.")
        rename_customer(customer, values, actor=self.actor)
        return Response(_shown(self.company.pk, customer_id))

    @operation(
        summary="Deactivate a customer",
        description="Record and history stay. Deactivating again changes nothing.",
        tag="Receivables",
        answer=CustomerAnswer,
        errors={409: ("HAS_OPEN_INVOICES",)},
    )
    def delete(self, request: Request, id: str) -> Response:
        customer = deactivate_customer(company_id=self.company.pk, customer_id=self.path_uuid(), actor=self.actor)
        return Response(_shown(self.company.pk, customer.pk))


def _found(company_id: UUID, customer_id: UUID) -> Any:
    customer = selectors.customers(company_id).filter(id=customer_id).first()
    if customer is None:
        raise CustomerNotFound(f"customer {customer_id} does not exist")
    return customer


def _shown(company_id: UUID, customer_id: UUID) -> Any:
    return CustomerAnswer(_found(company_id, customer_id)).data


def _words(values: dict[str, Any]) -> dict[str, Any]:
    """Name the account as the service does; an empty one is none."""
    worded = dict(values)
    if "default_account" in values:
        code = worded.pop("default_account")
        worded |= {"default_account_code": code} if code else {"default_account_id": None}
    if "address" in values:
        worded["address"] = values["address"] or {}
    return worded
