"""Payments: what an invoice still owes, the page of a payment, and applying what is left of a credit."""

from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.formats import decimals_of, formats_of
from backfill.workspace.forms import DayField, NumberField, WorkspaceForm
from backfill.workspace.pages import ActionPage, Crumb, FormPage
from backfill.workspace.questions import asked
from ledger.documents.pages.allocation_grid import empty_grid, typed_grid
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.documents import OneDocument, shared_context, uuid_or_none
from ledger.documents.pages.repeated import repeated
from ledger.documents.pages.steps import Step
from ledger.documents.store.documents import refusal
from ledger.pages.account_input import AccountField
from ledger.pages.tax_codes import sales_code_choices
from receivables import selectors
from receivables.models import Customer, Invoice, Payment
from receivables.pages.document_admins import INVOICE, PAYMENT
from receivables.pages.links import of_sale
from receivables.services.credit_memos import apply_credit_memo, unapply_credit_memo
from receivables.services.payments import apply_payment, create_payment, unapply_payment


class ReceiptForm(WorkspaceForm):
    """What every record of received money says."""

    paid_on = DayField(label=gettext_lazy("Received on"))
    deposit_to = AccountField(
        label=gettext_lazy("Paid into"),
        required=False,
        help_text=gettext_lazy("An account of the bank or till; else undeposited funds."),
    )
    payment_method = forms.CharField(
        label=gettext_lazy("How"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": pgettext_lazy("payment method", "Bank transfer")}),
    )
    reference_number = forms.CharField(label=pgettext_lazy("payment", "Reference"), max_length=200, required=False)

    def __init__(self, *arguments: Any, company: Company, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("deposit_to", "amount", "fees"):
            if name in self.fields:
                self.fields[name].company = company  # type: ignore[attr-defined]


class PaymentForm(ReceiptForm):
    amount = NumberField(label=gettext_lazy("Amount"))
    fees = NumberField(label=gettext_lazy("Fees kept by the provider"), required=False)
    tax_code = forms.ChoiceField(
        label=gettext_lazy("Tax on what pays no invoice"),
        required=False,
        help_text=gettext_lazy("What is paid in advance is taxed until it pays an invoice."),
    )
    field_order = ("amount", "paid_on", "deposit_to", "payment_method", "reference_number", "fees", "tax_code")

    def __init__(self, *arguments: Any, company: Company, **options: Any) -> None:
        super().__init__(*arguments, company=company, **options)
        if company.advances_taxed_from is None:
            del self.fields["tax_code"]
        else:
            chosen = self.initial.get("tax_code", "")
            choices = sales_code_choices(company, _("As the customer’s invoices"), chosen)
            self.fields["tax_code"].choices = choices  # type: ignore[attr-defined]  # one of choices


class PayInvoicePage(FormPage):
    """Record a payment of one invoice: the rest of it unless another amount is typed."""

    form_class = PaymentForm
    template_name = "receivables/pay_invoice.html"
    permission = write_permission = "receivables.post"
    button = gettext_lazy("Record payment")
    records_money = True

    @cached_property
    def invoice(self) -> Invoice:
        invoice: Invoice = INVOICE.one(self.company, self.kwargs["document_id"])
        return invoice

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._check_balance()
        return super().get(request, *args, **kwargs)

    def page_title(self) -> str:
        return _("Payment of invoice {invoice}").format(invoice=self.invoice)

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Invoices"), INVOICE.list_url), Crumb(str(self.invoice), INVOICE.url(self.invoice))]

    def form_arguments(self) -> dict[str, Any]:
        return {"company": self.company}

    def initial(self) -> dict[str, Any]:
        quantum = Decimal(1).scaleb(-decimals_of(self.invoice.currency))
        amount = self.invoice.balance_due.quantize(quantum)
        return {"paid_on": self.company.today(), "amount": amount, "deposit_to": usual_account(self.company)}

    def context(self) -> dict[str, Any]:
        return {"invoice": self.invoice}

    def questions(self, values: dict[str, Any]) -> list[str]:
        is_open = bool(self.invoice.balance_due)  # else it is refused
        return payment_questions(self.invoice.customer, values, self.invoice.currency) if is_open else []

    def submit(self, values: dict[str, Any]) -> str:
        self._check_balance()
        invoice, formats = self.invoice, formats_of(self.company)
        payment = create_payment(
            {
                **receipt_values(values),
                "customer_id": invoice.customer_id,
                "currency": invoice.currency,
                "allocations": [{"invoice_id": invoice.pk, "amount": min(values["amount"], invoice.balance_due)}],
                "status": "completed",
            },
            company=self.company,
            actor=self.actor,
        )
        invoice.refresh_from_db()
        if not invoice.balance_due:
            return _("Invoice {invoice} is paid.").format(invoice=invoice)
        left = formats.amount(invoice.balance_due, invoice.currency)
        return _("Payment {payment} is recorded; {left} {currency} of invoice {invoice} are still open.").format(
            payment=payment, left=left, currency=invoice.currency, invoice=invoice
        )

    def _check_balance(self) -> None:
        if not self.invoice.balance_due:
            raise refusal(INVOICE.doc_type, self.invoice, "paid")


def payment_questions(
    customer: Customer, typed: dict[str, Any], currency: str, *, but: UUID | None = None
) -> list[str]:
    """Return what is asked where a payment looks like one of a few minutes ago."""
    said = {"amount": typed["amount"], "day": typed["paid_on"], "currency": currency}
    return asked(repeated(PAYMENT.doc_type, company=customer.company, party_id=customer.pk, but=but, **said))


def usual_account(company: Company) -> UUID | None:
    """Return the account that the company's latest payment went into, which is where the next one mostly goes."""
    rows = Payment.objects.filter(company=company, status="completed").order_by("-created_at")
    return rows.values_list("deposit_to_account", flat=True).first()


def receipt_values(typed: dict[str, Any]) -> dict[str, Any]:
    """Return what a PaymentForm says as the service takes it."""
    return {
        "amount": typed["amount"],
        "fees": typed["fees"] or Decimal(0),
        "document_date": typed["paid_on"],
        "deposit_to_account_id": typed["deposit_to"],
        "payment_method": typed["payment_method"],
        "reference_number": typed["reference_number"],
        **({"tax_code": typed["tax_code"]} if "tax_code" in typed else {}),
    }


class ApplyPage(OneDocument):
    """Apply what is left of a payment or credit memo to the customer's open invoices."""

    template_name = "receivables/apply.html"
    permission = write_permission = "receivables.post"

    def page_title(self) -> str:
        return _("Apply {noun} {document}").format(noun=self.kind.noun, document=self.document)

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.document), self.kind.url(self.document))]

    @cached_property
    def payable(self) -> list[Invoice]:
        rows = selectors.open_invoices(company_id=self.company.pk, customer_id=self.document.customer_id)
        return list(rows.filter(currency=self.document.currency))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(grid=empty_grid(INVOICE, self.company, self.payable))

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
        grid = typed_grid(INVOICE, self.company, self.payable, request.POST)
        if not grid.allocations() and not grid.has_errors:
            grid.error = _("Write an amount next to at least one invoice.")
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
        messages.success(
            request, _("{title} {document} is applied.").format(title=self.kind.title, document=self.document)
        )
        return HttpResponseRedirect(self.kind.url(self.document))


class Unapply(Step):
    """Take a credit off all invoices it was applied to, or off the one that the button names."""

    permission = "receivables.post"
    kind: ClassVar[DocumentAdmin] = PAYMENT

    def back(self) -> str:
        return ActionPage.back(self) if self.request.POST.get("next") else super().back()

    def act(self) -> str:
        unapply = unapply_payment if self.kind is PAYMENT else unapply_credit_memo
        invoice_id = uuid_or_none(self.request.POST.get("invoice", ""))
        chosen = [INVOICE.one(self.company, invoice_id)] if invoice_id else []
        done = unapply(**self.by(), invoice_ids=[one.pk for one in chosen])
        named = {"title": self.kind.title, "document": done}
        if chosen:
            return _("{title} {document} is taken off invoice {invoice}; it is the customer's credit again.").format(
                **named, invoice=chosen[0]
            )
        return _("{title} {document} is taken off its invoices; it is the customer's credit again.").format(**named)


class PaymentPage(OneDocument):
    template_name = "receivables/payment.html"
    permission = "receivables.view"
    kind = PAYMENT

    def context(self) -> dict[str, Any]:
        shown = shared_context(self, self.kind, self.document)
        return {
            **shown,
            "links": [*shown["links"], *of_sale(self.document)],
            "account": self.document.deposit_to_account,
            "requested": [] if self.document.is_posted else requested_by(self.document),
        }


def requested_by(payment: Payment) -> list[tuple[Invoice, Decimal | None]]:
    """Return the invoices that the draft of a payment is for, with the amounts; None is as much as there is."""
    amounts = {one["invoice_id"]: one["amount"] for one in payment.requested_allocations}
    rows = Invoice.objects.filter(company_id=payment.company_id, pk__in=amounts)
    return [(one, Decimal(amounts[str(one.pk)]) if amounts[str(one.pk)] else None) for one in rows]
