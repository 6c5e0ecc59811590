"""What can be chosen on the pages of the reports. Left empty, a date is today or the start of the fiscal year."""

from typing import Any

from django import forms

from backfill.workspace.forms import DayField, WorkspaceForm

_COMPARISONS = [("", "Nothing"), ("previous_period", "Period before"), ("previous_year", "Year before")]


class BalanceForm(WorkspaceForm):
    as_of = DayField(label="As of", required=False)
    compare_to = forms.ChoiceField(label="Compare with", required=False, choices=_COMPARISONS)
    include_zero = forms.BooleanField(label="Accounts without balance", required=False)


class TrialBalanceForm(BalanceForm):
    start = DayField(label="Movements from", required=False)
    field_order = ("start", "as_of", "compare_to", "include_zero")


class RangeForm(WorkspaceForm):
    start = DayField(label="From", required=False)
    end = DayField(label="To", required=False)
    compare_to = forms.ChoiceField(label="Compare with", required=False, choices=_COMPARISONS)
    include_zero = forms.BooleanField(label="Accounts without movement", required=False)
    include_closing = forms.BooleanField(label="Entries that close the year", required=False)

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("start", "The range ends before it starts.")
        return self.cleaned_data
