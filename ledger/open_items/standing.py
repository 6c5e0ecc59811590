"""How an item stands while it is settled, in memory: what is open of it now, and what was on other days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Self
from uuid import UUID

from backfill.words import noun_of
from ledger.currencies.money import part_of_base
from ledger.open_items.drafts import ItemDraft
from ledger.open_items.models import OpenItem

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Past:
    """What was settled of an item from one day until another. Amounts are positive."""

    start: date
    end: date | None
    amount: Decimal
    base: Decimal


@dataclass(slots=True, kw_only=True)
class Standing:
    """An item with positive amounts; `sign` is 1 for a debit and -1 for a credit."""

    id: UUID
    sign: int
    side: str
    number: str
    kind: str
    document_id: UUID | None
    party_id: UUID | None
    account_id: UUID | None
    currency: str
    base_currency: str
    rate: Decimal | None
    amount: Decimal
    base: Decimal
    open_amount: Decimal
    open_base: Decimal
    opened_on: date
    is_posted: bool
    keeps_base: bool = False
    undone_until: date | None = None
    past: list[Past] = field(default_factory=list)

    @classmethod
    def of_draft(cls, draft: ItemDraft) -> Self:
        return cls(
            id=draft.id,
            sign=1 if draft.amount > 0 else -1,
            side=draft.side,
            number=draft.number,
            kind=draft.kind,
            document_id=draft.document_id,
            party_id=draft.party_id,
            account_id=draft.account_id,
            currency=draft.currency,
            base_currency=draft.base_currency,
            rate=draft.rate,
            amount=abs(draft.amount),
            base=abs(draft.base),
            open_amount=abs(draft.amount),
            open_base=abs(draft.base),
            opened_on=draft.opened_on,
            is_posted=False,
            keeps_base=draft.keeps_base,
        )

    @classmethod
    def of_item(cls, item: OpenItem) -> Self:
        """`item` was read with its company."""
        return cls(
            id=item.id,
            sign=1 if item.amount > 0 else -1,
            side=item.side,
            number=item.number,
            kind=item.kind,
            document_id=item.document_id,
            party_id=item.party_id,
            account_id=item.account_id,
            currency=item.currency,
            base_currency=item.company.base_currency,
            rate=item.rate,
            amount=abs(item.amount),
            base=abs(item.base),
            open_amount=abs(item.open_amount),
            open_base=abs(item.open_base),
            opened_on=item.opened_on,
            is_posted=True,
            undone_until=item.undone_until,
        )

    @property
    def noun(self) -> str:
        return noun_of(self.kind)

    def part(self, amount: Decimal) -> Decimal:
        """Return what `amount` is worth in base currency: what all that is settled with it is worth at the rate, less
        what was settled before. So parts add up, and the last takes what is left."""
        return part_of_base(
            settled=self.amount - self.open_amount,
            settled_base=self.base - self.open_base,
            amount=amount,
            rate=self.rate if self.rate is not None else self.base / self.amount,
            left=self.open_base,
            is_last=amount == self.open_amount,
            base_currency=self.base_currency,
        )

    def settle(self, amount: Decimal, base: Decimal) -> None:
        self.open_amount -= amount
        self.open_base -= base

    def days(self, day: date) -> set[date]:
        """Return the days from which more may count: `day`, and those after it on which something stopped to."""
        return {day, *(past.end for past in self.past if past.end is not None and past.end > day)}

    def fits(self, amount: Decimal, base: Decimal, day: date) -> bool:
        """Return whether so much more may count from `day` on: on no later day is more settled than there is."""
        if not self.past:
            return True
        moves: dict[date, list[Decimal]] = {}
        for past in (*self.past, Past(day, None, amount, base)):
            for when, sign in ((past.start, 1), (past.end, -1)):
                if when is not None:
                    moved = moves.setdefault(when, [ZERO, ZERO])
                    moved[0] += sign * past.amount
                    moved[1] += sign * past.base
        return self._stays_within(moves[when] for when in sorted(moves))

    def _stays_within(self, moves: Iterable[list[Decimal]]) -> bool:
        settled = worth = ZERO
        for amount, base in moves:
            settled, worth = settled + amount, worth + base
            if settled > self.amount or worth > self.base or (settled == self.amount and worth != self.base):
                return False
        return True
