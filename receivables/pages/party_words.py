"""How the pages of sales documents speak of customers."""

from typing import Final

from ledger.documents.pages.party_words import PartyWords

CUSTOMERS: Final = PartyWords(
    label="Customer",
    new="New customer",
    searched="Number, customer or text",
    matches_none="No customer matches",
    named_none="No customer is named «%(name)s».",
    unclear="No customer, or more than one, is named «%(name)s».",
    choose="Choose a customer.",
    nobody="No customer named",
    recorded_before="%(document)s over %(amount)s was recorded for this customer %(when)s; this one would be another",
    undone="What was applied to it is the customer's credit or open again.",
    rest="Left, the customer's credit",
)
