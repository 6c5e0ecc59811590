"""The sample's paths in both contracts."""

from django.urls import path

from tests.api.sample import views
from tests.api.sample.resource import NOTES

BACKFILL = [
    *NOTES.urls(),
    path("file", views.FileView.as_view()),
    path("upload", views.UploadView.as_view()),
    path("failure", views.FailureView.as_view()),
    path("public", views.PublicView.as_view()),
]
BOOKS = [
    path("notes", views.BookkeepingNotesView.as_view()),
    path("notes/search", views.NoteSearchView.as_view()),
    path("slips", views.SlipsView.as_view()),
    path("slips/<str:id>", views.SlipView.as_view()),
]
