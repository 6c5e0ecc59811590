"""The languages that letters are written in, and how figures and days look in them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from backfill.currencies import CURRENCIES, not_in_use
from backfill.errors import ValidationFailed
from backfill.tenancy.models import Company

Language = Literal["en", "de"]

_MONTH_FIRST: Final = frozenset({"US", "CA", "PH"})


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes amounts and days as readers of `locale` expect them, amounts with the digits of `currency`."""

    locale: Locale
    currency: str

    @classmethod
    def of(cls, language: Language, company: Company, currency: str) -> "Figures":
        """German follows the company's country; English is American where the company is, else British.

        Raises ValidationFailed for what is not a currency.
        """
        if currency not in CURRENCIES:
            raise ValidationFailed(not_in_use(currency), field="currency")
        territory = company.country if language == "de" else "US" if company.country in _MONTH_FIRST else "GB"
        try:
            return cls(Locale(language, territory or None), currency)
        except UnknownLocaleError:
            return cls(Locale(language), currency)

    def amount(self, value: Decimal) -> str:
        """1,234.50, with as many digits as the currency has; never with the currency."""
        return self._decimal(value, CURRENCIES[self.currency].decimals)

    def money(self, value: Decimal) -> str:
        """€1,234.50 or 1.234,50 €."""
        return _plain(format_currency(value, self.currency, locale=self.locale))

    def price(self, value: Decimal) -> str:
        """A unit price: the currency's digits, and as many more as it needs."""
        return self._decimal(value, max(CURRENCIES[self.currency].decimals, _places(value)))

    def quantity(self, value: Decimal) -> str:
        return self._decimal(value, _places(value))

    def percent(self, value: Decimal) -> str:
        return f"{self._decimal(value, _places(value))}\N{NO-BREAK SPACE}%"

    def day(self, value: date) -> str:
        return str(format_date(value, "medium", locale=self.locale))

    def _decimal(self, value: Decimal, places: int) -> str:
        decimals = "." + "0" * places if places else ""
        pattern = f"#,##0{decimals}"
        return format_decimal(value, format=f"{pattern};\N{MINUS SIGN}{pattern}", locale=self.locale)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _plain(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}", 1)
