"""What the references say before their operations: sign-in, errors, retries, lists."""

from typing import Final

from backfill.api.catalogue import BOOKS_NAMES, BOOKS_STATUSES, CODES, FIELD_CODES
from backfill.tenancy.credentials import Contract

TITLES: Final[dict[Contract, str]] = {"backfill": "Backfill API", "books": "Backfill Bookkeeping API"}

_AUTHENTICATION: Final = """
## Authentication

Send an API key as a bearer token:

    export BACKFILL_URL=https://your-server
    export BACKFILL_TOKEN=bf_live_…
    curl "$BACKFILL_URL/v1/accounts" -H "Authorization: Bearer $BACKFILL_TOKEN"

Keys are made by an admin of the company under Settings → API keys, or on the server by a command that
`.venv/bin/python manage.py create_api_key --help` explains. A key belongs to one company and sees nothing else. It is
shown once and stored as a hash. 401 means that the credential is missing, unknown, expired or revoked; 403 that it
lacks the scope the message names.

Scopes are `journal`, `receivables`, `payables`, `bank`, `periods`, `reports` and `config`, each with `:read` or
`:write`; write includes read. `finance:read` and `finance:write` stand for all of them but `config` and
`periods:write`, `banking:…` for `bank:…`, `admin` for everything. The names `debitoren`, `kreditoren`, `perioden` and
`auswertungen` are accepted too.

A key is made for one of two contracts. The other one is a header away: `Backfill-Contract: backfill` or
`Backfill-Contract: books`. Every answer tells in the same header which one served it.
"""

_SHARED: Final = """
## Retries

Every mutating POST accepts an `Idempotency-Key` header. The same key with the same body answers the stored answer
again, with `Idempotent-Replayed: true`, and has no second effect. The same key with another path or body is a 409, as
is a key whose first request is still running. Keys are kept for 24 hours. Errors are not kept: when their cause is
gone, the same request may be sent again.

Answers to single records carry an `ETag`. Send it back as `If-Match` to change the record only if nobody else has
(412 otherwise), or as `If-None-Match` to be told that nothing changed (304).

Beyond the request limit of a credential the answer is 429 with `Retry-After`; `RateLimit-Remaining` tells what is left.
Every answer has an `X-Request-Id`; send your own to find it in our log.
"""

_BACKFILL: Final = (
    """
Records are `{"id", "object", "data"}`; lists are `{"object": "list", "data", "pagination"}`.
Amounts are decimal strings (`"125.00"`); a JSON number is accepted, and read with its exact digits. Dates are
`YYYY-MM-DD`, times RFC 3339 in UTC. Unknown fields and parameters are refused by name. PUT is a partial update.
"""
    + _AUTHENTICATION
    + _SHARED
    + """
## Lists

`page` (from 1) and `limit` (default 50, at most 200) page; `sort=-created_at` sorts by the documented fields, a minus
for descending. `pagination.total_count` counts the records on all pages.

## Source identity

A record that carries `source_system`, `source_id` and perhaps `connection_id` is one record for ever: creating the
same identity again updates it and answers 200 with its id.
"""
)

_BOOKS: Final = (
    """
Records are flat objects. Amounts are JSON numbers with at most two decimals, dates `YYYY-MM-DD`, periods `YYYY-MM`,
`YYYY-P13` or `YYYY-P14`. Accounts are named by their number. Unknown body members are ignored, unknown query
parameters refused. PUT and PATCH are partial: absent keeps, null clears. Lists take `limit` and `offset`; out of range
is an error.
"""
    + _AUTHENTICATION
    + _SHARED
)

_ERRORS: Final = """
## Errors

    {"status": "error", "code": "…", "message": "…", "errors": [{"code", "field", "message"}], "request_id": "…"}

`errors` names each field to blame by its path, such as `lines[2].account_id`; `details` carries facts a program can
use.

| code | meaning |
|---|---|
%s

Codes inside `errors` are the code of the answer or one of these:

| code | meaning |
|---|---|
%s
"""


def introduction(contract: Contract) -> str:
    """Return the text before a contract's operations, in Markdown."""
    hidden = BOOKS_NAMES if contract == "books" else {*BOOKS_NAMES.values(), *BOOKS_STATUSES} - {"PERIOD_LOCKED"}
    codes = {code: meaning for code, meaning in CODES.items() if code not in hidden or code == "ACCOUNT_NOT_FOUND"}
    return (_BOOKS if contract == "books" else _BACKFILL) + _ERRORS % (_table(codes), _table(FIELD_CODES))


def _table(codes: dict[str, str]) -> str:
    return "\n".join(f"| `{code}` | {meaning.replace('|', '¦')} |" for code, meaning in codes.items())
