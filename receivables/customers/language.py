"""The language in which a customer is written to."""

from typing import Final

from backfill.letters.addresses import postal_address
from backfill.letters.languages import Language
from receivables.models import Customer

_GERMAN_SPEAKING: Final = frozenset({"AT", "DE", "LI"})


def language_of(customer: Customer) -> Language:
    """Return the customer's own language, else that of the customer's country, else the company's."""
    stated = customer.language.lower()[:2]
    if stated in ("de", "en"):
        return "de" if stated == "de" else "en"
    address = postal_address(customer.billing_address or customer.address)
    return "de" if (address.country or customer.company.country) in _GERMAN_SPEAKING else "en"
