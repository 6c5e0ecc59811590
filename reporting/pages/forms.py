"""What can be chosen on the pages of the reports. Left empty, a date is today or the start of the fiscal year."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.workspace.forms import DayField, WorkspaceForm

_COMPARISONS = [
    ("", gettext_lazy("Nothing")),
    ("previous_period", gettext_lazy("Period before")),
    ("previous_year", gettext_lazy("Year before")),
]


class BalanceForm(WorkspaceForm):
    as_of = DayField(label=gettext_lazy("As of"), required=False)
    compare_to = forms.ChoiceField(label=gettext_lazy("Compare with"), required=False, choices=_COMPARISONS)
    include_zero = forms.BooleanField(label=gettext_lazy("Accounts without balance"), required=False)


class TrialBalanceForm(BalanceForm):
    start = DayField(label=gettext_lazy("Movements from"), required=False)
    field_order = ("start", "as_of", "compare_to", "include_zero")


class RangeForm(WorkspaceForm):
    start = DayField(label=gettext_lazy("From"), required=False)
    end = DayField(label=gettext_lazy("To"), required=False)
    compare_to = forms.ChoiceField(label=gettext_lazy("Compare with"), required=False, choices=_COMPARISONS)
    include_zero = forms.BooleanField(label=gettext_lazy("Accounts without movement"), required=False)
    include_closing = forms.BooleanField(label=gettext_lazy("Entries that close the year"), required=False)

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("start", _("The range ends before it starts."))
        return self.cleaned_data
