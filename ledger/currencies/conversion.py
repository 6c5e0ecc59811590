"""From the currency an entry is stated in to base currency, so that both balance. Pure.

Money, open items and tax are converted once: the sum on the bank line is the sum at the rate. What rounding leaves over
goes to revenue and expenses by largest remainder, a unit at most to each line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from ledger.currencies.money import ensure_precision, quantize, quantum
from ledger.errors import InvalidLine


@dataclass(slots=True)
class Conversion:
    """One line on its way to base currency. `fixed` is its stated base amount; None is to be converted.

    `path` names the line in errors, `field` its amount. `is_result` marks revenue and expenses without tax lines.
    """

    amount: Decimal
    fixed: Decimal | None
    is_result: bool
    path: str
    field: str


def base_amounts(lines: Sequence[Conversion], *, rate: Decimal, base: str) -> list[Decimal]:
    """Return the lines in base currency, debit positive. They balance unless stated base amounts do not.

    A line may be worth nothing where it is less than half the smallest unit of `base`. Raises InvalidLine.
    """
    converted = [
        quantize(line.amount * rate, base)
        if line.fixed is None
        else ensure_precision(line.fixed, base, field=f"{line.path}.base_amount")
        for line in lines
    ]
    _settle_rounding(lines, converted, rate, quantum(base))
    for line, amount in zip(lines, converted, strict=True):
        ensure_precision(amount, base, field=line.field)
        if line.amount * amount < 0:
            raise InvalidLine(_("both amounts of a line are on the same side"), field=f"{line.path}.base_amount")
        if not line.amount and not amount:
            raise InvalidLine(_("a line has a debit or a credit above zero"), field=line.field)
    return converted


def _settle_rounding(lines: Sequence[Conversion], converted: list[Decimal], rate: Decimal, unit: Decimal) -> None:
    """Move units until the entry balances. More than a unit a line is not a rounding; the caller refuses it."""
    difference = sum(converted, Decimal(0))
    free = [index for index, line in enumerate(lines) if line.fixed is None]
    if not difference or abs(difference) > len(free) * unit:
        return
    step = -unit if difference > 0 else unit
    for index in _ranked(lines, converted, free, rate, step):
        if not difference:
            return
        converted[index] += step
        difference += step
    if difference:
        # Beside stated base amounts even the other rounding of every line may not do.
        converted[max(free, key=lambda index: abs(converted[index]))] -= difference


def _ranked(
    lines: Sequence[Conversion], converted: Sequence[Decimal], free: Sequence[int], rate: Decimal, step: Decimal
) -> Iterator[int]:
    """Yield the lines that were rounded against `step`, which may be rounded the other way, in the order to do so:
    revenue and expenses, then the side with more lines, then the other; by largest remainder, amount and place."""
    exact = Fraction(rate)
    wide = _wider_side(lines, free)
    ranks = {}
    for index in free:
        line = lines[index]
        remainder = (Fraction(line.amount) * exact - Fraction(converted[index])) / Fraction(step)
        if remainder > 0:
            group = 0 if line.is_result else 1 if (line.amount > 0) == wide else 2
            ranks[index] = (group, -remainder, -abs(line.amount), index)
    yield from sorted(ranks, key=ranks.__getitem__)


def _wider_side(lines: Sequence[Conversion], free: Sequence[int]) -> bool:
    """Return whether the debits are the side with more lines; the other is the sum's."""
    debits = sum(lines[index].amount > 0 for index in free)
    credited = sum(lines[index].amount < 0 for index in free)
    return debits > credited
