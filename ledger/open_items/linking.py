"""Documents that describe what an entry posted elsewhere put on a control account, and whose it is."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import F, Q
from django.utils.translation import gettext as _

from backfill.tenancy.actors import Actor
from ledger.currencies.money import quantize
from ledger.errors import ReferenceNotFound
from ledger.models import Account, JournalEntry
from ledger.open_items.drafts import ItemDraft
from ledger.open_items.errors import OverAllocated, SettlementMismatch
from ledger.open_items.models import OpenItem
from ledger.open_items.planning import locked_items
from ledger.open_items.replacing import replace_items

_CONNECTED: Final = """
WITH RECURSIVE connected (id) AS (
    SELECT %(item)s::uuid
    UNION SELECT CASE a.debit_item_id WHEN c.id THEN a.credit_item_id ELSE a.debit_item_id END
    FROM connected c JOIN open_items_allocation a
        ON a.company_id = %(company)s AND c.id IN (a.debit_item_id, a.credit_item_id)
)
SELECT id FROM connected
"""


@dataclass(frozen=True, slots=True)
class Linked:
    """The item that a document describes now, and what its entry holds beside it, an item without a document."""

    item: OpenItem
    difference: OpenItem | None


def link_document(entry: JournalEntry, draft: ItemDraft, *, actor: Actor) -> Linked:
    """Let a document describe what an entry posted elsewhere put on a control account. `draft` is the document's item.

    Of another amount or currency, the document takes the item's place, and the difference is an item without a
    document, so that the account ties. Raises OverAllocated where the entry's item is settled in part and differs.
    """
    found = locked_items(entry.company_id, Q(entry_id=entry.id, document_id=None, side=draft.side, closed_on=None))
    items = [item for item in found if item.amount * draft.amount > 0]
    exact = [item for item in items if (item.currency, item.amount) == (draft.currency, draft.amount)]
    if exact:
        return Linked(_described(exact[0], draft), None)
    old = max(items, key=lambda item: abs(item.base), default=None)
    if old is not None and old.open_amount != old.amount:
        left, whole = (quantize(abs(amount), old.currency) for amount in (old.open_amount, old.amount))
        raise OverAllocated(
            _(
                "entry {number} has {left} of {whole} {currency} open and is settled in part; {noun} "
                "{draft_number} of {difference} {draft_currency} differs from it. Unapply what "
                "settles it first"
            ).format(
                number=entry.entry_number,
                left=left,
                whole=whole,
                currency=old.currency,
                noun=draft.noun,
                draft_number=draft.number,
                difference=quantize(abs(draft.amount), draft.currency),
                draft_currency=draft.currency,
            ),
            field="intent_id",
            open_amount=str(left),
        )
    draft.entry_id, draft.account_id = entry.id, old.account_id if old else _control_account(draft)
    rest = replace_items(entry, [old] if old else [], [draft], actor)
    rows = OpenItem.objects.filter(company_id=entry.company_id, id__in=[draft.id, *(one.id for one in rest)])
    by_id = {item.id: item for item in rows}
    return Linked(by_id[draft.id], by_id[rest[0].id] if rest else None)


def assign_party(item: OpenItem, party_id: UUID) -> None:
    """Say whose an item without a party is, and with it whatever settles it or is settled by it, however far. Raises
    SettlementMismatch for one that is another's."""
    with connection.cursor() as cursor:
        cursor.execute(_CONNECTED, {"item": item.id, "company": item.company_id})
        keys = [row[0] for row in cursor.fetchall()]
    items = list(locked_items(item.company_id, Q(id__in=keys)))
    other = next((one for one in items if one.party_id not in (None, party_id)), None)
    if other is not None:
        raise SettlementMismatch(
            _("{noun} {number} belongs to somebody else").format(noun=other.noun, number=other.number), field="party_id"
        )
    unknown = [one.id for one in items if one.party_id is None]
    OpenItem.objects.filter(company_id=item.company_id, id__in=unknown).update(party_id=party_id)
    item.party_id = party_id


def _described(item: OpenItem, draft: ItemDraft) -> OpenItem:
    """Let an item be a document's."""
    if draft.party_id is not None and item.party_id is None:
        assign_party(item, draft.party_id)
    facts = ("kind", "document_id", "number", "document_date", "due_on")
    OpenItem.objects.filter(company_id=item.company_id, id=item.id).update(
        **{name: getattr(draft, name) for name in facts}
    )
    for name in facts:
        setattr(item, name, getattr(draft, name))
    return item


def _control_account(draft: ItemDraft) -> UUID:
    accounts = Account.objects.filter(company_id=draft.company_id, control=draft.side)
    found = accounts.order_by(F("slot").desc(nulls_last=True), "code").first()
    if found is None:
        raise ReferenceNotFound(_("no account controls what is {side}").format(side=draft.side), field="intent_id")
    return found.id
