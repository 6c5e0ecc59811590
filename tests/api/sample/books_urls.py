from backfill.contracts.paths import contract_urls
from tests.api.sample.routes import BACKFILL, BOOKS

urlpatterns = contract_urls(BOOKS, BACKFILL)
handler500 = "backfill.api.handlers.server_error"
