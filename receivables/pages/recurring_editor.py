"""The editor of recurring invoices: a schedule above, and below it the editor of invoices."""

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.formats import Formats, formats_of
from backfill.workspace.forms import DayField, WorkspaceForm, place_refusal
from backfill.workspace.line_forms import BadInput
from backfill.workspace.pages import Crumb
from ledger.documents.models import DocumentLine
from ledger.documents.pages.discount import discount_text
from ledger.documents.pages.document_admins import kind_of
from ledger.documents.pages.document_form import DocumentForm, typed_form
from ledger.documents.pages.document_forms import form_of, new_form
from ledger.documents.pages.documents import uuid_or_none
from ledger.documents.pages.header_fields import NOTES
from ledger.documents.pages.typed_line import NO_TAX, TypedLine, typed_line
from ledger.errors import DocumentPosted
from ledger.inventory.models import Item
from ledger.inventory.pages.items import item_label
from ledger.models import Account
from receivables.models import DayRule, IntervalUnit, RecurringInvoice
from receivables.pages.customer_input import company_customer
from receivables.pages.document_admins import INVOICE, TERMS
from receivables.pages.editor import SaleEditor
from receivables.pages.recurring import company_recurring
from receivables.recurring.invoices import create_recurring_invoice, locked_recurring, update_recurring_invoice
from receivables.recurring.templates import TEMPLATE_FIELDS, previewed_invoice

RECURRING: Final = kind_of(
    INVOICE.doc_type,
    name="recurring_invoice",
    plural="recurring_invoices",
    title=gettext_lazy("Recurring invoice"),
    titles=gettext_lazy("Recurring invoices"),
    icon="event_repeat",
    fields=(TERMS, NOTES),
    states={},
)
# What a template has no input of its own for, and the one that it comes from; "" is above the form.
_OF_SCHEDULE: Final = {"document_date": "starts_on", "due_date": "due_days", "exchange_rate": "", "document_number": ""}
_SCHEDULE: Final = ("name", "interval_unit", "interval_count", "day_rule", "starts_on", "ends_on", "due_days")


class ScheduleForm(WorkspaceForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("For you alone; invoices do not show it."),
        widget=forms.TextInput(attrs={"data-first": ""}),
    )
    interval_count = forms.IntegerField(label=gettext_lazy("Every"), min_value=1, max_value=366)
    interval_unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=IntervalUnit.choices)
    day_rule = forms.ChoiceField(
        label=pgettext_lazy("recurring", "On"),
        choices=[
            (DayRule.SAME_DAY, gettext_lazy("The day of the first one")),
            (DayRule.MONTH_END, gettext_lazy("The last day of the month")),
        ],
        help_text=gettext_lazy("Counts for months and years."),
    )
    starts_on = DayField(label=gettext_lazy("First invoice on"))
    ends_on = DayField(
        label=gettext_lazy("Last one not after"), required=False, help_text=gettext_lazy("Left empty: without end.")
    )
    due_days = forms.IntegerField(
        label=gettext_lazy("Due after days"),
        min_value=0,
        max_value=3650,
        required=False,
        help_text=gettext_lazy("Left empty: the customer's days to pay."),
    )
    confirms_invoices = forms.BooleanField(
        label=gettext_lazy("Confirm its invoices at once"),
        required=False,
        help_text=gettext_lazy("Otherwise they wait as drafts for somebody to look at them."),
    )


class RecurringEditorPage(SaleEditor):
    """What a new recurring invoice and a stored one share. A refused one keeps everything that was typed."""

    template_name = "receivables/recurring_editor.html"
    kind = RECURRING

    def needed(self, method: str) -> str:
        return "receivables.post" if "confirms_invoices" in self.request.POST else self.permission

    @property
    def recurring(self) -> RecurringInvoice | None:
        """Return the one being edited; None for a new one."""
        return None

    def typed(self) -> DocumentForm:
        form = typed_form(self.kind, self.company, self.request.POST)
        if self.recurring is not None:
            with suppress(DomainError):  # what cannot be drafted as it is was shown as it is written down
                _remember(form, self.recurring)
        return form

    @cached_property
    def schedule(self) -> ScheduleForm:
        """What was typed above the invoice."""
        return ScheduleForm(self.request.POST)

    def show(self, *, status: int = 200, **extra: Any) -> TemplateResponse:
        return super().show(status=status, **{"schedule": self.schedule, **extra})

    def left(self, made: RecurringInvoice) -> HttpResponseBase:
        messages.success(self.request, _("{saved} is saved.").format(saved=made))
        return HttpResponseRedirect(reverse("admin:recurring_invoice", args=[made.pk]))

    def place(self, error: DomainError, form: DocumentForm) -> None:
        """At the field of the schedule that it blames, else where the editor of invoices shows it."""
        name = (error.field or "").removeprefix("invoice.")
        error.field = _OF_SCHEDULE.get(name, name)
        if error.field in self.schedule.fields:
            place_refusal(self.schedule, error)
        else:
            form.place(error)

    def done(self, form: DocumentForm) -> RecurringInvoice:
        schedule = self.schedule
        is_right = schedule.is_valid()
        typed = form.values()
        if not is_right:
            raise BadInput
        before = self.recurring.values if self.recurring is not None else {}
        said = {name: value for name, value in typed.items() if name in TEMPLATE_FIELDS}
        values = {**schedule.cleaned_data, "customer_id": typed["customer_id"], "invoice": {**before, **said}}
        if self.recurring is None:
            return create_recurring_invoice(values, company=self.company, actor=self.actor)
        latest = locked_recurring(self.company.pk, self.recurring.pk)
        if form.version != latest.updated_at.isoformat():
            raise DocumentPosted(
                _("this recurring invoice has changed since you opened it; open it anew and repeat your changes")
            )
        return update_recurring_invoice(latest, values, actor=self.actor)


class NewRecurringPage(RecurringEditorPage):
    title = gettext_lazy("New recurring invoice")

    def page_title(self) -> str:
        return str(self.title)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        named = {name: uuid_or_none(request.GET.get(name, "")) for name in ("invoice", "customer")}
        schedule: dict[str, Any] = {
            "interval_count": 1,
            "interval_unit": IntervalUnit.MONTH.value,
            "day_rule": DayRule.SAME_DAY.value,
            "starts_on": self.company.today(),
        }
        if named["invoice"]:
            invoice = INVOICE.one(self.company, named["invoice"])
            form = form_of(self.kind, invoice)
            form.version = form.header["document_number"] = ""
            for line in form.lines:
                line.origin = ""
            schedule |= {"name": _("{customer}, as {invoice}").format(customer=invoice.customer.name, invoice=invoice)}
        else:
            customer = company_customer(self.company, named["customer"]) if named["customer"] else None
            form = new_form(self.kind, self.company, customer)
        return self.show(form=form, schedule=ScheduleForm(initial=schedule))


class ChangeRecurringPage(RecurringEditorPage):
    def page_title(self) -> str:
        return _("Change {recurring}").format(recurring=self.recurring)

    @cached_property
    def recurring(self) -> RecurringInvoice:
        return company_recurring(self.company, self.kwargs["recurring_id"])

    def crumbs(self) -> list[Crumb]:
        one = self.recurring
        return [*super().crumbs(), Crumb(str(one), reverse("admin:recurring_invoice", args=[one.pk]))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        recurring = self.recurring
        initial = {name: getattr(recurring, name) for name in _SCHEDULE}
        schedule = ScheduleForm(initial=initial | {"confirms_invoices": recurring.confirms_since is not None})
        return self.show(form=template_form(recurring), schedule=schedule)


def template_form(recurring: RecurringInvoice) -> DocumentForm:
    """Return the editor's form of a template: as the invoice it would draft, else as it was written down."""
    form = new_form(RECURRING, recurring.company, recurring.customer)
    form.version = recurring.updated_at.isoformat()
    values = recurring.values
    form.header |= {name: str(values.get(name, "")) for name in ("memo", "terms", "notes", "tax_behavior")}
    form.header["currency"] = values.get("currency") or form.header["currency"]
    try:
        _remember(form, recurring)
    except DomainError as error:
        form.place(error)
        form.lines = [_as_written(line, recurring.company) for line in values.get("lines", [])]
    else:
        form.header["document_discount"] = discount_text(form.document.discount_details, form.formats)
        form.lines = [_numbered(row, number, form) for number, row in form.stored.items()]
    form.lines.append(TypedLine())
    return form


def _remember(form: DocumentForm, recurring: RecurringInvoice) -> None:
    """Let the form know what the template would draft, so that what it does not show of it is kept."""
    made = previewed_invoice(recurring, recurring.next_on or recurring.starts_on)
    form.document = made.document
    # The lines of a preview have no lasting id; their numbers do, for as long as the template is not changed.
    form.stored = {str(number): row for number, row in enumerate(made.lines, start=1)}


def _numbered(row: DocumentLine, number: str, form: DocumentForm) -> TypedLine:
    line = typed_line(row, form.formats, form.header["currency"])
    line.origin = number
    return line


def _as_written(line: Mapping[str, Any], company: Company) -> TypedLine:
    """Return a line of a template that cannot be drafted as it is, so that somebody can mend it."""
    formats = formats_of(company)
    account = Account.objects.filter(company=company, pk__in=_keys(line, "account_id")).first()
    item = Item.objects.filter(company=company, pk__in=_keys(line, "product_id")).first()
    percent = line.get("discount_percent")
    discount = _plain(percent or line.get("discount_amount"), formats)
    has_price = line.get("unit_amount") is not None
    return TypedLine(
        item=item_label(item) if item else "",
        description=str(line.get("description", "")),
        account=str(account) if account else "",
        quantity=_plain(line.get("quantity"), formats) if has_price else "",
        unit_amount=_plain(line.get("unit_amount") if has_price else line.get("amount"), formats),
        discount=f"{discount} %" if percent else discount,
        tax_code=str(line.get("tax_code", "")) or (NO_TAX if str(line.get("tax_rate")) in ("0", "0.00") else ""),
    )


def _keys(line: Mapping[str, Any], name: str) -> list[str]:
    return [str(line[name])] if line.get(name) else []


def _plain(value: Any, formats: Formats) -> str:
    return formats.plain(Decimal(str(value)).normalize()) if value else ""
