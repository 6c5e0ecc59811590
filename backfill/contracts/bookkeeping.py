"""Every URL of the Bookkeeping contract, and those of the Backfill one that it leaves free."""

from backfill.contracts.paths import contract_urls
from backfill.contracts.routes import BACKFILL_ROUTES, BOOKS_ROUTES

urlpatterns = contract_urls(BOOKS_ROUTES, BACKFILL_ROUTES)

handler400 = "backfill.api.handlers.bad_request"
handler403 = "backfill.api.handlers.permission_denied"
handler404 = "backfill.api.handlers.not_found"
handler500 = "backfill.api.handlers.server_error"
