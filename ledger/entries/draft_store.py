"""How a draft is kept on its entry: the header in its columns, the lines as JSON, every account by its id."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from backfill.tenancy.models import Company
from ledger.currencies.money import ensure_precision, minor_units
from ledger.errors import LedgerInputError, UnknownAccount, UnknownEntry
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.journal.posting import refuse_reversal_before
from ledger.journal.resolving import refuse_other_code
from ledger.models import Account, AccountRole, JournalEntry
from ledger.periods.calendar import period_for, period_named

_HEADER = (
    *("fx_annotation", "memo", "kind", "document_date", "effective_date", "service_date", "document_number"),
    *("stated_number", "external_reference"),
    *("document_id", "source_system", "source_id", "connection_id", "dimensions", "metadata", "reverses_entry_id"),
    "reversal_reason",
)
_LINE = (
    "description",
    "tax_code",
    "tax_role",
    "personal_account",
    "line_ref",
    "class_id",
    "location_id",
    "dimensions",
    "metadata",
)


def fill_draft(entry: JournalEntry, draft: EntryDraft) -> None:
    """Write what `draft` says onto an entry that is a draft, and do not save it.

    Raises UnknownAccount, UnknownEntry, UnknownCurrency, InvalidPeriod, and InvalidLine for an amount with more
    decimals than its currency.
    """
    company = Company.objects.get(id=draft.company_id)
    minor_units(draft.currency or company.base_currency)
    if draft.exchange_rate is not None and draft.exchange_rate <= 0:
        raise LedgerInputError(_("exchange_rate is a positive number"), field="exchange_rate")
    refuse_unknown_original(draft)
    entry.entry_date = draft.posting_date
    entry.stated_date = draft.entry_date if draft.entry_date != draft.posting_date else None
    entry.period = (
        period_for(company, draft.posting_date, draft.adjustment_period).name if draft.adjustment_period else ""
    )
    entry.currency = draft.currency or company.base_currency
    entry.exchange_rate = draft.exchange_rate or Decimal(1)
    entry.rate_source = (draft.rate_source or "manual") if draft.exchange_rate is not None else ""
    entry.rate_date = draft.rate_date
    entry.draft_lines = _stored_lines(draft, entry.currency)
    for name in _HEADER:
        setattr(entry, name, getattr(draft, name))


def draft_of(entry: JournalEntry) -> EntryDraft:
    """Return the stored draft as an EntryDraft whose posting completes it. `entry.company` is loaded."""
    return EntryDraft(
        company_id=entry.company_id,
        entry_id=entry.id,
        entry_date=entry.stated_date or entry.entry_date,
        adjustment_period=period_named(entry.company, entry.period).number or None if entry.period else None,
        lines=tuple(_line_draft(line, index) for index, line in enumerate(entry.draft_lines or [])),
        currency=entry.currency,
        exchange_rate=entry.exchange_rate if entry.rate_source else None,
        rate_date=entry.rate_date,
        rate_source=entry.rate_source,
        fx_annotation=entry.fx_annotation,
        memo=entry.memo,
        kind=entry.kind,
        document_date=entry.document_date,
        effective_date=entry.effective_date,
        service_date=entry.service_date,
        document_number=entry.document_number,
        stated_number=entry.stated_number,
        external_reference=entry.external_reference,
        document_id=entry.document_id,
        source_system=entry.source_system,
        source_id=entry.source_id,
        connection_id=entry.connection_id,
        dimensions=entry.dimensions,
        metadata=entry.metadata,
        reverses_entry_id=entry.reverses_entry_id,
        reversal_reason=entry.reversal_reason,
    )


def refuse_unknown_original(draft: EntryDraft) -> None:
    """Raise UnknownEntry when the draft says it reverses an entry that the company does not have, ValidationFailed when
    it is dated before that one."""
    if not draft.reverses_entry_id:
        return
    rows = JournalEntry.objects.filter(company_id=draft.company_id, id=draft.reverses_entry_id)
    original = rows.select_related("company").first()
    if original is None:
        raise UnknownEntry(
            _("journal entry {reverses_entry_id} does not exist in this company").format(
                reverses_entry_id=draft.reverses_entry_id
            ),
            field="reverses_entry_id",
        )
    refuse_reversal_before(original, draft.posting_date, field=draft.posting_date_field)


def _stored_lines(draft: EntryDraft, currency: str) -> list[dict[str, Any]]:
    """Return the lines as the JSON a draft keeps, every account resolved to its id within the company."""
    accounts = _account_ids(draft)
    for index, line in enumerate(draft.lines):
        ensure_precision(line.amount, currency, field=f"{line.input_path or f'lines[{index}]'}.{line.input_amount}")
    return [
        {
            "account_id": str(accounts[index]),
            "amount": str(line.amount),
            **({"base_amount": str(line.base_amount)} if line.base_amount is not None else {}),
            **{name: getattr(line, name) for name in _LINE if getattr(line, name)},
        }
        for index, line in enumerate(draft.lines)
    ]


def _account_ids(draft: EntryDraft) -> list[UUID]:
    accounts = Account.objects.filter(company_id=draft.company_id)
    ids = [line.account for line in draft.lines if isinstance(line.account, UUID)]
    codes = [line.account.value for line in draft.lines if isinstance(line.account, AccountCode)]
    known = dict(accounts.filter(id__in=ids).values_list("id", "code")) if ids else {}
    by_code = dict(accounts.filter(code__in=codes).values_list("code", "id")) if codes else {}
    found: list[UUID] = []
    for index, line in enumerate(draft.lines):
        if isinstance(line.account, AccountRole):
            raise ValueError("a draft names its accounts; slots are for documents")
        by_id = line.account if isinstance(line.account, UUID) and line.account in known else None
        account_id = by_code.get(line.account.value) if isinstance(line.account, AccountCode) else by_id
        if account_id is None:
            suffix = line.account.input_name if isinstance(line.account, AccountCode) else "account_id"
            name = line.account.value if isinstance(line.account, AccountCode) else line.account
            path = line.input_path or f"lines[{index}]"
            raise UnknownAccount(
                _("account {name} does not exist in this company").format(name=name), field=f"{path}.{suffix}"
            )
        refuse_other_code(line, known.get(account_id, line.stated_code), line.input_path or f"lines[{index}]")
        found.append(account_id)
    return found


def _line_draft(stored: dict[str, Any], index: int) -> LineDraft:
    amount, base_amount = Decimal(stored["amount"]), stored.get("base_amount")
    return LineDraft(
        account=UUID(stored["account_id"]),
        amount=amount,
        base_amount=Decimal(base_amount) if base_amount is not None else None,
        input_path=f"lines[{index}]",
        input_amount="credit_amount" if amount < 0 else "debit_amount",
        **{name: stored[name] for name in _LINE if name in stored},
    )
