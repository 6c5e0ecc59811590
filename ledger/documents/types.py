"""A type of document is one frozen description. Its verbs are functions on it (`ledger/documents/verbs/<verb>.py`);
the rest is derived from it by functions that a debugger can step through.

By hand: the columns (models), the posting (postings.py), the policy (the hooks below).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, Generic, TypeAlias
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.words import a_noun_of, noun_of
from ledger.documents.lines.arithmetic import PricedLine
from ledger.documents.lines.deriving import TaxPosition
from ledger.documents.lines.line_input import LineInput
from ledger.documents.lines.values import LineValues
from ledger.documents.models import Document, ExternallyPostableDocument, SettledDocument
from ledger.documents.parties import Parties
from ledger.documents.rows import DocumentT, LineT
from ledger.inventory.models import Item
from ledger.inventory.stock import StockCost, StockMove
from ledger.journal.drafts import EntryDraft
from ledger.models import Account, AccountRole, ControlSide
from ledger.open_items.planning import Settlement
from ledger.tax.calculation import TaxRule

Values: TypeAlias = Mapping[str, Any]

_WAY_OUT = _("void it and make a new one")
_ALWAYS_FREE = frozenset({"memo", "metadata"})
_HEADER = (
    *("issued_at", "effective_date", "service_date", "discount_details", "memo", "dimensions", "metadata"),
    *("subsidiary_id", "source_system", "source_id", "connection_id"),
)


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


class Approval(Enum):
    """What approval has to do with posting, where the company asks for it."""

    NONE = "none"
    """Nobody is asked: it posts nothing, or records what has happened already. Never for money that goes out."""
    FIRST = "first"
    """It is approved, then confirmed."""
    POSTS = "posts"
    """Approving it posts it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Side:
    """One side of the business, stated once per app.

    app: label of the Django app, module of API scopes, prefix of permissions. party: the documents' field for whom they
    are made out to; `parties` finds and locks them. control: on which side what is owed stands.
    default_slot: role of the account that lines post to by default.
    is_purchase: its tax is input tax, so codes by which the company owes the tax itself make sense.
    exempt_reason: why nothing is taxed for a party, or "". tax_position: what the party makes of a document's tax.
    company_tax_code: the code of lines that nothing else gives one. item_account: where an item's lines post.
    """

    app: str
    party: str
    parties: Parties[Any]
    control: ControlSide
    default_slot: AccountRole
    is_purchase: bool = False
    exempt_reason: Callable[[Any], str] = lambda party: ""
    tax_position: Callable[[Any], TaxPosition] = lambda document: TaxPosition()
    company_tax_code: Callable[[Company], str] = lambda company: ""
    item_account: Callable[[Item], Account | None] = lambda item: None

    @property
    def party_id(self) -> str:
        return f"{self.party}_id"


@dataclass(frozen=True, kw_only=True, eq=False)
class StockEffect:
    """Posting moves goods: why, and which moves the document's lines make."""

    reason: str
    moves: Callable[[Any, Sequence[Any]], Sequence[StockMove]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Policy(Generic[DocumentT, LineT]):
    """What a type does that no other does. All hooks there are, in the order in which they are called.

    assign_party: set the customer or vendor where another document decides it; return the currency to begin with.
    assign: set what is more than a copied column: due dates, references with a condition. Called before the lines.
    supply_day: when what it is about was supplied, which chooses the rates of tax.
    line_supply_day: when a line was supplied, where its values or columns tell that themselves.
    line_inputs: the lines as stated, made of `given`, those of the values; None leaves the stored ones as they are.
    line_values: further columns of a line, from a line's values and the line's path.
    fitted_lines: lines whose stated tax is fitted to what was calculated, to be calculated again.
    has_tax_doubts: whether what is doubtful about the tax of its lines is noted; by default it is.
    totalled: set and compare what follows from the totals.
    opens_item: whether this document is owed at all, where its type opens an item.
    before_posting: refuse what must not post; plan to settle what the entry must know. A new row is not stored yet.
    after_posting: what needs the posted, stored document.
    check_edited: refuse what may change on a posted document, but not to this.
    check_undoing: refuse to void or unlink what something else stands on, with the way out.
    before_void: undo what hangs on it and return that as facts for the trail.
    after_void: what needs the void document.
    after_change: bring up to date what counts this document: it was made, edited, deleted or voided.
    """

    assign_party: Callable[[DocumentT, Values], str] | None = None
    assign: Callable[[DocumentT, Values], None] | None = None
    supply_day: Callable[[DocumentT], date] | None = None
    line_supply_day: Callable[[DocumentT, Values], date | None] | None = None
    line_inputs: Callable[[DocumentT, Values, Sequence[LineValues] | None], Sequence[LineValues] | None] | None = None
    line_values: Callable[[DocumentT, Values, str], Mapping[str, Any]] | None = None
    fitted_lines: Callable[[DocumentT, Sequence[LineInput], Sequence[PricedLine]], Sequence[LineInput]] | None = None
    has_tax_doubts: Callable[[DocumentT], bool] | None = None
    totalled: Callable[[DocumentT, Values], None] | None = None
    opens_item: Callable[[DocumentT], bool] | None = None
    before_posting: Callable[[DocumentT, Posting[LineT], Actor], None] | None = None
    after_posting: Callable[[DocumentT, Posting[LineT], Actor], None] | None = None
    check_edited: Callable[[DocumentT], None] | None = None
    check_undoing: Callable[[DocumentT], None] | None = None
    before_void: Callable[[DocumentT, date, Actor], dict[str, Any]] | None = None
    after_void: Callable[[DocumentT, date, Actor], None] | None = None
    after_change: Callable[[DocumentT], None] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class DocumentType(Generic[DocumentT, LineT]):
    """One type of document. Two descriptions are never equal, so a type can be a key.

    key: its name in the database, the API and addresses; written, never made from words. It does not change.
    statuses: the first is a draft's. posted: the one that posting gives. accepts: what else a caller may write as
    `status` to have it posted at once.
    columns: own columns that callers state and answers show, in the contract's order; `internal` the rest.
    line_columns, internal_line: the same of its lines; counted_later are those that go on counting when it is posted,
    such as what was delivered of an order. free_when_posted: own columns that are not part of the posting.
    kept_on_posting: own columns that posting writes. stated_as: what callers may state in place of a column.
    shown_date: the contract's second name of its date. numbers_drafts: whether a draft has a number already.
    stands_for_lines: the field that may be stated in place of lines, and is blamed for what a line would be.
    item_sign: 1 where its open items are debits, -1 where they are credits, 0 where it opens none.
    settled_as: its statuses when some and when all of it is settled; `posted` where that makes no difference.
    pays_out: whether money leaves the company; then Approval.NONE is refused.
    way_out: what to do instead of changing a posted one.
    """

    key: str
    model: type[DocumentT]
    side: Side
    prefix: str
    statuses: type[models.TextChoices]
    posted: str
    entry: Callable[[DocumentT, Posting[LineT]], EntryDraft] | None = None
    accepts: frozenset[str] = frozenset({"open", "confirmed", "posted"})
    approval: Approval = Approval.FIRST
    pays_out: bool = False
    needs_party: bool = True
    columns: tuple[str, ...] = ()
    line_columns: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    internal_line: tuple[str, ...] = ()
    counted_later: tuple[str, ...] = ()
    free_when_posted: frozenset[str] = frozenset()
    kept_on_posting: tuple[str, ...] = ()
    stated_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shown_date: str = ""
    numbers_drafts: bool = False
    stands_for_lines: str = ""
    item_sign: int = 0
    settled_as: tuple[str, str] | None = None
    stock: StockEffect | None = None
    way_out: str | Promise = _WAY_OUT
    policy: Policy[DocumentT, LineT] = field(default_factory=Policy)
    plural: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "plural", self.plural or f"{self.key}s")
        if self.pays_out and self.approval is Approval.NONE:
            raise TypeError(f"{self.key} pays out money, so it is subject to approval")

    def __repr__(self) -> str:
        return f"<DocumentType {self.key}>"

    # --- What the model says ----------------------------------------------------------------------------

    @property
    def noun(self) -> str:
        """The word for one: «sales receipt»."""
        return noun_of(str(self.model._meta.verbose_name))  # noqa: SLF001 - Django documents `_meta` as public

    @property
    def nouns(self) -> str:
        return str(self.model._meta.verbose_name_plural)  # noqa: SLF001

    @property
    def a_noun(self) -> str:
        return a_noun_of(str(self.model._meta.verbose_name))  # noqa: SLF001

    @cached_property
    def draft(self) -> str:
        return str(self.statuses.values[0])

    @cached_property
    def posting_statuses(self) -> frozenset[str]:
        return self.accepts | {str(self.posted)}

    @cached_property
    def line_model(self) -> type[LineT] | None:
        """The model of its lines: what refers to it as `lines`."""
        lines: Any = getattr(self.model, "lines", None)
        return lines.rel.related_model if lines is not None else None

    @cached_property
    def fields(self) -> Mapping[str, "models.Field[Any, Any]"]:
        """The fields behind `columns`, by name."""
        return {name: self.model._meta.get_field(name) for name in self.columns}  # type: ignore[misc]  # noqa: SLF001

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """Its columns that name an account."""
        return tuple(name for name, found in self.fields.items() if found.related_model is Account)

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Names of values that are copied into columns as they are, those of every document included."""
        return (*_HEADER, *(name for name, found in self.fields.items() if not found.is_relation))

    @cached_property
    def free(self) -> frozenset[str]:
        """Columns that may change when it is posted."""
        return _ALWAYS_FREE | self.free_when_posted

    @cached_property
    def joined(self) -> tuple[str, ...]:
        """What is read with a document that is about to change."""
        return ("company", f"{self.side.party}__default_account")

    @property
    def is_asked(self) -> bool:
        """Whether a second person approves it, where the company asks for that."""
        return self.approval is not Approval.NONE

    @cached_property
    def is_settled(self) -> bool:
        """Whether it stands open until something settles it."""
        return issubclass(self.model, SettledDocument)

    @cached_property
    def may_be_externally_posted(self) -> bool:
        """Whether its entry may be posted elsewhere and linked (Bookkeeping contract)."""
        return issubclass(self.model, ExternallyPostableDocument)

    def party_of(self, document: Document) -> Any:
        return getattr(document, self.side.party)

    def party_id_of(self, document: Document) -> UUID | None:
        """Return whose document it is."""
        party: UUID | None = getattr(document, self.side.party_id)
        return party

    def opens_item(self, document: DocumentT) -> bool:
        """Whether posting the document opens an item: nothing is owed of a total of nothing."""
        is_owed = self.policy.opens_item is None or self.policy.opens_item(document)
        return bool(self.item_sign and document.total_amount) and is_owed


_TYPES: dict[str, DocumentType[Any, Any]] = {}


def register(*types: DocumentType[Any, Any]) -> None:
    """Make types known, from the app's `ready()`. Twice the same is once."""
    for one in types:
        if _TYPES.setdefault(one.key, one) is not one:
            raise TypeError(f"there are two document types called {one.key}")


def document_types(app: str = "") -> tuple[DocumentType[Any, Any], ...]:
    """Return all types, or those of one app, in the order in which they were made known."""
    return tuple(one for one in _TYPES.values() if app in {"", one.side.app})


def type_of(document: Document) -> DocumentType[Any, Any]:
    """Return the type of a document."""
    return next(one for one in _TYPES.values() if isinstance(document, one.model))
