from django.urls import path

from reporting.api.views import BalanceSheetView, IncomeStatementView, TrialBalanceView

urlpatterns = [
    path("reports/balance_sheet", BalanceSheetView.as_view()),
    path("reports/income_statement", IncomeStatementView.as_view()),
    path("reports/trial_balance", TrialBalanceView.as_view()),
]
