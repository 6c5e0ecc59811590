"""The column type of money."""

from decimal import Decimal

from django.db import models


def amount_field(help_text: str = "") -> "models.DecimalField[Decimal | int, Decimal]":
    """A column for an amount in the document's currency, or in base currency where its name says so."""
    return models.DecimalField(max_digits=20, decimal_places=4, default=Decimal(0), help_text=help_text)
