"""Payments: what an invoice still owes, what a customer has sent, and applying what is left of a credit."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import cached_property

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.formats import decimals_of, formats_of
from backfill.workspace.forms import DayField, NumberField, WorkspaceForm
from backfill.workspace.pages import Crumb, FormPage, Page
from ledger.admin.account_input import AccountField
from receivables import selectors
from receivables.admin.allocation_grid import Grid, empty_grid, typed_grid
from receivables.admin.customer_input import company_customer
from receivables.admin.documents import OneDocument, activities_of, allocations_of
from receivables.admin.kinds import INVOICE, PAYMENT, Kind
from receivables.admin.steps import Step
from receivables.models import Customer, Invoice
from receivables.services.credit_memos import apply_credit_memo, unapply_credit_memo
from receivables.services.payments import apply_payment, create_payment, mark_invoice_paid, unapply_payment


class ReceiptForm(WorkspaceForm):
    """What every record of received money says."""

    paid_on = DayField(label="Received on")
    deposit_to = AccountField(
        label="Paid into", required=False, help_text="An account of the bank or till; else undeposited funds."
    )
    payment_method = forms.CharField(
        label="How", max_length=100, required=False, widget=forms.TextInput(attrs={"placeholder": "Bank transfer"})
    )
    reference_number = forms.CharField(label="Reference", max_length=200, required=False)

    def __init__(self, *arguments: Any, company: Company, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("deposit_to", "amount", "fees"):
            if name in self.fields:
                self.fields[name].company = company  # type: ignore[attr-defined]


class PaymentForm(ReceiptForm):
    amount = NumberField(label="Amount")
    fees = NumberField(label="Fees kept by the provider", required=False)
    field_order = ("amount", "paid_on", "deposit_to", "payment_method", "reference_number", "fees")


class PayInvoicePage(FormPage):
    """Record a payment for the rest of an invoice."""

    form_class = ReceiptForm
    template_name = "receivables/pay_invoice.html"
    permission = write_permission = "receivables.post"
    button = "Record payment"

    @cached_property
    def invoice(self) -> Invoice:
        invoice: Invoice = INVOICE.one(self.company, self.kwargs["document_id"])
        return invoice

    def page_title(self) -> str:
        return f"Payment of invoice {self.invoice}"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Invoices", INVOICE.list_url), Crumb(str(self.invoice), INVOICE.url(self.invoice))]

    def form_arguments(self) -> dict[str, Any]:
        return {"company": self.company}

    def initial(self) -> dict[str, Any]:
        return {"paid_on": self.company.today()}

    def context(self) -> dict[str, Any]:
        return {"invoice": self.invoice}

    def submit(self, values: dict[str, Any]) -> str:
        invoice = mark_invoice_paid(
            company_id=self.company.pk,
            document_id=self.invoice.pk,
            actor=self.actor,
            paid_on=values["paid_on"],
            deposit_to_account_id=values["deposit_to"],
            payment_method=values["payment_method"],
            reference_number=values["reference_number"],
        )
        return f"Invoice {invoice} is paid."


class NewPaymentPage(Page):
    """A payment and what it is for: the customer's open invoices, the oldest first."""

    title = "Record payment"
    template_name = "receivables/payment_entry.html"
    permission = write_permission = "receivables.post"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Payments", PAYMENT.list_url)]

    @cached_property
    def customer(self) -> Customer | None:
        text = self.request.GET.get("customer", "")
        try:
            return company_customer(self.company, UUID(text)) if text else None
        except ValueError:
            return None

    @cached_property
    def currency(self) -> str:
        """The currency asked for, else that of the customer's oldest open invoice, else the customer's."""
        own = (self.customer.currency if self.customer else "") or self.company.base_currency
        asked = self.request.GET.get("currency", "")
        if asked in self.currencies or not self.currencies:
            return asked if asked in self.currencies else own
        return own if own in self.currencies else self.currencies[0]

    @cached_property
    def currencies(self) -> list[str]:
        return list(dict.fromkeys(one.currency for one in self.open_invoices))

    @cached_property
    def open_invoices(self) -> list[Invoice]:
        if self.customer is None:
            return []
        return list(selectors.open_invoices(company_id=self.company.pk, customer_id=self.customer.pk))

    def payable(self) -> list[Invoice]:
        return [one for one in self.open_invoices if one.currency == self.currency]

    def form(self, data: Any = None) -> PaymentForm:
        initial = {"paid_on": self.company.today(), "amount": self.request.GET.get("amount", "")}
        return PaymentForm(data, initial=initial, company=self.company)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(form=self.form(), grid=empty_grid(self.company, self.payable()))

    def context(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "currency": self.currency,
            "currencies": self.currencies,
            "decimals": decimals_of(self.currency),
            "formats": formats_of(self.company),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form, grid = self.form(request.POST), typed_grid(self.company, self.payable(), request.POST)
        if not form.is_valid() or self.customer is None or grid.has_errors:
            return self.show(form=form, grid=grid, status=422)
        try:
            payment = create_payment(self._values(form.cleaned_data, grid), company=self.company, actor=self.actor)
        except DomainError as error:
            grid.place(error, form)
            return self.show(form=form, grid=grid, status=error.status)
        messages.success(request, f"Payment {payment} is recorded.")
        return HttpResponseRedirect(PAYMENT.url(payment))

    def _values(self, typed: dict[str, Any], grid: Grid) -> dict[str, Any]:
        return {
            "customer_id": self.customer.pk if self.customer else None,
            "currency": self.currency,
            "amount": typed["amount"],
            "fees": typed["fees"],
            "document_date": typed["paid_on"],
            "deposit_to_account_id": typed["deposit_to"],
            "payment_method": typed["payment_method"],
            "reference_number": typed["reference_number"],
            "allocations": grid.allocations(),
            "status": "completed",
        }


class ApplyPage(OneDocument):
    """Apply what is left of a payment or credit memo to the customer's open invoices."""

    template_name = "receivables/apply.html"
    permission = write_permission = "receivables.post"

    def page_title(self) -> str:
        return f"Apply {self.kind.documents.noun} {self.document}"

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.document), self.kind.url(self.document))]

    @cached_property
    def payable(self) -> list[Invoice]:
        rows = selectors.open_invoices(company_id=self.company.pk, customer_id=self.document.customer_id)
        return list(rows.filter(currency=self.document.currency))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(grid=empty_grid(self.company, self.payable))

    def context(self) -> dict[str, Any]:
        formats = formats_of(self.company)
        left = self.document.open_amount
        return {
            "kind": self.kind,
            "document": self.document,
            "left": left,
            "left_text": formats.amount(left, self.document.currency),
            "decimals": decimals_of(self.document.currency),
            "formats": formats,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        grid = typed_grid(self.company, self.payable, request.POST)
        if not grid.allocations() and not grid.has_errors:
            grid.error = "Write an amount next to at least one invoice."
        if grid.has_errors:
            return self.show(grid=grid, status=422)
        apply = apply_payment if self.kind is PAYMENT else apply_credit_memo
        try:
            apply(
                company_id=self.company.pk,
                document_id=self.document.pk,
                allocations=grid.allocations(),
                actor=self.actor,
            )
        except DomainError as error:
            grid.place(error)
            return self.show(grid=grid, status=error.status)
        messages.success(request, f"{self.kind.title} {self.document} is applied.")
        return HttpResponseRedirect(self.kind.url(self.document))


class Unapply(Step):
    permission = "receivables.post"
    kind: ClassVar[Kind] = PAYMENT

    def act(self) -> str:
        unapply = unapply_payment if self.kind is PAYMENT else unapply_credit_memo
        done = unapply(**self.by())
        return f"{self.kind.title} {done} is taken off its invoices; it is the customer's credit again."


class PaymentPage(OneDocument):
    template_name = "receivables/payment.html"
    kind = PAYMENT

    def context(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "document": self.document,
            "account": self.document.deposit_to_account,
            "allocations": allocations_of(self.document),
            "activities": activities_of(self.kind, self.document),
        }
