"""Random trade in two currencies: after every step, the items of every control account add up to the journal, as of
every day, and no item is settled beyond itself on any.

The steps do not know of each other: dates are drawn anew, so things are unapplied, voided and reversed before and
after each other. `BACKFILL_TRADE_STEPS` asks for more of them.
"""

import os
import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Q

from backfill.errors import DomainError
from ledger.journal.posting import reverse
from ledger.open_items.differences import Cause
from ledger.open_items.drafts import AllocationRequest, ItemDraft
from ledger.open_items.entries import SettledPart, settle_by_entry
from ledger.open_items.linking import assign_party, link_document
from ledger.open_items.models import Allocation, OpenItem
from ledger.open_items.settling import allocate, unapply
from ledger.open_items.standing import Standing
from tests.ledger.open_items.trade import CENT, DAYS, KIND, Trade, day

pytestmark = pytest.mark.django_db

STEPS = int(os.environ.get("BACKFILL_TRADE_STEPS", "240"))
RATES = ("0.9", "1", "1.1", "0.333333", "0.0007")


class Steps:
    """One random step at a time, each in a transaction of its own."""

    def __init__(self, seed: int) -> None:
        self.trade, self.random, self.count = Trade(), random.Random(seed), Counter()  # noqa: S311 - dice

    def step(self) -> None:
        verbs = {
            self.open: 4,
            self.pay: 5,
            self.apply: 4,
            self.unapply: 4,
            self.reapply: 1,
            self.void: 4,
            self.bank: 2,
            self.book: 2,
        }
        verb = self.random.choices([*verbs], [*verbs.values()])[0]
        try:
            with transaction.atomic():
                verb()
            self.count[verb.__name__] += 1
        except DomainError as refusal:
            self.count[f"refused: {refusal.code}"] += 1

    def anything(self) -> ItemDraft:
        rate = self.random.choice([None, *RATES])
        amount = Decimal(self.random.choice([1, 3, 100, self.random.randint(1, 30000)])) / 100
        if rate == "0.0007":
            amount *= 20
        return self.trade.draft(
            self.random.choice([1, -1]) * amount,
            rate,
            day(self.random.randrange(DAYS)),
            account=self.random.choice([*self.trade.accounts]),
            party=self.random.choice(self.trade.parties),
        )

    def open(self) -> None:
        self.trade.open(self.anything())

    def pay(self) -> None:
        """A document that settles open items as it posts: a payment, a credit, a refund of a credit."""
        open_now = self.items(~Q(open_amount=0))
        if not open_now:
            return
        source, first = self.anything(), self.random.choice(open_now)
        same = [one for one in open_now if _alike(one, first) and (one.amount > 0) == (first.amount > 0)]
        chosen = self.random.sample(same, min(len(same), self.random.choice([1, 1, 2, 3])))
        amount = abs(source.amount) + self.random.choice([0, 1]) * sum(abs(one.open_amount) for one in chosen)
        rate = self.random.choice(RATES[:4]) if first.currency == "USD" else None
        sign = -1 if first.amount > 0 else 1
        more = {"account": first.account_id, "party": first.party_id}
        draft = self.trade.draft(sign * amount, rate, source.opened_on, **more)
        requests = [AllocationRequest(item_id=one.id, amount=self.part(abs(one.open_amount))) for one in chosen]
        self.trade.settle(draft, *requests)

    def apply(self) -> None:
        open_now = self.items(~Q(open_amount=0))
        pairs = [(a, b) for a in open_now for b in open_now if _alike(a, b) and a.amount > 0 > b.amount]
        if pairs:
            source, target = self.random.sample(self.random.choice(pairs), 2)
            amount = self.part(min(abs(source.open_amount), abs(target.open_amount)))
            request = AllocationRequest(item_id=target.id, amount=amount)
            allocate(source, [request], on=day(self.random.randrange(DAYS)), actor=self.trade.actor)

    def unapply(self) -> list[Allocation]:
        active = [row for row in self.trade.allocations() if row.is_active]
        chosen = self.random.sample(active, min(len(active), self.random.choice([1, 1, 2])))
        self.on = day(self.random.randrange(DAYS))
        unapply(chosen, on=self.on, actor=self.trade.actor, cause=self.cause())
        return chosen

    def reapply(self) -> None:
        """Undo and keep a part, as a refund does that needs some of what a payment paid."""
        for row in self.unapply():
            if row.amount > CENT:
                kept = AllocationRequest(item_id=row.debit_item_id, amount=(row.amount / 2).quantize(CENT))
                allocate(self.trade.item(row.credit_item_id), [kept], on=self.on, actor=self.trade.actor)

    def void(self) -> None:
        """Void a document, or reverse an entry: on its own day, or on any later one."""
        open_now = self.items(Q(closed_on=None))
        if not open_now:
            return
        item = self.random.choice(open_now)
        days = self.random.choice([0, self.random.randrange(40), self.random.randrange(90)])
        ends = {row.id: row.undone_on for row in self.trade.allocations()}
        entry = item.entry
        reverse(entry, on=item.opened_on + timedelta(days=days), reason="", actor=self.trade.actor)
        for row in self.trade.allocations():
            before = ends[row.id]
            self.count["an end moved by a void"] += bool(before and row.undone_on and row.undone_on < before)

    def bank(self) -> None:
        """A match group: one entry settles items of several parties and accounts, and may hold more than that."""
        open_now = self.items(~Q(open_amount=0))
        chosen = self.random.sample(open_now, min(len(open_now), self.random.choice([1, 2, 3])))
        by_account: dict[object, Decimal] = {}
        parts = []
        for item in chosen:
            amount = self.part(abs(item.open_amount)) or abs(item.open_amount)
            if amount > abs(item.open_amount):
                return
            sign = -1 if item.amount > 0 else 1
            worth = by_account.setdefault((item.account_id, sign), Decimal(0))
            by_account[item.account_id, sign] = worth + Standing.of_item(item).part(amount)
            parts.append(SettledPart(item.id, amount))
        if len(by_account) != 1 or not sum(by_account.values()):
            return
        [((account, sign), worth)] = by_account.items()
        more = self.random.choice([Decimal(0), Decimal(0), Decimal("0.50"), Decimal("-0.01")])
        if worth + more <= 0:
            return
        entry = self.trade.book(account, sign * (worth + more), on=day(self.random.randrange(DAYS)))
        settle_by_entry(entry, parts, actor=self.trade.actor)

    def book(self) -> None:
        """A booking by hand, whose party may become known, and which a document may describe, then or later."""
        by_hand = self.items(Q(document_id=None, closed_on=None))
        if not by_hand or self.random.random() < 0.5:
            draft = self.anything()
            rate = str(draft.rate) if draft.currency == "USD" else None
            if draft.base:
                self.trade.book(draft.account_id, draft.amount, on=draft.opened_on, rate=rate)
            return
        item, party = self.random.choice(by_hand), self.trade.parties[0]
        if self.random.random() < 0.3:
            assign_party(item, party)
            return
        amount = self.random.choice([item.amount, item.amount, item.amount * 2, item.amount + 1])
        amount = amount.quantize(CENT)
        if amount:
            draft = self.trade.draft(
                amount, "0.9" if item.currency == "USD" else None, item.opened_on, account=item.account_id, party=party
            )
            link_document(item.entry, draft, actor=self.trade.actor)

    def items(self, condition: Q) -> list[OpenItem]:
        rows = OpenItem.objects.filter(condition, company=self.trade.company).select_related("company", "entry")
        return list(rows.order_by("created_at", "id"))

    def part(self, amount: Decimal) -> Decimal | None:
        cents = int(amount * 100)
        return self.random.choice([None, amount, Decimal(self.random.randint(1, cents)) / 100, amount + 1])

    def cause(self) -> Cause:
        return Cause(company_id=self.trade.company.id, side="receivable", number="", party_id=None)


def _alike(one: OpenItem, other: OpenItem) -> bool:
    facts = ("account_id", "party_id", "currency")
    return all(getattr(one, name) == getattr(other, name) for name in facts)


@pytest.mark.parametrize("seed", range(max(STEPS // 40, 1)))
def test_ties_on_every_day_whatever_happens(seed: int) -> None:
    steps = Steps(seed)
    for _ in range(40):
        steps.step()
        steps.trade.prove()
    assert steps.count["open"], KIND
    print(dict(steps.count))
