"""Realised exchange differences that no other entry holds: one entry for each control account and day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from backfill.tenancy.actors import Actor
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post
from ledger.models import AccountRole, JournalEntry
from ledger.open_items.sides import DIFFERENCE_KIND, sides

Moves = dict[tuple[UUID, date], Decimal]
"""What control accounts are moved by on days, in base currency: a gain above zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Whose settlement makes the differences; `number` is the document's."""

    company_id: UUID
    side: str
    number: str
    party_id: UUID | None


def post_differences(
    moves: Mapping[tuple[UUID, date], Decimal], cause: Cause, *, undoes: bool, actor: Actor
) -> dict[tuple[UUID, date], JournalEntry]:
    """Post what is not zero, in the order of the days, and return the entries by account and day.

    A gain taken back is taken from the gains, a loss from the losses.
    """
    wanted = sorted((day, account, amount) for (account, day), amount in moves.items() if amount)
    if not wanted:
        return {}
    personal_account = _personal_account(cause)
    return {
        (account, day): post(_entry(cause, account, amount, day, personal_account, undoes=undoes), actor=actor)
        for day, account, amount in wanted
    }


def _entry(
    cause: Cause, account: UUID, amount: Decimal, day: date, personal_account: str, *, undoes: bool
) -> EntryDraft:
    gain = -amount if undoes else amount
    return EntryDraft(
        company_id=cause.company_id,
        entry_date=day,
        kind=DIFFERENCE_KIND,
        memo=f"Exchange difference of {cause.number}",
        lines=(
            LineDraft(account=account, amount=amount, personal_account=personal_account),
            LineDraft(account=AccountRole.FX_GAIN if gain > 0 else AccountRole.FX_LOSS, amount=-amount),
        ),
    )


def _personal_account(cause: Cause) -> str:
    side = sides.get(cause.side)
    if side is None or cause.party_id is None:
        return ""
    with connection.cursor() as cursor:
        sql = f"SELECT personal_account FROM {side.party_table} WHERE company_id = %s AND id = %s"  # noqa: S608
        cursor.execute(sql, [cause.company_id, cause.party_id])
        row = cursor.fetchone()
    return str(row[0]) if row else ""
