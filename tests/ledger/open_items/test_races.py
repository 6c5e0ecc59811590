"""Threads settle the same items in random order, unapply and reverse them: no item twice over, and no deadlock."""

import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Q

from backfill.errors import DomainError
from ledger.checks.books import check_books
from ledger.journal.posting import reverse
from ledger.open_items.differences import Cause
from ledger.open_items.drafts import AllocationRequest
from ledger.open_items.models import Allocation, OpenItem
from ledger.open_items.settling import allocate, unapply
from tests.ledger.open_items.trade import FIRST, Trade
from tests.ledger.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, STEPS = 4, 12


def test_never_settles_too_much_and_never_waits_for_ever() -> None:
    with transaction.atomic():
        trade = Trade()
        debits = [trade.open(trade.draft(30, "1.00" if number % 2 else None)).id for number in range(6)]
        given = [trade.open(trade.draft(-40, "0.90" if number % 2 else None)).id for number in range(4)]
    cause = Cause(company_id=trade.company.id, side="receivable", number="", party_id=None)

    def work(seed: int) -> Callable[[], list[str]]:
        dice = random.Random(seed)  # noqa: S311 - dice

        def step() -> None:
            credit = trade.item(dice.choice(given))
            choice = dice.random()
            if choice < 0.25:
                rows = Allocation.objects.filter(Q(credit_item_id=credit.id), company=trade.company, undone_on=None)
                unapply(list(rows), on=FIRST, actor=trade.actor, cause=cause)
            elif choice < 0.35:
                reverse(trade.item(dice.choice(debits)).entry, on=FIRST, reason="", actor=trade.actor)
            else:
                wanted = [AllocationRequest(item_id=one, amount=Decimal(10)) for one in dice.sample(debits, 2)]
                allocate(credit, wanted, on=FIRST, actor=trade.actor)

        def steps() -> list[str]:
            done = []
            for _ in range(STEPS):
                try:
                    with transaction.atomic():
                        step()
                    done.append("done")
                except DomainError as refusal:
                    done.append(str(refusal.code))
            return done

        return steps

    outcomes = at_once(*(work(seed) for seed in range(THREADS)))
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert sum(one == "done" for done in outcomes for one in done) > THREADS  # type: ignore[union-attr]  # no exception is left
    assert check_books(trade.company).findings == []
    assert all(item.open_amount >= 0 for item in OpenItem.objects.filter(company=trade.company, amount__gt=0))
