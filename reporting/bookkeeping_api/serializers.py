"""What the report operations of the Bookkeeping contract take, and the shape of what they answer."""

from rest_framework import serializers

from backfill.api.fields import BookkeepingAmountField, StrictBooleanField, StrictDateField
from backfill.api.serializers import QuerySerializer
from ledger.models import AccountType

REPORT_TYPES = ("guv", "bilanz", "susa", "trial_balance")


class ReportQuery(QuerySerializer):
    type = serializers.ChoiceField(
        choices=REPORT_TYPES,
        help_text="`guv` (profit and loss), `bilanz` (balance sheet), `susa` or `trial_balance` (trial balance).",
    )
    startDate = StrictDateField(
        required=False, help_text="First day; not used by `bilanz`. Default: start of the fiscal year of the last day."
    )
    endDate = StrictDateField(required=False, help_text="Last day. Default: today.")
    include_closing = StrictBooleanField(
        default=False, help_text="In `guv`: count entries that close a fiscal year, too."
    )


class DatevQuery(QuerySerializer):
    startDate = StrictDateField(help_text="First booking date.")
    endDate = StrictDateField(help_text="Last booking date, of the same fiscal year.")


class AccountLineAnswer(serializers.Serializer[object]):
    number = serializers.CharField(help_text="Empty for the synthetic row Periodenergebnis.")
    name = serializers.CharField()
    type = serializers.ChoiceField(choices=AccountType.values)
    category = serializers.CharField(allow_null=True)
    report_group = serializers.CharField(allow_null=True)
    debit_total = BookkeepingAmountField()
    credit_total = BookkeepingAmountField()
    balance = BookkeepingAmountField(
        help_text=(
            "Natural sign: debit − credit for assets and expenses, credit − debit otherwise; in `susa` always "
            "debit − credit."
        )
    )


class MonthAnswer(serializers.Serializer[object]):
    month = serializers.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", help_text="YYYY-MM")
    revenue = BookkeepingAmountField(help_text="Positive for credit balances.")
    expenses = BookkeepingAmountField(help_text="Positive for debit balances.")
    result = BookkeepingAmountField()
