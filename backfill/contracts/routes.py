"""The paths of both contracts, app by app."""

from collections.abc import Sequence
from typing import Final

from django.urls import URLPattern

import backfill.files.bookkeeping_api.urls
import backfill.tenancy.bookkeeping_api.urls
import ledger.api.urls
import ledger.bookkeeping_api.urls
import ledger.inventory.api
import receivables.api.dunning_urls
import receivables.api.urls
import receivables.bookkeeping_api.urls
import reporting.api.urls
import reporting.bookkeeping_api.urls

BACKFILL_ROUTES: Final[Sequence[URLPattern]] = (
    *ledger.api.urls.urlpatterns,
    *ledger.inventory.api.urlpatterns,
    *ledger.inventory.api.urlpatterns,
    *receivables.api.urls.urlpatterns,
    *receivables.api.dunning_urls.urlpatterns,
    *reporting.api.urls.urlpatterns,
)
BOOKS_ROUTES: Final[Sequence[URLPattern]] = (
    *backfill.tenancy.bookkeeping_api.urls.urlpatterns,
    *backfill.files.bookkeeping_api.urls.urlpatterns,
    *ledger.bookkeeping_api.urls.urlpatterns,
    *receivables.bookkeeping_api.urls.urlpatterns,
    *reporting.bookkeeping_api.urls.urlpatterns,
)
