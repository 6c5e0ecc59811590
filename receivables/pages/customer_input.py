"""The customer input: type a part of the name and choose from the list. Works without the list, too."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse

from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.pages import Page
from ledger.models import AccountRole
from ledger.tax.calculation import TaxRule
from ledger.tax.rules import codes_with_usual
from receivables.customers.credit_limits import credit_left
from receivables.errors import CustomerNotFound
from receivables.models import Customer
from receivables.pages.usual_tax import usual_rule

MOST_RESULTS = 20


class CustomerSearch(Page):
    """The active customers that a few typed characters mean, as JSON."""

    permission = "receivables.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        named = matching_customers(self.company, request.GET.get("q", "")).filter(is_active=True)
        found = list(named.select_related("default_account")[:MOST_RESULTS])
        codes = list(codes_with_usual(self.company.pk, AccountRole.REVENUE)) if found else []
        left = credit_left_texts(self.company, found)
        return JsonResponse(
            {
                "results": [
                    {
                        "id": str(one.pk),
                        "code": "",
                        "name": one.name,
                        "type": one.email or one.company_name,
                        "currency": one.currency or self.company.base_currency,
                        "terms_days": one.payment_terms_days,
                        "is_exempt": one.tax_exempt,
                        "credit_left": left.get(one.pk, ""),
                        "usual_tax": _shown(usual_rule(self.company, one, self.company.today(), codes)),
                    }
                    for one in found
                ]
            }
        )


def _shown(rule: TaxRule | None) -> dict[str, str] | None:
    return {"code": rule.code, "rate": f"{rule.rate:.4f}"} if rule else None


class CustomerWidget(forms.TextInput):
    """A text input that the page's script turns into a search field."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        search = {"data-account-search": reverse("admin:customer_search"), "autocomplete": "off"}
        return super().get_context(name, value, {**(attrs or {}), **search})


class CustomerField(forms.CharField):
    """Gives the customer's id, None when left empty."""

    widget = CustomerWidget
    company: Company | None = None

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or self.company is None:
            return None
        customer = customer_from_text(self.company, text)
        if customer is None:
            raise forms.ValidationError(f"No customer, or more than one, is named «{text}».")
        return customer.pk


def credit_left_texts(company: Company, customers: Iterable[Customer]) -> dict[UUID, str]:
    """Return by customer with a credit limit what is left of it, as the company writes numbers."""
    formats = formats_of(company)
    left = credit_left(company_id=company.pk, customers=customers)
    return {key: formats.amount(amount) for key, amount in left.items()}


def matching_customers(company: Company, text: str) -> QuerySet[Customer]:
    """Return customers with every word in their name, company name, e-mail or VAT id, by name."""
    found = Customer.objects.filter(company=company).order_by("name", "id")
    for word in text.replace("\0", "").split()[:6]:
        found = found.filter(
            Q(name__icontains=word)
            | Q(company_name__icontains=word)
            | Q(email__icontains=word)
            | Q(vat_id__istartswith=word)
        )
    return found


def customer_from_text(company: Company, text: str, chosen: str = "") -> Customer | None:
    """Return the customer of this name; of several the one with the `chosen` id. None when it stays unclear."""
    name = " ".join(text.replace("\0", "").split())
    twins = list(Customer.objects.filter(company=company, name__iexact=name)[:50]) if name else []
    if len(twins) > 1:
        twins = [one for one in twins if str(one.pk) == chosen] or [one for one in twins if one.is_active]
    return twins[0] if len(twins) == 1 else None


def company_customer(company: Company, customer_id: UUID | str) -> Customer:
    """Return the company's customer; raises CustomerNotFound for another company's as for none."""
    customer = Customer.objects.select_related("company").filter(company=company, pk=customer_id).first()
    if customer is None:
        raise CustomerNotFound("There is no such customer in this company.")
    return customer
