"""Amounts and their currencies: minor units, rounding, splitting without losing a cent, exchange rates.

Amounts are Decimals in units of their currency (12.34 EUR), never in minor units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from backfill.currencies import CURRENCIES, not_in_use
from backfill.tenancy.models import Company
from ledger.errors import ExchangeRateMissing, InvalidLine, UnknownCurrency
from ledger.models import ExchangeRate

_MINOR_UNITS: Final[dict[str, int]] = {code: currency.decimals for code, currency in CURRENCIES.items()}
_QUANTA: Final[dict[str, Decimal]] = {code: Decimal(1).scaleb(-units) for code, units in _MINOR_UNITS.items()}

LARGEST_AMOUNT: Final = Decimal("1e16")
ECB: Final = "ECB"
EURO: Final = "EUR"
LOAD_COMMAND: Final = ".venv/bin/python manage.py load_exchange_rates eurofxref-hist.zip"
RATE_QUANTUM: Final = Decimal("1e-12")


@dataclass(frozen=True, slots=True)
class Rate:
    """`rate` base-currency units for one unit of the currency, as published or set for `rate_date`."""

    rate: Decimal
    rate_date: date
    source: str


def minor_units(currency: str) -> int:
    """Return how many decimals amounts in `currency` have (ISO 4217: EUR 2, JPY 0, KWD 3).

    Raises UnknownCurrency for anything but the three capital letters of a currency in use.
    """
    try:
        return _MINOR_UNITS[currency]
    except KeyError:
        raise _unknown(currency) from None


def quantum(currency: str) -> Decimal:
    """Return the smallest amount of `currency`: 0.01 for EUR. Raises UnknownCurrency."""
    try:
        return _QUANTA[currency]
    except KeyError:
        raise _unknown(currency) from None


def quantize(amount: Decimal, currency: str) -> Decimal:
    """Round `amount` half up (away from zero, so debit and credit round alike) to the currency's minor unit."""
    try:
        rounded = amount.quantize(_QUANTA[currency], ROUND_HALF_UP)
    except KeyError:
        raise _unknown(currency) from None
    return rounded or abs(rounded)  # there is no minus zero on an invoice


def ensure_precision(amount: Decimal, currency: str, *, field: str) -> Decimal:
    """Return `amount` with exactly the currency's decimals; trailing zeros do not count as precision.

    Raises InvalidLine naming `field` when it has more decimals than the currency, is not a finite number, or is
    10^16 or more; UnknownCurrency.
    """
    smallest = quantum(currency)
    if not amount.is_finite() or abs(amount) >= LARGEST_AMOUNT:
        raise InvalidLine(_("{amount} is not an amount; write a number below 10^16").format(amount=amount), field=field)
    if amount.same_quantum(smallest):
        return amount
    rounded = amount.quantize(smallest, ROUND_HALF_UP)
    if rounded != amount:
        decimals = minor_units(currency)
        raise InvalidLine(
            _("{amount} has more decimals than {currency} has; amounts in {currency} have at most {decimals}").format(
                amount=amount, currency=currency, decimals=decimals
            ),
            field=field,
            currency=currency,
            decimals=decimals,
        )
    return rounded


def allocate(total: Decimal, weights: Sequence[Decimal], *, currency: str) -> list[Decimal]:
    """Split `total` in proportion to `weights` into amounts of `currency` that add up to it exactly.

    `total` may be negative and so may weights; weights that sum to zero give no proportion and count as equal. The
    units that rounding leaves over go to the shares with the largest remainders (Hare-Niemeyer), among equals to
    the larger weight, then the earlier one. Raises InvalidLine when `total` is too precise for the currency, and
    ValueError for no weights at all.
    """
    smallest = quantum(currency)
    units = int(ensure_precision(total, currency, field="total") / smallest)
    if not weights:
        raise ValueError("nothing to allocate to: weights are empty")
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact)
    if not whole:
        exact, whole = [Fraction(1)] * len(exact), Fraction(len(exact))
    sign = -1 if units < 0 else 1
    shares = [abs(units) * weight / whole for weight in exact]
    return [sign * part * smallest for part in largest_remainder(shares, abs(units))]


def largest_remainder(shares: Sequence[Fraction], units: int) -> list[int]:
    """Round `shares` to whole numbers that sum to `units`, which must be their sum rounded up or down."""
    parts = [share.numerator // share.denominator for share in shares]
    left_over = units - sum(parts)
    ranked = sorted(range(len(shares)), key=lambda i: (parts[i] - shares[i], -abs(shares[i]), i))
    for index in ranked[:left_over]:
        parts[index] += 1
    return parts


def part_of_base(
    *,
    settled: Decimal,
    settled_base: Decimal,
    amount: Decimal,
    rate: Decimal,
    left: Decimal,
    is_last: bool,
    base_currency: str,
) -> Decimal:
    """Return what the next part of an item is worth in base currency, after `settled` of it took `settled_base`.

    Parts are converted together, so that they add up to the whole: three parts of 0.00625 are 0.01, 0.00 and 0.01, not
    0.03. The last part takes what is `left`, and none takes more. All amounts are positive.
    """
    if is_last:
        return left
    together = quantize((settled + amount) * rate, base_currency)
    return min(max(together - settled_base, Decimal(0)), left)


def exchange_rate(*, company: Company, currency: str, on: date) -> Rate:
    """Return base-currency units per unit of `currency` on a day, rounded to twelve decimals.

    The company's own latest rate up to that day comes first; then the ECB's reference rates, crossed through the euro
    where neither currency is the euro. Both hold for the days that the company's settings say, and the ECB publishes
    none on weekends and holidays. Raises UnknownCurrency and ExchangeRateMissing.
    """
    minor_units(currency)
    base = company.base_currency
    if currency == base:
        return Rate(Decimal(1), on, "")
    own = _own_rate(company, currency, on)
    if own is not None and (on - own.rate_date).days <= company.own_rate_days:
        return own
    earliest = date.fromordinal(max(on.toordinal() - company.ecb_rate_days, 1))  # the calendar begins somewhere
    published = _ecb_rate(base, currency, earliest=earliest, latest=on)
    if published is None:
        raise _missing(company, currency, on, own)
    return published


def _own_rate(company: Company, currency: str, on: date) -> Rate | None:
    base = company.base_currency
    row = (
        ExchangeRate.objects.filter(company=company, rate_date__lte=on)
        .filter(Q(base_currency=base, currency=currency) | Q(base_currency=currency, currency=base))
        .order_by("-rate_date")
        .first()
    )
    if row is None:
        return None
    rate = 1 / row.rate if row.base_currency == base else row.rate
    return Rate(rate.quantize(RATE_QUANTUM, ROUND_HALF_UP), row.rate_date, row.source)


def _ecb_rate(base: str, currency: str, *, earliest: date, latest: date) -> Rate | None:
    wanted = {base, currency} - {EURO}
    rows = ExchangeRate.objects.filter(
        company=None, base_currency=EURO, currency__in=wanted, rate_date__range=(earliest, latest)
    ).order_by("-rate_date")
    per_euro: dict[date, dict[str, Decimal]] = {}
    for row in rows:
        quoted = per_euro.setdefault(row.rate_date, {EURO: Decimal(1)})
        quoted[row.currency] = row.rate
        if wanted <= quoted.keys():
            crossed = quoted[base] / quoted[currency]
            return Rate(crossed.quantize(RATE_QUANTUM, ROUND_HALF_UP), row.rate_date, ECB)
    return None


def _missing(company: Company, currency: str, on: date, own: Rate | None) -> ExchangeRateMissing:
    """Say that no rate holds on a day, and of which day the newest older one is."""
    base = company.base_currency
    older = [(own.rate_date, company.own_rate_days)] if own else []
    if published := _last_published(base, currency, on):
        older.append((published, company.ecb_rate_days))
    known, stale = {}, {}
    if older:
        day, days = max(older)
        known = {"rate_date": day.isoformat(), "valid_days": days}
        stale = {"day": day, "days": days}
        message = _(
            "there is no exchange rate from {currency} to {base} for {on}; the latest is of {day} and holds for {days} "
            "days: send exchange_rate with the entry, record a rate for the company, or load newer ones with "
            "«{command}»"
        )
    else:
        message = _(
            "there is no exchange rate from {currency} to {base} for {on}: send exchange_rate with the entry, "
            "record a rate for the company, or load newer ones with «{command}»"
        )
    return ExchangeRateMissing(
        message.format(currency=currency, base=base, on=on, command=LOAD_COMMAND, **stale),
        field="exchange_rate",
        currency=currency,
        base_currency=base,
        on=on.isoformat(),
        **known,
    )


def _last_published(base: str, currency: str, on: date) -> date | None:
    wanted = {base, currency} - {EURO}
    rows = ExchangeRate.objects.filter(company=None, base_currency=EURO, currency__in=wanted, rate_date__lte=on)
    complete = rows.values("rate_date").annotate(count=Count("currency")).filter(count=len(wanted))
    return complete.order_by("-rate_date").values_list("rate_date", flat=True).first()


def _unknown(currency: str) -> UnknownCurrency:
    return UnknownCurrency(not_in_use(currency), field="currency")
