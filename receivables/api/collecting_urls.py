"""Paths of the Backfill contract around getting paid, without the leading `v1/`."""

from django.urls import path

from receivables.api.collecting import (
    DUNNING_PROPOSALS,
    MAILINGS,
    RECURRING_INVOICES,
    DunningPolicyView,
    DunningSearchView,
    InvoiceWarningsView,
)
from receivables.api.papers import (
    CreditMemoPdfView,
    CreditMemoXmlView,
    InvoicePdfView,
    InvoiceXmlView,
    SendCreditMemoView,
    SendInvoiceView,
)

urlpatterns = [
    path("invoices/<str:id>/pdf", InvoicePdfView.as_view()),
    path("invoices/<str:id>/xml", InvoiceXmlView.as_view()),
    path("invoices/<str:id>/send", SendInvoiceView.as_view()),
    path("invoices/<str:id>/warnings", InvoiceWarningsView.as_view()),
    path("credit_memos/<str:id>/pdf", CreditMemoPdfView.as_view()),
    path("credit_memos/<str:id>/xml", CreditMemoXmlView.as_view()),
    path("credit_memos/<str:id>/send", SendCreditMemoView.as_view()),
    path("dunning_policy", DunningPolicyView.as_view()),
    path("dunning_proposals/search", DunningSearchView.as_view()),
    *RECURRING_INVOICES.urls(),
    *DUNNING_PROPOSALS.urls(),
    *MAILINGS.urls(),
]
