"""Quotes: they post nothing; one becomes a sales order."""

from collections.abc import Sequence
from typing import Any, Final

from ledger.currencies.money import ensure_precision
from ledger.documents.lines.values import LineValues
from ledger.documents.store.documents import is_new
from ledger.documents.types import Approval, DocumentType, Policy, Values
from receivables.models import Quote, QuoteLine, QuoteStatus
from receivables.types.side import SELLING


def total_as_one_line(document: Any, values: Values, given: Sequence[LineValues] | None) -> Sequence[LineValues] | None:
    """The contract states a quote or an order by its total; we keep that as its one line."""
    total = values.get("total_amount")
    if values.get("lines") or total is None or (not is_new(document) and document.total_amount == total):
        return given
    ensure_precision(total, document.currency, field="total_amount")
    description = getattr(document, "description", "") or document.memo or "Total"
    return [LineValues(description=description, line_type="total", amount=total, amount_includes_tax=True)]


def _assign_name(quote: Quote, values: Values) -> None:
    if quote.customer is not None and not quote.customer_name:
        quote.customer_name = quote.customer.name


QUOTE: Final = DocumentType[Quote, QuoteLine](
    key="quote",
    model=Quote,
    side=SELLING,
    prefix="QU-",
    statuses=QuoteStatus,
    posted=QuoteStatus.SENT,
    accepts=frozenset({"open", "confirmed"}),
    approval=Approval.NONE,  # nothing is posted
    needs_party=False,
    columns=("customer_name", "description", "expires_at"),
    free_when_posted=frozenset({"expires_at"}),
    numbers_drafts=True,
    policy=Policy(assign=_assign_name, line_inputs=total_as_one_line),
)
