"""How each published operation is called, one module per app. Importing this package registers them all."""

from tests.contract.exercises import (
    files,
    ledger,
    ledger_books,
    receivables,
    receivables_books,
    reporting,
    tenancy,
)

__all__ = ["files", "ledger", "ledger_books", "receivables", "receivables_books", "reporting", "tenancy"]
