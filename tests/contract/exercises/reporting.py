"""The reports of both contracts."""

from tests.contract.exercises.ledger import posted_entry
from tests.contract.exercises.ledger_books import booked
from tests.contract.live import Call, World, exercise

YEAR = {"startDate": "2026-01-01", "endDate": "2026-12-31"}


@exercise("backfill", "GET /v1/reports/balance_sheet")
def balance_sheet(world: World) -> Call:
    posted_entry(world)
    return Call(query={"as_of_date": "2026-05-31"})


@exercise("backfill", "GET /v1/reports/income_statement")
def income_statement(world: World) -> Call:
    posted_entry(world)
    return Call(query={"start_date": "2026-01-01", "end_date": "2026-12-31"})


@exercise("backfill", "GET /v1/reports/trial_balance")
def trial_balance(world: World) -> Call:
    posted_entry(world)
    return Call(query={"as_of_date": "2026-05-31"})


@exercise("books", "GET /v1/reports")
def report(world: World) -> Call:
    booked(world)
    return Call(query={"type": "trial_balance", **YEAR})


@exercise("books", "GET /v1/reports/monthly-revenue-expenses")
def monthly(world: World) -> Call:
    booked(world)
    return Call()


@exercise("books", "GET /v1/reports/datev-export")
def datev_export(world: World) -> Call:
    world.company.datev_consultant_number, world.company.datev_client_number = 1001, 1
    world.company.save()
    booked(world)
    return Call(query=YEAR)
