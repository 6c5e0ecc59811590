"""Postal addresses, read from the free-form JSON that senders store, whichever names they give the parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from backfill.countries import country_code, country_name
from backfill.errors import ValidationFailed
from backfill.letters.address_parts import ADDRESS_PARTS

# Where town, state and code stand on one line, the code last.
_CODE_LAST: Final = frozenset({"AU", "CA", "US"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """`country` is ISO 3166-1 alpha-2, or what the sender wrote when that names no country."""

    name: str = ""
    street: str = ""
    line2: str = ""
    line3: str = ""
    postal_code: str = ""
    city: str = ""
    state: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return bool(self.street or self.line2 or self.postal_code or self.city)

    def lines(self, *, sender_country: str = "", language: str = "en") -> list[str]:
        """Return the lines of an envelope below the name; the country in capitals when it is not the sender's."""
        abroad = self.country and self.country != sender_country
        country = country_name(self.country, language).upper() if abroad else ""
        return [line for line in (self.street, self.line2, self.line3, *self._town(), country) if line]

    def _town(self) -> tuple[str, ...]:
        if self.country in _CODE_LAST:
            return (", ".join(filter(None, (self.city, f"{self.state} {self.postal_code}".strip()))),)
        if self.country == "GB":
            return (self.city, self.postal_code)
        return (f"{self.postal_code} {self.city}".strip(),)


def postal_address(parts: Mapping[str, Any], *, country: str = "") -> PostalAddress:
    """Read an address; `country` holds where it names none."""
    found = {
        field: next((str(parts[name]).strip() for name in names if parts.get(name)), "")
        for field, names in ADDRESS_PARTS.items()
    }
    address = PostalAddress(**{**found, "country": country_code(found["country"]) or found["country"]})
    if address and not address.country:
        return PostalAddress(**{**found, "country": country})
    return address


def with_country_code(parts: Mapping[str, Any], *, field: str) -> dict[str, Any]:
    """Return an address with its country as ISO 3166-1 code, XK for Kosovo. Raises ValidationFailed below `field` when
    it names a country that there is not."""
    codes = {}
    for name in ADDRESS_PARTS["country"]:
        text = str(parts.get(name) or "").strip()
        codes[name] = country_code(text)
        if text and not codes[name]:
            raise ValidationFailed(
                _("«{text}» is not a country; give its ISO 3166-1 code, such as DE, or its name").format(text=text),
                field=f"{field}.{name}",
            )
    return {**parts, **{name: code for name, code in codes.items() if code}}
