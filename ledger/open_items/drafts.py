"""What a caller says to the open items: plain descriptions of an item that is about to open, and of what it settles."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from backfill.ids import uuid7
from backfill.words import noun_of

ZERO: Final = Decimal(0)


@dataclass(slots=True, kw_only=True)
class ItemDraft:
    """An item to open. `amount` (in `currency`) and `base` (base currency) are signed, debit positive.

    `opened_on` is the entry's date. `entry_id` is known once the entry is posted, `account_id` where its line is to be
    on a certain control account; else that of the line decides. Planning sets `embedded`, and may round `base` unless
    it `keeps_base`.
    """

    company_id: UUID
    side: str
    kind: str
    document_id: UUID | None
    number: str
    document_date: date
    due_on: date
    currency: str
    rate: Decimal | None
    amount: Decimal
    base: Decimal
    base_currency: str
    opened_on: date
    party_id: UUID | None = None
    personal_account: str = ""
    account_id: UUID | None = None
    entry_id: UUID | None = None
    embedded: Decimal = ZERO
    keeps_base: bool = False
    id: UUID = field(default_factory=uuid7)

    @property
    def noun(self) -> str:
        return noun_of(self.kind)

    def row(self) -> dict[str, Any]:
        """Return the columns that are stored."""
        names = ("company_id", "id", "side", "account_id", "party_id", "entry_id", "kind", "document_id", "number")
        facts = ("document_date", "due_on", "currency", "rate", "amount", "base", "embedded")
        return {name: getattr(self, name) for name in (*names, *facts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationRequest:
    """An amount to allocate to an item, named by its document or by itself; None takes as much as both sides have.

    `path` and `key` name it in messages: `allocations[2]`, `invoice_id`. `amount_field` names the amount, where it does
    not stand beside the key.
    """

    document_id: UUID | None = None
    item_id: UUID | None = None
    amount: Decimal | None = None
    allocated_at: datetime | None = None
    path: str = "allocations"
    key: str = "document_id"
    amount_field: str = ""

    @property
    def field(self) -> str:
        return f"{self.path}.{self.key}" if self.path else self.key

    @property
    def named_amount(self) -> str:
        return self.amount_field or f"{self.path}.amount"
