"""The demo: two companies, one person who owns both, and a key per contract, kept in `$BACKFILL_HOME/demo.json`."""

import json
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings

from backfill.demo_data import load_demo_data
from backfill.local.place import write_private
from backfill.tenancy.actors import Actor, system_actor
from backfill.tenancy.credentials import credential_from_token, user_actor
from backfill.tenancy.models import Company, Membership, Role, User
from backfill.tenancy.services import create_api_key, create_company, create_member

EMAIL = "admin@example.com"
COMPANIES: dict[str, dict[str, Any]] = {
    "backfill": {
        "name": "Northwind Supply Inc.", "chart": "us", "currency": "USD", "country": "US",
        "time_zone": "America/New_York", "tax_number": "12-3456789",
        "address": {"line1": "1200 Harbor Boulevard", "city": "Albany", "state": "NY", "postal_code": "12207"},
        "email": "billing@northwind.example", "phone": "+1 518 555 0100",
    },
    "books": {
        "name": "Nordwind Handel GmbH", "chart": "skr03", "currency": "EUR", "country": "DE",
        "time_zone": "Europe/Berlin", "datev_consultant_number": 1001, "datev_client_number": 10001,
        "address": {"line1": "Speicherstraße 12", "postal_code": "20457", "city": "Hamburg"},
        "vat_id": "DE123456788", "tax_number": "22/815/08154", "iban": "DE89370400440532013000",
        "email": "rechnung@nordwind.example", "phone": "+49 40 555 0100",
    },
}  # fmt: skip


def has_demo() -> bool:
    """Return whether both companies are there, with books in them."""
    names = {details["name"] for details in COMPANIES.values()}
    return Company.objects.filter(name__in=names, journal_entries__isnull=False).distinct().count() == len(names)


def prepare_demo(*, base_url: str) -> dict[str, Any]:
    """Create what is missing of the demo, write `demo.json` and return its content.

    Keys and password that still work are kept, so that what people copied from it goes on working.
    """
    file = settings.BACKFILL_HOME / "demo.json"
    known = _known(file)
    password = str(known.get("admin", {}).get("password") or secrets.token_urlsafe(12))
    companies = {contract: _company(details) for contract, details in COMPANIES.items()}
    admin = _admin(list(companies.values()), password)
    actor = user_actor(admin, Role.OWNER, surface="command")
    for company in companies.values():
        load_demo_data(company, actor=actor)
    demo = {
        "base_url": base_url,
        "database_url": settings.DATABASE_URL,
        "redis_url": settings.REDIS_URL,
        "admin": {"username": EMAIL, "password": password},
        "keys": {
            contract: _key(company, contract, known.get("keys", {}).get(contract, ""), actor)
            for contract, company in companies.items()
        },
    }
    write_private(file, json.dumps(demo, indent=2) + "\n")
    return demo


def _known(file: Path) -> dict[str, Any]:
    try:
        known = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _company(details: dict[str, Any]) -> Company:
    return Company.objects.filter(name=details["name"]).first() or create_company(**details)


def _admin(companies: list[Company], password: str) -> User:
    """Return the owner of the companies, whose password is the one in demo.json whatever it was before."""
    for company in companies:
        if not Membership.objects.filter(company=company, user__email=EMAIL).exists():
            create_member(
                company=company, email=EMAIL, role=Role.OWNER, actor=system_actor(), full_name="Demo Administrator"
            )
    user = User.objects.get(email=EMAIL)
    if not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    return user


def _key(company: Company, contract: str, known: str, actor: Actor) -> str:
    credential = credential_from_token(known)
    if credential and credential.company == company and credential.contract == contract:
        return known
    return create_api_key(company=company, name="Demo", scopes=["admin"], actor=actor, contract=contract).token
