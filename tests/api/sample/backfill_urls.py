from backfill.contracts.paths import contract_urls
from tests.api.sample.routes import BACKFILL, BOOKS

urlpatterns = contract_urls(BACKFILL, BOOKS)
handler500 = "backfill.api.handlers.server_error"
