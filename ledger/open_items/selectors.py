"""Reading open items as they are now: what parties owe, and which entries settle which."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import F, Q, Sum

from ledger.journal.registry import SettlementLinks
from ledger.models import JournalEntry
from ledger.open_items.models import Allocation, OpenItem
from ledger.open_items.sides import sides

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class PartyBalance:
    """What is open of a party's debits and credits, both positive, in base currency."""

    debits: Decimal = ZERO
    credits: Decimal = ZERO


def party_balances(*, company_id: UUID, side: str, party_ids: Collection[UUID]) -> dict[UUID, PartyBalance]:
    """Return what is open of parties; one of whom nothing is open is absent. One statement."""
    rows = OpenItem.objects.filter(company_id=company_id, side=side, party_id__in=party_ids).exclude(open_amount=0)
    sums = (
        rows.order_by()
        .values("party_id")
        .annotate(
            debits=Sum("open_base", filter=Q(open_amount__gt=0), default=ZERO),
            credits=Sum("open_base", filter=Q(open_amount__lt=0), default=ZERO),
        )
    )
    return {
        key: PartyBalance(debits, -owed)
        for key, debits, owed in sums.values_list("party_id", "debits", "credits")
        if key
    }


def settlement_links(entry: JournalEntry) -> SettlementLinks:
    """Return the entries whose items an entry's items settle, and of those that settle them.

    Receivables are settled by credits, payables by debits.
    """
    rows = Allocation.objects.filter(company_id=entry.company_id, undone_on=None)
    rows = rows.filter(Q(debit_item__entry_id=entry.id) | Q(credit_item__entry_id=entry.id)).order_by(
        "created_at", "id"
    )
    settles: dict[UUID, None] = {}
    settled_by: dict[UUID, None] = {}
    for side, debit, credit in rows.values_list(F("debit_item__side"), "debit_item__entry_id", "credit_item__entry_id"):
        is_owed = side not in sides or sides[side].sign > 0
        opened, settling = (debit, credit) if is_owed else (credit, debit)
        if settling == entry.id:
            settles[opened] = None
        else:
            settled_by[settling] = None
    return SettlementLinks(settles=tuple(settles), settled_by=tuple(settled_by))
