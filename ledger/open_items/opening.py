"""Opening items: what a posted entry put on control accounts, as documents describe it or as its lines say."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection

from backfill.database.prepared import prepared_cursor
from ledger.models import JournalEntry
from ledger.open_items.drafts import ItemDraft
from ledger.open_items.sides import claimed_kinds, sides

_COLUMNS: Final = (
    "id, company_id, side, account_id, party_id, entry_id, kind, document_id, number, document_date, due_on, currency, "
    "rate, amount, base, embedded, opened_on, open_amount, open_base, created_at"
)
_ENTRY_NUMBER: Final = "e.fiscal_year || '-' || lpad(e.sequence::text, greatest(6, length(e.sequence::text)), '0')"
# Lines that add up to nothing in their currency, or to opposite signs, are an item in base currency.
_IN_CURRENCY: Final = """
    CROSS JOIN LATERAL (SELECT (s.base = 0 OR sign(s.stated) = sign(s.base)) AS as_stated) h
    CROSS JOIN LATERAL (SELECT CASE WHEN h.as_stated THEN s.stated ELSE s.base END AS amount,
        CASE WHEN h.as_stated THEN e.currency ELSE c.base_currency END AS currency,
        CASE WHEN h.as_stated THEN e.exchange_rate ELSE 1 END AS rate) i
"""
_BY_HAND: Final = f"""
    SELECT gen_random_uuid(), s.company_id, s.side, s.account_id, {{party}}, e.id, 'entry', NULL::uuid, {_ENTRY_NUMBER},
        coalesce(e.document_date, e.entry_date), coalesce(e.document_date, e.entry_date), i.currency, i.rate, i.amount,
        s.base, 0, e.entry_date, 0, 0, clock_timestamp()
    FROM sums s JOIN ledger_journalentry e ON e.id = s.entry_id JOIN tenancy_company c ON c.id = s.company_id
    {_IN_CURRENCY} WHERE s.stated <> 0 OR s.base <> 0
"""  # noqa: S608 - all of it is ours
# What a document's own items leave of its entry's lines on control accounts is an item without a document.
_OPEN: Final = f"""
WITH stated AS (
    SELECT * FROM json_populate_recordset(NULL::open_items_openitem, %s)
), own AS MATERIALIZED (
    SELECT s.*, e.entry_date, a.account_id AS on_account FROM stated s JOIN ledger_journalentry e ON e.id = s.entry_id
    CROSS JOIN LATERAL (
        SELECT l.account_id FROM ledger_journalline l JOIN ledger_account k ON k.id = l.account_id
        WHERE l.company_id = s.company_id AND l.entry_id = s.entry_id AND k.control = s.side
        ORDER BY (l.account_id = s.account_id) DESC NULLS LAST, (l.amount = s.base + s.embedded) DESC, l.line_number
        LIMIT 1
    ) a
), sums AS (
    SELECT m.company_id, m.entry_id, m.account_id, k.control AS side, sum(m.stated) AS stated, sum(m.base) AS base
    FROM (
        SELECT company_id, entry_id, account_id, currency_amount AS stated, amount AS base FROM ledger_journalline
            WHERE (company_id, entry_id) IN (SELECT company_id, entry_id FROM stated)
        UNION ALL SELECT company_id, entry_id, on_account, -amount, -(base + embedded) FROM own
    ) m JOIN ledger_account k ON k.id = m.account_id AND k.control IS NOT NULL
    GROUP BY 1, 2, 3, 4 HAVING sum(m.base) <> 0
)
INSERT INTO open_items_openitem ({_COLUMNS})
SELECT id, company_id, side, on_account, party_id, entry_id, kind, document_id, number, document_date, due_on, currency,
    rate, amount, base, embedded, entry_date, 0, 0, clock_timestamp() FROM own
UNION ALL {_BY_HAND.format(party="NULL::uuid")}
RETURNING id, account_id
"""  # noqa: S608 - all of it is ours
_INSERT: Final = f"""
INSERT INTO open_items_openitem ({_COLUMNS})
SELECT id, company_id, side, account_id, party_id, entry_id, kind, document_id, number, document_date, due_on, currency,
    rate, amount, base, embedded, (SELECT e.entry_date FROM ledger_journalentry e WHERE e.id = entry_id), 0, 0,
    clock_timestamp()
FROM json_populate_recordset(NULL::open_items_openitem, %s)
"""  # noqa: S608 - all of it is ours
_OPEN_LINES: Final = f"""
WITH sums AS (
    SELECT l.company_id, l.entry_id, l.account_id, k.control AS side, l.personal_account,
        sum(l.currency_amount) AS stated, sum(l.amount) AS base
    FROM ledger_journalline l JOIN ledger_account k ON k.id = l.account_id AND k.control IS NOT NULL
    WHERE l.company_id = %s AND l.entry_id = ANY(%s) GROUP BY 1, 2, 3, 4, 5
)
INSERT INTO open_items_openitem ({_COLUMNS}) {_BY_HAND}
"""  # noqa: S608 - all of it is ours


def open_items(drafts: Sequence[ItemDraft]) -> None:
    """Open the items of posted entries and tell each draft its account. One statement.

    What the entries put on control accounts beside them is an item without a document. Raises RuntimeError for a draft
    whose entry has no line on a control account.
    """
    if not drafts:
        return
    with prepared_cursor() as cursor:
        cursor.execute(_OPEN, [_rows(drafts)])
        placed: dict[UUID, UUID] = dict(cursor.fetchall())
    for draft in drafts:
        if draft.id not in placed:
            raise RuntimeError(f"the entry of {draft.number} has no line on a control account")
        draft.account_id = placed[draft.id]


def insert_items(drafts: Sequence[ItemDraft]) -> None:
    """Insert items that take the place of others of the same entries; accounts and entries are known."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [_rows(drafts)])


def open_unclaimed(entries: Sequence[JournalEntry]) -> None:
    """Open the items of entries that nobody else opens items for: bookings by hand, imports, opening balances.

    A reversal opens none: it closes those of its original.
    """
    open_lines(entry for entry in entries if entry.kind not in claimed_kinds and entry.reverses_entry_id is None)


def open_lines(entries: Iterable[JournalEntry]) -> None:
    """Open an item for each control account and personal account of entries of one company. One statement."""
    found = list(entries)
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_LINES.format(party=_party()), [found[0].company_id, [entry.id for entry in found]])


def _party() -> str:
    """Return the SQL of whose a personal account is."""
    whens = " ".join(
        f"WHEN '{side.name}' THEN (SELECT p.id FROM {side.party_table} p WHERE p.company_id = s.company_id "  # noqa: S608
        "AND p.personal_account = s.personal_account AND s.personal_account <> '')"
        for side in sides.values()
    )
    return f"CASE s.side {whens} END" if whens else "NULL::uuid"


def _rows(drafts: Sequence[ItemDraft]) -> str:
    return orjson.dumps([draft.row() for draft in drafts], default=_text).decode()


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} is not a value of a column")
