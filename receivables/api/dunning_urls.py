"""Paths of the Backfill contract around getting paid, without the leading `v1/`."""

from django.urls import path

from receivables.api.delivery import paper_urls
from receivables.api.dunning import (
    DUNNING_PROPOSALS,
    MAILINGS,
    RECURRING_INVOICES,
    DunningPolicyView,
    DunningSearchView,
    InvoiceWarningsView,
)

urlpatterns = [
    *paper_urls(),
    path("invoices/<str:id>/warnings", InvoiceWarningsView.as_view()),
    path("dunning_policy", DunningPolicyView.as_view()),
    path("dunning_proposals/search", DunningSearchView.as_view()),
    *RECURRING_INVOICES.urls(),
    *DUNNING_PROPOSALS.urls(),
    *MAILINGS.urls(),
]
