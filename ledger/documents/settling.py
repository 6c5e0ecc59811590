"""Settling one document with another: a debit (invoice, bill credit) with a credit (payment, credit memo).

Both sides are open items at their own rates. What the two rates make of the same amount differently is the realised
exchange gain or loss. In memory first, then written in one statement per table, however many items there are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils import timezone

from ledger.documents.errors import OverAllocated, SettlementMismatch
from ledger.documents.models import SettledDocument
from ledger.documents.writing import write_columns
from ledger.drafts import LineDraft
from ledger.models import Slot
from ledger.money import ensure_precision, quantize

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Match:
    """An amount in the documents' currency, and what it is worth on either side in base currency."""

    amount: Decimal
    base_debit: Decimal
    base_credit: Decimal

    @property
    def gain(self) -> Decimal:
        """The realised exchange gain in base currency; a loss is negative."""
        return self.base_credit - self.base_debit


def match(
    debit: SettledDocument, credit: SettledDocument, amount: Decimal, *, base_currency: str, field: str, names: str
) -> Match:
    """Settle `amount` of both documents in memory.

    `names` is how messages call the debit, such as «invoice INV-1001». Raises OverAllocated and SettlementMismatch.
    """
    ensure_precision(amount, debit.currency, field=field)
    if amount <= 0:
        raise OverAllocated(f"{amount} is not an amount to allocate; it is above zero", field=field)
    if debit.currency != credit.currency:
        raise SettlementMismatch(
            f"{names} is in {debit.currency}; a credit in {credit.currency} cannot settle it", field=field
        )
    if amount > debit.open_amount:
        raise OverAllocated(
            f"{names} has {_shown(debit)} left to settle, less than the {amount} allocated to it",
            field=field,
            open_amount=str(_shown(debit)),
        )
    if amount > credit.open_amount:
        raise OverAllocated(
            f"{amount} is more than the {_shown(credit)} that is not allocated yet",
            field=field,
            open_amount=str(_shown(credit)),
        )
    return Match(amount, _take(debit, amount, base_currency), _take(credit, amount, base_currency))


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


def exchange_lines(gain: Decimal) -> Iterator[LineDraft]:
    """Yield the realised difference inside an entry of the documents' currency: no amount in it, only a base amount."""
    if gain:
        account = Slot.FX_GAIN if gain > 0 else Slot.FX_LOSS
        yield LineDraft(account=account, amount=ZERO, base_amount=-gain)


def gain_entry_lines(
    gain: Decimal, *, control: Slot, undoes: bool, personal_account: str = ""
) -> tuple[LineDraft, ...]:
    """Return a base-currency entry for a difference realised, or taken back, apart from any payment.

    A gain taken back is taken from the gains, a loss from the losses.
    """
    account = Slot.FX_GAIN if gain > 0 else Slot.FX_LOSS
    amount = -gain if undoes else gain
    return (
        LineDraft(account=control, amount=amount, personal_account=personal_account),
        LineDraft(account=account, amount=-amount),
    )


def _take(document: SettledDocument, amount: Decimal, base_currency: str) -> Decimal:
    """Settle and return the amount's worth at the document's rate; the last part takes what is left, to the cent."""
    if amount == document.open_amount:
        base = document.open_base
    else:
        rate = document.exchange_rate or Decimal(1)
        base = min(quantize(amount * rate, base_currency), document.open_base)
    settle(document, amount, base)
    return base


def _shown(document: SettledDocument) -> Decimal:
    return quantize(document.open_amount, document.currency)
