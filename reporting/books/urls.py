"""Paths of the Bookkeeping contract, without the leading `v1/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
