"""What somebody should look at before an entry posts: its period is soft-locked, or its amount is unusually large.

Nothing here refuses. The rule for amounts, in base currency: from 1,000,000,000 on always; from 10,000 on where it is
more than a hundred times the largest entry that stands since a year before it. Reversals repeat what was there.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from backfill import doubts
from backfill.tenancy.models import Company
from ledger.journal.resolving import ResolvedEntry
from ledger.models import EntryStatus, JournalEntry

ALWAYS_LARGE: Final = Decimal(1_000_000_000)
NEVER_LARGE: Final = Decimal(10_000)
TIMES: Final = 100
_YEAR: Final = timedelta(days=365)
_CODE: Final = "UNUSUAL_AMOUNT"


def note_doubts(company_id: UUID, entries: Sequence[ResolvedEntry], soft_locked: frozenset[str]) -> None:
    """Note what is doubtful about entries that are being posted, where somebody listens: of amounts, the largest."""
    if not doubts.are_noted():
        return
    for period in sorted({entry.period.name for entry in entries} & soft_locked):
        message = _("period {period} is soft-locked: only an admin may still post into it").format(period=period)
        doubts.note("PERIOD_SOFT_LOCKED", message)
    stated = [entry for entry in entries if entry.draft.reverses_entry_id is None]
    largest = max(stated, key=lambda entry: entry.total_amount, default=None)
    if largest is not None and not doubts.is_noted(_CODE):
        for doubt in amount_doubts(company_id, largest.total_amount, largest.draft.posting_date):
            doubts.note(**doubt)


def amount_doubts(
    company_id: UUID, amount: Decimal, on: date, *, before_number: int | None = None
) -> list[dict[str, Any]]:
    """Return a warning where an amount in base currency, debits of an entry of that day, is unusually large.

    With `before_number` it is compared with what the journal held before that number. No statement for amounts below
    10,000, one for the others, which ends at the first entry of a size that makes it usual, one more for the words.
    """
    if amount < NEVER_LARGE:
        return []
    rows = JournalEntry.objects.filter(company_id=company_id, status=EntryStatus.POSTED, entry_date__gte=on - _YEAR)
    rows = rows.filter(reverses_entry__isnull=True)
    if before_number is not None:
        rows = rows.filter(first_journal_number__lt=before_number)
    if amount < ALWAYS_LARGE and rows.filter(total_amount__gte=amount / TIMES).exists():
        return []
    largest = rows.aggregate(largest=Max("total_amount"))["largest"]
    if amount < ALWAYS_LARGE and largest is None:
        return []
    return [{"code": _CODE, "message": _message(company_id, amount, largest), "field": ""}]


def _message(company_id: UUID, amount: Decimal, largest: Decimal | None) -> str:
    currency = Company.objects.values_list("base_currency", flat=True).get(pk=company_id)
    if largest is not None and amount > largest * TIMES:
        message = _(
            "{amount} {currency} is an unusually large amount: more than {times} times the largest entry of the last "
            "year, {largest} {currency}"
        )
    else:
        message = _("{amount} {currency} is an unusually large amount")
    figures = {"amount": f"{amount:.2f}", "largest": f"{largest or 0:.2f}"}
    return message.format(currency=currency, times=TIMES, **figures)
