"""What answers say about what somebody should look at. What was stated is stored as it was stated."""

from typing import Any

from rest_framework import serializers


class WarningOutput(serializers.Serializer[Any]):
    code = serializers.CharField(
        help_text="UNTAXED_LINE, TAX_ACCOUNT_MISMATCH, TAX_FOR_CUSTOMER, ITEM_TAX_NOT_TAKEN, UNUSUAL_AMOUNT."
    )
    message = serializers.CharField()
    field = serializers.CharField(help_text="Where it is, such as lines[0].tax_code; empty for the whole.")
