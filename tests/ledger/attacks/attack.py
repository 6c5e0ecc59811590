"""What an attack is: a few statements, the guards that stop it, and the SQLSTATE they stop it with."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.ledger.attacks.books import Books

Statements = Callable[[Books], object]

ATTACKS: list["Attack"] = []

# SQLSTATEs of PostgreSQL's own constraints.
CHECK, UNIQUE, FOREIGN_KEY, ROW_SECURITY = "23514", "23505", "23503", "42501"


@dataclass(frozen=True)
class Attack:
    """`guards` are the triggers, constraints and policies that only together let the attack through when gone."""

    name: str
    sqlstate: str
    guards: tuple[str, ...]
    run: Statements


def attack(sqlstate: str, *guards: str) -> Callable[[Statements], Statements]:
    """Register a function as an attack that `guards` stop with `sqlstate`."""

    def register(run: Statements) -> Statements:
        ATTACKS.append(Attack(run.__name__, sqlstate, guards, run))
        return run

    return register
