"""Journal entries as people work on them: drafts that are edited, submitted, approved and posted.

A draft keeps its lines as JSON and may be incomplete; only posting asks that it balances. Amounts on lines with a
tax code include the tax, unless the code is self-assessed.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger import registry
from ledger.activities import actor_facts, record_activity
from ledger.drafts import AccountCode, EntryDraft, LineDraft
from ledger.errors import (
    ApprovalRequired,
    EntryNotDraft,
    EntryNotFound,
    EntryNotPosted,
    SelfApprovalDenied,
    UnknownAccount,
)
from ledger.models import Account, Activity, ApprovalStatus, JournalEntry, Slot
from ledger.periods import open_day_from, period_for, period_named
from ledger.posting import post, reverse
from ledger.tax import expand_gross, is_expandable
from ledger.tax_codes import rules, vat_account_references

_HEADER = (
    *("fx_annotation", "memo", "kind", "document_date", "effective_date", "document_number", "external_reference"),
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
_MADE_BY_HAND = frozenset({"manual", "booking"})
_REFUSED_STATES = {
    ApprovalStatus.REJECTED: "was rejected; edit it and submit it again",
    ApprovalStatus.VOID: "is void; make a new one",
}


@transaction.atomic
def post_entry(draft: EntryDraft, *, actor: Actor) -> JournalEntry:
    """Expand the tax of gross lines and post at once. Raises what `ledger.posting.post` raises, and
    ApprovalRequired when the company wants a second person to approve entries made by hand."""
    company = Company.objects.get(id=draft.company_id)
    if company.requires_approval and draft.kind in _MADE_BY_HAND:
        raise ApprovalRequired("this company approves entries before they post; create a draft and submit it")
    return post(with_tax(draft, company), actor=actor)


@transaction.atomic
def create_draft(draft: EntryDraft, *, actor: Actor) -> JournalEntry:
    """Store a draft. Its accounts must exist; it need not balance yet."""
    entry = JournalEntry(company_id=draft.company_id, provenance=actor_facts(actor), created_by=actor.label)
    if draft.entry_id:
        entry.id = draft.entry_id
    _fill(entry, draft)
    entry.save(force_insert=True)
    return entry


@transaction.atomic
def update_draft(*, company_id: UUID, entry_id: UUID, draft: EntryDraft, actor: Actor) -> JournalEntry:
    """Replace a draft's content. A submitted or rejected draft becomes a plain draft again."""
    entry = _locked_draft(company_id, entry_id, "edited")
    _fill(entry, draft)
    entry.approval_status = ApprovalStatus.DRAFT
    entry.save()
    _record(entry, "edited", actor)
    return entry


@transaction.atomic
def delete_draft(*, company_id: UUID, entry_id: UUID, actor: Actor) -> None:
    """Delete a draft for good. Raises EntryNotDraft for anything posted, naming the way out."""
    entry = _locked_draft(company_id, entry_id, "deleted")
    _record(entry, "deleted", actor)
    entry.delete()


@transaction.atomic
def submit_entry(*, company_id: UUID, entry_id: UUID, actor: Actor) -> JournalEntry:
    """Ask for approval: draft → pending_approval. The draft must be one that would post."""
    entry = _locked_draft(company_id, entry_id, "submitted")
    if entry.approval_status == ApprovalStatus.PENDING_APPROVAL:
        return entry
    _refuse_closed(entry, "submitted")
    return _with_approval(entry, ApprovalStatus.PENDING_APPROVAL, "submitted", actor)


@transaction.atomic
def reject_entry(*, company_id: UUID, entry_id: UUID, reason: str = "", actor: Actor) -> JournalEntry:
    """Send a submitted draft back: pending_approval → rejected. It can be edited and submitted again."""
    entry = _locked_draft(company_id, entry_id, "rejected")
    if entry.approval_status != ApprovalStatus.PENDING_APPROVAL:
        raise EntryNotDraft(f"journal entry {entry.entry_number} is not waiting for approval")
    return _with_approval(entry, ApprovalStatus.REJECTED, "rejected", actor, reason=reason)


@transaction.atomic
def approve_entry(*, company_id: UUID, entry_id: UUID, actor: Actor) -> JournalEntry:
    """Approve a submitted draft and post it. Where the company asks for approval, the approver is another
    person than the one who submitted it. An entry that is posted already is returned as it is."""
    entry = _locked(company_id, entry_id)
    if not entry.is_draft:
        return entry
    if entry.approval_status != ApprovalStatus.PENDING_APPROVAL:
        raise EntryNotDraft(f"journal entry {entry.entry_number} has not been submitted; submit it first")
    if entry.company.requires_approval and _submitter(entry) == (str(actor.user_id) if actor.user_id else None):
        raise SelfApprovalDenied("an entry is approved by another person than the one who submitted it")
    return _posted(entry, "approved", actor)


@transaction.atomic
def confirm_entry(*, company_id: UUID, entry_id: UUID, actor: Actor) -> JournalEntry:
    """Approve and post in one step, where the company asks for no approval.

    Safe to repeat: an entry that is posted already is returned as it is. Raises ApprovalRequired, EntryNotDraft
    for a rejected or void draft, and what `ledger.posting.post` raises.
    """
    entry = _locked(company_id, entry_id)
    if not entry.is_draft:
        return entry
    if entry.company.requires_approval:
        raise ApprovalRequired("this company approves entries before they post; submit it and have it approved")
    _refuse_closed(entry, "confirmed")
    return _posted(entry, "confirmed", actor)


@transaction.atomic
def void_entry(
    *, company_id: UUID, entry_id: UUID, on: date | None = None, reason: str = "", actor: Actor
) -> JournalEntry:
    """Void an entry and return it. A draft keeps its content and can no longer be posted.

    A posted entry is reversed on `on`; by default on its own date if that period is open, else on the first day
    of the next open one.
    """
    registry.lock_owners(company_id, entry_id)
    entry = _locked(company_id, entry_id)
    if entry.is_draft:
        return _with_approval(entry, ApprovalStatus.VOID, "voided", actor, reason=reason)
    reverse_entry(company_id=company_id, entry_id=entry_id, on=on, reason=reason, actor=actor)
    entry.refresh_from_db()
    return entry


@transaction.atomic
def reverse_entry(
    *, company_id: UUID, entry_id: UUID, on: date | None = None, reason: str = "", actor: Actor
) -> JournalEntry:
    """Reverse a posted entry and return the reversal. `on` as in `void_entry`.

    Raises EntryNotFound, EntryNotPosted, AlreadyReversed, PeriodLocked.
    """
    registry.lock_owners(company_id, entry_id)
    entry = _locked(company_id, entry_id)
    if entry.is_draft:
        raise EntryNotPosted("a draft cannot be reversed; delete it or void it")
    number = int(entry.period[-2:]) if "P" in entry.period else None
    on = on or open_day_from(entry.company, entry.entry_date, adjustment_period=number)
    stays = number if number and on == entry.entry_date else None
    return reverse(entry, on=on, reason=reason, actor=actor, adjustment_period=stays)


def with_tax(draft: EntryDraft, company: Company) -> EntryDraft:
    """Return the draft with the tax of its gross lines split off (books.md 4.1). Raises UnknownTaxCode."""
    codes = {line.tax_code for line in draft.lines if is_expandable(line)}
    if not codes:
        return draft
    currency = draft.currency or company.base_currency
    vat_accounts = vat_account_references(company.id)
    lines = expand_gross(draft.lines, rules(company.id, codes), currency, vat_accounts=vat_accounts)
    return replace(draft, lines=lines)


def draft_of(entry: JournalEntry) -> EntryDraft:
    """Return the stored draft as an EntryDraft whose posting completes it. `entry.company` is loaded."""
    return EntryDraft(
        company_id=entry.company_id,
        entry_id=entry.id,
        entry_date=entry.entry_date,
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
        document_number=entry.document_number,
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


def _posted(entry: JournalEntry, verb: str, actor: Actor) -> JournalEntry:
    draft = draft_of(entry)
    if draft.reverses_entry_id:
        raise EntryNotDraft("a draft cannot post as a reversal; use the reverse action of the entry it names")
    post(with_tax(draft, entry.company), actor=actor)
    _record(entry, verb, actor)
    return JournalEntry.objects.get(id=entry.id)


def _fill(entry: JournalEntry, draft: EntryDraft) -> None:
    company = Company.objects.get(id=draft.company_id)
    entry.entry_date = draft.entry_date
    entry.period = (
        period_for(company, draft.entry_date, draft.adjustment_period).name if draft.adjustment_period else ""
    )
    entry.currency = draft.currency or company.base_currency
    entry.exchange_rate = draft.exchange_rate or Decimal(1)
    entry.rate_source = (draft.rate_source or "manual") if draft.exchange_rate is not None else ""
    entry.rate_date = draft.rate_date
    entry.draft_lines = _stored_lines(draft)
    for name in _HEADER:
        setattr(entry, name, getattr(draft, name))


def _stored_lines(draft: EntryDraft) -> list[dict[str, Any]]:
    """Return the lines as the JSON a draft keeps, every account resolved to its id within the company."""
    accounts = _account_ids(draft)
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
    known = set(accounts.filter(id__in=ids).values_list("id", flat=True)) if ids else set()
    by_code = dict(accounts.filter(code__in=codes).values_list("code", "id")) if codes else {}
    found: list[UUID] = []
    for index, line in enumerate(draft.lines):
        if isinstance(line.account, Slot):
            raise ValueError("a draft names its accounts; slots are for documents")
        by_id = line.account if isinstance(line.account, UUID) and line.account in known else None
        account_id = by_code.get(line.account.value) if isinstance(line.account, AccountCode) else by_id
        if account_id is None:
            suffix = line.account.input_name if isinstance(line.account, AccountCode) else "account_id"
            name = line.account.value if isinstance(line.account, AccountCode) else line.account
            path = line.input_path or f"lines[{index}]"
            raise UnknownAccount(f"account {name} does not exist in this company", field=f"{path}.{suffix}")
        found.append(account_id)
    return found


def _line_draft(stored: dict[str, Any], index: int) -> LineDraft:
    base_amount = stored.get("base_amount")
    return LineDraft(
        account=UUID(stored["account_id"]),
        amount=Decimal(stored["amount"]),
        base_amount=Decimal(base_amount) if base_amount is not None else None,
        input_path=f"lines[{index}]",
        **{name: stored[name] for name in _LINE if name in stored},
    )


def _locked(company_id: UUID, entry_id: UUID) -> JournalEntry:
    entry = (
        JournalEntry.objects.select_for_update(of=("self",))
        .select_related("company")
        .filter(company_id=company_id, id=entry_id)
        .first()
    )
    if entry is None:
        raise EntryNotFound(f"journal entry {entry_id} does not exist")
    return entry


def _locked_draft(company_id: UUID, entry_id: UUID, verb: str) -> JournalEntry:
    entry = _locked(company_id, entry_id)
    if not entry.is_draft:
        raise EntryNotDraft(
            f"journal entry {entry.entry_number} is {entry.status} and cannot be {verb}; reverse it and post a new one"
        )
    return entry


def _refuse_closed(entry: JournalEntry, verb: str) -> None:
    why = _REFUSED_STATES.get(ApprovalStatus(entry.approval_status))
    if why:
        raise EntryNotDraft(f"journal entry {entry.entry_number} cannot be {verb}: it {why}")


def _with_approval(entry: JournalEntry, status: ApprovalStatus, verb: str, actor: Actor, **detail: Any) -> JournalEntry:
    entry.approval_status = status
    entry.save(update_fields=["approval_status", "updated_at"])
    _record(entry, verb, actor, **detail)
    return entry


def _submitter(entry: JournalEntry) -> str | None:
    submitted = Activity.objects.filter(
        company_id=entry.company_id, subject_type="journal_entry", subject_id=entry.id, verb="submitted"
    )
    latest = submitted.order_by("-at").first()
    return latest.actor.get("user_id") if latest else None


def _record(entry: JournalEntry, verb: str, actor: Actor, **detail: Any) -> None:
    record_activity(
        company_id=entry.company_id,
        subject_type="journal_entry",
        subject_id=entry.id,
        verb=verb,
        actor=actor,
        **detail,
    )
