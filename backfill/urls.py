"""The site's URLs. The two contracts live in `backfill.contracts`."""

from django.contrib import admin
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
