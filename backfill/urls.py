"""The site's URLs. The two contracts live in `backfill.contracts`."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from backfill.health import healthz, metrics, readyz
from backfill.workspace import records

handler400 = "backfill.api.handlers.bad_request"
handler403 = "backfill.api.handlers.permission_denied"
handler404 = "backfill.api.handlers.not_found"
handler500 = "backfill.api.handlers.server_error"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("", include("backfill.tenancy.urls")),
    path("admin/records/", records.site.urls),
    path("admin/", admin.site.urls),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
]
