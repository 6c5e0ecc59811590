"""What tests start from: typed functions with defaults, everything made through the real services."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from backfill.tenancy.actors import Actor, system_actor
from backfill.tenancy.credentials import user_actor
from backfill.tenancy.models import Company, Membership, Role, User
from backfill.tenancy.services import IssuedApiKey, create_api_key, create_company, create_member
from ledger.drafts import AccountReference, EntryDraft, LineDraft
from ledger.models import JournalEntry, Slot
from ledger.posting import post

PASSWORD = "correct horse battery"

_numbers = count(1)


def make_company(*, name: str = "", chart: str = "us", currency: str = "USD", **fields: Any) -> Company:
    """A company with its chart of accounts, named «Company 1», «Company 2», … unless told otherwise."""
    return create_company(name=name or f"Company {next(_numbers)}", chart=chart, currency=currency, **fields)


def make_member(
    company: Company,
    *,
    role: str = Role.OWNER,
    email: str = "",
    password: str | None = None,
    ends_on: date | None = None,
) -> Membership:
    """A member with a new user; with a password only when the test signs in, because hashing takes time."""
    return create_member(
        company=company,
        email=email or f"person{next(_numbers)}@example.com",
        role=role,
        password=password,
        ends_on=ends_on,
        actor=system_actor(),
    )


def make_user(company: Company, *, role: str = Role.OWNER, **fields: Any) -> User:
    """The user of a new member."""
    return make_member(company, role=role, **fields).user


def actor_of(membership: Membership, *, surface: str = "admin") -> Actor:
    """The actor for what this member does in the company."""
    return user_actor(membership.user, membership.role, surface=surface)


def make_api_key(
    company: Company,
    *,
    scopes: Sequence[str] = ("admin",),
    contract: str = "backfill",
    actor: Actor | None = None,
    expires_at: datetime | None = None,
) -> IssuedApiKey:
    """A key and its token; made by the operator unless an actor is given."""
    return create_api_key(
        company=company,
        name="Test",
        scopes=scopes,
        contract=contract,
        actor=actor or system_actor(),
        expires_at=expires_at,
    )


def entry_draft(
    company: Company, *lines: tuple[AccountReference, str | Decimal], on: date = date(2026, 1, 15), **fields: Any
) -> EntryDraft:
    """An entry to post, its lines as (account, amount), debit positive; 100.00 from cash to revenue by default."""
    lines = lines or ((Slot.CASH, "100.00"), (Slot.REVENUE, "-100.00"))
    return EntryDraft(
        company_id=company.id,
        entry_date=on,
        lines=tuple(LineDraft(account=account, amount=Decimal(amount)) for account, amount in lines),
        **fields,
    )


def make_entry(
    company: Company,
    *lines: tuple[AccountReference, str | Decimal],
    on: date = date(2026, 1, 15),
    actor: Actor | None = None,
    **fields: Any,
) -> JournalEntry:
    """A posted entry; the arguments are those of `entry_draft`."""
    return post(entry_draft(company, *lines, on=on, **fields), actor=actor or system_actor())
