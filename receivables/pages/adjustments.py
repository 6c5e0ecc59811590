"""Lowering what an invoice demands without money: a discount for early payment, or a rest that will not be paid."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.forms import DayField, NumberField, WorkspaceForm
from backfill.workspace.pages import Crumb, FormPage
from backfill.workspace.questions import asked
from ledger.currencies.money import quantize
from ledger.documents.pages.repeated import repeated
from ledger.documents.store.documents import refusal
from ledger.pages.account_input import AccountField
from receivables.models import CreditMemo, Invoice
from receivables.pages.document_admins import CREDIT_MEMO, INVOICE
from receivables.services.adjustments import discount_invoice, write_off_invoice


class ReductionForm(WorkspaceForm):
    on = DayField(label=gettext_lazy("Date"))

    def __init__(self, *arguments: Any, company: Company, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for field in self.fields.values():
            if isinstance(field, AccountField | NumberField):
                field.company = company


class DiscountForm(ReductionForm):
    percent = NumberField(label=gettext_lazy("Percent of the total"), required=False)
    amount = NumberField(label=gettext_lazy("Or an amount, with tax"), required=False)
    account_id = AccountField(
        label=gettext_lazy("Account"),
        required=False,
        help_text=gettext_lazy("Left empty: the one for sales discounts. The tax goes down with it."),
    )
    field_order = ("percent", "amount", "on", "account_id")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and not values.get("percent") and not values.get("amount"):
            self.add_error("percent", _("Say how much: a percentage or an amount."))
        return values


class WriteOffForm(ReductionForm):
    amount = NumberField(label=gettext_lazy("Amount, with tax"), help_text=gettext_lazy("The tax in it is taken back."))
    account_id = AccountField(
        label=gettext_lazy("Account"), help_text=gettext_lazy("An expense account for bad debts.")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)
    field_order = ("amount", "on", "account_id", "reason")


class ReductionPage(FormPage):
    """What both have in common: the invoice with its open amount, and a credit memo as the outcome."""

    template_name = "receivables/pay_invoice.html"
    permission = write_permission = "receivables.post"

    @cached_property
    def invoice(self) -> Invoice:
        invoice: Invoice = INVOICE.one(self.company, self.kwargs["document_id"])
        return invoice

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.invoice.balance_due:
            raise refusal(INVOICE.doc_type, self.invoice, "reduced")
        return super().get(request, *args, **kwargs)

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Invoices"), INVOICE.list_url), Crumb(str(self.invoice), INVOICE.url(self.invoice))]

    def context(self) -> dict[str, Any]:
        return {"invoice": self.invoice}

    def form_arguments(self) -> dict[str, Any]:
        return {"company": self.company}

    def initial(self) -> dict[str, Any]:
        return {"on": max(self.company.today(), self.invoice.posting_date)}

    def questions(self, values: dict[str, Any]) -> list[str]:
        """A second write-off of the same amount on one day may be the first one, sent again."""
        if not values.get("amount"):
            return []
        said = {"amount": values["amount"], "day": values["on"], "currency": self.invoice.currency}
        return asked(repeated(CREDIT_MEMO.doc_type, company=self.company, party_id=self.invoice.customer_id, **said))

    def about(self) -> dict[str, Any]:
        return {"company_id": self.company.pk, "document_id": self.invoice.pk, "actor": self.actor}

    def told(self, memo: CreditMemo) -> str:
        if not memo.is_posted:
            return _("Credit memo {memo} waits for approval.").format(memo=memo)
        amount = formats_of(self.company).amount(memo.total_amount, memo.currency)
        return _("Credit memo {memo} takes {amount} {currency} off invoice {invoice}.").format(
            memo=memo, amount=amount, currency=memo.currency, invoice=self.invoice
        )


class DiscountPage(ReductionPage):
    form_class = DiscountForm
    button = gettext_lazy("Grant the discount")

    def page_title(self) -> str:
        return _("Discount on invoice {invoice}").format(invoice=self.invoice)

    def submit(self, values: dict[str, Any]) -> str:
        return self.told(discount_invoice(**self.about(), **values))


class WriteOffPage(ReductionPage):
    form_class = WriteOffForm
    button = gettext_lazy("Write off")

    def page_title(self) -> str:
        return _("Write off invoice {invoice}").format(invoice=self.invoice)

    def initial(self) -> dict[str, Any]:
        return {**super().initial(), "amount": quantize(self.invoice.balance_due, self.invoice.currency)}

    def submit(self, values: dict[str, Any]) -> str:
        return self.told(write_off_invoice(**self.about(), **values))
