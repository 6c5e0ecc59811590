"""Paths of the Backfill contract, without the leading `v1/`."""

from django.urls import URLPattern, path

from reporting.api.receivables.views import AgeingView, CustomerStatementView
from reporting.api.views import BalanceSheetView, IncomeStatementView, TrialBalanceView

urlpatterns: list[URLPattern] = [
    path("customers/<str:id>/statement", CustomerStatementView.as_view()),
    path("reports/ageing", AgeingView.as_view()),
    path("reports/balance_sheet", BalanceSheetView.as_view()),
    path("reports/income_statement", IncomeStatementView.as_view()),
    path("reports/trial_balance", TrialBalanceView.as_view()),
]
