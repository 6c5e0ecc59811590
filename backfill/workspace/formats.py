"""Numbers and dates as people in the company's country write them; the names of months in the page's language."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django.utils.translation import get_language

from backfill.currencies import CURRENCIES
from backfill.tenancy.days import day_of
from backfill.tenancy.models import Company

_ENGLISH_MARKS = str.maketrans(",.", "\0\1")


@dataclass(frozen=True, slots=True)
class Formats:
    """How one company writes. `decimals` are those of its base currency."""

    locale: Locale
    currency: str
    decimals: int
    time_zone: str
    decimal_mark: str
    group_mark: str
    groups_by_thousand: bool
    day_order: str
    day_mark: str

    def amount(self, value: Decimal, currency: str | None = None) -> str:
        """Return an amount without its currency, with exactly the currency's decimals: `1.234,50`."""
        return self.number(value, self.decimals if currency is None else decimals_of(currency))

    def number(self, value: Decimal, decimals: int) -> str:
        if not self.groups_by_thousand:
            pattern = f"#,##,##0.{'0' * decimals}" if decimals else "#,##,##0"
            return format_decimal(value, format=pattern, locale=self.locale)
        text = f"{value:,.{decimals}f}".translate(_ENGLISH_MARKS)
        return text.replace("\0", self.group_mark).replace("\1", self.decimal_mark)

    def price(self, value: Decimal, currency: str | None = None) -> str:
        """Return the price of one piece: the currency's decimals, and more where it has more."""
        own = -value.normalize().as_tuple().exponent  # type: ignore[operator]  # a stored number is finite
        return self.number(value, max(own, self.decimals if currency is None else decimals_of(currency)))

    def plain(self, value: Decimal) -> str:
        """Return a number to edit: all its decimals and no grouping, `1234,5`."""
        return f"{value:f}".replace(".", self.decimal_mark)

    def day(self, value: date) -> str:
        """Return a day; of an instant, the day that it is on the company's clock."""
        if isinstance(value, datetime):
            value = day_of(value, self.time_zone)
        return _day(value, str(self.locale))

    def typed_day(self, value: date) -> str:
        """Return a day as it is typed, in digits alone: `29.11.2026`, `11/29/2026`, `2026-11-29`."""
        parts = {"d": f"{value.day:02}", "m": f"{value.month:02}", "y": f"{value.year:04}"}
        return self.day_mark.join(parts[part] for part in self.day_order)

    def typed_day_of_year(self, value: date) -> str:
        """Return a day as it is typed without its year: `29.11`."""
        parts = {"d": f"{value.day:02}", "m": f"{value.month:02}"}
        return self.day_mark.join(parts[part] for part in self.day_order if part != "y")

    def moment(self, value: datetime) -> str:
        """Return date and time on the company's clock."""
        return format_datetime(value, "short", tzinfo=ZoneInfo(self.time_zone), locale=self.locale)

    def month(self, first: date) -> str:
        """Return the short name of a month and its year, in the language of the page."""
        return format_date(first, "MMM yyyy", locale=get_language() or "en")


def formats_of(company: Company) -> Formats:
    return _formats(company.country, company.base_currency, company.time_zone)


@cache
def decimals_of(currency: str) -> int:
    """Return how many decimals amounts of a currency have; 2 for what is not a currency."""
    known = CURRENCIES.get(currency)
    return known.decimals if known else 2


@cache
def locale_of(country: str) -> Locale:
    """Return the locale of a country's most spoken language, English where that is not known."""
    try:
        return Locale.parse(f"und_{country}") if country else Locale("en")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=512)
def _formats(country: str, currency: str, time_zone: str) -> Formats:
    locale = locale_of(country)
    symbols = locale.number_symbols.get("latn", {})
    return Formats(
        locale=locale,
        currency=currency,
        decimals=decimals_of(currency),
        time_zone=time_zone,
        decimal_mark=symbols.get("decimal", "."),
        group_mark=symbols.get("group", ","),
        groups_by_thousand=locale.decimal_formats[None].grouping == (3, 3),
        day_order=_day_order(locale),
        day_mark=_day_mark(locale),
    )


def _day_order(locale: Locale) -> str:
    """Return the order of day, month and year in short dates: `dmy`, `mdy` or `ymd`."""
    order = "".join(dict.fromkeys(re.findall(r"[dmy]", locale.date_formats["short"].pattern.lower())))
    return order if order in {"dmy", "mdy", "ymd"} else "ymd"


def _day_mark(locale: Locale) -> str:
    found = re.search(r"[./-]", locale.date_formats["short"].pattern)
    return found[0] if found else "-"


@lru_cache(maxsize=4096)
def _day(value: date, locale: str) -> str:
    return format_date(value, "medium", locale=locale)
