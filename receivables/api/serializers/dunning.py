"""Reminders."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from backfill.api.fields import (
    InstantField,
    MoneyField,
    OptionalText,
    StrictBooleanField,
    StrictDateField,
    StrictIntegerField,
    TextField,
)
from backfill.api.fields.optional import PercentField, ReferenceField
from backfill.api.serializers import InputSerializer
from receivables.models import ProposalStatus

_WORDS = (
    "Empty: ours. {number}, {date}, {due_date}, {days}, {open}, {fee}, {interest}, {total}, {company} and {customer} "
    "are filled in."
)


class DunningLevelInput(InputSerializer):
    days_overdue = StrictIntegerField(min_value=1, max_value=3_650, help_text="From how many days overdue on.")
    fee = MoneyField(required=False, minimum=Decimal(0), help_text="What it costs, in base currency.")
    interest_rate = PercentField(help_text="Percent a year on what is open.")
    subject_en = OptionalText(max_length=200, help_text=_WORDS)
    text_en = OptionalText(max_length=5_000, help_text=_WORDS)
    subject_de = OptionalText(max_length=200, help_text=_WORDS)
    text_de = OptionalText(max_length=5_000, help_text=_WORDS)


class DunningPolicyInput(InputSerializer):
    levels = DunningLevelInput(many=True, max_length=9, help_text="In order; an empty list ends reminding.")
    is_automatic = StrictBooleanField(
        default=False, help_text="Whether reminders are sent as soon as they are proposed. Else a person sends them."
    )


class DunningLevelOutput(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    days_overdue = serializers.IntegerField()
    fee = MoneyField()
    interest_rate = PercentField()
    subject_en = serializers.CharField(allow_blank=True)
    text_en = serializers.CharField(allow_blank=True)
    subject_de = serializers.CharField(allow_blank=True)
    text_de = serializers.CharField(allow_blank=True)


class DunningPolicyOutput(serializers.Serializer[Any]):
    """How the company reminds."""

    levels = DunningLevelOutput(many=True)
    is_automatic = serializers.BooleanField()
    automatic_since = InstantField(allow_null=True)


class DunningProposalOutput(serializers.Serializer[Any]):
    """A reminder of one invoice at one level: proposed, queued, sent or dismissed, in the invoice's currency."""

    invoice_id = serializers.UUIDField()
    document_number = serializers.CharField(source="invoice.document_number")
    customer_id = serializers.UUIDField()
    customer_name = serializers.CharField(source="customer.name")
    level = serializers.IntegerField(source="level_number")
    status = serializers.ChoiceField(choices=ProposalStatus.values)
    proposed_on = StrictDateField()
    days_overdue = serializers.IntegerField()
    currency = serializers.CharField()
    open_amount = MoneyField()
    credit_amount = MoneyField(help_text="What of it the customer's credit covers that is not applied to an invoice.")
    fee = MoneyField()
    interest = MoneyField()
    interest_rate = PercentField()
    interest_days = serializers.IntegerField(help_text="Days for which no interest was invoiced before.")
    total_amount = MoneyField(help_text="The open amount less the credit, fee and interest.")
    sent_on = StrictDateField(allow_null=True)
    mailing_id = serializers.UUIDField(allow_null=True)
    dismissed_on = StrictDateField(allow_null=True)
    dismissal_reason = serializers.CharField(allow_blank=True)
    charge_id = serializers.UUIDField(allow_null=True, help_text="The invoice over fee and interest.")
    created_at = InstantField()
    updated_at = InstantField()


class ReminderInput(InputSerializer):
    recipients = serializers.ListField(
        child=TextField(max_length=254), required=False, max_length=10, help_text="By default the customer's address."
    )


class DismissInput(InputSerializer):
    reason = OptionalText(max_length=500, help_text="Kept with the proposal.")


class ChargeInput(InputSerializer):
    account_id = ReferenceField(help_text="Takes the revenue; by default the usual one.")


class SearchOutput(serializers.Serializer[Any]):
    proposed = serializers.IntegerField(help_text="How many reminders are new.")


class CreditLimitDetails(serializers.Serializer[Any]):
    credit_limit = serializers.CharField()
    balance = serializers.CharField(help_text="What the customer owes, in base currency.")
    exceeded_by = serializers.CharField()


class CreditWarningOutput(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=["CREDIT_LIMIT_EXCEEDED"])
    message = serializers.CharField()
    details = CreditLimitDetails()


class WarningsOutput(serializers.Serializer[Any]):
    warnings = CreditWarningOutput(many=True)
