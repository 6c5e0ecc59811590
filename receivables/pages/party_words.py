"""How the pages of sales documents speak of customers."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from ledger.documents.pages.party_words import PartyWords

CUSTOMERS: Final = PartyWords(
    label=_("Customer"),
    new=_("New customer"),
    searched=_("Number, customer or text"),
    matches_none=_("No customer matches"),
    named_none=_("No customer is named «%(name)s»."),
    unclear=_("No customer, or more than one, is named «%(name)s»."),
    choose=_("Choose a customer."),
    nobody=_("No customer named"),
    recorded_before=_(
        "%(document)s over %(amount)s was recorded for this customer %(when)s; this one would be another"
    ),
    undone=_("What was applied to it is the customer's credit or open again."),
    rest=_("Left, the customer's credit"),
    no_such=_("There is no such customer in this company."),
)
