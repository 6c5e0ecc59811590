"""Invoices of the Bookkeeping contract: recorded as they were written, posted elsewhere, linked once to that entry.

They live in the tables of the documents that post themselves; a credit note is a credit document. What the entry put on
a control account becomes their open item, with what settled it; reversing the entry unlinks them. The source of the
rules is that contract's reference.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from backfill.database.field_checks import check_fields
from backfill.errors import ValidationFailed
from backfill.files.models import StoredFile
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.currencies.money import minor_units, quantize, quantum
from ledger.documents.allocating import change_due_date, item_draft
from ledger.documents.errors import (
    DocumentNotFound,
    DuplicateInvoiceNumber,
    IntentAlreadyLinked,
    IntentAlreadySet,
    IntentNotFound,
    TotalsMismatch,
)
from ledger.documents.models import DocumentLine, ExternallyPostableDocument
from ledger.documents.parties import Parties
from ledger.documents.rows import rows_of
from ledger.documents.store import documents as store
from ledger.documents.types import DocumentType
from ledger.errors import InvalidStateTransition, ReferenceNotFound
from ledger.models import Account, ApprovalStatus, EntryStatus, JournalEntry
from ledger.open_items.linking import link_document
from ledger.open_items.models import OpenItem

AMOUNT_DIFFERS: Final = "INTENT_AMOUNT_DIFFERS"
"""The entry of a recorded document posted another amount."""


class Recording:
    """The verbs of recorded documents of one side of the business.

    invoices and credit_notes are the two types, parties whose they are, control_type the sub-type of the accounts that
    their entries put them on (`accounts_receivable`).
    """

    def __init__(
        self,
        *,
        invoices: DocumentType[Any, Any],
        credit_notes: DocumentType[Any, Any],
        parties: Parties[Any],
        control_type: str,
    ) -> None:
        self.invoices, self.credit_notes = invoices, credit_notes
        self.parties, self.control_type = parties, control_type

    def record(self, values: Mapping[str, Any], *, company: Company, actor: Actor) -> ExternallyPostableDocument:
        """Record an invoice or credit note with its lines. It posts nothing.

        `values` are named as in the contract: customer_id or vendor_id, document_id, invoice_number, invoice_date,
        due_date, total_net, total_tax, total_gross, currency, type (invoice, credit_note), intent_id, notes,
        lines[position, description, quantity, unit_price, tax_rate (fraction), tax_amount, line_total (gross),
        account_number]. Amounts are positive in both types. With `intent_id` it is open, without a draft. Raises
        TotalsMismatch, the party's not-found error, IntentNotFound, DuplicateInvoiceNumber, IntentAlreadyLinked,
        UnknownCurrency, ValidationFailed.
        """
        with transaction.atomic():
            kind = self.invoices if values["type"] == "invoice" else self.credit_notes
            document: ExternallyPostableDocument = kind.model(
                company=company,
                is_externally_posted=True,
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
            setattr(document, self.parties.noun, self._party(company, values))
            _check(document, values)
            _take_file(document, values)
            self._insert(kind, document, values)
            store.record(kind, [(document, "recorded", {})], actor)
            if values.get("intent_id"):
                self._link(document, values["intent_id"], actor)
            return document

    def change(
        self, *, company_id: UUID, document_id: UUID, changes: Mapping[str, Any], actor: Actor
    ) -> ExternallyPostableDocument:
        """Link a posted entry, once (`intent_id`), or change `notes` and `due_date`; the rest is immutable.

        Raises IntentAlreadySet, IntentAlreadyLinked, IntentNotFound, DocumentNotFound, InvalidStateTransition for a
        draft that posts itself.
        """
        with transaction.atomic():
            document = self.locked(company_id, document_id)
            if "notes" in changes:
                document.notes = changes["notes"] or ""
            if "due_date" in changes:
                document.due_date = changes["due_date"]
                _check_due_date(document)
            document.save(update_fields=["notes", "due_date", "updated_at"])
            if "due_date" in changes and document.is_posted:
                change_due_date(document)
            if changes.get("intent_id"):
                if document.entry_id is not None:
                    raise IntentAlreadySet(
                        _("invoice {document} is linked to an intent already").format(document=document),
                        field="intent_id",
                    )
                if not document.is_externally_posted:
                    raise InvalidStateTransition(
                        _("{noun} {document} posts itself; confirm it").format(
                            noun=self.kind_of(document).noun, document=document
                        )
                    )
                self._link(document, changes["intent_id"], actor)
            store.record(self.kind_of(document), [(document, "edited", {"fields": sorted(changes)})], actor)
            return document

    def locked(self, company_id: UUID, document_id: UUID) -> ExternallyPostableDocument:
        """Return an invoice or a credit document by key, locked. Raises DocumentNotFound."""
        for kind in (self.invoices, self.credit_notes):
            if found := store.lock_all(kind, company_id, [document_id]):
                return found[0]  # type: ignore[no-any-return]  # types of recorded documents have such models
        raise DocumentNotFound(_("invoice {document_id} does not exist").format(document_id=document_id))

    def unlink(self, document: ExternallyPostableDocument, actor: Actor) -> None:
        """The linked entry was reversed: the document is a draft again and waits for another one. It is locked."""
        document.entry = None
        document.posted_at = document.effective_date = None
        document.status, document.approval_status = "draft", ApprovalStatus.DRAFT
        document.settled_amount = document.settled_base = document.base_amount = Decimal(0)
        document.warnings = [warning for warning in document.warnings if warning["code"] != AMOUNT_DIFFERS]
        document.save()
        store.record(self.kind_of(document), [(document, "unlinked", {})], actor)

    def kind_of(self, document: ExternallyPostableDocument) -> DocumentType[Any, Any]:
        return self.invoices if isinstance(document, self.invoices.model) else self.credit_notes

    # --- Steps --------------------------------------------------------------------------------------------

    def _party(self, company: Company, values: Mapping[str, Any]) -> Any:
        """Return the active party the values name, locked as for everything that settles."""
        field = f"{self.parties.noun}_id"
        party = rows_of(self.parties.model).filter(company=company, id=values[field]).first()
        if party is None:
            raise self.parties.not_found(
                _("{noun} {id} does not exist").format(noun=self.parties.word, id=values[field]), field=field
            )
        if not party.is_active:
            raise ValidationFailed(
                _("{noun} {party} is inactive").format(noun=self.parties.word, party=party), field=field
            )
        self.parties.lock(company.id, [party.id])
        return party

    def _insert(
        self, kind: DocumentType[Any, Any], document: ExternallyPostableDocument, values: Mapping[str, Any]
    ) -> None:
        try:
            with transaction.atomic():
                document.save(force_insert=True)
        except IntegrityError as error:
            if "number" not in str(error):
                raise
            party = getattr(document, self.parties.noun)
            raise DuplicateInvoiceNumber(
                _("{noun} {party} has an invoice {document_number} already").format(
                    noun=self.parties.word, party=party, document_number=document.document_number
                ),
                field="invoice_number",
            ) from error
        accounts = _accounts(document.company_id, values["lines"])
        lines = [_line(kind.line_model, document, line, index, accounts) for index, line in enumerate(values["lines"])]
        rows_of(type(lines[0])).bulk_create(lines)

    def _link(self, document: ExternallyPostableDocument, entry_id: UUID, actor: Actor) -> None:
        """Link a posted entry. What has settled that entry already settles the document."""
        rows = JournalEntry.objects.select_for_update(of=("self",))
        entry = rows.filter(company_id=document.company_id, id=entry_id).first()
        if entry is None or entry.status != EntryStatus.POSTED:
            raise IntentNotFound(
                _("intent {entry_id} does not exist or was reversed").format(entry_id=entry_id), field="intent_id"
            )
        for kind in (self.invoices, self.credit_notes):
            taken = store.rows(kind).filter(company_id=document.company_id, entry=entry).first()
            if taken is not None:
                raise IntentAlreadyLinked(
                    _("intent {entry_id} belongs to invoice {taken}").format(entry_id=entry_id, taken=taken),
                    field="intent_id",
                    existing_id=str(taken.id),
                )
        document.entry = entry
        document.posted_at = timezone.now()
        document.effective_date = entry.entry_date if entry.entry_date != document.document_date else None
        document.approval_status = ApprovalStatus.APPROVED
        document.exchange_rate = entry.exchange_rate if entry.currency == document.currency else None
        document.base_amount = self._base_amount(document, entry)
        document.status = document.settlement_status
        document.save()
        kind = self.kind_of(document)
        facts = {"intent_id": str(entry.id), "entry_number": entry.entry_number}
        store.record(kind, [(document, "linked", facts)], actor)
        if (draft := item_draft(kind, document)) is not None:
            linked = link_document(entry, draft, actor=actor)
            document.refresh_from_db(fields=("settled_amount", "settled_base", "status"))
            if linked.difference is not None:
                document.warnings = [*document.warnings, _differs(document, entry, linked.difference)]
                document.save(update_fields=["warnings"])

    def _base_amount(self, document: ExternallyPostableDocument, entry: JournalEntry) -> Decimal:
        """The document in base currency: what its entry put on the control account, else its total at the rate."""
        if document.currency == document.company.base_currency:
            return document.total_amount
        lines = entry.lines.filter(account__sub_type=self.control_type)
        posted: Decimal | None = lines.aggregate(sum=Sum("amount"))["sum"]
        rate = document.exchange_rate or Decimal(1)
        return abs(posted) if posted else quantize(document.total_amount * rate, document.company.base_currency)


def _differs(document: ExternallyPostableDocument, entry: JournalEntry, difference: OpenItem) -> dict[str, str]:
    """Return the warning that an entry holds something else than its document says."""
    amount = quantize(difference.amount, difference.currency)
    return {
        "code": AMOUNT_DIFFERS,
        "message": _(
            "entry {number} posted {amount} {currency} beside invoice {document} on the control account; "
            "that is an open item without a document"
        ).format(number=entry.entry_number, amount=amount, currency=difference.currency, document=document),
        "field": "intent_id",
    }


def _check(document: ExternallyPostableDocument, values: Mapping[str, Any]) -> None:
    minor_units(document.currency)
    net, tax, gross = document.subtotal, document.tax_amount, document.total_amount
    if net + tax != gross:
        raise TotalsMismatch(
            _("total_gross is {gross}, but net {net} and tax {tax} make {sum}").format(
                gross=gross, net=net, tax=tax, sum=net + tax
            ),
            field="total_gross",
        )
    if gross <= 0:
        raise ValidationFailed(_("total_gross is above zero"), field="total_gross")
    lines: Sequence[Mapping[str, Any]] = values["lines"]
    if not lines:
        raise ValidationFailed(_("an invoice needs at least one line"), field="lines")
    if len({line["position"] for line in lines}) != len(lines):
        raise ValidationFailed(_("positions are unique in a document"), field="lines")
    allowed = quantum(document.currency) * len(lines)
    for figure, key in ((gross, "line_total"), (tax, "tax_amount")):
        together = sum((line[key] for line in lines), Decimal(0))
        if abs(together - figure) > allowed:
            raise TotalsMismatch(
                _("the lines' {key} add up to {together}, the document says {figure}").format(
                    key=key, together=together, figure=figure
                ),
                field="lines",
            )
    _check_due_date(document)
    check_fields(document)


def _check_due_date(document: ExternallyPostableDocument) -> None:
    if document.due_date is not None and document.due_date < document.document_date:
        raise ValidationFailed(_("due_date is not before invoice_date"), field="due_date")


def _take_file(document: ExternallyPostableDocument, values: Mapping[str, Any]) -> None:
    if not values.get("document_id"):
        return
    file = StoredFile.objects.filter(company_id=document.company_id, id=values["document_id"]).first()
    if file is None:
        raise ReferenceNotFound(
            _("document {document_id} does not exist").format(document_id=values["document_id"]), field="document_id"
        )
    document.file = file


def _line(
    line_model: Any,
    document: ExternallyPostableDocument,
    values: Mapping[str, Any],
    index: int,
    accounts: Mapping[str, Account],
) -> DocumentLine:
    number = values.get("account_number")
    if number and number not in accounts:
        raise ReferenceNotFound(
            _("account {number} is not in the chart").format(number=number), field=f"lines[{index}].account_number"
        )
    net = values["line_total"] - values["tax_amount"]
    line: DocumentLine = line_model(
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
    return line


def _accounts(company_id: UUID, lines: Sequence[Mapping[str, Any]]) -> dict[str, Account]:
    codes = {line["account_number"] for line in lines if line.get("account_number")}
    return {row.code or "": row for row in Account.objects.filter(company_id=company_id, code__in=codes)}
