"""Serializer fields of both contracts: exact money, strict dates, bounded JSON. None of them guesses."""

from backfill.api.fields.dates import EARLIEST, LATEST, InstantField, StrictDateField
from backfill.api.fields.decimals import (
    BookkeepingAmountField,
    ExactDecimalField,
    MoneyField,
    RateField,
    books_amount,
    plain_decimal,
)
from backfill.api.fields.objects import JSONObjectField
from backfill.api.fields.plain import (
    CurrencyField,
    OptionalText,
    StrictBooleanField,
    StrictIntegerField,
    StrictUUIDField,
    TextField,
    UploadField,
)

__all__ = [
    "EARLIEST",
    "LATEST",
    "BookkeepingAmountField",
    "CurrencyField",
    "ExactDecimalField",
    "InstantField",
    "JSONObjectField",
    "MoneyField",
    "OptionalText",
    "RateField",
    "StrictBooleanField",
    "StrictDateField",
    "StrictIntegerField",
    "StrictUUIDField",
    "TextField",
    "UploadField",
    "books_amount",
    "plain_decimal",
]
