"""Attacks on the journal by raw SQL, one module per group of invariants. `tests.ledger.test_guards` runs them."""

from tests.ledger.attacks import balance, beside, immutability, numbers, periods, tenancy
from tests.ledger.attacks.attack import ATTACKS, Attack

__all__ = ["ATTACKS", "Attack", "balance", "beside", "immutability", "numbers", "periods", "tenancy"]
