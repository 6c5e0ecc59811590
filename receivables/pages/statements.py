"""A customer's statement of account: on the page, as the letter, and by mail."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.workspace.forms import AddressesField, DayField, WorkspaceForm
from backfill.workspace.pages import Crumb, FormPage, Page
from receivables.delivery.statement_mail import send_statement
from receivables.models import Customer, Mailing, MailingKind
from receivables.pages.customer_input import company_customer
from receivables.printing.statements import statement_name, statement_pdf
from receivables.statements import CustomerStatement, customer_statement

_DAYS_SHOWN: Final = 90
_MOST_MAILINGS: Final = 10


class PeriodForm(WorkspaceForm):
    start = DayField(label=pgettext_lazy("date range", "From"), required=False)
    end = DayField(label=pgettext_lazy("date range", "To"), required=False)
    currency = forms.CharField(max_length=3, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("start") and values.get("end") and values["start"] > values["end"]:
            self.add_error("start", _("The period ends before it begins."))
        return values


class StatementOf(Page):
    """What the pages about one customer's statement share: whose it is, and of which period."""

    permission = "receivables.view"

    @cached_property
    def customer(self) -> Customer:
        return company_customer(self.company, self.kwargs["customer_id"])

    @cached_property
    def period(self) -> PeriodForm:
        """What was asked for, where nothing was: the last three months."""
        today = self.company.today()
        usual = {"start": today - timedelta(days=_DAYS_SHOWN), "end": today}
        return PeriodForm(usual | {name: value for name, value in self.request.GET.items() if value})

    @cached_property
    def statement(self) -> CustomerStatement:
        today = self.company.today()
        asked = self.period.cleaned_data if self.period.is_valid() else {}
        end: date = asked.get("end") or today
        start: date = asked.get("start") or today - timedelta(days=_DAYS_SHOWN)
        currency = asked.get("currency", "").upper()
        return customer_statement(self.customer, start=min(start, end), end=end, currency=currency)

    @property
    def query(self) -> str:
        """The statement's period and currency as the query of an address."""
        shown = self.statement
        return "?" + urlencode({"start": str(shown.start), "end": str(shown.end), "currency": shown.currency})

    def crumbs(self) -> list[Crumb]:
        customer = self.customer
        return [
            Crumb(_("Customers"), reverse("admin:customers")),
            Crumb(str(customer), reverse("admin:customer", args=[customer.pk])),
        ]


class StatementPage(StatementOf):
    title = gettext_lazy("Statement of account")
    template_name = "receivables/statement.html"

    def context(self) -> dict[str, Any]:
        mailings = Mailing.objects.filter(
            company=self.company, kind=MailingKind.STATEMENT, subject_id=self.customer.pk
        ).order_by("-created_at")
        return {
            "form": self.period,
            "customer": self.customer,
            "statement": self.statement,
            "query_of_statement": self.query,
            "mailings": list(mailings[:_MOST_MAILINGS]),
        }


class StatementPdf(StatementOf):
    """The letter as the customer gets it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        headers = {"Content-Disposition": f'inline; filename="{statement_name(self.statement)}"'}
        return HttpResponse(statement_pdf(self.statement), content_type="application/pdf", headers=headers)


class SendStatementForm(WorkspaceForm):
    recipients = AddressesField(
        label=pgettext_lazy("mail", "To"),
        max_length=2000,
        help_text=gettext_lazy("One address, or several with commas between them."),
    )
    request_id = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100)


class SendStatementPage(FormPage, StatementOf):
    title = gettext_lazy("Send statement")
    form_class = SendStatementForm
    template_name = "receivables/send_statement.html"
    permission = write_permission = "receivables.post"
    button = gettext_lazy("Send")

    def back(self) -> str:
        return reverse("admin:customer_statement", args=[self.customer.pk]) + self.query

    def initial(self) -> dict[str, Any]:
        return {"recipients": self.customer.email, "request_id": uuid4().hex}

    def context(self) -> dict[str, Any]:
        return {"customer": self.customer, "statement": self.statement, "query_of_statement": self.query}

    def submit(self, values: dict[str, Any]) -> str:
        shown = self.statement
        send_statement(
            company_id=self.company.pk,
            customer_id=self.customer.pk,
            start=shown.start,
            end=shown.end,
            currency=shown.currency,
            actor=self.actor,
            **values,
        )
        return _("The statement is on its way to {recipients}.").format(recipients=", ".join(values["recipients"]))
