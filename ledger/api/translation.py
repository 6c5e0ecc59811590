"""From the values of a request to the ledger's own words, and nothing else."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.accounts.accounts import (
    AccountDetails,
    activate_account,
    create_account,
    deactivate_account,
    update_account,
)
from ledger.api.imported_again import bare_draft, refuse_states, what_differs
from ledger.api.lines import posted_lines
from ledger.entries import entries
from ledger.errors import EntryNotDraft, InvalidPeriod, UnknownAccount
from ledger.journal.drafts import AccountCode, AccountReference, EntryDraft, LineDraft
from ledger.models import Account, ApprovalStatus, EntryStatus, JournalEntry
from ledger.periods.calendar import period_for, period_named

Values = dict[str, Any]

_HEADER = (
    *("entry_date", "memo", "currency", "exchange_rate", "rate_date", "rate_source", "document_date"),
    *("effective_date", "dimensions", "metadata", "source_system", "source_id", "connection_id"),
    *("reverses_entry_id", "document_number", "service_date"),
)
_LINE = ("description", "tax_code", "line_ref", "class_id", "location_id", "dimensions", "metadata")
_FLAT = ("account_code", "account_name", "debit_amount", "credit_amount", "line_memo")
_RATE = ("exchange_rate", "rate_date", "rate_source")


def accounts(company_id: UUID) -> QuerySet[Account]:
    return Account.objects.filter(company_id=company_id).select_related("parent")


def account_from_values(values: Values, *, company: Company, actor: Actor) -> Account:
    """Create an account as a request describes it; its parent is named, as the reference has it."""
    return create_account(
        company=company,
        name=values["name"],
        type=values["type"],
        actor=actor,
        code=values.get("code") or None,
        is_active=values.get("active", True),
        source_system=values.get("source_system", ""),
        source_id=values.get("source_id", ""),
        connection_id=values.get("connection_id", ""),
        details=_account_details(values, company.pk),
    )


def account_imported_again(account: Account, values: Values, *, actor: Actor) -> Account:
    """Change an account to what the system that it came from says now. Code and type never change."""
    for name in ("type", "code"):
        if values.get(name) and values[name] != getattr(account, name):
            raise ValidationFailed(
                f"an account keeps its {name}; this one has {getattr(account, name) or 'none'}", field=name
            )
    named: AccountDetails = {"name": values["name"], **_account_details(values, account.company_id)}
    parent = cast(UUID | None, named.get("parent", account.parent_id))
    changes = {name: value for name, value in named.items() if name != "parent" and value != getattr(account, name)}
    if parent != account.parent_id:
        changes["parent"] = parent
    ids = {"company_id": account.company_id, "account_id": account.pk}
    if changes:
        update_account(**ids, changes=cast(AccountDetails, changes), actor=actor)
    if values["active"] != account.is_active:
        (activate_account if values["active"] else deactivate_account)(**ids, actor=actor)
    return account


def _account_details(values: Values, company_id: UUID) -> AccountDetails:
    """Return what a request names of an account's details; what it does not name stays as it is."""
    details = cast(
        AccountDetails,
        {name: values[name] for name in ("sub_type", "slot", "description", "subsidiary_id") if name in values},
    )
    if values.get("parent_name"):
        details["parent"] = _account_named(company_id, values["parent_name"], "parent_name")
    return details


def journal_entries(company_id: UUID) -> QuerySet[JournalEntry]:
    """Return a company's entries with what their record shows, but for the lines: those come with `entry_context`."""
    reversals = JournalEntry.objects.exclude(status="draft").only("id", "reverses_entry_id")
    return JournalEntry.objects.filter(company_id=company_id).prefetch_related(Prefetch("reversals", reversals))


def entry_context(rows: list[JournalEntry]) -> Values:
    """Return the lines of the posted entries, and the accounts that drafts name by the text of their ids."""
    ids = {line["account_id"] for row in rows for line in row.draft_lines or []}
    drafts = {str(one.pk): one for one in Account.objects.filter(pk__in=ids)} if ids else {}
    posted = [row.pk for row in rows if not row.is_draft]
    companies = {row.company_id for row in rows}
    return {"lines": posted_lines(companies, posted) if posted else {}, "draft_accounts": drafts}


def entry_from_values(values: Values, *, company: Company, actor: Actor) -> JournalEntry:
    """Store a draft, or post at once where `status` says so."""
    refuse_states(values)
    draft = _draft(values, company, EntryDraft(company_id=company.pk, entry_date=values["entry_date"], lines=()))
    if _is_to_post(values):
        return entries.post_entry(draft, actor=actor)
    return _submitted(entries.create_draft(draft, actor=actor), values, actor)


def entry_changed(entry: JournalEntry, values: Values, *, actor: Actor) -> JournalEntry:
    """Change a draft by what `values` names. The same content for a posted entry is a repeated import: only what its
    source says of it is kept anew, memo and metadata. Other content raises EntryNotDraft."""
    company = entry.company
    refuse_states(values, entry)
    if not values:
        return entry
    if values.get("entry_number") == entry.entry_number:
        values = {name: value for name, value in values.items() if name != "entry_number"}
    if not entry.is_draft:
        draft = _draft(values, company, bare_draft(entry))
        if not (differs := what_differs(draft, _named(values), entry)):
            free = {"memo": values.get("memo"), "metadata": values.get("metadata")}
            return entries.amend_entry(company_id=company.pk, entry_id=entry.pk, **free, actor=actor)
        raise EntryNotDraft(
            f"journal entry {entry.entry_number} is {entry.status} and cannot be changed; reverse it and post a new "
            "one",
            field=differs,
        )
    draft = _draft(values, company, entries.draft_of(entry))
    changed = entries.update_draft(company_id=company.pk, entry_id=entry.pk, draft=draft, actor=actor)
    if _is_to_post(values):
        return entries.confirm_entry(company_id=company.pk, entry_id=entry.pk, actor=actor)
    return _submitted(changed, values, actor)


def counts_no_more(entry: JournalEntry) -> bool:
    """Return whether an entry is void, or was posted and reversed."""
    return entry.status not in {EntryStatus.DRAFT, EntryStatus.POSTED} or entry.approval_status == ApprovalStatus.VOID


def _is_to_post(values: Values) -> bool:
    return values.get("status") == "posted" or values.get("approval_status") == "approved"


def _submitted(entry: JournalEntry, values: Values, actor: Actor) -> JournalEntry:
    if values.get("approval_status") != "pending_approval":
        return entry
    return entries.submit_entry(company_id=entry.company_id, entry_id=entry.pk, actor=actor)


def _draft(values: Values, company: Company, base: EntryDraft) -> EntryDraft:
    changes: Values = {name: values[name] for name in _HEADER if name in values}
    if "entry_number" in values:
        changes["stated_number"] = values["entry_number"]
    if "currency" in values and base.currency not in (None, values["currency"]):
        changes = dict(zip(_RATE, (None, None, ""), strict=True)) | changes
    if "external_reference" in values:
        changes["external_reference"] = values["external_reference"] or None
    if "lines" in values:
        changes["lines"] = _lines(values["lines"])
    elif any(values.get(name) is not None for name in _FLAT):
        changes["lines"] = _flat_lines(values, company.pk, base)
    draft = replace(base, **changes)
    name = values.get("posting_period") or _name_of_adjustment_period(base, company)
    return replace(draft, adjustment_period=_adjustment_period(name, draft, company)) if name else draft


def _lines(given: list[Values]) -> tuple[LineDraft, ...]:
    """Return the lines in the order of their numbers, which differ; those without one keep their place."""
    first: dict[int, int] = {}
    for index, line in enumerate(given):
        number = line.get("line_number")
        if number is not None and first.setdefault(number, index) != index:
            raise ValidationFailed(
                f"lines[{first[number]}] has the number {number}, too; each line has its own, or none",
                field=f"lines[{index}].line_number",
            )
    places = sorted(range(len(given)), key=lambda index: given[index].get("line_number") or index + 1)
    return tuple(_line(given[index], index) for index in places)


def _line(values: Values, index: int) -> LineDraft:
    amount = (values.get("debit_amount") or Decimal(0)) - (values.get("credit_amount") or Decimal(0))
    return LineDraft(
        account=values["account_id"],
        amount=amount,
        input_path=f"lines[{index}]",
        input_amount=_side(amount),
        stated_code=values.get("account_code") or "",
        **{name: values[name] for name in _LINE if name in values},
    )


def _side(amount: Decimal) -> str:
    return "credit_amount" if amount < 0 else "debit_amount"


def _flat_lines(values: Values, company_id: UUID, base: EntryDraft) -> tuple[LineDraft, ...]:
    """Return the lines of the flat form: a debit, a credit, or one of each on the same account."""
    code, name = values.get("account_code"), values.get("account_name")
    debit, credit = values.get("debit_amount") or Decimal(0), values.get("credit_amount") or Decimal(0)
    if not code and not name and not base.lines:
        if not debit and not credit:
            return ()
        raise ValidationFailed("name the account of this amount, or give lines", field="account_code")
    account: AccountReference = base.lines[0].account if base.lines else AccountCode("")
    if code:
        account = _account_coded(company_id, code)
        _refuse_other_name(account, name)
    elif name:
        account = _account_named(company_id, name, "account_name")
    description = values.get("line_memo", base.lines[0].description if base.lines else "")
    amounts = [amount for amount in (debit, -credit) if amount]
    if not amounts and base.lines:
        amounts = [line.amount for line in base.lines]
    if not amounts:
        raise ValidationFailed("give debit_amount or credit_amount above zero", field="debit_amount")
    return tuple(
        LineDraft(account=account, amount=amount, description=description, input_amount=_side(amount))
        for amount in amounts
    )


def _account_coded(company_id: UUID, code: str) -> UUID:
    found = Account.objects.filter(company_id=company_id, code=code).values_list("id", flat=True).first()
    if found is None:
        raise UnknownAccount(f"account {code} does not exist in this company", field="account_code")
    return found


def _refuse_other_name(account_id: UUID, name: str | None) -> None:
    """The name may be an old one of this account's or the sender's own, but not another account's alone."""
    if not name:
        return
    own = Account.objects.get(id=account_id)
    named = Account.objects.filter(company_id=own.company_id, name__iexact=name)
    if own.name.casefold() != name.casefold() and named.exists():
        raise ValidationFailed(
            f"account_code names {own}, account_name says {name!r}, which is another; leave one of them out",
            field="account_name",
        )


def _account_named(company_id: UUID, name: str, field: str) -> UUID:
    found = list(Account.objects.filter(company_id=company_id, name__iexact=name).values_list("id", flat=True)[:2])
    if not found:
        raise UnknownAccount(f"no account is called {name!r}", field=field)
    if len(found) > 1:
        raise UnknownAccount(f"several accounts are called {name!r}; name one by account_code", field=field)
    return found[0]


def _name_of_adjustment_period(base: EntryDraft, company: Company) -> str:
    return period_for(company, base.posting_date, base.adjustment_period).name if base.adjustment_period else ""


def _adjustment_period(name: str, draft: EntryDraft, company: Company) -> int | None:
    ref = period_named(company, name)
    if not ref.starts_on <= draft.posting_date <= ref.ends_on:
        raise InvalidPeriod(
            f"{draft.posting_date} does not lie in period {name}, which runs from {ref.starts_on} to {ref.ends_on}",
            field="posting_period",
        )
    return ref.number or None


def _named(values: Values) -> set[str]:
    """Return what of an entry's header `values` name, in the ledger's words."""
    named = {name for name in (*_HEADER, "external_reference") if values.get(name) not in (None, "")}
    return named | ({"stated_number"} if values.get("entry_number") else set())
