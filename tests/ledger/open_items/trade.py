"""A company that trades in two currencies on one receivable and two payable control accounts, in the real journal."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from backfill.ids import uuid7
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post as post_entry
from ledger.models import Account, AccountRole, JournalEntry, JournalHead
from ledger.open_items.drafts import AllocationRequest, ItemDraft
from ledger.open_items.models import Allocation, OpenItem
from ledger.open_items.opening import open_items
from ledger.open_items.planning import plan_settlement
from ledger.open_items.settling import record_settlement
from ledger.open_items.sides import claim_kinds
from tests.ledger.raw_journal import flush_constraints

KIND = "trade"
FIRST, DAYS = date(2026, 1, 1), 110
ZERO, CENT = Decimal(0), Decimal("0.01")

claim_kinds({KIND})


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


class Trade:
    """Opens, settles and books as documents of either side would, with documents that are nothing but a key."""

    def __init__(self) -> None:
        self.company = Company.objects.create(name=f"Trade {uuid7()}", chart="us", base_currency="EUR")
        JournalHead.objects.create(company=self.company)
        self.actor = system_actor()
        for slot, kind in (
            *(
                (AccountRole.CASH, "asset"),
                (AccountRole.REVENUE, "revenue"),
                (AccountRole.FX_GAIN, "revenue"),
                (AccountRole.FX_LOSS, "expense"),
            ),
            *((AccountRole.ACCOUNTS_RECEIVABLE, "asset"), (AccountRole.ACCOUNTS_PAYABLE, "liability")),
        ):
            self._account(slot, kind)
        self.receivable, first = (
            self._of(slot) for slot in (AccountRole.ACCOUNTS_RECEIVABLE, AccountRole.ACCOUNTS_PAYABLE)
        )
        self.accounts = {self.receivable: "receivable", first: "payable"}
        self.book(first, "-1.00")  # what it controls is fixed now
        Account.objects.filter(id=first).update(slot=None)
        self.accounts[self._account(AccountRole.ACCOUNTS_PAYABLE, "liability")] = "payable"
        self.parties = [uuid7(), uuid7()]

    def _account(self, slot: AccountRole, kind: str) -> UUID:
        code = str(1000 + Account.objects.filter(company=self.company).count())
        account = Account.objects.create(company=self.company, code=code, name=slot.label, type=kind, slot=slot)
        return account.id

    def _of(self, slot: AccountRole) -> UUID:
        return Account.objects.get(company=self.company, slot=slot).id

    def draft(self, amount: Decimal | str, rate: str | None = None, on: date = FIRST, **facts: Any) -> ItemDraft:
        """An item to open; a rate makes it foreign."""
        amount, account = Decimal(amount), facts.pop("account", self.receivable)
        return ItemDraft(
            company_id=self.company.id,
            side=self.accounts[account],
            account_id=account,
            party_id=facts.pop("party", self.parties[0]),
            kind=facts.pop("kind", KIND),
            document_id=uuid7(),
            number=f"D-{str(uuid7())[-6:]}",
            document_date=on,
            due_on=on + timedelta(days=30),
            currency="USD" if rate else "EUR",
            rate=Decimal(rate or 1),
            amount=amount,
            base=(amount * Decimal(rate or 1)).quantize(CENT, ROUND_HALF_UP),
            base_currency="EUR",
            opened_on=on,
            **facts,
        )

    def open(self, draft: ItemDraft) -> OpenItem:
        """Post what settles nothing, and open its item."""
        draft.entry_id = self.post(draft).id
        open_items([draft])
        return self.item(draft.id)

    def settle(self, draft: ItemDraft, *requests: AllocationRequest) -> OpenItem:
        """Post what settles items, and open its own."""
        plan = plan_settlement(draft, requests, on=draft.opened_on)
        record_settlement(plan, entry_id=self.post(draft).id, actor=self.actor)
        return self.item(draft.id)

    def book(self, account: UUID, amount: str | Decimal, *, on: date = FIRST, rate: str | None = None) -> JournalEntry:
        """Post a booking by hand."""
        lines = (
            LineDraft(account=account, amount=Decimal(amount)),
            LineDraft(account=AccountRole.CASH, amount=-Decimal(amount)),
        )
        more = {"currency": "USD", "exchange_rate": Decimal(rate)} if rate else {}
        draft = EntryDraft(company_id=self.company.id, entry_date=on, lines=lines, **more)
        return post_entry(draft, actor=self.actor)

    def item(self, key: UUID) -> OpenItem:
        return OpenItem.objects.select_related("company", "entry").get(company=self.company, id=key)

    def items_of(self, entry: JournalEntry) -> list[OpenItem]:
        rows = OpenItem.objects.filter(company=self.company, entry=entry, closed_on=None)
        return list(rows.select_related("company").order_by("amount"))

    def allocations(self) -> list[Allocation]:
        return list(Allocation.objects.filter(company=self.company).order_by("created_at", "id"))

    def post(self, draft: ItemDraft) -> JournalEntry:
        """Post what a document puts on its control account."""
        gain = draft.embedded
        lines = [
            LineDraft(account=draft.account_id, amount=draft.amount, base_amount=draft.base + gain),  # type: ignore[arg-type]  # it has one
            LineDraft(account=AccountRole.CASH, amount=-draft.amount, base_amount=-draft.base),
        ]
        if gain:
            slot = AccountRole.FX_GAIN if gain > 0 else AccountRole.FX_LOSS
            lines.append(LineDraft(account=slot, amount=ZERO, base_amount=-gain))
        entry = EntryDraft(
            company_id=self.company.id,
            entry_date=draft.opened_on,
            kind=KIND,
            currency=draft.currency,
            exchange_rate=draft.rate,
            lines=tuple(lines),
        )
        return post_entry(entry, actor=self.actor)

    def prove(self) -> dict[tuple[str, date], Decimal]:
        """Compare items and journal day by day, in plain Python, and return the balances by side and day."""
        flush_constraints()
        owed, settled = defaultdict(Decimal), self._settled()
        for item in OpenItem.objects.filter(company=self.company):
            for when, worth in _movements(item, settled[item.id]):
                owed[item.account_id, when] += worth
        booked = defaultdict(Decimal)
        for account, when, amount in rows(
            "SELECT account_id, entry_date, amount FROM ledger_journalline WHERE company_id = %s", self.company.id
        ):
            booked[account, when] += amount
        balances: dict[tuple[str, date], Decimal] = defaultdict(Decimal)
        for account, side in self.accounts.items():
            ours = theirs = ZERO
            for number in range(3 * DAYS):
                ours, theirs = ours + owed[account, day(number)], theirs + booked[account, day(number)]
                assert ours == theirs, (account, day(number), ours, theirs)
                balances[side, day(number)] += ours
        return balances

    def _settled(self) -> dict[UUID, list[tuple[date, date | None, Decimal, Decimal]]]:
        settled = defaultdict(list)
        for row in self.allocations():
            for key, base in ((row.debit_item_id, row.base_debit), (row.credit_item_id, row.base_credit)):
                settled[key].append((row.applied_on, row.undone_on, row.amount, base))
        return settled


def _movements(item: OpenItem, settled: list[tuple[date, date | None, Decimal, Decimal]]) -> list[tuple[date, Decimal]]:
    """Return what an item moves its account by on days, and check that it stays within itself on each of them."""
    changes: dict[date, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    active = [ZERO, ZERO]
    for start, end, amount, base in settled:
        for when, sign in ((start, 1), (end, -1)):
            if when is not None:
                changes[when][0] += sign * amount
                changes[when][1] += sign * base
        if end is None:
            active = [active[0] + amount, active[1] + base]
    sign, whole, worth = (1 if item.amount > 0 else -1), abs(item.amount), abs(item.base)
    moves, done, before = [], [ZERO, ZERO], ZERO
    for when in sorted({item.opened_on, *changes} | ({item.closed_on} if item.closed_on else set())):
        done = [done[0] + changes[when][0], done[1] + changes[when][1]]
        alive = item.opened_on <= when and (item.closed_on is None or when < item.closed_on)
        assert 0 <= done[0] <= (whole if alive else 0), (item.id, when)
        assert 0 <= done[1] <= worth, (item.id, when)
        assert done[0] < whole or done[1] == worth, (item.id, when)
        now = sign * (worth - done[1]) if alive else ZERO
        moves.append((when, now - before))
        before = now
    left = [whole - active[0], worth - active[1]] if item.closed_on is None else [ZERO, ZERO]
    assert [item.open_amount, item.open_base] == [sign * one for one in left], item.id
    return moves


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
