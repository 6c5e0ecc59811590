"""The currencies that books may be kept in: ISO 4217's with a minor unit, so neither gold nor testing codes.

They are data of ours (`currencies.csv`, as of 2026), not of a library: how many decimals a posted amount may have is
also held by PostgreSQL (`ledger_minor_units`), and both change together, by a migration.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Currency:
    """`decimals` is the number of decimals of its amounts: EUR 2, JPY 0, KWD 3."""

    code: str
    decimals: int
    name: str


def _read() -> dict[str, Currency]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: Currency(row["code"], int(row["decimals"]), row["name"]) for row in csv.DictReader(file)}


CURRENCIES: Final = _read()


def not_in_use(currency: str) -> str:
    """Return what a refusal says of a currency that is not among them."""
    return f"«{currency}» is not a currency in use; write its ISO 4217 code in three capital letters, such as EUR"
