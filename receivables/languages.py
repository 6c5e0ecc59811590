"""The language in which a customer is written to, and how figures and days look in it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from backfill.tenancy.models import Company
from ledger.money import minor_units
from receivables.addresses import postal_address
from receivables.models import Customer

Language = Literal["en", "de"]

_GERMAN_SPEAKING: Final = frozenset({"AT", "DE", "LI"})
_MONTH_FIRST: Final = frozenset({"US", "CA", "PH"})


def language_of(customer: Customer) -> Language:
    """Return the customer's own language, else that of the customer's country, else the company's."""
    stated = customer.language.lower()[:2]
    if stated in ("de", "en"):
        return "de" if stated == "de" else "en"
    address = postal_address(customer.billing_address or customer.address)
    return "de" if (address.country or customer.company.country) in _GERMAN_SPEAKING else "en"


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes amounts and days as readers of `locale` expect them, amounts with the digits of `currency`."""

    locale: Locale
    currency: str

    @classmethod
    def of(cls, language: Language, company: Company, currency: str) -> "Figures":
        """German follows the company's country; English is American where the company is, else British."""
        territory = company.country if language == "de" else "US" if company.country in _MONTH_FIRST else "GB"
        try:
            return cls(Locale(language, territory or None), currency)
        except UnknownLocaleError:
            return cls(Locale(language), currency)

    def amount(self, value: Decimal) -> str:
        """1,234.50, with as many digits as the currency has; never with the currency."""
        return self._decimal(value, minor_units(self.currency))

    def money(self, value: Decimal) -> str:
        """€1,234.50 or 1.234,50 €."""
        return _plain(format_currency(value, self.currency, locale=self.locale))

    def price(self, value: Decimal) -> str:
        """A unit price: the currency's digits, and as many more as it needs."""
        return self._decimal(value, max(minor_units(self.currency), _places(value)))

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
