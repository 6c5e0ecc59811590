"""Settings → Company: what it says of itself on documents and reports, and how it works."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from django import forms
from django.urls import reverse

from backfill.countries import COUNTRIES
from backfill.tenancy.services import update_company
from backfill.tenancy.services.company_settings import ADDRESS
from backfill.workspace.forms import WorkspaceForm
from backfill.workspace.pages import FormPage

_COUNTRY_NAMES = Locale("en").territories
_SAME = (
    *("name", "legal_name", "country", "time_zone", "email", "phone", "vat_id", "tax_number", "iban", "bic"),
    *("datev_consultant_number", "datev_client_number", "requires_approval", "requires_two_factor"),
    "allows_negative_inventory",
)


@cache
def _time_zone_choices() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones())]  # read from many files


@cache
def _country_choices() -> list[tuple[str, str]]:
    return [("", "—"), *sorted(((code, _COUNTRY_NAMES[code]) for code in COUNTRIES), key=lambda choice: choice[1])]


class CompanyForm(WorkspaceForm):
    name = forms.CharField(label="Name", max_length=200)
    legal_name = forms.CharField(
        label="Legal name", max_length=200, required=False, help_text="As it stands on documents and statements."
    )
    country = forms.ChoiceField(label="Country", choices=_country_choices, required=False)
    time_zone = forms.ChoiceField(label="Time zone", choices=_time_zone_choices)
    line1 = forms.CharField(label="Street and number", max_length=200, required=False)
    line2 = forms.CharField(label="Address, second line", max_length=200, required=False)
    postal_code = forms.CharField(label="Postal code", max_length=20, required=False)
    city = forms.CharField(label="City", max_length=100, required=False)
    state = forms.CharField(label="State", max_length=100, required=False)
    email = forms.EmailField(
        label="E-mail address", required=False, help_text="Mails to customers come in your name and are answered here."
    )
    phone = forms.CharField(label="Telephone", max_length=50, required=False, help_text="XRechnung asks for it.")
    vat_id = forms.CharField(
        label="VAT number", max_length=20, required=False, help_text="E-invoices ask for it, or for the tax number."
    )
    tax_number = forms.CharField(label="Tax number", max_length=30, required=False)
    iban = forms.CharField(
        label="IBAN",
        max_length=50,
        required=False,
        help_text="Invoices, reminders and statements ask for payment to it, in euros with a code to scan.",
    )
    bic = forms.CharField(
        label="BIC", max_length=11, required=False, help_text="Left empty: the one of the IBAN’s bank."
    )
    datev_consultant_number = forms.IntegerField(
        label="DATEV consultant number", min_value=1, max_value=9_999_999, required=False
    )
    datev_client_number = forms.IntegerField(label="DATEV client number", min_value=1, max_value=99_999, required=False)
    requires_approval = forms.BooleanField(
        label="A second person approves entries and documents before they post", required=False
    )
    requires_two_factor = forms.BooleanField(
        label="Members sign in with a second factor",
        required=False,
        help_text="Whoever has none sets it up before anything else. API keys go on working.",
    )
    allows_negative_inventory = forms.BooleanField(label="Stock may go below zero", required=False)


class CompanyPage(FormPage):
    title = "Company"
    form_class = CompanyForm
    template_name = "workspace/company.html"
    permission = "settings.view"
    write_permission = "settings.edit"

    def back(self) -> str:
        return reverse("admin:company")

    def initial(self) -> dict[str, Any]:
        company = self.company
        return {name: getattr(company, name) for name in _SAME} | {
            name: company.address.get(name, "") for name in ADDRESS
        }

    def submit(self, values: dict[str, Any]) -> str:
        kept = {key: value for key, value in self.company.address.items() if key not in ADDRESS}
        changes = {name: values[name] for name in _SAME}
        changes["address"] = kept | {name: values[name] for name in ADDRESS}
        update_company(company_id=self.company.pk, changes=changes, actor=self.actor)  # type: ignore[arg-type]
        return "The company's settings are saved."
