"""Customers: the form, and a page with open items and history."""

from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

from django import forms
from django.http import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.countries import country_code
from backfill.letters.addresses import postal_address
from backfill.tenancy.models import Company
from backfill.workspace.forms import NumberField, WorkspaceForm
from backfill.workspace.pages import ActionPage, Crumb, FormPage, Page
from ledger.pages.account_input import AccountField
from ledger.pages.beside import beside_of
from ledger.pages.currencies import currency_choices
from ledger.pages.tax_codes import sales_code_choices
from receivables import selectors
from receivables.customers.customers import create_customer, deactivate_customer, delete_customer, update_customer
from receivables.models import Customer
from receivables.pages.customer_input import company_customer
from receivables.pages.document_admins import PAYMENT, WITH_LINES
from receivables.pages.reminders import reminders_of
from receivables.pages.subjects import CUSTOMER
from receivables.statements import customer_statement

_ADDRESS: Final = ("street", "line2", "postal_code", "city", "state", "country")
_COLUMNS: Final = (
    *("name", "company_name", "email", "phone", "payment_terms_days", "currency", "credit_limit", "language"),
    *("vat_id", "tax_id", "tax_code", "tax_exempt", "tax_exempt_reason", "buyer_reference", "notes"),
)
HISTORY_DAYS: Final = 365


class CustomerForm(WorkspaceForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=255)
    company_name = forms.CharField(label=gettext_lazy("Company name on documents"), max_length=255, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=50, required=False)
    street = forms.CharField(label=gettext_lazy("Street"), max_length=255, required=False)
    line2 = forms.CharField(label=gettext_lazy("Address line 2"), max_length=255, required=False)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=100, required=False)
    state = forms.CharField(label=gettext_lazy("State or region"), max_length=100, required=False)
    country = forms.CharField(
        label=gettext_lazy("Country"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Two letters, such as DE or US, or its name."),
    )
    payment_terms_days = forms.IntegerField(
        label=gettext_lazy("Days to pay"),
        min_value=0,
        max_value=3650,
        required=False,
        help_text=gettext_lazy("Sets the due date of new invoices."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency of its documents"), required=False)
    credit_limit = NumberField(label=gettext_lazy("Credit limit"), required=False)
    default_account = AccountField(
        label=gettext_lazy("Revenue account"),
        required=False,
        help_text=gettext_lazy("For lines that name none; else the company's own."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of documents"),
        required=False,
        choices=[("", gettext_lazy("The company's")), ("en", gettext_lazy("English")), ("de", gettext_lazy("German"))],
    )
    vat_id = forms.CharField(label=gettext_lazy("VAT id"), max_length=20, required=False)
    tax_id = forms.CharField(label=gettext_lazy("Tax number"), max_length=20, required=False)
    buyer_reference = forms.CharField(
        label=gettext_lazy("Buyer reference"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Leitweg-ID or the like, for e-invoices."),
    )
    mandate_reference = forms.CharField(label=gettext_lazy("Direct debit mandate"), max_length=35, required=False)
    mandate_iban = forms.CharField(
        label=gettext_lazy("Account to debit"), max_length=42, required=False, help_text="IBAN"
    )
    tax_code = forms.ChoiceField(
        label=gettext_lazy("Tax code of its lines"),
        required=False,
        help_text=gettext_lazy(
            "One that charges nothing, as for reverse charge, goes before an item's; any other behind it."
        ),
    )
    tax_exempt = forms.BooleanField(label=gettext_lazy("Exempt from tax"), required=False)
    tax_exempt_reason = forms.CharField(label=gettext_lazy("Why it is exempt"), max_length=500, required=False)
    notes = forms.CharField(
        label=gettext_lazy("Our notes"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *arguments: Any, company: Company, tax_code: str = "", **options: Any) -> None:
        super().__init__(*arguments, **options)
        currency = cast(forms.ChoiceField, self.fields["currency"])
        currency.choices = [
            ("", _("{currency}, the company's own").format(currency=company.base_currency)),
            *currency_choices(company),
        ]
        code = cast(forms.ChoiceField, self.fields["tax_code"])
        code.choices = sales_code_choices(company, _("As its country and VAT id make it"), tax_code)
        for name in ("default_account", "credit_limit"):
            self.fields[name].company = company  # type: ignore[attr-defined]

    def clean_country(self) -> str:
        text: str = self.cleaned_data["country"]
        code = country_code(text)
        if text.strip() and not code:
            raise forms.ValidationError(
                _("«{text}» is no country; give its two letters or its name.").format(text=text.strip())
            )
        return code


class CustomerFormPage(FormPage):
    form_class = CustomerForm
    template_name = "receivables/customer_form.html"
    permission = write_permission = "receivables.edit"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Customers"), reverse("admin:customers"))]

    def form_arguments(self) -> dict[str, Any]:
        return {"company": self.company}


class NewCustomerPage(CustomerFormPage):
    title = gettext_lazy("New customer")
    button = gettext_lazy("Add customer")

    def submit(self, values: dict[str, Any]) -> HttpResponseBase:
        customer = create_customer(customer_values(values, {}), company=self.company, actor=self.actor)
        return HttpResponseRedirect(reverse("admin:customer", args=[customer.pk]))


class ChangeCustomerPage(CustomerFormPage):
    @cached_property
    def customer(self) -> Customer:
        return company_customer(self.company, self.kwargs["customer_id"])

    def page_title(self) -> str:
        return _("Change {customer}").format(customer=self.customer)

    def crumbs(self) -> list[Crumb]:
        link = reverse("admin:customer", args=[self.customer.pk])
        return [*super().crumbs(), Crumb(str(self.customer), link)]

    def form_arguments(self) -> dict[str, Any]:
        return {**super().form_arguments(), "tax_code": self.customer.tax_code}

    def initial(self) -> dict[str, Any]:
        customer = self.customer
        address = postal_address(customer.billing_address or customer.address)
        initial = {name: getattr(customer, name) for name in _COLUMNS}
        if customer.credit_limit is not None:
            initial["credit_limit"] = customer.credit_limit.normalize()
        shown = {name: getattr(address, name) for name in _ADDRESS}
        shown["mandate_reference"] = customer.direct_debit.get("mandate_reference", "")
        shown["mandate_iban"] = customer.direct_debit.get("iban", "")
        return {**initial, **shown, "default_account": customer.default_account_id}

    def submit(self, values: dict[str, Any]) -> str:
        changes = customer_values(values, self.customer.billing_address or self.customer.address)
        if changes["direct_debit"]:
            changes["direct_debit"]["signed_on"] = self.customer.direct_debit.get("signed_on", "")
        update_customer(self.customer, changes, actor=self.actor)
        return _("The customer is changed. Posted documents keep what they said.")


def customer_values(values: dict[str, Any], stored_address: dict[str, Any]) -> dict[str, Any]:
    """Return the service's values; of an address that came over the API, only what the form shows is replaced."""
    taken = {name: values[name] for name in _COLUMNS}
    taken["default_account_id"] = values["default_account"]
    mandate = {"mandate_reference": values["mandate_reference"], "iban": values["mandate_iban"]}
    taken["direct_debit"] = mandate if any(mandate.values()) else {}
    before = postal_address(stored_address)
    if any(values[name] != getattr(before, name) for name in _ADDRESS):
        typed = {name: values[name] for name in _ADDRESS if values[name]}
        taken["billing_address"] = typed | ({"name": before.name} if before.name and typed else {})
    return taken


class CustomerPage(Page):
    template_name = "receivables/customer.html"
    permission = "receivables.view"

    @cached_property
    def customer(self) -> Customer:
        return company_customer(self.company, self.kwargs["customer_id"])

    def page_title(self) -> str:
        return str(self.customer)

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Customers"), reverse("admin:customers"))]

    def context(self) -> dict[str, Any]:
        company, customer = self.company, self.customer
        today = company.today()
        open_invoices = list(selectors.open_invoices(company_id=company.pk, customer_id=customer.pk))
        unused = selectors.open_credits(company_id=company.pk, customer_id=customer.pk)
        owed = sum((one.open_base for one in open_invoices), selectors.ZERO)
        credited = sum((one.open_base for one in unused), selectors.ZERO)
        overdue = [one for one in open_invoices if one.is_overdue(today)]
        currency = self.request.GET.get("currency", "")
        return {
            "customer": customer,
            "documents": [(f"admin:{kind.plural}", kind.titles.lower()) for kind in (*WITH_LINES, PAYMENT)],
            "address": postal_address(customer.billing_address or customer.address, country=company.country),
            "open_invoices": open_invoices,
            "credits": [(one, one._meta.model_name) for one in unused],  # noqa: SLF001 - Django's documented way
            "owed": owed,
            "credited": credited,
            "balance": owed - credited,
            "overdue": sum((one.open_base for one in overdue), selectors.ZERO),
            "is_over_limit": customer.credit_limit is not None and owed - credited > customer.credit_limit,
            "reminders": reminders_of(customer),
            **beside_of(self, CUSTOMER, customer),
            "statement": customer_statement(
                customer, start=today - timedelta(days=HISTORY_DAYS), end=today, currency=currency[:3]
            ),
        }


class CustomerUse(ActionPage):
    """Take a customer out of use, or put it back."""

    permission = "receivables.edit"
    activates = False

    def act(self) -> str:
        customer_id: UUID = self.kwargs["customer_id"]
        if self.activates:
            customer = company_customer(self.company, customer_id)
            update_customer(customer, {"is_active": True}, actor=self.actor)
            return _("{customer} is in use again.").format(customer=customer)
        customer = deactivate_customer(company_id=self.company.pk, customer_id=customer_id, actor=self.actor)
        return _("{customer} is out of use; its history stays.").format(customer=customer)


class DeleteCustomer(ActionPage):
    permission = "receivables.edit"

    def act(self) -> HttpResponseBase:
        delete_customer(company_id=self.company.pk, document_id=self.kwargs["customer_id"], actor=self.actor)
        return HttpResponseRedirect(reverse("admin:customers"))
