"""Which of the two contracts answers a request: a header decides, else the key, else the default."""

from typing import Final

from django.http import HttpRequest

from backfill.api.authentication import credential_of
from backfill.api.errors import InvalidContract
from backfill.tenancy.credentials import Contract

HEADER: Final = "Backfill-Contract"
DEFAULT: Final[Contract] = "backfill"
URLCONFS: Final[dict[Contract, str]] = {
    "backfill": "backfill.contracts.backfill",
    "books": "backfill.contracts.bookkeeping",
}


def chosen_contract(request: HttpRequest) -> Contract:
    """Return the contract of a request; raises InvalidContract when its header names neither."""
    named = request.headers.get(HEADER)
    if named is not None:
        if named not in URLCONFS:
            raise InvalidContract(f"{HEADER} must be `backfill` or `books`.", field=HEADER)
        return named
    credential = credential_of(request)
    return credential.contract if credential else DEFAULT
