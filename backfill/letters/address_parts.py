"""What senders call the parts of a postal address, in the free-form JSON that they send."""

from typing import Final

ADDRESS_PARTS: Final = {
    "street": ("street", "line1", "address1", "address_line1", "street1"),
    "line2": ("line2", "address2", "address_line2", "street2"),
    "line3": ("line3", "address3", "address_line3"),
    "postal_code": ("postal_code", "zip", "zip_code", "postcode"),
    "city": ("city", "town", "locality"),
    "state": ("state", "region", "province"),
    "country": ("country", "country_code"),
    "name": ("name", "company_name", "company", "recipient"),
}
"""The names of each part that are read; the first that has a value counts."""

ADDRESS_KEYS: Final = frozenset(name for names in ADDRESS_PARTS.values() for name in names)
