"""What e-invoices refuse."""

from collections.abc import Sequence
from typing import Any

from backfill.einvoices.problems import Problem
from backfill.errors import ValidationFailed


class EInvoiceNotPossible(ValidationFailed):
    """EN 16931 asks for something that the document, the company or the customer does not say; `problems` lists it."""

    code = "EINVOICE_NOT_POSSIBLE"

    def __init__(self, message: str, *, problems: Sequence[Problem] = ()) -> None:
        facts: dict[str, Any] = {"problems": [problem.facts() for problem in problems]} if problems else {}
        super().__init__(message, **facts)
        self.problems = tuple(problems)
