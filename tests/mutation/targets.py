"""What is mutated, and the tests that should notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """Modules that are mutated one statement at a time, and the test files nearest to them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


TARGETS = {
    "posting": Target(
        ("ledger/journal/posting.py", "ledger/currencies/conversion.py", "ledger/currencies/money.py"),
        ("tests/ledger/test_posting.py", "tests/ledger/test_entries.py", "tests/ledger/test_conversion.py",
         "tests/ledger/test_money.py", "tests/ledger/test_reversal.py", "tests/ledger/test_post_many.py"),
    ),
    "allocating": Target(
        ("ledger/documents/allocating.py", "ledger/open_items/settling.py", "ledger/open_items/planning.py",
         "ledger/open_items/differences.py"),
        ("tests/receivables/test_payments.py", "tests/receivables/test_past_days.py",
         "tests/receivables/test_partial_conversion.py", "tests/receivables/test_recorded.py",
         "tests/ledger/open_items/test_settling.py"),
    ),
    "calculation": Target(
        ("ledger/documents/lines/arithmetic.py", "ledger/tax/calculation.py"),
        ("tests/receivables/test_arithmetic.py", "tests/ledger/test_tax.py"),
    ),
}  # fmt: skip

# Guards are SQL that a test database has installed: their conditions are mutated there, and attacked.
GUARD_TESTS = (
    *("tests/ledger/test_guards.py", "tests/receivables/test_guards.py"),
    "tests/ledger/open_items/test_guards.py",
)
