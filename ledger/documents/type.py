"""How a type of document is described: its tables, its words, its states and what it posts.

    class Invoices(Documents[Invoice, InvoiceLine]):
        model, line_model = Invoice, InvoiceLine
        noun, prefix, posted_status = "invoice", "INV-", "open"

        def entry(self, invoice, posting): return invoice_entry(invoice, posting)

`Drafts` (drafting.py), `Confirming` (confirming.py) and `Documents` (lifecycle.py) add the verbs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from backfill.tenancy.actors import Actor
from ledger.activities import record_activity
from ledger.documents.deriving import TaxPosition
from ledger.documents.errors import DocumentNotFound, InvalidStateTransition
from ledger.documents.models import Document, DocumentLine
from ledger.drafts import EntryDraft
from ledger.inventory import StockCost, StockMove
from ledger.models import Account, ApprovalStatus, ControlSide, Item, Slot
from ledger.open_items.planning import Settlement
from ledger.tax import TaxRule

if TYPE_CHECKING:
    from ledger.documents.parties import Parties

DocumentT = TypeVar("DocumentT", bound=Document)
LineT = TypeVar("LineT", bound=DocumentLine)
ModelT = TypeVar("ModelT", bound=models.Model)


@dataclass(slots=True, kw_only=True)
class Posting(Generic[LineT]):
    """What a posting function is told beside the document: its lines in order, the tax rules by upper-case code, what
    the goods on it cost, and of what it settles the exchange difference that its entry realises (base currency, gain
    positive) and the control account, where that is not the one that has the role.

    `bases` are its lines of revenue and tax in base currency, in order, where they are not converted with the entry."""

    lines: Sequence[LineT] = ()
    rules: Mapping[str, TaxRule] = field(default_factory=dict)
    stock: Sequence[StockCost] = ()
    exchange_gain: Decimal = Decimal(0)
    control_account: UUID | None = None
    bases: Sequence[Decimal] = ()
    settlement: Settlement | None = None

    def settle(self, settlement: Settlement) -> None:
        """Take what the document settles as it posts."""
        self.settlement = settlement
        self.exchange_gain, self.control_account = settlement.embedded, settlement.account_id


class DocumentType(Generic[DocumentT, LineT]):
    """The description. Every attribute is about one type of document; nothing here changes while it runs.

    own_fields: further columns that are taken from the caller's values as they are.
    posted_status: the status that posting gives. confirming_statuses: what a caller may write as `status` to have a
    document posted at once. free_when_posted: what may still change because it is no part of the posting.
    kept_on_posting: further columns that posting writes.
    stated_as: what callers may state instead of a column, where it is not named as that.
    posts_on_approval: whether approving posts (credit memos) or a separate confirmation does (invoices).
    needs_approval: whether it waits for a second person where the company asks for approval.
    stock_reason: why posting moves goods (sale, return, purchase); empty when it never does.
    joined: what is read with a document. parties: whose documents these are; needs_party: whether each has one.
    is_purchase: whether its tax is input tax, so that codes by which the company owes the tax itself make sense.
    usual_slot: the role of the account that lines post to by default.
    side: whose open items its documents make, if any. item_sign: 1 where these are debits, -1 where they are credits.
    """

    model: type[DocumentT]
    line_model: type[LineT] | None = None
    noun: ClassVar[str]
    prefix: ClassVar[str]
    draft_status: ClassVar[str] = "draft"
    posted_status: ClassVar[str] = "open"
    confirming_statuses: ClassVar[frozenset[str]] = frozenset({"open", "confirmed", "posted"})
    own_fields: ClassVar[tuple[str, ...]] = ()
    free_when_posted: ClassVar[frozenset[str]] = frozenset({"memo", "metadata"})
    kept_on_posting: ClassVar[tuple[str, ...]] = ()
    stated_as: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    posts_on_approval: ClassVar[bool] = False
    needs_approval: ClassVar[bool] = True
    is_purchase: ClassVar[bool] = False
    usual_slot: ClassVar[Slot] = Slot.REVENUE
    numbers_on_creation: ClassVar[bool] = False
    stock_reason: ClassVar[str] = ""
    joined: ClassVar[tuple[str, ...]] = ("company",)
    side: ClassVar[ControlSide | None] = None
    item_sign: ClassVar[int] = 0
    parties: "ClassVar[Parties[Any] | None]" = None
    needs_party: ClassVar[bool] = True
    way_out: ClassVar[str] = "void it and make a new one"

    @property
    def name(self) -> str:
        """What the type is called in data: credit_memo."""
        return self.noun.replace(" ", "_")

    # --- What a type may add ------------------------------------------------------------------------------

    def opens_item(self, document: DocumentT) -> bool:
        """Whether posting the document opens an item: nothing is owed of a total of nothing."""
        return bool(self.item_sign and document.total_amount)

    def take_party(self, document: DocumentT, values: Mapping[str, Any]) -> str:
        """Set the customer or vendor from the values, and return the currency their documents start with, if any."""
        return self.parties.take(document, values, is_required=self.needs_party) if self.parties else ""

    def fill(self, document: DocumentT, values: Mapping[str, Any]) -> None:
        """Take the type's own values: what it refers to, its accounts. Called before the lines are reckoned."""

    def line_facts(self, document: DocumentT, values: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Return the type's own line columns from a line's values."""
        return {}

    def supply_day(self, document: DocumentT) -> date:
        """Return when what the document is about was supplied: it chooses the rates of tax."""
        return document.service_date or document.document_date

    def line_supply_day(self, document: DocumentT, facts: Mapping[str, Any]) -> date | None:
        """Return when a line was supplied, where it tells that itself. `facts` are its values, or its columns."""
        return None

    def tax_position(self, document: DocumentT) -> TaxPosition:
        """Return what the customer or vendor makes of tax."""
        return TaxPosition()

    def company_tax_code(self, document: DocumentT) -> str:
        """Return the code of lines that nothing else gives one."""
        return ""

    def account_of(self, document: DocumentT, item: Item | None) -> Account | None:
        """Return where a line posts that names no account: its item's, else the document's."""
        return None

    def default_account(self, document: DocumentT) -> Account | None:
        """Return where the customer's or vendor's lines post that name no account and have no item that does."""
        return None

    def exempt_reason(self, document: DocumentT) -> str:
        """Return why nothing on the document is taxed, or nothing."""
        return ""

    def entry(self, document: DocumentT, posting: Posting[LineT]) -> EntryDraft | None:
        """Return what the document posts. Pure. None: it posts nothing."""
        return None

    def lock_parties(self, documents: Sequence[DocumentT]) -> None:
        """Lock what comes before documents in the order of locks: their customers or vendors."""
        if self.parties:
            self.parties.lock_of(documents)

    def party_id_of(self, document: DocumentT) -> UUID | None:
        """Return whose document it is."""
        party: UUID | None = getattr(document, f"{self.parties.noun}_id") if self.parties else None
        return party

    def stock_moves(self, document: DocumentT, lines: Sequence[LineT]) -> Sequence[StockMove]:
        """Return the goods that posting the document moves."""
        return ()

    def before_posting(self, document: DocumentT, posting: Posting[LineT], actor: Actor) -> None:
        """Do what belongs to the posting and must be known to it: check what it refers to, settle invoices."""

    def after_posting(self, document: DocumentT, posting: Posting[LineT], actor: Actor) -> None:
        """Do what needs the posted document: apply a credit, count what was invoiced of an order."""

    def check_void(self, document: DocumentT) -> None:
        """Refuse to void what must not be voided, with the way out."""

    def check_undoing(self, document: DocumentT) -> None:
        """Refuse to void or unlink what something else stands on, with the way out."""

    def undone_by_void(self, document: DocumentT) -> tuple[str, ...]:
        """Return in words what comes undone with the document: `119.00 EUR of payment PAY-1001`."""
        return ()

    def before_void(self, document: DocumentT, on: Any, actor: Actor) -> dict[str, Any]:
        """Undo what hangs on the document, and return what was done as facts for the trail."""
        return {}

    def after_change(self, document: DocumentT) -> None:
        """Bring up to date what counts this document: it was made, edited, deleted or voided."""

    # --- Rows ---------------------------------------------------------------------------------------------

    def rows(self) -> QuerySet[DocumentT]:
        return rows_of(self.model)

    def lines_of(self, document: DocumentT) -> list[LineT]:
        """Return the document's lines in order, with their items and accounts. One statement."""
        return self.lines_of_all([document]).get(document.id, [])

    def lines_of_all(self, documents: Sequence[DocumentT]) -> dict[UUID, list[LineT]]:
        """Return the lines of documents by the document's key, each in order. One statement."""
        if self.line_model is None:
            return {}
        rows = rows_of(self.line_model).filter(document__in=[document.id for document in documents])
        found: dict[UUID, list[LineT]] = {}
        joined = ("item__revenue_account", "item__expense_account", "account")
        for line in rows.select_related(*joined).order_by("document_id", "line_number"):
            found.setdefault(line.document_id, []).append(line)  # type: ignore[attr-defined]  # every line has one
        return found

    def locked(self, company_id: UUID, document_id: UUID) -> DocumentT:
        """Return the document locked for update, its customer or vendor locked before it. Raises DocumentNotFound."""
        found = self.locked_all(company_id, [document_id])
        if not found:
            raise DocumentNotFound(f"{self.noun} {document_id} does not exist")
        return found[0]

    def locked_all(self, company_id: UUID, document_ids: Sequence[UUID]) -> list[DocumentT]:
        """Return documents locked in the order of their keys, their customers or vendors before them."""
        rows = self.rows().filter(company_id=company_id, id__in=document_ids)
        self.lock_parties(list(rows))
        return list(rows.select_for_update(of=("self",)).select_related(*self.joined).order_by("id"))

    # --- Words --------------------------------------------------------------------------------------------

    def refusal(self, document: DocumentT, verb: str) -> InvalidStateTransition:
        """Return the refusal of a step: «invoice INV-1001 is void; a void invoice cannot be confirmed»."""
        state = self.state_of(document)
        article = "an" if state[0] in "aeiou" else "a"
        return InvalidStateTransition(
            f"{self.noun} {document} is {state}; {article} {state} {self.noun} cannot be {verb}",
            status=document.status,
            approval_status=document.approval_status,
        )

    def state_of(self, document: DocumentT) -> str:
        """Return the one word that matters most about where the document is in its life."""
        if document.approval_status in (ApprovalStatus.VOID, ApprovalStatus.REJECTED):
            return str(document.approval_status)
        if not document.is_posted and document.approval_status == ApprovalStatus.PENDING_APPROVAL:
            return "submitted"
        return document.status.replace("_", " ")

    def record(self, document: DocumentT, verb: str, actor: Actor, **detail: Any) -> None:
        """Append to the activity trail."""
        record_activity(
            company_id=document.company_id,
            subject_type=self.noun.replace(" ", "_"),
            subject_id=document.id,
            verb=verb,
            actor=actor,
            **detail,
        )


def rows_of(model: type[ModelT]) -> QuerySet[ModelT]:
    """Return all rows of a model known only by its type."""
    return model._default_manager.all()  # noqa: SLF001 - Django's documented generic access
