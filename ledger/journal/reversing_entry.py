"""The entry that undoes another one. Pure, but for reading the original's lines."""

from datetime import date

from ledger.journal.closing import CLOSING_KIND
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.models import JournalEntry, JournalLine


def reversing_entry(original: JournalEntry, *, on: date, reason: str, adjustment_period: int | None) -> EntryDraft:
    """Return the entry that undoes a posted one on the date `on`: sides swapped, amounts and rate the same."""
    memo = f"Reversal of {original.entry_number}" + (f": {reason}" if reason else "")
    return EntryDraft(
        company_id=original.company_id,
        entry_date=on,
        adjustment_period=adjustment_period,
        lines=tuple(_mirrored(line) for line in original.lines.order_by("line_number")),
        currency=original.currency,
        exchange_rate=original.exchange_rate,
        rate_date=original.rate_date,
        rate_source=original.rate_source,
        fx_annotation=original.fx_annotation,
        memo=memo[:500],
        kind=CLOSING_KIND if original.kind == CLOSING_KIND else "reversal",
        document_date=original.document_date,
        effective_date=on,
        service_date=original.service_date,
        document_number=original.document_number,
        dimensions=original.dimensions,
        reverses_entry_id=original.id,
        reversal_reason=reason[:500],
    )


def _mirrored(line: JournalLine) -> LineDraft:
    return LineDraft(
        account=line.account_id,
        amount=-line.currency_amount,
        base_amount=-line.amount,
        description=line.description,
        tax_code=line.tax_code,
        tax_role=line.tax_role,
        personal_account=line.personal_account,
        line_ref=line.line_ref,
        class_id=line.class_id,
        location_id=line.location_id,
        dimensions=line.dimensions,
        metadata=line.metadata,
    )
