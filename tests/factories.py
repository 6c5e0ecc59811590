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
from ledger.inventory.items import create_item
from ledger.inventory.models import Item
from ledger.journal.drafts import AccountReference, EntryDraft, LineDraft
from ledger.journal.posting import post
from ledger.models import AccountRole, JournalEntry
from receivables.customers.customers import create_customer
from receivables.models import Customer, Invoice, Payment
from receivables.services.invoices import create_invoice
from receivables.services.payments import create_payment

PASSWORD = "correct horse battery"

STOCK_SINCE = date(2020, 1, 1)

_numbers = count(1)


def make_company(*, name: str = "", chart: str = "us", currency: str = "USD", **fields: Any) -> Company:
    """A company with its chart of accounts, in UTC, in English and named «Company 1», … unless told otherwise."""
    fields.setdefault("language", "en")
    fields.setdefault("time_zone", "UTC")
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
    lines = lines or ((AccountRole.CASH, "100.00"), (AccountRole.REVENUE, "-100.00"))
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


def make_customer(company: Company, *, name: str = "", **values: Any) -> Customer:
    """A customer, named «Customer 1», «Customer 2», … unless told otherwise."""
    return create_customer(
        {"name": name or f"Customer {next(_numbers)}", **values}, company=company, actor=system_actor()
    )


def line(amount: str | Decimal, **values: Any) -> dict[str, Any]:
    """A document's line of one amount."""
    return {"description": "Goods", "amount": Decimal(amount), **values}


def make_invoice(
    company: Company,
    *lines: dict[str, Any],
    customer: Customer | None = None,
    on: date = date(2026, 1, 15),
    status: str = "open",
    **values: Any,
) -> Invoice:
    """A confirmed invoice of 100.00 without tax unless told otherwise; `status="draft"` leaves it a draft."""
    untaxed = {"tax_rate": Decimal(0)} if company.chart.startswith("skr") else {}  # else 8400 would tax it
    return create_invoice(
        {
            "customer_id": (customer or make_customer(company)).id,
            "document_date": on,
            "lines": list(lines) or [line("100.00", **untaxed)],
            "status": status,
            **values,
        },
        company=company,
        actor=system_actor(),
    )


def make_payment(
    company: Company,
    amount: str | Decimal,
    *invoices: Invoice,
    customer: Customer | None = None,
    on: date = date(2026, 1, 20),
    status: str = "completed",
    **values: Any,
) -> Payment:
    """A confirmed payment; with invoices it pays them in order, as far as it reaches."""
    return create_payment(
        {
            "customer_id": customer.id if customer else invoices[0].customer_id,
            "amount": Decimal(amount),
            "document_date": on,
            "allocations": [{"invoice_id": invoice.id} for invoice in invoices],
            "status": status,
            **values,
        },
        company=company,
        actor=system_actor(),
    )


def make_item(company: Company, *, name: str = "", **values: Any) -> Item:
    """An item; with `quantity_on_hand` and `purchase_cost` a counted one, in stock before the tests' days."""
    tracked = {"track_inventory": True, "opening_stock_date": STOCK_SINCE} if "quantity_on_hand" in values else {}
    name = name or f"Item {next(_numbers)}"
    return create_item({"name": name, **tracked, **values}, company=company, actor=system_actor())
