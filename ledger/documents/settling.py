"""Settling one document with another: a debit (invoice, bill credit) with a credit (payment, credit memo).

Both sides are open items at their own rates. What the two rates make of the same amount differently is the realised
exchange gain or loss. In memory first, then written in one statement per table, however many items there are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from ledger.documents.errors import OverAllocated, SettlementMismatch
from ledger.documents.models import SettledDocument
from ledger.documents.writing import write_columns
from ledger.drafts import EntryDraft, LineDraft
from ledger.models import Slot
from ledger.money import ensure_precision, part_of_base, quantize, quantum

ZERO: Final = Decimal(0)
GAIN_KIND: Final = "exchange_difference"


@dataclass(frozen=True, slots=True)
class Match:
    """What an amount in the documents' currency is worth on either side, in base currency."""

    document_base: Decimal
    source_base: Decimal


def match(document: SettledDocument, source: SettledDocument, amount: Decimal, *, field: str, noun: str) -> Match:
    """Settle `amount` of a document by a source, of both, in memory.

    `noun` is what messages call the document. Raises OverAllocated and SettlementMismatch.
    """
    ensure_precision(amount, document.currency, field=field)
    if amount <= 0:
        raise OverAllocated(f"{amount} is not an amount to allocate; it is above zero", field=field)
    if document.currency != source.currency:
        raise SettlementMismatch(
            f"{noun} {document} is in {document.currency}; {source} in {source.currency} cannot settle it", field=field
        )
    if amount > document.open_amount:
        raise OverAllocated(
            f"{noun} {document} has {_shown(document)} left to settle, less than the {amount} allocated to it",
            field=field,
            open_amount=str(_shown(document)),
        )
    if amount > source.open_amount:
        raise OverAllocated(
            f"{amount} is more than the {_shown(source)} that {source} has left to allocate",
            field=field,
            open_amount=str(_shown(source)),
        )
    base_currency = source.company.base_currency
    done = Match(_take(document, amount, base_currency), _take(source, amount, base_currency))
    return _at_one_rate(done, document, source)


def _at_one_rate(done: Match, document: SettledDocument, source: SettledDocument) -> Match:
    """Let what comes in for a part be worth what the part is: parts rounded one by one are not the whole rounded once,
    and at one rate that is no exchange difference.

    A source that is not posted yet changes its own amount, as far as that is still its sum at the rate, rounded up or
    down; one that is posted shares it out otherwise.
    """
    difference = done.document_base - done.source_base
    if not difference or source.exchange_rate is None or source.exchange_rate != document.exchange_rate:
        return done
    if source.is_posted:
        return _alike(done, document, source)
    wanted = source.base_amount + difference
    exact = source.total_amount * source.exchange_rate
    is_near = abs(wanted - exact) < quantum(source.company.base_currency)
    if not is_near:
        return done
    source.base_amount = wanted
    source.settled_base += difference
    return Match(done.document_base, done.document_base)


def _alike(done: Match, document: SettledDocument, source: SettledDocument) -> Match:
    """Let the side of which something is left take what the other is worth. Where nothing is left of either, their
    amounts are fixed."""
    difference = done.document_base - done.source_base
    if source.open_amount and difference <= source.open_base:
        source.settled_base += difference
        return Match(done.document_base, done.document_base)
    if document.open_amount and -difference <= document.open_base:
        document.settled_base -= difference
        return Match(done.source_base, done.source_base)
    return done


def settle(document: SettledDocument, amount: Decimal, base: Decimal) -> None:
    """Count an amount as settled, or with negative figures as open again. In memory."""
    document.settled_amount += amount
    document.settled_base += base
    if document.is_posted and not document.is_void:
        document.status = document.settlement_status


def write_settled(documents: Iterable[SettledDocument]) -> None:
    """Write status and settled amounts of documents of one table, in one statement. The rows are locked."""
    rows = list(documents)
    for row in rows:
        row.updated_at = timezone.now()
    write_columns(rows, ("settled_amount", "settled_base", "status", "updated_at"))


@dataclass(frozen=True, slots=True)
class Gain:
    """A realised exchange difference and the day it belongs to: the day on which the allocation counts, or stops to
    count. Base currency; a loss is negative."""

    on: date
    amount: Decimal


def exchange_lines(gain: Decimal) -> Iterator[LineDraft]:
    """Yield the realised difference inside an entry of the documents' currency: no amount in it, only a base amount."""
    if gain:
        account = Slot.FX_GAIN if gain > 0 else Slot.FX_LOSS
        yield LineDraft(account=account, amount=ZERO, base_amount=-gain)


def gain_entry(
    document: SettledDocument, party: Any, gain: Decimal, *, control: Slot, on: date, undoes: bool
) -> EntryDraft:
    """Return the entry of an exchange difference realised, or taken back, apart from any payment. Base currency.

    A gain taken back is taken from the gains, a loss from the losses.
    """
    account = Slot.FX_GAIN if gain > 0 else Slot.FX_LOSS
    amount = -gain if undoes else gain
    return EntryDraft(
        company_id=document.company_id,
        entry_date=on,
        kind=GAIN_KIND,
        memo=f"Exchange difference of {document}",
        lines=(
            LineDraft(account=control, amount=amount, personal_account=getattr(party, "personal_account", "")),
            LineDraft(account=account, amount=-amount),
        ),
    )


def _take(document: SettledDocument, amount: Decimal, base_currency: str) -> Decimal:
    """Settle and return the amount's worth at the document's rate: what all parts so far are worth together, less the
    earlier ones. So the parts add up, and the last takes what is left, to the cent."""
    # A recorded invoice may be linked to an entry of another currency, which gives it no rate of its own.
    rate = document.exchange_rate or document.base_amount / document.total_amount
    base = part_of_base(
        settled=document.settled_amount,
        settled_base=document.settled_base,
        amount=amount,
        rate=rate,
        left=document.open_base,
        is_last=amount == document.open_amount,
        base_currency=base_currency,
    )
    settle(document, amount, base)
    return base


def _shown(document: SettledDocument) -> Decimal:
    return quantize(document.open_amount, document.currency)
