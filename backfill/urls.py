"""The site's URLs. The two contracts live in `backfill.contracts`."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("", include("backfill.tenancy.urls")), path("admin/", admin.site.urls)]
