"""Which part of the books a proof reads: all of them, or what the last closing hash does not vouch for.

A locked period cannot change, and its closing hash covers the one before. So a proof starts at the last one locked,
which it recomputes, and goes on from there; `--full` reads the locked ones before it, too.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Max, Min, Q

from backfill.tenancy.models import Company
from ledger.models import EntryStatus, JournalEntry, JournalHead, Period
from ledger.models.head import GENESIS_HASH

FIRST_DAY = date.min


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a proof starts: at a journal number, after an entry with a hash, having counted so many entries of each
    fiscal year, and in a month. `closed` are the locked periods to recompute, in order, after `closing_hash`."""

    first_number: int = 1
    previous_hash: str = GENESIS_HASH
    sequences: dict[int, int] = field(default_factory=dict)
    first_month: date = FIRST_DAY
    closed: tuple[Period, ...] = ()
    closing_hash: str = GENESIS_HASH


def whole(company: Company) -> Scope:
    """Return the scope of a full proof."""
    return Scope(closed=tuple(_locked(company)))


def since_last_closing(company: Company) -> Scope:
    """Return the scope from the last locked period on, itself included; the whole where none is locked."""
    closed = _locked(company)
    if len(closed) < 2:
        return whole(company)
    *before, last = closed
    trusted = [period.name for period in before]
    posted = JournalEntry.objects.filter(company=company).exclude(status=EntryStatus.DRAFT)
    first = posted.exclude(period__in=trusted).aggregate(first=Min("first_journal_number"))["first"]
    if first is None:
        head = JournalHead.objects.filter(company=company).first()
        first = head.next_journal_number if head else 1
    earlier = posted.filter(first_journal_number__lt=first)
    counted = earlier.order_by().values_list("fiscal_year").annotate(last=Max("sequence"))
    anchor = earlier.filter(last_journal_number=first - 1).first()
    open_ones = Period.objects.filter(company=company).filter(~Q(status=Period.Status.LOCKED) | Q(pk=last.pk))
    return Scope(
        first_number=first,
        previous_hash=anchor.hash if anchor else GENESIS_HASH,
        sequences={year or 0: sequence or 0 for year, sequence in counted},
        first_month=open_ones.aggregate(first=Min("starts_on"))["first"].replace(day=1),
        closed=(last,),
        closing_hash=before[-1].closing_hash,
    )


def _locked(company: Company) -> list[Period]:
    """Return the locked periods in the order in which their closing hashes follow each other."""
    locked = Period.objects.filter(company=company, status=Period.Status.LOCKED)
    return list(locked.order_by("locked_at", "ends_on", "number"))
