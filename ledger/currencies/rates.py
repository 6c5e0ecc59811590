"""Where exchange rates come from: the European Central Bank's published history, and rates a company sets itself.

Looking one up is `ledger.currencies.money.exchange_rate`.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice

from currency_converter import CurrencyConverter
from django.db import connection, transaction
from django.db.models import QuerySet, Subquery
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed
from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.currencies.money import ECB, EURO, minor_units
from ledger.models import ExchangeRate

LARGEST_RATE = Decimal("1e9")
_BATCH = 20_000

# Currency, date, units of the currency for one euro.
EcbRate = tuple[str, date, Decimal]


def ecb_rates(source: str | None = None) -> list[EcbRate]:
    """Return the euro reference rates in `source`: a path or an address of the ECB's `eurofxref-hist.zip` or `.csv`.

    Without `source`, those that came with this installation (since 1999). Currencies that no longer exist are left
    out, as entries cannot be in them.
    """
    converter = CurrencyConverter(source, decimal=True) if source else CurrencyConverter(decimal=True)
    history: dict[str, dict[date, Decimal | None]] = converter._rates  # noqa: SLF001 - it can only convert otherwise
    return [
        (currency, day, rate)
        for currency, days in history.items()
        if _is_in_use(currency)
        for day, rate in days.items()
        if rate is not None
    ]


def has_exchange_rates() -> bool:
    """Return whether reference rates were ever stored here."""
    return ExchangeRate.objects.filter(company=None).exists()


def published_until() -> date | None:
    """Return the last day for which a reference rate is stored here."""
    return last_published().values_list("rate_date", flat=True).first()


def rates_until() -> Subquery:
    """Return `published_until` as a part of another query."""
    return Subquery(last_published().values("rate_date")[:1])


def last_published() -> QuerySet[ExchangeRate]:
    """Return the reference rates with the last day first, to be read alone or inside another query."""
    return ExchangeRate.objects.filter(company=None, source=ECB).order_by("-rate_date")


@transaction.atomic
def store_ecb_rates(rates: Iterable[EcbRate], *, on_progress: Callable[[int], object]) -> int:
    """Store reference rates for all companies; return how many were new or corrected.

    What is stored already costs a look-up and changes nothing, so the same history can be stored daily.
    `on_progress` is called with the number of rates that each batch has dealt with.
    """
    stored = 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE ecb_rate (id uuid, currency text, rate_date date, rate numeric)")
        for batch in _batches(rates):
            with cursor.copy("COPY ecb_rate (id, currency, rate_date, rate) FROM STDIN") as copy:
                for currency, day, rate in batch:
                    copy.write_row((uuid7(), currency, day, rate))
            cursor.execute(_MERGE, [EURO, ECB])
            stored += cursor.rowcount
            cursor.execute("TRUNCATE ecb_rate")
            on_progress(len(batch))
        cursor.execute("DROP TABLE ecb_rate")
    return stored


@transaction.atomic
def record_exchange_rate(
    *, company: Company, currency: str, on: date, rate: Decimal, source: str = "manual"
) -> ExchangeRate:
    """Set the company's own rate for a day: `rate` units of `currency` for one unit of its base currency.

    It goes before the ECB's from that day on, until the company's next one. Recording the same day again replaces
    it; entries keep the rate they were posted with. Raises UnknownCurrency, ValidationFailed.
    """
    minor_units(currency)
    if currency == company.base_currency:
        raise ValidationFailed(
            _("{currency} is the company's own currency; its rate is 1").format(currency=currency), field="currency"
        )
    if not rate.is_finite() or not 0 < rate < LARGEST_RATE:
        raise ValidationFailed(_("rate is a number above zero and below 10^9"), field="rate")
    exchange_rate, _created = ExchangeRate.objects.update_or_create(
        company=company,
        base_currency=company.base_currency,
        currency=currency,
        rate_date=on,
        defaults={"rate": rate, "source": source},
    )
    return exchange_rate


_MERGE = """
INSERT INTO ledger_exchangerate (id, company_id, base_currency, currency, rate_date, rate, source)
SELECT id, NULL, %s, currency, rate_date, rate, %s FROM ecb_rate
ON CONFLICT ON CONSTRAINT exchange_rate_once DO UPDATE SET rate = excluded.rate
    WHERE ledger_exchangerate.rate <> excluded.rate
"""


def _batches(rates: Iterable[EcbRate]) -> Iterator[list[EcbRate]]:
    remaining = iter(rates)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _is_in_use(currency: str) -> bool:
    try:
        minor_units(currency)
    except ValidationFailed:
        return False
    return True
