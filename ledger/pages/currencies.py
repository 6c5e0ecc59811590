"""The currencies to choose from: the company's own and those in frequent use first."""

from functools import cache
from typing import Final

from babel import Locale
from django.utils.translation import get_language

from backfill.currencies import CURRENCIES
from backfill.languages import ENGLISH
from backfill.tenancy.models import Company

_FREQUENT: Final = ("EUR", "USD", "GBP", "CHF", "JPY", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "CZK", "CNY")


def currency_choices(company: Company) -> list[tuple[str, str]]:
    """Return (code, label) of every currency in use, the likely ones first."""
    own = company.base_currency
    first = [own, *(code for code in _FREQUENT if code != own)]
    names = _names_in(get_language() or ENGLISH)
    return [(code, f"{code} · {names[code]}") for code in (*first, *sorted(names.keys() - set(first)))]


@cache
def _names_in(language: str) -> dict[str, str]:
    if language == ENGLISH:
        return {code: currency.name for code, currency in CURRENCIES.items()}
    known = Locale(language).currencies
    return {code: known.get(code, currency.name) for code, currency in CURRENCIES.items()}
