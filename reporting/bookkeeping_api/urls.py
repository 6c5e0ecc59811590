"""Paths of the Bookkeeping contract, without the leading `v1/`."""

from django.urls import URLPattern, path

from reporting.bookkeeping_api.views import DatevExportView, MonthlyView, ReportListView

urlpatterns: list[URLPattern] = [
    path("reports", ReportListView.as_view()),
    path("reports/datev-export", DatevExportView.as_view()),
    path("reports/monthly-revenue-expenses", MonthlyView.as_view()),
]
