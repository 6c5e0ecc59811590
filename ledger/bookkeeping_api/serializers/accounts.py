"""Accounts, their search and their sheet."""

import re
from typing import Any, ClassVar

from rest_framework import serializers

from backfill.api.fields import (
    BookkeepingAmountField,
    OptionalText,
    StrictDateField,
    TextField,
)
from backfill.api.serializers import BookkeepingInput, LimitField, OffsetField, QuerySerializer
from ledger.bookkeeping_api.serializers.names import account_number, ordered_dates
from ledger.entries.journal_events import AccountMovement
from ledger.models import Account, AccountType

NUMBER_SCHEMA = {"type": "string", "maxLength": 20, "description": "Account number.", "example": "6815"}


class AccountListQuery(QuerySerializer):
    limit = LimitField(default=500, max_value=500)
    offset = OffsetField()


class AccountAnswer(serializers.Serializer[Account]):
    number = serializers.CharField(source="code")
    name = serializers.CharField()
    type = serializers.ChoiceField(AccountType.choices)
    category = serializers.SerializerMethodField()
    report_group = serializers.SerializerMethodField()
    is_system = serializers.BooleanField()

    def get_category(self, account: Account) -> str | None:
        return account.category or None

    def get_report_group(self, account: Account) -> str | None:
        return account.report_group or None


class AccountListAnswer(serializers.Serializer[Any]):
    accounts = AccountAnswer(many=True)
    total = serializers.IntegerField(help_text="Active accounts before paging.")
    offset = serializers.IntegerField()
    limit = serializers.IntegerField()


class AccountNumberField(TextField):
    """One to eight digits, as text: a JSON number would lose its leading zeros."""

    default_error_messages: ClassVar[dict[str, Any]] = {"digits": "Must be 1 to 8 digits, as text."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._spectacular_annotation = {"field": {"type": "string", "pattern": "^[0-9]{1,8}$", "examples": ["6817"]}}

    def to_internal_value(self, data: Any) -> str:
        number = super().to_internal_value(data)
        if not re.fullmatch(r"[0-9]{1,8}", number):
            self.fail("digits")
        return number


class AccountInput(BookkeepingInput):
    number = AccountNumberField(help_text="Digits only, unique; leading zeros count.")
    name = TextField(max_length=255)
    type = serializers.ChoiceField(AccountType.choices)
    category = OptionalText(max_length=100, help_text="Free grouping label.")
    report_group = OptionalText(max_length=40, help_text="Reporting key, such as other_opex.")


class AccountEntriesQuery(QuerySerializer):
    startDate = StrictDateField(required=False, help_text="First booking date, inclusive.")
    endDate = StrictDateField(required=False, help_text="Last booking date, inclusive.")
    limit = LimitField(default=200, max_value=1000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return ordered_dates(attrs)


class MovementAnswer(serializers.Serializer[AccountMovement]):
    id = serializers.UUIDField(source="event.id")
    intent_id = serializers.UUIDField(source="event.entry.id")
    journal_number = serializers.IntegerField(source="event.journal_number")
    booking_date = StrictDateField(source="event.entry.entry_date")
    description = serializers.CharField(source="event.entry.memo")
    contra_account = serializers.SerializerMethodField()
    debit = BookkeepingAmountField()
    credit = BookkeepingAmountField()
    running_balance = BookkeepingAmountField(help_text="Debits less credits.")

    def get_contra_account(self, movement: AccountMovement) -> str:
        return account_number(movement.contra_account)


class AccountEntriesAnswer(serializers.Serializer[Any]):
    entries = MovementAnswer(many=True)
    balance = BookkeepingAmountField(help_text="Debits less credits over everything up to endDate.")


class SearchQuery(QuerySerializer):
    q = serializers.CharField(
        default="", allow_blank=True, max_length=100, help_text="Number prefix or part of the name."
    )
    type = serializers.ChoiceField(AccountType.choices, required=False)


class FoundAccount(serializers.Serializer[Account]):
    number = serializers.CharField(source="code")
    name = serializers.CharField()


class SearchAnswer(serializers.Serializer[Any]):
    accounts = FoundAccount(many=True)
