"""The site's URLs. The two contracts live in `backfill.contracts`."""

from collections.abc import Sequence
from typing import Final

from django.contrib import admin
from django.urls import URLPattern, include, path
from django.views.generic import RedirectView

import backfill.workspace.admin.urls
import ledger.documents.pages.urls
import ledger.inventory.pages.urls
import ledger.pages.urls
import receivables.pages.urls
import reporting.pages.urls
from backfill.health import healthz, metrics, readyz
from backfill.workspace import records

handler400 = "backfill.api.handlers.bad_request"
handler403 = "backfill.api.handlers.permission_denied"
handler404 = "backfill.api.handlers.not_found"
handler500 = "backfill.api.handlers.server_error"

PAGES: Final[Sequence[URLPattern]] = (
    *backfill.workspace.admin.urls.urlpatterns,
    *ledger.pages.urls.urlpatterns,
    *ledger.inventory.pages.urls.urlpatterns,
    *ledger.documents.pages.urls.urlpatterns,
    *receivables.pages.urls.urlpatterns,
    *reporting.pages.urls.urlpatterns,
)

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("", include("backfill.tenancy.urls")),
    path("admin/records/", records.site.urls),
    path("admin/", ([*PAGES, *admin.site.get_urls()], "admin", "admin")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
]
