"""Credit memos and refunds as the editor first shows them: prefilled with what an invoice or a receipt charged."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from ledger.documents.pages.blocking import Blocked
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.document_form import DocumentForm
from ledger.documents.pages.document_forms import by_id, taking_back
from ledger.documents.pages.typed_line import TypedLine
from ledger.documents.store.documents import lines_of
from receivables.credits.credit_bounds import credited_of
from receivables.models import CreditMemo, CreditMemoStatus, Invoice, SalesReceipt
from receivables.pages.document_admins import INVOICE, SALES_RECEIPT
from receivables.selectors import credited_quantities


def credit_form(kind: DocumentAdmin, invoice: Invoice) -> DocumentForm:
    """Return the form of a credit memo that takes back what is not credited yet, to be cut down as needed."""
    form = taking_back(kind, invoice, INVOICE)
    form.header |= {"invoice": str(invoice.pk), "memo": _("Credit for {invoice}").format(invoice=invoice)}
    credited = credited_quantities(invoice)
    for line in form.lines:
        line.credits, line.origin = line.origin, ""
        stored = form.stored[line.credits]
        line.quantity = form.formats.plain((stored.quantity - credited.get(stored.pk, Decimal(0))).normalize())
    form.lines = [line for line in form.lines if line.quantity != "0"]
    if not form.lines:
        form.errors[""] = _("All of invoice {invoice} is credited already.").format(invoice=invoice)
        form.lines = [TypedLine()]
    return form


def refund_form(kind: DocumentAdmin, receipt: SalesReceipt) -> DocumentForm:
    """Return the form of a refund that gives back all of a sale on the spot."""
    form = taking_back(kind, receipt, SALES_RECEIPT)
    account = str(receipt.deposit_to_account or "")
    words = _("Refund of {receipt}").format(receipt=receipt)
    form.header |= {"memo": words, "reason": words, "paid_from_account": account}
    for line in form.lines:
        line.origin = ""
    return form


def remember_credited(form: DocumentForm, invoice: Invoice) -> None:
    """Let the form of a credit memo know the invoice's lines: tax that was stated there is taken back as it was."""
    form.stored = {**by_id(lines_of(INVOICE.doc_type, invoice)), **form.stored}


def credit_blocked(invoice: Invoice) -> Blocked | None:
    """Return why nothing of a confirmed invoice can be credited any more, if so."""
    if credited_of(invoice).left:
        return None
    memos = CreditMemo.objects.filter(company_id=invoice.company_id, invoice=invoice, posted_at__isnull=False)
    rows = memos.exclude(status=CreditMemoStatus.VOID).order_by("document_date", "id")
    links = tuple(
        (_("Credit memo {memo}").format(memo=memo), reverse("admin:credit_memo", args=[memo.pk])) for memo in rows
    )
    if not links:
        return Blocked(_("Invoice {invoice} charged nothing, so there is nothing to credit.").format(invoice=invoice))
    return Blocked(_("All of invoice {invoice} is credited already.").format(invoice=invoice), links)
