"""Tax codes."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from backfill.api.fields import (
    ExactDecimalField,
    InstantField,
    OptionalText,
    StrictBooleanField,
    StrictDateField,
    TextField,
)
from backfill.api.serializers import BookkeepingInput, QuerySerializer
from ledger.bookkeeping_api.serializers.names import account_number
from ledger.models import TaxCode, TaxFamily

ZERO = Decimal(0)
CODE_SCHEMA = {"type": "string", "pattern": "^[A-Za-z0-9-]{1,20}$", "description": "Tax code.", "example": "VST19"}


class PercentField(ExactDecimalField):
    """A percentage as a JSON number: 19 means 19 %."""

    default_error_messages = {"invalid": "Must be a number."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"whole_digits": 3, "places": 4, "minimum": ZERO, **kwargs})

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": 0, "maximum": 100, "examples": [19]}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> Any:
        exact = Decimal(value).normalize()
        return exact if exact.as_tuple().exponent < 0 else int(exact)  # type: ignore[operator]


class TaxCodeQuery(QuerySerializer):
    include_inactive = StrictBooleanField(default=False, help_text="Also deactivated codes.")


class TaxCodeAnswer(serializers.Serializer[TaxCode]):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.SerializerMethodField()
    rate = PercentField()
    vat_account = serializers.SerializerMethodField()
    self_assess_account = serializers.SerializerMethodField()
    family = serializers.CharField(allow_blank=True, help_text="What it is for; of one family the date chooses.")
    valid_from = StrictDateField(allow_null=True, help_text="The first date of supply it is for.")
    valid_until = StrictDateField(allow_null=True, help_text="The last date of supply it is for.")
    account = serializers.SerializerMethodField(help_text="Where its lines post when nothing else names an account.")
    is_system = serializers.BooleanField()
    is_active = serializers.BooleanField()
    created_at = InstantField()

    def get_description(self, code: TaxCode) -> str | None:
        return code.description or None

    def get_vat_account(self, code: TaxCode) -> str:
        return account_number(code.vat_account)

    def get_self_assess_account(self, code: TaxCode) -> str | None:
        return account_number(code.self_assess_account) if code.self_assess_account else None

    def get_account(self, code: TaxCode) -> str | None:
        return account_number(code.account) if code.account else None


class TaxCodeListAnswer(serializers.Serializer[Any]):
    tax_codes = TaxCodeAnswer(many=True)


class TaxCodeInput(BookkeepingInput):
    code = serializers.RegexField(r"^[A-Za-z0-9-]{1,20}$", help_text="Unique without regard to case.")
    label = TextField(max_length=120)  # type: ignore[assignment]
    description = OptionalText(max_length=500)
    rate = PercentField(help_text="Percent: 19 means 19 %.")
    vat_account = TextField(max_length=20, help_text="Active input or output VAT account.")
    self_assess_account = TextField(
        required=False, allow_null=True, max_length=20, help_text="Active output VAT account for self-assessment."
    )
    family = serializers.ChoiceField(
        [*TaxFamily.choices, ("", "None")], required=False, help_text="What it is for; of one family the date chooses."
    )
    valid_from = StrictDateField(required=False, allow_null=True, help_text="The first date of supply it is for.")
    valid_until = StrictDateField(required=False, allow_null=True, help_text="The last date of supply it is for.")
    account = TextField(
        required=False,
        allow_null=True,
        max_length=20,
        help_text="Where its lines post when nothing else names an account.",
    )


class TaxCodeChanges(TaxCodeInput):
    code = None  # type: ignore[assignment]  # never changes
    is_active = StrictBooleanField(required=False)


class TaxCodeState(serializers.Serializer[TaxCode]):
    code = serializers.CharField()
    is_active = serializers.BooleanField()
