"""The editor of payments: what a customer has sent, and for which of the open invoices."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.doubts import note
from backfill.errors import DomainError
from backfill.workspace.formats import decimals_of, formats_of
from backfill.workspace.pages import Crumb, Page
from ledger.documents.pages.allocation_grid import Grid, empty_grid, typed_grid
from ledger.documents.pages.documents import uuid_or_none
from ledger.documents.store.documents import lock
from ledger.errors import DocumentPosted
from receivables import selectors
from receivables.models import Customer, Invoice, Payment
from receivables.pages.customer_input import company_customer
from receivables.pages.document_admins import INVOICE, PAYMENT
from receivables.pages.payments import PaymentForm, payment_questions, receipt_values, usual_account
from receivables.services.payments import create_payment, update_payment


class PaymentEditor(Page):
    """A payment and what it is for: the customer's open invoices, the oldest first."""

    template_name = "receivables/payment_entry.html"
    permission = write_permission = "receivables.post"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Payments"), PAYMENT.list_url)]

    @cached_property
    def customer(self) -> Customer | None:
        raise NotImplementedError

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

    @cached_property
    def payable(self) -> list[Invoice]:
        return [one for one in self.open_invoices if one.currency == self.currency]

    def initial(self) -> dict[str, Any]:
        amount, account = self.request.GET.get("amount", ""), usual_account(self.company)
        return {"paid_on": self.company.today(), "amount": amount, "deposit_to": account}

    def form(self, data: Any = None) -> PaymentForm:
        return PaymentForm(data, initial=self.initial(), company=self.company)

    def grid(self) -> Grid:
        return empty_grid(INVOICE, self.company, self.payable)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(form=self.form(), grid=self.grid())

    def context(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "currency": self.currency,
            "currencies": self.currencies,
            "decimals": decimals_of(self.currency),
            "formats": formats_of(self.company),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form, grid = self.form(request.POST), typed_grid(INVOICE, self.company, self.payable, request.POST)
        if not form.is_valid() or self.customer is None or grid.has_errors:
            return self.show(form=form, grid=grid, status=422)
        for question in self._questions(form.cleaned_data):
            note("", question)
        try:
            payment = self.saved(self._values(form.cleaned_data, grid))
        except DomainError as error:
            grid.place(error, form)
            return self.show(form=form, grid=grid, status=error.status)
        words = _("Payment {payment} is recorded.").format(payment=payment) if payment.is_posted else _("Draft saved.")
        messages.success(request, words)
        return HttpResponseRedirect(PAYMENT.url(payment))

    def ask(self, questions: list[str]) -> HttpResponseBase:
        form, grid = self.form(self.request.POST), typed_grid(INVOICE, self.company, self.payable, self.request.POST)
        form.is_valid()
        return self.show(form=form, grid=grid, status=422, questions=questions)

    def _questions(self, typed: dict[str, Any]) -> list[str]:
        """What is asked before the money counts a second time."""
        if self.customer is None or self.request.POST.get("action") == "save" or self.is_answered:
            return []
        return payment_questions(self.customer, typed, self.currency, but=self.kwargs.get("document_id"))

    def saved(self, values: dict[str, Any]) -> Payment:
        """Store the payment by one service."""
        raise NotImplementedError

    def _values(self, typed: dict[str, Any], grid: Grid) -> dict[str, Any]:
        is_draft = self.request.POST.get("action") == "save"
        return {
            "customer_id": self.customer.pk if self.customer else None,
            "currency": self.currency,
            **receipt_values(typed),
            "allocations": grid.allocations(),
            "status": "" if is_draft else "completed",
        }


class NewPaymentPage(PaymentEditor):
    title = gettext_lazy("Record payment")

    @cached_property
    def customer(self) -> Customer | None:
        customer_id = uuid_or_none(self.request.GET.get("customer", ""))
        return company_customer(self.company, customer_id) if customer_id else None

    @cached_property
    def chosen(self) -> list[Invoice]:
        """The invoices that the payment is entered for, as chosen in their list."""
        keys = {uuid_or_none(text) for text in self.request.GET.getlist("invoice")}
        return [one for one in self.payable if one.pk in keys]

    def initial(self) -> dict[str, Any]:
        if not self.chosen:
            return super().initial()
        total = sum((one.open_amount for one in self.chosen), Decimal(0))
        return {**super().initial(), "amount": total.quantize(Decimal(1).scaleb(-decimals_of(self.currency)))}

    def grid(self) -> Grid:
        grid, formats, keys = super().grid(), formats_of(self.company), {one.pk for one in self.chosen}
        for row in grid.rows:
            if row.document.pk in keys:
                row.typed = formats.amount(row.document.open_amount, self.currency)
        return grid

    def saved(self, values: dict[str, Any]) -> Payment:
        return create_payment(values, company=self.company, actor=self.actor)


class DraftPaymentPage(PaymentEditor):
    """A payment that is not in the books yet. Its customer stays; one of somebody else is another payment."""

    @cached_property
    def payment(self) -> Payment:
        payment: Payment = PAYMENT.one(self.company, self.kwargs["document_id"])
        return payment

    def page_title(self) -> str:
        return _("Payment {payment}").format(payment=self.payment)

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.payment), PAYMENT.url(self.payment))]

    @cached_property
    def customer(self) -> Customer | None:
        return self.payment.customer

    @cached_property
    def currency(self) -> str:
        return self.payment.currency

    @cached_property
    def currencies(self) -> list[str]:
        return [self.currency]

    def initial(self) -> dict[str, Any]:
        payment, quantum = self.payment, Decimal(1).scaleb(-decimals_of(self.currency))
        return {
            "amount": payment.total_amount.quantize(quantum),
            "fees": payment.fees.quantize(quantum) if payment.fees else None,
            "paid_on": payment.document_date,
            "deposit_to": payment.deposit_to_account_id,
            "payment_method": payment.payment_method,
            "reference_number": payment.reference_number,
            "tax_code": payment.tax_code,
        }

    def grid(self) -> Grid:
        grid, formats = super().grid(), formats_of(self.company)
        wanted = {one["invoice_id"]: one["amount"] for one in self.payment.requested_allocations}
        for row in grid.rows:
            key = str(row.document.pk)
            if key in wanted:
                amount = (
                    Decimal(wanted[key]) if wanted[key] else min(row.document.open_amount, self.payment.total_amount)
                )
                row.typed = formats.amount(amount, self.currency)
        return grid

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.payment.is_posted or self.payment.is_void:
            return HttpResponseRedirect(PAYMENT.url(self.payment))
        return super().get(request, *args, **kwargs)

    def context(self) -> dict[str, Any]:
        version = self.request.POST.get("version") or self.payment.updated_at.isoformat()
        return {**super().context(), "payment": self.payment, "version": version}

    @transaction.atomic
    def saved(self, values: dict[str, Any]) -> Payment:
        latest = lock(PAYMENT.doc_type, self.company.pk, self.payment.pk)
        if self.request.POST.get("version") != latest.updated_at.isoformat():
            raise DocumentPosted(
                _("somebody has changed this payment since you opened it; open it anew and repeat your changes")
            )
        return update_payment(latest, values, actor=self.actor)
