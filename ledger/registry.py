"""How higher layers hear from the ledger without the ledger knowing them.

An app appends to these lists in its `AppConfig.ready()`. Everything here runs inside the ledger's transaction.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backfill.tenancy.actors import Actor
    from backfill.tenancy.models import Company
    from ledger.checks import Finding
    from ledger.models import JournalEntry

entry_reversed: list[Callable[["JournalEntry", "JournalEntry", "Actor"], None]] = []
"""Called with (original, reversal, actor): undo what the original settled, unlink the documents it served."""

subledger_proofs: list[Callable[["Company"], "Iterator[Finding]"]] = []
"""Called by `manage.py check_books`: yield what does not tie to its control account (L8)."""
