"""From a story to its bookings: which day, which accounts, how much. Pure."""

import hashlib
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from backfill.demo_data.stories import Buyer, Story

MONTHS: Final = 12
OPEN_MONTHS: Final = 3
_SEASON: Final = (100, 92, 102, 106, 104, 110, 103, 96, 112, 115, 120, 126)  # percent, from January on

Line = tuple[str, Decimal, str]


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry to be: lines of (account code, amount with its tax, debit positive, tax code)."""

    day: date
    memo: str
    number: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sale:
    """What one buyer buys in one month; `gross` is with tax."""

    buyer: Buyer
    day: date
    number: str
    gross: Decimal

    @property
    def paid_on(self) -> date:
        return self.day + timedelta(days=self.buyer.days)


def months_until(today: date) -> list[date]:
    """Return the first days of the twelve months that end with today's."""
    return [month_back(today, back) for back in range(MONTHS - 1, -1, -1)]


def month_back(day: date, months: int) -> date:
    """Return the first of the month so many months before that of `day`."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def bookings_until(story: Story, today: date) -> list[Booking]:
    """Return every entry of the year up to and including today, but for the sales of the open months, which are
    invoices (`backfill.demo_data.invoices`)."""
    first = months_until(today)[0]
    found = [_collection(story, first)]
    for index, month in enumerate(months_until(today)):
        if index < MONTHS - OPEN_MONTHS:
            found += [booking for sale in sales_of(story, month, index) for booking in _sold_and_paid(story, sale)]
        found += _costs(story, month, index)
    return sorted((one for one in found if one.day <= today), key=lambda one: one.day)


def sales_of(story: Story, month: date, index: int) -> list[Sale]:
    """Return what is sold in a month: more towards the year's end, and more from month to month."""
    factor = Decimal(_SEASON[month.month - 1]) / 100 * (1 + Decimal(index) / 60)
    return [
        Sale(
            buyer=buyer,
            day=day_of(month, buyer.day),
            number=f"{story.prefix}{month:%y%m}{position:02d}",
            gross=_about(buyer.amount * factor, f"{buyer.name} {month}"),
        )
        for position, buyer in enumerate(story.buyers, start=1)
    ]


def day_of(month: date, day: int) -> date:
    """Return that day of the month, its last one where it is shorter."""
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))


def _sold_and_paid(story: Story, sale: Sale) -> Iterator[Booking]:
    receivable = (story.receivables, sale.gross, "")
    revenue = (sale.buyer.revenue, -sale.gross, sale.buyer.tax_code)
    yield Booking(sale.day, f"Sale to {sale.buyer.name}", sale.number, (receivable, revenue))
    paid = ((story.bank, sale.gross, ""), (story.receivables, -sale.gross, ""))
    yield Booking(sale.paid_on, f"{sale.buyer.name} pays {sale.number}", sale.number, paid)


def _costs(story: Story, month: date, index: int) -> Iterator[Booking]:
    for position, cost in enumerate(story.costs, start=1):
        if index % cost.every:
            continue
        amount = _about(Decimal(cost.amount), f"{cost.memo} {month}") if cost.varies else Decimal(cost.amount)
        day = day_of(month, cost.day)
        number = f"B{month:%y%m}{position:02d}"
        memo = f"{cost.memo}, {month:%B %Y}"
        yield Booking(day, memo, number, ((cost.account, amount, cost.tax_code), (cost.contra, -amount, "")))
        if cost.contra == story.payables:
            paid = ((story.payables, amount, ""), (story.bank, -amount, ""))
            yield Booking(day + timedelta(days=21), f"Paid: {memo}", number, paid)


def _collection(story: Story, first: date) -> Booking:
    """The buyers pay what was open when the year began."""
    amount = Decimal(dict(story.opening)[story.receivables])
    lines = ((story.bank, amount, ""), (story.receivables, -amount, ""))
    return Booking(day_of(first, 20), "Open invoices of the year before, paid", "", lines)


def _about(amount: Decimal, name: str) -> Decimal:
    """Return an amount within a sixth of the given one, with odd cents, always the same for a name."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    return (amount * (Decimal(number % 3001) / 9000 + Decimal(5) / 6)).quantize(Decimal("0.01"))
