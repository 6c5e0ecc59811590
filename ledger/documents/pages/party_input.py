"""The input of a customer or vendor: type a part of the name; what the party says fills the form."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse

from backfill.tenancy.models import Company
from backfill.workspace.pages import GIVEN, Page
from ledger.documents.models import Party
from ledger.documents.pages.party_words import words_of
from ledger.documents.pages.usual_tax import usual_rule
from ledger.documents.rows import rows_of
from ledger.documents.types import Side
from ledger.tax.calculation import TaxRule
from ledger.tax.rules import codes_with_usual

MOST_RESULTS = 20


class PartySearch(Page):
    """The active parties of a side that a few typed characters mean, as JSON."""

    side: ClassVar[Side] = GIVEN

    def facts(self, parties: Sequence[Any]) -> dict[UUID, dict[str, Any]]:
        """Return by party what else its side has the editor know."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        side, company = self.side, self.company
        named = matching_parties(side, company, request.GET.get("q", "")).filter(is_active=True)
        found = list(named.select_related("default_account")[:MOST_RESULTS])
        codes = list(codes_with_usual(company.pk, side.default_slot)) if found else []
        facts = self.facts(found)
        return JsonResponse(
            {
                "results": [
                    {
                        "id": str(one.pk),
                        "code": "",
                        "name": one.name,
                        "type": one.email or one.company_name,
                        "currency": one.currency or company.base_currency,
                        "terms_days": one.payment_terms_days,
                        "is_exempt": bool(side.exempt_reason(one)),
                        **facts.get(one.pk, {}),
                        "usual_tax": _shown(usual_rule(side, company, one, company.today(), codes)),
                    }
                    for one in found
                ]
            }
        )


def _shown(rule: TaxRule | None) -> dict[str, str] | None:
    return {"code": rule.code, "rate": f"{rule.rate:.4f}"} if rule else None


class PartyWidget(forms.TextInput):
    """A text input that the page's script turns into a search field."""

    side: Side | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        found = {"data-account-search": reverse(f"admin:{self.side.party}_search")} if self.side else {}
        return super().get_context(name, value, {**(attrs or {}), **found, "autocomplete": "off"})


class PartyField(forms.CharField):
    """Gives the party's id, None when left empty."""

    widget = PartyWidget
    company: Company | None = None

    def __init__(self, *, side: Side, **options: Any) -> None:
        super().__init__(**options)
        self.side = self.widget.side = side

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text or self.company is None:
            return None
        party = party_from_text(self.side, self.company, text)
        if party is None:
            raise forms.ValidationError(words_of(self.side).unclear % {"name": text})
        return party.pk


class PartyFilter(django_filters.Filter):
    """The filter of a list for one customer or vendor, by the field of its side."""

    field_class = PartyField

    def __init__(self, *, side: Side, **options: Any) -> None:
        super().__init__(side.party, side=side, **options)


def matching_parties(side: Side, company: Company, text: str) -> QuerySet[Any]:
    """Return parties with every word in their name, company name, e-mail or VAT id, by name."""
    found: QuerySet[Any] = rows_of(side.parties.model).filter(company=company).order_by("name", "id")
    for word in text.replace("\0", "").split()[:6]:
        found = found.filter(
            Q(name__icontains=word)
            | Q(company_name__icontains=word)
            | Q(email__icontains=word)
            | Q(vat_id__istartswith=word)
        )
    return found


def party_from_text(side: Side, company: Company, text: str, chosen: str = "") -> Any:
    """Return the party of this name; of several the one with the `chosen` id. None when it stays unclear."""
    name = " ".join(text.replace("\0", "").split())
    rows = rows_of(side.parties.model).filter(company=company, name__iexact=name)
    twins: list[Party] = list(rows[:50]) if name else []
    if len(twins) > 1:
        twins = [one for one in twins if str(one.pk) == chosen] or [one for one in twins if one.is_active]
    return twins[0] if len(twins) == 1 else None


def company_party(side: Side, company: Company, party_id: UUID | str) -> Any:
    """Return the company's party; raises what the side has for none, another company's included."""
    rows = rows_of(side.parties.model).select_related("company")
    party = rows.filter(company=company, pk=party_id).first()
    if party is None:
        raise side.parties.not_found(str(words_of(side).no_such))
    return party
