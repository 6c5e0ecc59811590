"""`post` of a two-line entry: against its own statements sent by bare psycopg, and against other ledgers."""

from pathlib import Path

import pytest

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.journal.posting import post
from tests.benchmarks.harness import per_second, seconds, table, times
from tests.benchmarks.replay import Translation, bare_connection, recorded, replay
from tests.benchmarks.rivals.environment import Rival, running
from tests.factories import entry_draft, make_company

ENTRIES, ROUNDS = 100, 7
RIVALS = (
    Rival("django-hordak", "django-hordak==2.0.0", "hordak_ledger"),
    Rival("django-ledger", "django-ledger==0.8.5", "entity_ledger"),
)


def post_some(company: Company, entries: int = ENTRIES) -> None:
    actor = system_actor()
    for _ in range(entries):
        post(entry_draft(company), actor=actor)


def test_post_against_its_own_statements(books: Company) -> None:
    other = make_company()
    translation = Translation.between(books, other)
    batches = iter(
        [[translation.of(recorded(lambda: post_some(books, 1))) for _ in range(ENTRIES)] for _ in range(ROUNDS + 1)]
    )
    third = make_company()
    with bare_connection() as link:
        taken = seconds(
            {"post": lambda: post_some(third), "bare psycopg": lambda: replay(link, next(batches))}, rounds=ROUNDS
        )
    table(
        "Posting a two-line entry, each in a transaction of its own",
        ("", "entries/s", "time, floor = 1"),
        [(name, per_second(ENTRIES, took), times(took / taken["bare psycopg"])) for name, took in taken.items()],
    )


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
def test_post_against_other_ledgers(books: Company, rival: Rival, tmp_path: Path) -> None:
    with running(rival, tmp_path / "venv") as other:
        taken = seconds({"ours": lambda: post_some(books), "theirs": lambda: other.post(ENTRIES)}, rounds=ROUNDS)
    statements = len(recorded(lambda: post_some(books, 1))) + 2  # BEGIN and COMMIT
    table(
        f"Posting a two-line entry, against {rival.name} {other.version}",
        ("", "entries/s", "statements", "speed, ours = 1"),
        [
            ("Backfill", per_second(ENTRIES, taken["ours"]), statements, "1"),
            (
                rival.name,
                per_second(ENTRIES, taken["theirs"]),
                other.statements,
                times(taken["ours"] / taken["theirs"]),
            ),
        ],
    )
