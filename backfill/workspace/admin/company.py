"""Settings → Company: what it says of itself on documents and reports, and how it works."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from django import forms
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from backfill.countries import COUNTRIES
from backfill.languages import ENGLISH, LANGUAGES
from backfill.tenancy.services import update_company
from backfill.tenancy.services.company_settings import ADDRESS
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import FormPage

_SAME = (
    *("name", "legal_name", "country", "language", "time_zone", "email", "phone"),
    *("vat_id", "tax_number", "iban", "bic"),
    *("datev_consultant_number", "datev_client_number", "requires_approval", "requires_two_factor"),
    *("allows_negative_inventory", "own_rate_days", "ecb_rate_days", "advances_taxed_from"),
    *("creditor_id", "legal_form", "registered_office", "register_court", "register_number", "directors"),
)
_RATE_DAYS = frozenset({"own_rate_days", "ecb_rate_days"})  # left empty, they stay as they are
_PLACE = ("street", "postal_code", "city", "country")


@cache
def _time_zone_choices() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones())]  # read from many files


def _country_choices() -> list[tuple[str, str]]:
    return _countries_in(get_language() or ENGLISH)


@cache
def _countries_in(language: str) -> list[tuple[str, str]]:
    names = Locale(language).territories
    return [("", "—"), *sorted(((code, names[code]) for code in COUNTRIES), key=lambda choice: choice[1])]


class CompanyForm(WorkspaceForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    legal_name = forms.CharField(
        label=gettext_lazy("Legal name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("As it stands on documents and statements."),
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=_country_choices, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the pages"),
        choices=[("", gettext_lazy("The browser’s")), *LANGUAGES],
        required=False,
        help_text=gettext_lazy("Members may choose their own. Letters to customers have the customer’s."),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=_time_zone_choices)
    line1 = forms.CharField(label=gettext_lazy("Street and number"), max_length=200, required=False)
    line2 = forms.CharField(label=gettext_lazy("Address, second line"), max_length=200, required=False)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)
    state = forms.CharField(label=pgettext_lazy("address", "State"), max_length=100, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        required=False,
        help_text=gettext_lazy("Mails to customers come in your name and are answered here."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=50, required=False, help_text=gettext_lazy("XRechnung asks for it.")
    )
    vat_id = forms.CharField(
        label=gettext_lazy("VAT number"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("E-invoices ask for it, or for the tax number."),
    )
    tax_number = forms.CharField(label=gettext_lazy("Tax number"), max_length=30, required=False)
    iban = forms.CharField(
        label=gettext_lazy("IBAN"),
        max_length=50,
        required=False,
        help_text=gettext_lazy(
            "Invoices, reminders and statements ask for payment to it, in euros with a code to scan."
        ),
    )
    bic = forms.CharField(
        label=gettext_lazy("BIC"),
        max_length=11,
        required=False,
        help_text=gettext_lazy("Left empty: the one of the IBAN’s bank."),
    )
    further_accounts = forms.CharField(
        label=gettext_lazy("Further accounts"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One IBAN a line. Invoices name them below the first."),
    )
    creditor_id = forms.CharField(
        label=gettext_lazy("SEPA creditor identifier"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For invoices that you debit."),
    )
    legal_form = forms.CharField(
        label=gettext_lazy("Legal form"), max_length=100, required=False, help_text=gettext_lazy("Such as GmbH.")
    )
    registered_office = forms.CharField(label=gettext_lazy("Registered office"), max_length=100, required=False)
    register_court = forms.CharField(
        label=gettext_lazy("Register court"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Such as Amtsgericht Hamburg."),
    )
    register_number = forms.CharField(
        label=gettext_lazy("Register number"),
        max_length=50,
        required=False,
        help_text=gettext_lazy("Such as HRB 12345."),
    )
    directors = forms.CharField(
        label=gettext_lazy("Directors"),
        max_length=500,
        required=False,
        help_text=gettext_lazy(
            "All of them, and who chairs the supervisory board: every letter must name them (§ 35a GmbHG)."
        ),
    )
    representative_name = forms.CharField(label=gettext_lazy("Tax representative"), max_length=200, required=False)
    representative_vat_id = forms.CharField(label=gettext_lazy("Its VAT number"), max_length=20, required=False)
    representative_street = forms.CharField(label=gettext_lazy("Its street"), max_length=200, required=False)
    representative_postal_code = forms.CharField(label=gettext_lazy("Its postal code"), max_length=20, required=False)
    representative_city = forms.CharField(label=gettext_lazy("Its city"), max_length=100, required=False)
    representative_country = forms.ChoiceField(
        label=gettext_lazy("Its country"), choices=_country_choices, required=False
    )
    datev_consultant_number = forms.IntegerField(
        label=gettext_lazy("DATEV consultant number"), min_value=1, max_value=9_999_999, required=False
    )
    datev_client_number = forms.IntegerField(
        label=gettext_lazy("DATEV client number"), min_value=1, max_value=99_999, required=False
    )
    advances_taxed_from = DayField(
        label=gettext_lazy("Tax what customers pay in advance, from"),
        required=False,
        help_text=(
            gettext_lazy(
                "Output tax falls due when money comes in for what is still to be supplied (§ 13 "
                "UStG). From this day it is posted for the part of a payment that pays no invoice, "
                "and taken back once it does. Empty: nothing is posted, and what is posted now is "
                "taken back today."
            )
        ),
    )
    requires_approval = forms.BooleanField(
        label=gettext_lazy("A second person approves entries and documents before they post"), required=False
    )
    requires_two_factor = forms.BooleanField(
        label=gettext_lazy("Members sign in with a second factor"),
        required=False,
        help_text=gettext_lazy("Whoever has none sets it up before anything else. API keys go on working."),
    )
    allows_negative_inventory = forms.BooleanField(label=gettext_lazy("Stock may go below zero"), required=False)
    own_rate_days = forms.IntegerField(
        label=gettext_lazy("Days an exchange rate of your own holds"),
        min_value=0,
        max_value=3_660,
        required=False,
        help_text=gettext_lazy(
            "Later days have no rate until you set a new one, unless the European Central Bank quotes one."
        ),
    )
    ecb_rate_days = forms.IntegerField(
        label=gettext_lazy("Days a reference rate of the European Central Bank holds"),
        min_value=0,
        max_value=3_660,
        required=False,
        help_text=gettext_lazy("It publishes none on weekends and holidays."),
    )


class CompanyPage(FormPage):
    title = gettext_lazy("Company")
    form_class = CompanyForm
    template_name = "workspace/company.html"
    permission = "settings.view"
    write_permission = "settings.edit"

    def back(self) -> str:
        return reverse("admin:company")

    def initial(self) -> dict[str, Any]:
        company = self.company
        representative = company.tax_representative
        place = representative.get("address", {})
        return {
            **{name: getattr(company, name) for name in _SAME},
            **{name: company.address.get(name, "") for name in ADDRESS},
            "further_accounts": "\n".join(one["iban"] for one in company.further_accounts),
            "representative_name": representative.get("name", ""),
            "representative_vat_id": representative.get("vat_id", ""),
            **{f"representative_{name}": place.get(name, "") for name in _PLACE},
        }

    def submit(self, values: dict[str, Any]) -> str:
        kept = {key: value for key, value in self.company.address.items() if key not in ADDRESS}
        changes = {name: values[name] for name in _SAME if name not in _RATE_DAYS or values[name] is not None}
        changes["address"] = kept | {name: values[name] for name in ADDRESS}
        known = {one["iban"]: one for one in self.company.further_accounts}
        typed = [line.strip() for line in values["further_accounts"].splitlines() if line.strip()]
        changes["further_accounts"] = [known.get(iban, {"iban": iban}) for iban in typed]
        changes["tax_representative"] = {
            "name": values["representative_name"],
            "vat_id": values["representative_vat_id"],
            "address": {name: values[f"representative_{name}"] for name in _PLACE},
        }
        update_company(company_id=self.company.pk, changes=changes, actor=self.actor)  # type: ignore[arg-type]
        return _("The company's settings are saved.")
