"""Giving back what is left of a payment or a credit memo. A refund of a sale on the spot is made in the editor."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.formats import decimals_of
from backfill.workspace.forms import DayField, NumberField, WorkspaceForm
from backfill.workspace.pages import Crumb, FormPage
from backfill.workspace.questions import asked
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.documents import OneDocument
from ledger.documents.pages.repeated import repeated
from ledger.documents.store.documents import refusal
from ledger.pages.account_input import AccountField
from receivables.pages.document_admins import PAYMENT, REFUND
from receivables.services.refund_receipts import create_refund_receipt


class RefundForm(WorkspaceForm):
    total_amount = NumberField(label=gettext_lazy("Amount"))
    document_date = DayField(label=gettext_lazy("Paid back on"))
    paid_from_account_id = AccountField(
        label=gettext_lazy("Paid from"),
        required=False,
        help_text=gettext_lazy("The bank account or till; by default where the money came in."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, required=False)

    def __init__(self, *arguments: Any, company: Company, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("total_amount", "paid_from_account_id"):
            self.fields[name].company = company  # type: ignore[attr-defined]


class RefundCreditPage(FormPage, OneDocument):
    form_class = RefundForm
    template_name = "receivables/refund.html"
    permission = write_permission = "receivables.post"
    button = pgettext_lazy("action", "Refund")
    kind: ClassVar[DocumentAdmin] = PAYMENT

    def page_title(self) -> str:
        return _("Refund of {noun} {document}").format(noun=self.kind.noun, document=self.document)

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.document), self.kind.url(self.document))]

    def form_arguments(self) -> dict[str, Any]:
        return {"company": self.company}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.document.is_posted or self.document.is_void:
            raise refusal(self.kind.doc_type, self.document, "refunded")
        return super().get(request, *args, **kwargs)

    def initial(self) -> dict[str, Any]:
        quantum = -decimals_of(self.document.currency)
        left = self.document.open_amount.quantize(Decimal(1).scaleb(quantum))
        account = self.document.deposit_to_account_id if self.kind is PAYMENT else None
        return {"total_amount": left, "document_date": self.company.today(), "paid_from_account_id": account}

    def context(self) -> dict[str, Any]:
        return {"kind": self.kind, "document": self.document}

    def questions(self, values: dict[str, Any]) -> list[str]:
        said = {"amount": values["total_amount"], "day": values["document_date"], "currency": self.document.currency}
        return asked(repeated(REFUND.doc_type, company=self.company, party_id=self.document.customer_id, **said))

    def submit(self, values: dict[str, Any]) -> HttpResponseBase:
        of = {f"{self.kind.name}_id": self.document.pk, "currency": self.document.currency}
        waits = self.company.requires_approval
        of |= {"approval_status": "pending_approval"} if waits else {"status": "completed"}
        refund = create_refund_receipt({**values, **of}, company=self.company, actor=self.actor)
        words = _("Refund {refund} waits for somebody else's approval.") if waits else _("Refund {refund} is recorded.")
        messages.success(self.request, words.format(refund=refund))
        return HttpResponseRedirect(REFUND.url(refund))
