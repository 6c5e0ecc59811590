"""Items in the place of others: an entry's item by hand turns out to be a document's, or to settle something."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import F, Q

from backfill.tenancy.actors import Actor
from ledger.models import JournalEntry
from ledger.open_items.differences import Cause
from ledger.open_items.drafts import ItemDraft
from ledger.open_items.models import ENTRY_KIND, Allocation, OpenItem
from ledger.open_items.opening import insert_items
from ledger.open_items.planning import locked_items
from ledger.open_items.settling import end

ZERO: Final = Decimal(0)


def replace_items(
    entry: JournalEntry, old: Sequence[OpenItem], drafts: Sequence[ItemDraft], actor: Actor
) -> list[ItemDraft]:
    """Put items in the place of untouched ones of an entry, and return what is left over as items of their own. The
    old ones never counted."""
    keys = [item.id for item in old]
    undone = Allocation.objects.filter(
        Q(debit_item_id__in=keys) | Q(credit_item_id__in=keys),
        company_id=entry.company_id,
        undone_on__gt=F("applied_on"),
    )
    rows = list(undone) if any(item.undone_until for item in old) else []
    if rows:
        ends = {key for row in rows for key in (row.debit_item_id, row.credit_item_id)}
        accounts = {item.id: item.account_id for item in locked_items(entry.company_id, Q(id__in=ends))}
        first = old[0]
        cause = Cause(company_id=first.company_id, side=first.side, number=first.number, party_id=first.party_id)
        end(rows, on=entry.entry_date, actor=actor, cause=cause, accounts=accounts, moves={})
    OpenItem.objects.filter(company_id=entry.company_id, id__in=keys).update(
        closed_on=F("opened_on"), closing_entry_id=entry.id
    )
    rest = _rest(entry, old, drafts)
    insert_items([*drafts, *rest])
    return rest


def _rest(entry: JournalEntry, old: Sequence[OpenItem], drafts: Sequence[ItemDraft]) -> list[ItemDraft]:
    """Return, by account, what old items hold more, or less, than new ones: in their currency where all have one and
    the signs agree, else in base currency."""
    left = []
    for account in dict.fromkeys([*(one.account_id for one in old), *(one.account_id for one in drafts)]):
        gone = [item for item in old if item.account_id == account]
        made = [draft for draft in drafts if draft.account_id == account]
        base = sum((one.base for one in gone), ZERO) - sum((one.base + one.embedded for one in made), ZERO)
        amount = sum((one.amount for one in gone), ZERO) - sum((one.amount for one in made), ZERO)
        currencies = {one.currency for one in gone} | {one.currency for one in made}
        as_stated = len(currencies) == 1 and amount and amount * base >= 0
        if not base and not as_stated:
            continue
        draft = entry_item(
            entry,
            side=made[0].side if made else gone[0].side,
            account_id=account,
            party_id=gone[0].party_id if gone else made[0].party_id,
            currency=currencies.pop() if as_stated else entry.company.base_currency,
        )
        draft.amount, draft.base = (amount if as_stated else base), base
        left.append(draft)
    return left


def entry_item(
    entry: JournalEntry, *, side: str, account_id: UUID | None, party_id: UUID | None, currency: str
) -> ItemDraft:
    """Return an item without a document of an entry, with nothing in it yet."""
    return ItemDraft(
        company_id=entry.company_id,
        side=side,
        kind=ENTRY_KIND,
        document_id=None,
        number=entry.entry_number,
        document_date=entry.document_date or entry.entry_date,
        due_on=entry.document_date or entry.entry_date,
        currency=currency,
        rate=None,
        amount=ZERO,
        base=ZERO,
        base_currency=entry.company.base_currency,
        opened_on=entry.entry_date,
        party_id=party_id,
        account_id=account_id,
        entry_id=entry.id,
    )
