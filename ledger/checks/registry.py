"""How higher layers add their own proofs to the proof of the books."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backfill.tenancy.models import Company
    from ledger.checks.books import Finding

subledger_proofs: list[Callable[["Company"], "Iterator[Finding]"]] = []
"""Called by `manage.py check_books`: yield what does not tie to its control account (L8). Apps append to it in their
`AppConfig.ready()`."""
