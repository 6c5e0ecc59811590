"""Outgoing invoices of the Bookkeeping contract: recorded as they were written, posted elsewhere, linked once.

They live in the tables of invoices and credit memos; a credit note is a credit memo. Settling the linked entry settles
them. The source of the rules is that contract's reference.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from backfill.errors import ValidationFailed
from backfill.files.models import Document as StoredFile
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.documents.errors import DocumentNotFound, InvalidStateTransition, ReferenceNotFound, TotalsMismatch
from ledger.field_checks import check_fields
from ledger.models import Account, ApprovalStatus, EntryStatus, JournalEntry, JournalLine, Settlement
from ledger.money import minor_units, quantize
from receivables.errors import (
    CustomerNotFound,
    DuplicateInvoiceNumber,
    IntentAlreadyLinked,
    IntentAlreadySet,
    IntentNotFound,
)
from receivables.models import CreditMemo, CreditMemoLine, Customer, Invoice, InvoiceLine
from receivables.services.credit_memos import credit_memos
from receivables.services.invoices import invoices
from receivables.services.parties import lock_customers
from receivables.services.settlements import take_settlement

Recorded = Invoice | CreditMemo
_TOLERANCE = Decimal("0.01")


@transaction.atomic
def record_outgoing_invoice(values: Mapping[str, Any], *, company: Company, actor: Actor) -> Recorded:
    """Record an invoice or credit note with its lines. It posts nothing.

    `values` are named as in the contract: customer_id, document_id, invoice_number, invoice_date, due_date, total_net,
    total_tax, total_gross, currency, type (invoice, credit_note), intent_id, notes, lines[position, description,
    quantity, unit_price, tax_rate (fraction), tax_amount, line_total (gross), account_number]. Amounts are positive in
    both types. With `intent_id` it is open, without a draft. Raises TotalsMismatch, CustomerNotFound, IntentNotFound,
    DuplicateInvoiceNumber, IntentAlreadyLinked, UnknownCurrency, ValidationFailed.
    """
    is_invoice = values["type"] == "invoice"
    customer = Customer.objects.filter(company=company, id=values["customer_id"]).first()
    if customer is None:
        raise CustomerNotFound(f"customer {values['customer_id']} does not exist", field="customer_id")
    if not customer.is_active:
        raise ValidationFailed(f"customer {customer} is inactive", field="customer_id")
    lock_customers(company.id, [customer.id])
    document: Recorded = (Invoice if is_invoice else CreditMemo)(
        company=company,
        customer=customer,
        is_recorded=True,
        document_number=values["invoice_number"],
        document_date=values["invoice_date"],
        due_date=values.get("due_date"),
        currency=values.get("currency") or company.base_currency,
        subtotal=values["total_net"],
        tax_amount=values["total_tax"],
        total_amount=values["total_gross"],
        notes=values.get("notes") or "",
        created_by=actor.label,
    )
    _check(document, values)
    _take_file(document, values)
    _insert(document, values)
    _kind(document).record(document, "recorded", actor)
    if values.get("intent_id"):
        _link(document, values["intent_id"], actor)
    return document


@transaction.atomic
def change_outgoing_invoice(
    *, company_id: UUID, document_id: UUID, changes: Mapping[str, Any], actor: Actor
) -> Recorded:
    """Link a posted entry, once (`intent_id`), or change `notes` and `due_date`; the rest is immutable.

    Raises IntentAlreadySet, IntentAlreadyLinked, IntentNotFound, DocumentNotFound, InvalidStateTransition for a draft
    that posts itself.
    """
    document = locked_outgoing_invoice(company_id, document_id)
    if "notes" in changes:
        document.notes = changes["notes"] or ""
    if "due_date" in changes:
        document.due_date = changes["due_date"]
        _check_due_date(document)
    document.save(update_fields=["notes", "due_date", "updated_at"])
    if changes.get("intent_id"):
        if document.entry_id is not None:
            raise IntentAlreadySet(f"invoice {document} is linked to an intent already", field="intent_id")
        if not document.is_recorded:
            raise InvalidStateTransition(f"{_kind(document).noun} {document} posts itself; confirm it")
        _link(document, changes["intent_id"], actor)
    _kind(document).record(document, "edited", actor, fields=sorted(changes))
    return document


def locked_outgoing_invoice(company_id: UUID, document_id: UUID) -> Recorded:
    """Return an invoice or a credit memo by key, locked. Raises DocumentNotFound."""
    for kind in (invoices, credit_memos):
        try:
            return kind.locked(company_id, document_id)
        except DocumentNotFound:
            continue
    raise DocumentNotFound(f"outgoing invoice {document_id} does not exist")


def unlink_entry(document: Recorded, actor: Actor) -> None:
    """The linked entry was reversed: the document is a draft again and waits for another one. It is locked."""
    document.entry = None
    document.posted_at = None
    document.status, document.approval_status = "draft", ApprovalStatus.DRAFT
    document.settled_amount = document.settled_base = document.base_amount = Decimal(0)
    document.save()
    _kind(document).record(document, "unlinked", actor)


def _link(document: Recorded, entry_id: UUID, actor: Actor) -> None:
    """Link a posted entry. What has settled that entry already settles the document."""
    rows = JournalEntry.objects.select_for_update(of=("self",))
    entry = rows.filter(company_id=document.company_id, id=entry_id).first()
    if entry is None or entry.status != EntryStatus.POSTED:
        raise IntentNotFound(f"intent {entry_id} does not exist or was reversed", field="intent_id")
    for model in (Invoice, CreditMemo):
        taken = model._default_manager.filter(company_id=document.company_id, entry=entry).first()  # noqa: SLF001
        if taken is not None:
            raise IntentAlreadyLinked(
                f"intent {entry_id} belongs to invoice {taken}", field="intent_id", existing_id=str(taken.id)
            )
    document.entry = entry
    document.posted_at = timezone.now()
    document.approval_status = ApprovalStatus.APPROVED
    document.exchange_rate = entry.exchange_rate if entry.currency == document.currency else None
    document.base_amount = _base_amount(document, entry)
    document.status = document.settlement_status
    document.save()
    _kind(document).record(document, "linked", actor, intent_id=str(entry.id), entry_number=entry.entry_number)
    if isinstance(document, Invoice):
        for settlement in Settlement.objects.filter(company_id=document.company_id, open_entry=entry, undone_on=None):
            take_settlement(document, settlement)


def _base_amount(document: Recorded, entry: JournalEntry) -> Decimal:
    """The document in base currency: what its entry put on receivables, else its total at the entry's rate."""
    if document.currency == document.company.base_currency:
        return document.total_amount
    lines = JournalLine.objects.filter(entry=entry, account__sub_type="accounts_receivable")
    posted: Decimal | None = lines.aggregate(sum=Sum("amount"))["sum"]
    rate = document.exchange_rate or Decimal(1)
    return abs(posted) if posted else quantize(document.total_amount * rate, document.company.base_currency)


def _check(document: Recorded, values: Mapping[str, Any]) -> None:
    minor_units(document.currency)
    net, tax, gross = document.subtotal, document.tax_amount, document.total_amount
    if net + tax != gross:
        raise TotalsMismatch(
            f"total_gross is {gross}, but net {net} and tax {tax} make {net + tax}", field="total_gross"
        )
    if gross <= 0:
        raise ValidationFailed("total_gross is above zero", field="total_gross")
    lines: Sequence[Mapping[str, Any]] = values["lines"]
    if not lines:
        raise ValidationFailed("an invoice needs at least one line", field="lines")
    if len({line["position"] for line in lines}) != len(lines):
        raise ValidationFailed("positions are unique in a document", field="lines")
    allowed = _TOLERANCE * len(lines)
    for name, figure, key in (("lines", gross, "line_total"), ("lines", tax, "tax_amount")):
        together = sum((line[key] for line in lines), Decimal(0))
        if abs(together - figure) > allowed:
            raise TotalsMismatch(f"the lines' {key} add up to {together}, the document says {figure}", field=name)
    _check_due_date(document)
    check_fields(document)


def _check_due_date(document: Recorded) -> None:
    if document.due_date is not None and document.due_date < document.document_date:
        raise ValidationFailed("due_date is not before invoice_date", field="due_date")


def _take_file(document: Recorded, values: Mapping[str, Any]) -> None:
    if not values.get("document_id"):
        return
    file = StoredFile.objects.filter(company_id=document.company_id, id=values["document_id"]).first()
    if file is None:
        raise ReferenceNotFound(f"document {values['document_id']} does not exist", field="document_id")
    document.file = file


def _insert(document: Recorded, values: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic():
            document.save(force_insert=True)
    except IntegrityError as error:
        if "number" not in str(error):
            raise
        raise DuplicateInvoiceNumber(
            f"customer {document.customer} has an invoice {document.document_number} already", field="invoice_number"
        ) from error
    accounts = _accounts(document.company_id, values["lines"])
    line_model: Any = InvoiceLine if isinstance(document, Invoice) else CreditMemoLine
    line_model.objects.bulk_create(
        [_line(line_model, document, line, index, accounts) for index, line in enumerate(values["lines"])]
    )


def _line(
    line_model: Any, document: Recorded, values: Mapping[str, Any], index: int, accounts: Mapping[str, Account]
) -> Any:
    number = values.get("account_number")
    if number and number not in accounts:
        raise ReferenceNotFound(f"account {number} is not in the chart", field=f"lines[{index}].account_number")
    net = values["line_total"] - values["tax_amount"]
    return line_model(
        company_id=document.company_id,
        document=document,
        line_number=values["position"],
        description=values["description"],
        quantity=values["quantity"],
        unit_amount=values["unit_price"],
        amount=net,
        net_amount=net,
        taxable_amount=net,
        tax_rate=values["tax_rate"] * 100,
        stated_tax=values["tax_amount"],
        tax_amount=values["tax_amount"],
        gross_amount=values["line_total"],
        account=accounts[number] if number else None,
    )


def _accounts(company_id: UUID, lines: Sequence[Mapping[str, Any]]) -> dict[str, Account]:
    codes = {line["account_number"] for line in lines if line.get("account_number")}
    return {row.code or "": row for row in Account.objects.filter(company_id=company_id, code__in=codes)}


def _kind(document: Recorded) -> Any:
    return invoices if isinstance(document, Invoice) else credit_memos
