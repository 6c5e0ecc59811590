"""What is said where more would be credited than an invoice, or one of its lines, charged."""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(NamedTuple):
    """The sentence while nothing is credited yet, and the one that names what is."""

    first: str | Promise
    partly: str | Promise


WHOLE_INVOICE: Final = Refusal(
    _("invoice {name} charged {most} {currency}; {more} cannot be credited"),
    _("invoice {name} charged {most} {currency}, of which {taken} are credited already; {more} cannot be credited"),
)
TAX_OF_INVOICE: Final = Refusal(
    _("invoice {name} charged {most} {currency} of tax; {more} cannot be credited"),
    _(
        "invoice {name} charged {most} {currency} of tax, of which {taken} are credited already; "
        "{more} cannot be credited"
    ),
)
NET_OF_INVOICE: Final = Refusal(
    _("invoice {name} charged {most} {currency} without tax; {more} cannot be credited"),
    _(
        "invoice {name} charged {most} {currency} without tax, of which {taken} are credited already; "
        "{more} cannot be credited"
    ),
)
TAX_BY_CODE: Final = Refusal(
    _("invoice {name} charged {most} {currency} of tax by code {code}; {more} cannot be credited"),
    _(
        "invoice {name} charged {most} {currency} of tax by code {code}, of which {taken} are credited already; "
        "{more} cannot be credited"
    ),
)
WHOLE_LINE: Final = Refusal(
    _("line {name} of the invoice charged {most} {currency}; {more} cannot be credited"),
    _(
        "line {name} of the invoice charged {most} {currency}, of which {taken} are credited already; "
        "{more} cannot be credited"
    ),
)
TAX_OF_LINE: Final = Refusal(
    _("line {name} of the invoice charged {most} {currency} of tax; {more} cannot be credited"),
    _(
        "line {name} of the invoice charged {most} {currency} of tax, of which {taken} are credited already; "
        "{more} cannot be credited"
    ),
)
NET_OF_LINE: Final = Refusal(
    _("line {name} of the invoice charged {most} {currency} without tax; {more} cannot be credited"),
    _(
        "line {name} of the invoice charged {most} {currency} without tax, of which {taken} are credited already; "
        "{more} cannot be credited"
    ),
)

PIECES_CREDITED: Final = _("line {line} of the invoice has {sold} pieces; {pieces} would be credited")
PIECES_RETURNED: Final = _("line {line} of the invoice has {sold} pieces; {pieces} would come back")
