"""Journal entries as people work on them: drafts that are edited, submitted, approved and posted.

A draft keeps its lines as JSON and may be incomplete; only posting asks that it balances. Amounts on lines with a
tax code include the tax, unless the code is self-assessed.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.words import state_of
from ledger.entries import approval
from ledger.entries.draft_store import draft_of, fill_draft, refuse_unknown_original
from ledger.errors import (
    ApprovalRequired,
    EntryClosed,
    EntryNotDraft,
    EntryNotFound,
    EntryNotPosted,
    EntryNotSubmitted,
    PeriodLocked,
)
from ledger.journal import registry
from ledger.journal.drafts import AccountReference, EntryDraft
from ledger.journal.posting import post, post_reversing, reverse
from ledger.journal.resolving import AccountBook, resolve
from ledger.models import Activity, ApprovalStatus, JournalEntry
from ledger.models.activity import actor_facts, record_activity
from ledger.models.changes import changes_since, columns_of
from ledger.periods.calendar import open_day_from
from ledger.tax.book import TaxBook
from ledger.tax.calculation import expand_gross, is_expandable
from ledger.tax.rules import tax_book, vat_account_references

__all__ = [
    "amend_entry",
    "approve_entry",
    "confirm_entry",
    "create_draft",
    "delete_draft",
    "draft_of",
    "post_entry",
    "reject_entry",
    "reverse_entry",
    "submit_entry",
    "update_draft",
    "void_entry",
    "with_tax",
]

_MADE_BY_HAND = frozenset({"manual", "booking", "opening_balances"})
_NOT_A_DRAFT = {
    "edited": gettext_lazy("journal entry {number} is {status} and cannot be edited; reverse it and post a new one"),
    "deleted": gettext_lazy("journal entry {number} is {status} and cannot be deleted; reverse it and post a new one"),
    "submitted": gettext_lazy(
        "journal entry {number} is {status} and cannot be submitted; reverse it and post a new one"
    ),
    "rejected": gettext_lazy(
        "journal entry {number} is {status} and cannot be rejected; reverse it and post a new one"
    ),
}
_REFUSED = {
    ApprovalStatus.REJECTED: {
        "edited": gettext_lazy("journal entry {number} cannot be edited: it was rejected; edit it and submit it again"),
        "submitted": gettext_lazy(
            "journal entry {number} cannot be submitted: it was rejected; edit it and submit it again"
        ),
        "confirmed": gettext_lazy(
            "journal entry {number} cannot be confirmed: it was rejected; edit it and submit it again"
        ),
    },
    ApprovalStatus.VOID: {
        "edited": gettext_lazy("journal entry {number} cannot be edited: it is void; make a new one"),
        "submitted": gettext_lazy("journal entry {number} cannot be submitted: it is void; make a new one"),
        "confirmed": gettext_lazy("journal entry {number} cannot be confirmed: it is void; make a new one"),
    },
}


@transaction.atomic
def post_entry(draft: EntryDraft, *, actor: Actor) -> JournalEntry:
    """Expand the tax of gross lines and post at once. Raises what `ledger.journal.posting.post` raises, and
    ApprovalRequired when the company wants a second person to approve entries made by hand."""
    company = Company.objects.get(id=draft.company_id)
    if approval.is_needed(company, is_asked=draft.kind in _MADE_BY_HAND):
        raise ApprovalRequired(_("this company approves entries before they post; create a draft and submit it"))
    refuse_unknown_original(draft)
    return _through_the_door(with_tax(draft, company), actor)


@transaction.atomic
def create_draft(draft: EntryDraft, *, actor: Actor) -> JournalEntry:
    """Store a draft. Its accounts must exist; it need not balance yet."""
    entry = JournalEntry(company_id=draft.company_id, provenance=actor_facts(actor), created_by=actor.label)
    if draft.entry_id:
        entry.id = draft.entry_id
    fill_draft(entry, draft)
    entry.save(force_insert=True)
    _record(entry, "created", actor)
    return entry


@transaction.atomic
def update_draft(*, company_id: UUID, entry_id: UUID, draft: EntryDraft, actor: Actor) -> JournalEntry:
    """Replace a draft's content. A submitted or rejected draft becomes a plain draft again; a void one is refused."""
    entry = _locked_draft(company_id, entry_id, "edited")
    if entry.approval_status == ApprovalStatus.VOID:
        _refuse_closed(entry, "edited")
    as_it_was = columns_of(entry)
    fill_draft(entry, draft)
    approval.withdraw(entry)
    entry.save()
    also = ["lines"] if entry.draft_lines != as_it_was["draft_lines"] else []
    _record(entry, "edited", actor, **changes_since(as_it_was, entry, also=also))
    return entry


@transaction.atomic
def amend_entry(
    *, company_id: UUID, entry_id: UUID, memo: str | None, metadata: dict[str, Any] | None, actor: Actor
) -> JournalEntry:
    """Keep beside a posted entry what its source says of it now; None says nothing new. What was posted stays as it is
    and in the hash. Raises EntryNotFound, EntryNotPosted."""
    entry = _locked(company_id, entry_id)
    if entry.is_draft:
        raise EntryNotPosted(_("a draft is edited, not amended"))
    before = {"memo": entry.current_memo, "metadata": entry.current_metadata}
    memo = entry.current_memo if memo is None else memo
    metadata = entry.current_metadata if metadata is None else metadata
    after = {"memo": memo, "metadata": metadata}
    if after != before:
        entry.amended_memo = None if memo == entry.memo else memo
        entry.amended_metadata = None if metadata == entry.metadata else metadata
        entry.save(update_fields=["amended_memo", "amended_metadata"])
        _record(entry, "amended", actor, before=before, after=after)
    return entry


@transaction.atomic
def delete_draft(*, company_id: UUID, entry_id: UUID, actor: Actor) -> None:
    """Delete a draft for good. Raises EntryNotDraft for anything posted, naming the way out."""
    entry = _locked_draft(company_id, entry_id, "deleted")
    _record(entry, "deleted", actor)
    entry.delete()


@transaction.atomic
def submit_entry(*, company_id: UUID, entry_id: UUID, actor: Actor) -> JournalEntry:
    """Ask for approval: draft → pending_approval. The draft must be one that would post.

    Safe to repeat. Raises EntryNotDraft, EntryClosed, and what a draft is refused for when it posts, except that its
    period may still be closed: the approver sees to that.
    """
    entry = _locked_draft(company_id, entry_id, "submitted")
    if entry.approval_status == ApprovalStatus.PENDING_APPROVAL:
        return entry
    _refuse_closed(entry, "submitted")
    _refuse_what_would_not_post(entry)
    return _with_approval(entry, ApprovalStatus.PENDING_APPROVAL, "submitted", actor)


@transaction.atomic
def reject_entry(*, company_id: UUID, entry_id: UUID, reason: str = "", actor: Actor) -> JournalEntry:
    """Send a submitted draft back: pending_approval → rejected. It can be edited and submitted again."""
    entry = _locked_draft(company_id, entry_id, "rejected")
    if entry.approval_status != ApprovalStatus.PENDING_APPROVAL:
        raise EntryNotSubmitted(
            _("journal entry {number} is not waiting for approval").format(number=entry.entry_number)
        )
    return _with_approval(entry, ApprovalStatus.REJECTED, "rejected", actor, reason=reason)


@transaction.atomic
def approve_entry(*, company_id: UUID, entry_id: UUID, actor: Actor) -> JournalEntry:
    """Approve a submitted draft and post it. Where the company asks for approval, the approver is another
    person than the one who submitted it. An entry that is posted already is returned as it is."""
    entry = _locked(company_id, entry_id)
    if not entry.is_draft:
        return entry
    if entry.approval_status != ApprovalStatus.PENDING_APPROVAL:
        raise EntryNotSubmitted(
            _("journal entry {number} is not waiting for approval; submit it first").format(number=entry.entry_number)
        )
    if approval.is_needed(entry.company):
        approval.refuse_own(actor, submitter(entry), noun=_("an entry"))
    return _posted(entry, "approved", actor)


@transaction.atomic
def confirm_entry(*, company_id: UUID, entry_id: UUID, actor: Actor) -> JournalEntry:
    """Approve and post in one step, where the company asks for no approval.

    Safe to repeat: an entry that is posted already is returned as it is. Raises ApprovalRequired, EntryClosed
    for a rejected or void draft, and what `ledger.journal.posting.post` raises.
    """
    entry = _locked(company_id, entry_id)
    if not entry.is_draft:
        return entry
    if approval.is_needed(entry.company):
        raise ApprovalRequired(_("this company approves entries before they post; submit it and have it approved"))
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
        if entry.approval_status == ApprovalStatus.VOID:
            return entry
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
        raise EntryNotPosted(_("a draft cannot be reversed; delete it or void it"))
    number = int(entry.period[-2:]) if "P" in entry.period else None
    on = on or open_day_from(entry.company, entry.entry_date, adjustment_period=number)
    stays = number if number and on == entry.entry_date else None
    try:
        return reverse(entry, on=on, reason=reason, actor=actor, adjustment_period=stays)
    except PeriodLocked as error:
        error.field = "on"
        raise


@dataclass(frozen=True, slots=True)
class Taxes:
    """What splitting tax off needs to know of a company: its codes, and every way to name an account of theirs."""

    book: TaxBook
    vat_accounts: frozenset[AccountReference]


def taxes_of(company_id: UUID) -> Taxes:
    """Read them, in two statements."""
    return Taxes(tax_book(company_id), vat_account_references(company_id))


def with_tax(draft: EntryDraft, company: Company, taxes: Taxes | None = None) -> EntryDraft:
    """Return the draft with the tax of its gross lines split off (books.md 4.1). Raises UnknownTaxCode, also for a code
    that is not for a supply on the draft's days. Whoever brings many drafts reads the `taxes` once."""
    if not any(is_expandable(line) for line in draft.lines):
        return draft
    currency = draft.currency or company.base_currency
    taxes = taxes or taxes_of(company.id)
    book = taxes.book
    if draft.reverses_entry_id is None:  # what is taken back was taxed when it was supplied
        _refuse_codes_of_other_days(draft, book)
    codes = {line.tax_code.upper() for line in draft.lines}
    used = {code: rule for code, rule in book.rules.items() if code in codes}
    return replace(draft, lines=expand_gross(draft.lines, used, currency, vat_accounts=taxes.vat_accounts))


def _refuse_codes_of_other_days(draft: EntryDraft, book: TaxBook) -> None:
    """Without a stated date of supply, a code may be for any of the draft's dates: it was chosen by hand."""
    stated = (draft.document_date, draft.effective_date, draft.entry_date)
    days = [draft.service_date] if draft.service_date else [day for day in stated if day]
    for index, line in enumerate(draft.lines):
        if is_expandable(line):
            book.check(line.tax_code, days, field=f"{line.input_path or f'lines[{index}]'}.tax_code")


def _posted(entry: JournalEntry, verb: str, actor: Actor) -> JournalEntry:
    _through_the_door(with_tax(draft_of(entry), entry.company), actor)
    _record(entry, verb, actor)
    return JournalEntry.objects.get(id=entry.id)


def _through_the_door(draft: EntryDraft, actor: Actor) -> JournalEntry:
    return post_reversing(draft, actor=actor) if draft.reverses_entry_id else post(draft, actor=actor)


def _refuse_what_would_not_post(entry: JournalEntry) -> None:
    draft = with_tax(draft_of(entry), entry.company)
    book = AccountBook(entry.company_id)
    book.load((draft,))
    resolve(draft, book)


def _locked(company_id: UUID, entry_id: UUID) -> JournalEntry:
    entry = (
        JournalEntry.objects.select_for_update(of=("self",))
        .select_related("company")
        .filter(company_id=company_id, id=entry_id)
        .first()
    )
    if entry is None:
        raise EntryNotFound(_("journal entry {entry_id} does not exist").format(entry_id=entry_id))
    return entry


def _locked_draft(company_id: UUID, entry_id: UUID, verb: str) -> JournalEntry:
    entry = _locked(company_id, entry_id)
    if not entry.is_draft:
        raise EntryNotDraft(str(_NOT_A_DRAFT[verb]).format(number=entry.entry_number, status=state_of(entry.status)))
    return entry


def _refuse_closed(entry: JournalEntry, verb: str) -> None:
    refused = _REFUSED.get(ApprovalStatus(entry.approval_status))
    if refused:
        raise EntryClosed(str(refused[verb]).format(number=entry.entry_number))


def _with_approval(entry: JournalEntry, status: ApprovalStatus, verb: str, actor: Actor, **detail: Any) -> JournalEntry:
    entry.approval_status = status
    entry.save(update_fields=["approval_status", "updated_at"])
    _record(entry, verb, actor, **detail)
    return entry


def submitter(entry: JournalEntry) -> dict[str, Any] | None:
    """Return the facts of the actor who submitted it last."""
    submitted = Activity.objects.filter(
        company_id=entry.company_id, subject_type="journal_entry", subject_id=entry.id, verb="submitted"
    )
    latest = submitted.order_by("-at").first()
    return latest.actor if latest else None


def _record(entry: JournalEntry, verb: str, actor: Actor, **detail: Any) -> None:
    record_activity(
        company_id=entry.company_id,
        subject_type="journal_entry",
        subject_id=entry.id,
        verb=verb,
        actor=actor,
        **detail,
    )
