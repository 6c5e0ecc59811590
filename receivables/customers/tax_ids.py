"""VAT ids among the `tax_ids` that senders state of a customer, in whatever words. Pure.

An entry is an object of no fixed shape. It is a VAT id when its type or the name of its number says so (`eu_vat`,
`vat_number`, «USt-IdNr.»), and when, without a type, its number is one.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from backfill.countries import country_code
from backfill.errors import ValidationFailed
from backfill.vat_ids import InvalidVatId, country_of, vat_id

_NUMBERS: Final = ("value", "number", "id", "tax_id", "identifier", "id_number", "tax_number", "registration_number")
_VAT_NUMBERS: Final = ("vat_id", "vat_number", "vat", "vat_registration_number", "ust_id", "ustid", "ust_idnr")
_TYPES: Final = ("type", "kind", "tax_type", "id_type", "scheme")
_WORDS: Final = (*_TYPES, "name", "label", "description")
_COUNTRIES: Final = ("country", "country_code", "issuing_country", "jurisdiction")
_SAYS_VAT: Final = re.compile(
    r"(?<![a-z])(vat|ust|uid|tva|iva|btw|moms|mwst)(?![a-z])|ust.?id|vat.?(id|n)", re.IGNORECASE
)
_COUNTRY_BEFORE: Final = re.compile(r"([a-z]{2})[_-]", re.IGNORECASE)


def with_vat_ids(tax_ids: Sequence[Mapping[str, Any]], country: str) -> list[dict[str, Any]]:
    """Return the tax ids of a customer in `country`, each VAT id in its one form. Raises ValidationFailed naming the
    number of one that is none."""
    return [_normal(entry, f"tax_ids[{index}]", country) for index, entry in enumerate(tax_ids)]


def vat_id_among(tax_ids: Sequence[Mapping[str, Any]], country: str) -> str:
    """Return the VAT id of a customer in `country`: the one of that country, else the first; "" for none."""
    found = list(_vat_ids(tax_ids, country))
    return next((number for number in found if country_of(number) == country), found[0] if found else "")


def _vat_ids(tax_ids: Sequence[Mapping[str, Any]], country: str) -> Iterator[str]:
    for entry in tax_ids:
        key = _number_key(entry)
        if key and _is_vat(entry, key):
            try:
                yield vat_id(str(entry[key]), _country(entry) or country)
            except InvalidVatId:
                continue


def _normal(entry: Mapping[str, Any], path: str, country: str) -> dict[str, Any]:
    key = _number_key(entry)
    if not key or not _is_vat(entry, key):
        return dict(entry)
    try:
        return {**entry, key: vat_id(str(entry[key]), _country(entry) or country)}
    except InvalidVatId as error:
        raise ValidationFailed(str(error), field=f"{path}.{key}") from error


def _number_key(entry: Mapping[str, Any]) -> str:
    """Return the key of an entry's number; "" where it has none."""
    return next((key for key in (*_VAT_NUMBERS, *_NUMBERS) if str(entry.get(key) or "").strip()), "")


def _is_vat(entry: Mapping[str, Any], key: str) -> bool:
    words = [str(entry.get(name) or "").replace("_", " ") for name in _WORDS]
    if key in _VAT_NUMBERS or any(map(_SAYS_VAT.search, words)):
        return True
    if any(str(entry.get(name) or "").strip() for name in _TYPES):
        return False
    try:
        return bool(country_of(vat_id(str(entry[key]))))
    except InvalidVatId:
        return False


def _country(entry: Mapping[str, Any]) -> str:
    """Return the country of a number without a prefix: as the entry names it, or as its type begins (`fr_vat`)."""
    stated = next((country_code(str(entry[name])) for name in _COUNTRIES if entry.get(name)), "")
    before = _COUNTRY_BEFORE.match(str(entry.get("type") or ""))
    return stated or (country_code(before[1]) if before and before[1].casefold() != "eu" else "")
