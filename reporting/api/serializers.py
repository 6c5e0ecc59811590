"""What the report operations take, and the shape of what they answer."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backfill.api.fields import MoneyField, StrictBooleanField, StrictDateField
from backfill.api.serializers import QuerySerializer
from ledger.models import AccountType

COMPARE_TO = ("previous_period", "previous_year")
Fields = dict[str, serializers.Field[Any, Any, Any, Any]]
FORMATS = ("json", "csv", "xlsx", "pdf")


class ReportQuery(QuerySerializer):
    include_zero = StrictBooleanField(default=False, help_text="Also show active accounts whose figures are all zero.")
    format = serializers.ChoiceField(
        choices=FORMATS, default="json", help_text="`json`, or a file: `csv`, `xlsx`, `pdf`."
    )


class BalanceQuery(ReportQuery):
    as_of_date = StrictDateField(
        required=False, help_text="The balances at the end of this day (YYYY-MM-DD). Default: today at the company."
    )
    compare_to = serializers.ChoiceField(
        choices=COMPARE_TO,
        required=False,
        help_text="A second column: the end of the month before, or the same day a year before.",
    )
    compare_as_of = StrictDateField(required=False, help_text="A second column as of this day.")


class TrialBalanceQuery(BalanceQuery):
    start_date = StrictDateField(
        required=False,
        help_text="First day of the movements; a day of the same fiscal year. Default: its first day.",
    )


class IncomeStatementQuery(ReportQuery):
    start_date = StrictDateField(
        required=False, help_text="First day (YYYY-MM-DD). Default: first day of the fiscal year of `end_date`."
    )
    end_date = StrictDateField(required=False, help_text="Last day (YYYY-MM-DD). Default: today at the company.")
    compare_to = serializers.ChoiceField(
        choices=COMPARE_TO,
        required=False,
        help_text="A second column: the range just before of the same length, or the same days a year before.",
    )
    include_closing = StrictBooleanField(default=False, help_text="Count entries that close a fiscal year, too.")
    compare_start = StrictDateField(required=False, help_text="A second column from this day on.")
    compare_end = StrictDateField(required=False, help_text="A second column up to this day.")


def _enveloped(object_name: str, body: serializers.Serializer[object]) -> Fields:
    """A report has no id, so its envelope is the name of the object and the data."""
    return {"object": serializers.ChoiceField(choices=[object_name]), "data": body}


class LinksAnswer(serializers.Serializer[object]):
    account = serializers.CharField(help_text="The account with its balance.")
    journal_entries = serializers.CharField(help_text="The entries behind the figure.")


class FiguresAnswer(serializers.Serializer[object]):
    amount = MoneyField()
    comparison_amount = MoneyField(allow_null=True, help_text="Null without a comparison.")
    change = MoneyField(allow_null=True, help_text="`amount` less `comparison_amount`.")


class ReportRowAnswer(FiguresAnswer):
    key = serializers.CharField(allow_null=True, help_text="Names a derived figure; null for an account.")
    account_id = serializers.UUIDField(allow_null=True, help_text="Null for a derived figure.")
    code = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    account_type = serializers.ChoiceField(choices=AccountType.values)
    links = LinksAnswer(allow_null=True)


@extend_schema_field({"type": "array", "items": {"$ref": "#/components/schemas/ReportSectionAnswer"}})
class SectionsField(serializers.ListField):
    """Sections inside a section, which a serializer cannot name while it is being defined."""


class ReportSectionAnswer(serializers.Serializer[object]):
    """Rows, or further sections of the same shape."""

    key = serializers.CharField()
    title = serializers.CharField()
    rows = ReportRowAnswer(many=True)
    sections = SectionsField()
    total = FiguresAnswer(help_text="The sum of its rows or sections.")


class BalanceSheetTotalsAnswer(serializers.Serializer[object]):
    assets = FiguresAnswer()
    liabilities = FiguresAnswer()
    equity = FiguresAnswer()
    liabilities_and_equity = FiguresAnswer()
    difference = FiguresAnswer(help_text="Assets less liabilities and equity: zero.")


class BalanceSheetData(serializers.Serializer[object]):
    title = serializers.CharField()
    company = serializers.CharField()
    currency = serializers.CharField()
    as_of_date = StrictDateField()
    compare_as_of = StrictDateField(allow_null=True)
    is_balanced = serializers.BooleanField()
    sections = ReportSectionAnswer(many=True)
    totals = BalanceSheetTotalsAnswer()


class BalanceSheetAnswer(serializers.Serializer[object]):
    def get_fields(self) -> Fields:
        return _enveloped("balance_sheet", BalanceSheetData())


class SubtotalAnswer(FiguresAnswer):
    key = serializers.CharField()
    title = serializers.CharField()
    after = serializers.CharField(allow_null=True, help_text="Key of the section it stands below.")


class IncomeStatementSectionAnswer(ReportSectionAnswer):
    account_type = serializers.ChoiceField(choices=[AccountType.REVENUE.value, AccountType.EXPENSE.value])


class IncomeStatementTotalsAnswer(serializers.Serializer[object]):
    revenue = FiguresAnswer()
    expenses = FiguresAnswer()
    net_income = FiguresAnswer(help_text="Revenue less expenses.")


class IncomeStatementData(serializers.Serializer[object]):
    title = serializers.CharField()
    company = serializers.CharField()
    currency = serializers.CharField()
    start_date = StrictDateField()
    end_date = StrictDateField()
    compare_start = StrictDateField(allow_null=True)
    compare_end = StrictDateField(allow_null=True)
    sections = IncomeStatementSectionAnswer(many=True)
    subtotals = SubtotalAnswer(many=True)
    totals = IncomeStatementTotalsAnswer()


class IncomeStatementAnswer(serializers.Serializer[object]):
    def get_fields(self) -> Fields:
        return _enveloped("income_statement", IncomeStatementData())


class TrialBalanceRowAnswer(serializers.Serializer[object]):
    """Signed balances are positive for a debit balance; `debit` and `credit` are the closing balance's side."""

    key = serializers.CharField(allow_null=True, help_text="Names a derived row; null for an account.")
    account_id = serializers.UUIDField(allow_null=True, help_text="Null for a derived row.")
    code = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    account_type = serializers.ChoiceField(choices=AccountType.values)
    opening_balance = MoneyField()
    period_debit = MoneyField()
    period_credit = MoneyField()
    debit = MoneyField()
    credit = MoneyField()
    balance = MoneyField()
    comparison_balance = MoneyField(allow_null=True)
    links = LinksAnswer(allow_null=True)


class TrialBalanceTotalsAnswer(serializers.Serializer[object]):
    opening_debit = MoneyField()
    opening_credit = MoneyField()
    period_debit = MoneyField()
    period_credit = MoneyField()
    debit = MoneyField()
    credit = MoneyField()
    comparison_debit = MoneyField(allow_null=True)
    comparison_credit = MoneyField(allow_null=True)


class TrialBalanceSectionAnswer(serializers.Serializer[object]):
    key = serializers.CharField()
    title = serializers.CharField()
    rows = TrialBalanceRowAnswer(many=True)
    totals = TrialBalanceTotalsAnswer()


class TrialBalanceData(serializers.Serializer[object]):
    title = serializers.CharField()
    company = serializers.CharField()
    currency = serializers.CharField()
    start_date = StrictDateField()
    as_of_date = StrictDateField()
    compare_as_of = StrictDateField(allow_null=True)
    is_balanced = serializers.BooleanField(help_text="Debits equal credits in every pair of columns.")
    sections = TrialBalanceSectionAnswer(many=True)
    totals = TrialBalanceTotalsAnswer()


class TrialBalanceAnswer(serializers.Serializer[object]):
    def get_fields(self) -> Fields:
        return _enveloped("trial_balance", TrialBalanceData())
