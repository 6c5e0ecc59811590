"""Drafts and the steps that make entries of them, as tests take them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from backfill.tenancy.actors import Actor, system_actor
from backfill.tenancy.models import Company, Role
from ledger.entries import entries
from ledger.journal.drafts import AccountCode, EntryDraft
from ledger.models import Activity, JournalEntry, JournalLine
from tests.factories import actor_of, entry_draft, make_member

CASH, SALES, OTHER, CARD = (AccountCode(code) for code in ("1000", "4000", "6100", "1010"))
ME = system_actor("Kim")


def content(company: Company, *lines: Any, **fields: Any) -> EntryDraft:
    """What a draft says: 100.00 from cash to sales unless lines are given."""
    return entry_draft(company, *(lines or ((CASH, "100.00"), (SALES, "-100.00"))), **fields)


def draft_in(company: Company, *lines: Any, actor: Actor = ME, **fields: Any) -> JournalEntry:
    return entries.create_draft(content(company, *lines, **fields), actor=actor)


def step(name: str, entry: JournalEntry, *, actor: Actor = ME, **more: Any) -> JournalEntry:
    """Take a step with an entry and read it again."""
    service: Callable[..., Any] = getattr(entries, f"{name}_entry")
    service(company_id=entry.company_id, entry_id=entry.pk, actor=actor, **more)
    return JournalEntry.objects.get(pk=entry.pk)


def lines_of(entry: JournalEntry) -> list[tuple[str | None, Decimal]]:
    rows = JournalLine.objects.filter(entry=entry).order_by("line_number")
    return [(code, amount) for code, amount in rows.values_list("account__code", "amount")]


def trail(entry_id: UUID) -> list[str]:
    found = Activity.objects.filter(subject_type="journal_entry", subject_id=entry_id)
    return list(found.order_by("at", "id").values_list("verb", flat=True))


def people(company: Company) -> tuple[Actor, Actor]:
    """Two members as the actors that they are over the API."""
    return tuple(actor_of(make_member(company, role=Role.ADMIN), surface="api") for _ in range(2))  # type: ignore[return-value]


def ask_for_approval(company: Company) -> None:
    company.requires_approval = True
    company.save()
