"""Programs of one company: its keys and the sessions of its people, in both contracts."""

from django.test import Client

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from tests.factories import make_api_key
from tests.ledger.api.conftest import ApiClient
from tests.ledger.bookkeeping_api.conftest import BookkeepingClient


def backfill_of(company: Company, *, actor: Actor | None = None, scopes: tuple[str, ...] = ("admin",)) -> ApiClient:
    """A program that speaks the Backfill contract."""
    return ApiClient(company, make_api_key(company, scopes=scopes, actor=actor).token, Client())


def books_of(company: Company, *, actor: Actor | None = None) -> BookkeepingClient:
    """A program that speaks the Bookkeeping contract."""
    return BookkeepingClient(company, make_api_key(company, contract="books", actor=actor).token, Client())
