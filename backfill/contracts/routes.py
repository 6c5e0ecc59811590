"""The paths of both contracts, app by app."""

from collections.abc import Sequence
from typing import Final

from django.urls import URLPattern

import backfill.files.books.urls
import backfill.tenancy.books.urls
import ledger.api.urls
import ledger.books.urls
import receivables.api.collecting_urls
import receivables.api.urls
import receivables.books.urls
import reporting.api.urls
import reporting.books.urls

BACKFILL_ROUTES: Final[Sequence[URLPattern]] = (
    *ledger.api.urls.urlpatterns,
    *receivables.api.urls.urlpatterns,
    *receivables.api.collecting_urls.urlpatterns,
    *reporting.api.urls.urlpatterns,
)
BOOKS_ROUTES: Final[Sequence[URLPattern]] = (
    *backfill.tenancy.books.urls.urlpatterns,
    *backfill.files.books.urls.urlpatterns,
    *ledger.books.urls.urlpatterns,
    *receivables.books.urls.urlpatterns,
    *reporting.books.urls.urlpatterns,
)
