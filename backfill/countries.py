"""Countries as ISO 3166-1 codes, from the codes and names that people write."""

import re
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

# Territories that CLDR lists beside the officially assigned codes of ISO 3166-1: reserved and user-assigned ones.
_UNASSIGNED: Final = frozenset(
    ("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ")
)
COUNTRIES: Final = frozenset(filter(re.compile("[A-Z]{2}").fullmatch, map(str, Locale("en").territories))) - _UNASSIGNED
KOSOVO: Final = "XK"  # user-assigned, and what everybody writes
# Codes and names that people write although ISO 3166-1 has others: those of VAT ids, of cars and of everyday speech.
_ALIASES: Final = {
    "CZ": ("czech republic",),
    "DE": ("brd", "bundesrepublik deutschland", "federal republic of germany"),
    "GB": ("uk", "xi", "great britain", "großbritannien", "england", "scotland", "wales", "northern ireland"),
    "GR": ("el", "hellas"),
    "NL": ("the netherlands", "holland"),
    "TR": ("turkey",),
    "US": ("u.s.", "u.s.a.", "united states of america", "vereinigte staaten von amerika"),
    KOSOVO: ("1a",),
}
# Where the government sits, of countries that span several time zones.
_SEATS: Final = {
    "AU": "Australia/Sydney", "BR": "America/Sao_Paulo", "CA": "America/Toronto", "CD": "Africa/Kinshasa",
    "CL": "America/Santiago", "CN": "Asia/Shanghai", "EC": "America/Guayaquil", "ES": "Europe/Madrid",
    "GL": "America/Godthab", "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa", "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City", "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti", "PG": "Pacific/Port_Moresby",
    "PT": "Europe/Lisbon", "RU": "Europe/Moscow", "UA": "Europe/Kyiv", "US": "America/New_York",
    KOSOVO: "Europe/Belgrade",
}  # fmt: skip
_LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "da", "sv", "fi", "nb", "cs")


def country_code(text: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country that is given by its code of two or three letters or by its name
    in a language of Europe, XK for Kosovo; empty when that names none."""
    wanted = " ".join(text.split())
    code = wanted.upper()
    if code in COUNTRIES or code == KOSOVO:
        return code
    return _codes_by_name().get(wanted.casefold(), "")


def country_name(code: str, language: str) -> str:
    """Return the country's name in a language; the code itself where there is none."""
    return str(Locale(language).territories.get(code, code))


def usual_time_zone(code: str) -> str:
    """Return the time zone of a country, or of its seat of government where it has several; UTC for none."""
    zones = sorted(zone for zone, country in get_global("zone_territories").items() if country == code)
    return _SEATS.get(code) or next((zone for zone in zones if zone in available_timezones()), "UTC")


@cache
def _codes_by_name() -> dict[str, str]:
    known = COUNTRIES | {KOSOVO}
    names = {
        name.casefold(): code
        for language in reversed(_LANGUAGES)
        for code, name in Locale(language).territories.items()
        if code in known
    }
    codes = {
        alias.casefold(): found[0]
        for alias, found in get_global("territory_aliases").items()
        if len(alias) == 3 and len(found) == 1 and found[0] in known
    }
    aliases = {alias: code for code, found in _ALIASES.items() for alias in found}
    return {**codes, **names, **aliases}
