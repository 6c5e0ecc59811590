"""Paths of the Bookkeeping contract, without the leading `v1/`."""

from django.urls import URLPattern, path

from backfill.files.bookkeeping_api.views import DocumentFileView, DocumentPreviewView, DocumentsView

urlpatterns: list[URLPattern] = [
    path("documents", DocumentsView.as_view()),
    path("documents/<str:id>/file", DocumentFileView.as_view()),
    path("documents/<str:id>/preview", DocumentPreviewView.as_view()),
]
