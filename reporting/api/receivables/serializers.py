"""The shapes of the ageing report and of a customer's statement."""

from rest_framework import serializers

from backfill.api.fields import CurrencyField, MoneyField, StrictDateField
from backfill.api.serializers import QuerySerializer
from reporting.api.serializers import FORMATS, Fields

_FORMAT = "`json`, or a file: `csv`, `xlsx`, `pdf`."


class AgeingQuery(QuerySerializer):
    as_of_date = StrictDateField(
        required=False, help_text="What was open at the end of this day (YYYY-MM-DD). Default: today at the company."
    )
    format = serializers.ChoiceField(choices=FORMATS, default="json", help_text=_FORMAT)


class StatementQuery(QuerySerializer):
    start_date = StrictDateField(
        required=False, help_text="First day (YYYY-MM-DD). Default: first day of the fiscal year of `end_date`."
    )
    end_date = StrictDateField(required=False, help_text="Last day (YYYY-MM-DD). Default: today at the company.")
    currency = CurrencyField(
        required=False, help_text="Which currency's account; by default the customer's, else the company's."
    )
    format = serializers.ChoiceField(choices=FORMATS, default="json", help_text=_FORMAT)


class AgedAmountsAnswer(serializers.Serializer[object]):
    current = MoneyField(help_text="Not due yet.")
    days_1_30 = MoneyField(help_text="Due for 1 to 30 days.")
    days_31_60 = MoneyField(help_text="Due for 31 to 60 days.")
    days_61_90 = MoneyField(help_text="Due for 61 to 90 days.")
    over_90 = MoneyField(help_text="Due for more than 90 days.")
    credits = MoneyField(help_text="Unapplied payments and credit memos; never above zero.")
    balance = MoneyField(help_text="All of it together.")


class AgeingLinksAnswer(serializers.Serializer[object]):
    customer = serializers.CharField()
    statement = serializers.CharField(help_text="The customer's account up to the day.")


class AgedCustomerAnswer(AgedAmountsAnswer):
    customer_id = serializers.UUIDField()
    name = serializers.CharField()
    links = AgeingLinksAnswer()


class AgeingData(serializers.Serializer[object]):
    title = serializers.CharField()
    company = serializers.CharField()
    currency = serializers.CharField(help_text="The company's base currency.")
    as_of_date = StrictDateField()
    customers = AgedCustomerAnswer(many=True)
    totals = AgedAmountsAnswer(help_text="Ties to the receivables control account.")


class AgeingAnswer(serializers.Serializer[object]):
    """A report has no id, so its envelope is the name of the object and the data."""

    def get_fields(self) -> Fields:
        return {"object": serializers.ChoiceField(choices=["ageing"]), "data": AgeingData()}


class MovementAnswer(serializers.Serializer[object]):
    date = StrictDateField()
    type = serializers.ChoiceField(
        choices=["invoice", "payment", "credit_memo", "refund_receipt", "settlement", "entry"]
    )
    document_id = serializers.UUIDField()
    document_number = serializers.CharField()
    due_date = StrictDateField(allow_null=True)
    is_void = serializers.BooleanField(help_text="Takes back an earlier movement.")
    amount = MoneyField(help_text="Above zero raises what the customer owes.")
    balance = MoneyField(help_text="What the customer owed after it.")


class StatementData(serializers.Serializer[object]):
    title = serializers.CharField()
    company = serializers.CharField()
    customer_id = serializers.UUIDField()
    customer_name = serializers.CharField()
    currency = serializers.CharField()
    currencies = serializers.ListField(
        child=serializers.CharField(), help_text="All in which the customer has an account."
    )
    start_date = StrictDateField()
    end_date = StrictDateField()
    opening_balance = MoneyField()
    movements = MovementAnswer(many=True)
    closing_balance = MoneyField()


class StatementAnswer(serializers.Serializer[object]):
    """A report has no id, so its envelope is the name of the object and the data."""

    def get_fields(self) -> Fields:
        return {"object": serializers.ChoiceField(choices=["customer_statement"]), "data": StatementData()}
