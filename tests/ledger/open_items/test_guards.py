"""What PostgreSQL itself refuses of open items and allocations. Each attack leaves the books as they were."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from backfill.ids import uuid7
from ledger.models import JournalEntry
from ledger.open_items.differences import Cause
from ledger.open_items.drafts import AllocationRequest
from ledger.open_items.models import Allocation, ControlDay, OpenItem
from ledger.open_items.settling import allocate, unapply
from tests.ledger.open_items.trade import Trade, rows
from tests.ledger.raw_journal import execute, flush_constraints, value

pytestmark = pytest.mark.django_db

CHECK, FOREIGN_KEY = "23514", "23503"
_ALLOCATE = (
    "INSERT INTO open_items_allocation (company_id, id, debit_item_id, credit_item_id, amount, base_debit, base_credit,"
    " applied_on, created_at) VALUES (%(company)s, gen_random_uuid(), {}, now())"
)
_OPEN = (
    "INSERT INTO open_items_openitem (company_id, id, side, account_id, party_id, entry_id, kind, number,"
    " document_date, due_on, currency, rate, amount, base, embedded, open_amount, open_base, opened_on, created_at)"
    " SELECT {}, gen_random_uuid(), side, account_id, party_id, entry_id, kind, number, document_date,"
    " due_on, currency, rate, 9, 9, 0, 9, 9, opened_on, now() FROM open_items_openitem WHERE id = %(invoice)s"
)
_CLOSE = "UPDATE open_items_openitem SET closed_on = '2026-06-01', closing_entry_id = {} WHERE id = %({})s"


def made(values: str) -> str:
    return _ALLOCATE.format(values)


ATTACKS: dict[str, tuple[str, str]] = {
    # --- more than there is, in either currency, now or on a past day
    "over-allocation": (CHECK, made("%(invoice)s, %(payment)s, 61, 54, 54, '2026-06-01'")),
    "negative rest in base": (CHECK, made("%(invoice)s, %(payment)s, 1, 60.01, 60.01, '2026-06-01'")),
    "rest in base of nothing": (CHECK, made("%(invoice)s, %(payment)s, 60, 54, 54, '2026-06-01'")),
    "full on a past day": ("BF008", made("%(invoice)s, %(payment)s, 50, 50, 50, '2026-03-01'")),
    "full on a past day, debit": ("BF008", made("%(plain_invoice)s, %(credit)s, 50, 50, 50, '2026-03-01'")),
    "full on a past day, credit": ("BF008", made("%(debit)s, %(plain_payment)s, 50, 50, 50, '2026-03-01'")),
    "two debits": ("BF008", made("%(invoice)s, %(invoice)s, 1, 1, 1, '2026-06-01'")),
    "another party's": ("BF008", made("%(debit)s, %(theirs)s, 1, 1, 1, '2026-06-01'")),
    "another account's": ("BF008", made("%(debit)s, %(bill)s, 1, 1, 1, '2026-06-01'")),
    "another currency's": ("BF008", made("%(debit)s, %(payment)s, 1, 1, 1, '2026-06-01'")),
    "before the invoice": ("BF008", made("%(invoice)s, %(payment)s, 1, 1, 1, '2026-01-01'")),
    "nothing": (CHECK, made("%(debit)s, %(credit)s, 0, 0, 0, '2026-06-01'")),
    # --- what is open differs from the allocations
    "open amount": ("BF007", "UPDATE open_items_openitem SET open_amount = 1 WHERE id = %(invoice)s"),
    "open base": ("BF007", "UPDATE open_items_openitem SET open_base = open_base - 1 WHERE id = %(invoice)s"),
    "undone until": ("BF007", "UPDATE open_items_openitem SET undone_until = NULL WHERE id = %(invoice)s"),
    # --- changes of what was posted
    "amount": ("BF003", "UPDATE open_items_openitem SET amount = 50, base = 45 WHERE id = %(invoice)s"),
    "account": ("BF003", "UPDATE open_items_openitem SET account_id = %(other)s WHERE id = %(invoice)s"),
    "party": ("BF003", "UPDATE open_items_openitem SET party_id = %(other)s WHERE id = %(invoice)s"),
    "day": ("BF003", "UPDATE open_items_openitem SET opened_on = opened_on - 1 WHERE id = %(invoice)s"),
    "document": ("BF003", "UPDATE open_items_openitem SET document_id = %(other)s WHERE id = %(invoice)s"),
    "party of one side": ("BF008", "UPDATE open_items_openitem SET party_id = %(other)s WHERE id = %(hand)s"),
    "allocation's amount": ("BF003", "UPDATE open_items_allocation SET amount = amount - 1 WHERE id = %(allocation)s"),
    "allocation's day": (
        "BF003",
        "UPDATE open_items_allocation SET applied_on = applied_on + 1 WHERE id = %(allocation)s",
    ),
    "later end": ("BF003", "UPDATE open_items_allocation SET undone_on = undone_on + 1 WHERE id = %(undone)s"),
    "undoing the undoing": ("BF003", "UPDATE open_items_allocation SET undone_on = NULL WHERE id = %(undone)s"),
    "undoing before it counted": (
        CHECK,
        "UPDATE open_items_allocation SET undone_on = applied_on - 1 WHERE id = %(allocation)s",
    ),
    "deleting an allocation": ("BF003", "DELETE FROM open_items_allocation WHERE id = %(allocation)s"),
    "deleting an item": ("BF003", "DELETE FROM open_items_openitem WHERE id = %(invoice)s"),
    "emptying items": ("BF003", "SET LOCAL backfill.allow_truncate = 'off'; TRUNCATE open_items_openitem CASCADE"),
    "emptying allocations": ("BF003", "SET LOCAL backfill.allow_truncate = 'off'; TRUNCATE open_items_allocation"),
    "emptying control days": ("BF003", "SET LOCAL backfill.allow_truncate = 'off'; TRUNCATE open_items_controlday"),
    # --- the account and its items no longer agree
    "control day": ("BF007", "UPDATE open_items_controlday SET items = 0 WHERE company_id = %(company)s"),
    "difference without a posting": ("BF008", made("%(invoice)s, %(payment)s, 1, 1, 0.9, '2026-06-01'")),
    "undoing without a posting": (
        "BF008",
        "UPDATE open_items_allocation SET undone_on = '2026-06-01' WHERE id = %(allocation)s",
    ),
    "posting without an item": ("BF008", "posted"),
    "item without a posting": ("BF008", _OPEN.format("company_id")),
    "another company's account": (FOREIGN_KEY, _OPEN.format("%(other)s")),
    "closing while settled": ("BF008", _CLOSE.format("entry_id", "invoice")),
    "closing without a reversal": ("BF008", _CLOSE.format("entry_id", "debit")),
    "closing with a reversal while settled": ("BF008", "posted; " + _CLOSE.format("%(posted)s", "plain_invoice")),
    "allocating a closed item": (
        CHECK,
        "posted; " + _CLOSE.format("%(posted)s", "debit") + "; " + made("%(debit)s, %(credit)s, 1, 1, 1, '2026-06-01'"),
    ),
    "opening a closed item": (
        "BF003",
        "posted; " + _CLOSE.format("%(posted)s", "debit") + "; "
        "UPDATE open_items_openitem SET closed_on = NULL, closing_entry_id = NULL WHERE id = %(debit)s",
    ),
    "another account as a control account": (
        "BF003",
        "UPDATE ledger_account SET slot = 'accounts_payable' WHERE company_id = %(company)s AND slot = 'cash'",
    ),
}


@pytest.fixture
def trade() -> Trade:
    return Trade()


@pytest.mark.parametrize("name", ATTACKS)
def test_refuses(trade: Trade, name: str) -> None:
    state, script = ATTACKS[name]
    facts = _facts(trade)
    trade.prove()
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():  # noqa: PT012 - an attack is several statements
        for statement in script.split("; "):
            if statement == "posted":
                facts["posted"] = _posted(trade)
            else:
                execute_named(statement, facts)
        flush_constraints()
    assert isinstance(refusal.value.__cause__, psycopg.Error)
    assert refusal.value.__cause__.sqlstate == state, refusal.value
    trade.prove()


def test_an_account_that_loses_its_role_controls_what_it_controlled(trade: Trade) -> None:
    execute("UPDATE ledger_account SET slot = NULL WHERE id = %s", trade.receivable)
    assert value("SELECT control FROM ledger_account WHERE id = %s", trade.receivable) is None
    execute("UPDATE ledger_account SET slot = 'accounts_receivable' WHERE id = %s", trade.receivable)
    trade.book(trade.receivable, "5.00")
    execute("UPDATE ledger_account SET slot = NULL, control = NULL WHERE id = %s", trade.receivable)
    assert value("SELECT control FROM ledger_account WHERE id = %s", trade.receivable) == "receivable"


def test_hides_other_companies_items(trade: Trade) -> None:
    _facts(trade)
    flush_constraints()
    execute("SELECT set_config('backfill.company_id', %s, true)", str(uuid7()))
    models = (OpenItem, Allocation, ControlDay)
    assert [model.objects.filter(company=trade.company).count() for model in models] == [0, 0, 0]
    execute("SELECT set_config('backfill.company_id', %s, true)", str(trade.company.id))
    assert all(model.objects.filter(company=trade.company).count() for model in models)


def test_has_keys_and_indexes_that_begin_with_the_company() -> None:
    found = rows(
        "SELECT indexdef FROM pg_indexes WHERE tablename IN ('open_items_openitem', 'open_items_allocation',"
        " 'open_items_controlday')"
    )
    assert len(found) >= 11
    assert [index for (index,) in found if "(company_id" not in index] == []


def _facts(trade: Trade) -> dict[str, Any]:
    foreign, plain = _settled_pair(trade, ("1.00", "0.90")), _settled_pair(trade, (None, None))
    theirs = trade.open(trade.draft(-50, party=trade.parties[1])).id
    bill = trade.open(trade.draft(-50, account=list(trade.accounts)[1])).id
    by_hand = trade.items_of(trade.book(trade.receivable, "30.00"))[0]
    taken = trade.draft(-10, party=None)
    trade.settle(taken, AllocationRequest(item_id=by_hand.id, amount=Decimal(10)))
    return {
        "company": trade.company.id,
        "other": uuid7(),
        **foreign,
        **{f"plain_{name}": key for name, key in plain.items()},
        **{name: trade.open(trade.draft(amount)).id for name, amount in (("debit", 100), ("credit", -100))},
        "theirs": theirs,
        "bill": bill,
        "hand": by_hand.id,
    }


def _settled_pair(trade: Trade, rates: tuple[str | None, str | None]) -> dict[str, UUID]:
    """An invoice and a payment of 100 that settled it from 02-10 to 04-10, and 40 of it since."""
    invoice = trade.open(trade.draft(100, rates[0], date(2026, 1, 10)))
    before = {row.id for row in trade.allocations()}
    payment = trade.settle(trade.draft(-100, rates[1], date(2026, 2, 10)), AllocationRequest(item_id=invoice.id))
    [first] = [row for row in trade.allocations() if row.id not in before]
    cause = Cause(company_id=trade.company.id, side="receivable", number="", party_id=None)
    unapply([first], on=date(2026, 4, 10), actor=trade.actor, cause=cause)
    wanted = AllocationRequest(item_id=invoice.id, amount=Decimal(40))
    [second] = allocate(trade.item(payment.id), [wanted], on=date(2026, 4, 10), actor=trade.actor)
    return {"invoice": invoice.id, "payment": payment.id, "undone": first.id, "allocation": second.id}


def _posted(trade: Trade) -> UUID:
    """An entry that takes 100 off receivables in June, and opens no item."""
    draft = trade.draft(-100, on=date(2026, 6, 1))
    entry: JournalEntry = trade.post(draft)
    return entry.id


def execute_named(statement: str, facts: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
