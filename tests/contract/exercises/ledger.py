"""The ledger's operations of the Backfill contract."""

from tests.contract.live import Call, World, exercise, replaced


def posted_entry(world: World, amount: str = "125.00") -> str:
    """Post an entry in May 2026 and return its id."""
    accounts = {
        account["data"]["code"]: account["id"] for account in world.send("GET", "/v1/accounts?limit=200")["data"]
    }
    debit, credit = list(accounts.values())[:2]
    body = {
        "entry_date": "2026-05-05",
        "status": "posted",
        "lines": [{"account_id": debit, "debit_amount": amount}, {"account_id": credit, "credit_amount": amount}],
    }
    return str(world.send("POST", "/v1/journal_entries", body)["id"])


def account_id(world: World) -> str:
    return str(world.send("GET", "/v1/accounts?limit=1")["data"][0]["id"])


def account_code(world: World) -> str:
    return str(world.send("GET", "/v1/accounts?limit=1")["data"][0]["data"]["code"])


def account_name(world: World) -> str:
    return str(world.send("GET", "/v1/accounts?limit=1")["data"][0]["data"]["name"])


def entry(world: World) -> str:
    """Create the published example of an entry and return its id."""
    return str(world.send("POST", "/v1/journal_entries", create_entry(world).body)["id"])


@exercise("backfill", "GET /v1/accounts")
def list_accounts(world: World) -> Call:
    posted_entry(world)
    return Call(query={"limit": 50, "page": 1, "as_of_date": "2026-05-31", "type": "asset", "active": "true"})


@exercise("backfill", "POST /v1/accounts")
def create_account(world: World) -> Call:
    example = world.example("POST /v1/accounts")
    return Call(replaced(example, code="1999", parent_name=account_name(world), slot=...))


@exercise("backfill", "GET /v1/accounts/{id}")
def get_account(world: World) -> Call:
    return Call(path={"id": world.send("POST", "/v1/accounts", create_account(world).body)["id"]})


@exercise("backfill", "GET /v1/journal_entries")
def list_entries(world: World) -> Call:
    entry(world)
    posted_entry(world)
    return Call(query={"limit": 50, "page": 1})


@exercise("backfill", "POST /v1/journal_entries")
def create_entry(world: World) -> Call:
    example = world.example("POST /v1/journal_entries")
    return Call(replaced(example, account_code=account_code(world), account_name=account_name(world)))


@exercise("backfill", "GET /v1/journal_entries/{id}")
def get_entry(world: World) -> Call:
    return Call(path={"id": posted_entry(world)})


@exercise("backfill", "PUT /v1/journal_entries/{id}")
def update_entry(world: World) -> Call:
    return Call(create_entry(world).body, path={"id": entry(world)})


@exercise("backfill", "DELETE /v1/journal_entries/{id}")
def delete_entry(world: World) -> Call:
    return Call(path={"id": entry(world)})


@exercise("backfill", "POST /v1/journal_entries/{id}/confirm")
def confirm_entry(world: World) -> Call:
    return Call(path={"id": entry(world)})
