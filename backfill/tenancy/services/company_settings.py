"""Changing what a company says of itself and how it works."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, Final, TypedDict
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.errors import CompanyNameTaken
from backfill.tenancy.models import AccessEvent, Company
from backfill.tenancy.registry import on_company_changed
from backfill.tenancy.services.authority import require_permission
from backfill.tenancy.services.companies import checked_country, checked_name, checked_time_zone, checked_vat_id
from backfill.tenancy.services.registration import checked_accounts, checked_creditor_id, checked_representative
from backfill.tenancy.services.trail import record_access

ADDRESS: Final = ("line1", "line2", "postal_code", "city", "state")


class CompanyDetails(TypedDict, total=False):
    """What can change. Chart, currency and fiscal year are fixed when the company is created: its books stand on them.

    `address` has the keys of ADDRESS, and further ones that other programs may use; an IBAN may have blanks; the VAT
    id may lack its country's prefix.
    """

    name: str
    legal_name: str
    country: str
    language: str
    time_zone: str
    address: dict[str, str]
    vat_id: str
    tax_number: str
    iban: str
    bic: str
    creditor_id: str
    further_accounts: list[dict[str, str]]
    legal_form: str
    registered_office: str
    register_court: str
    register_number: str
    directors: str
    tax_representative: dict[str, Any]
    email: str
    phone: str
    datev_consultant_number: int | None
    datev_client_number: int | None
    advances_taxed_from: date | None
    requires_approval: bool
    requires_two_factor: bool
    allows_negative_inventory: bool
    own_rate_days: int
    ecb_rate_days: int


@transaction.atomic
def update_company(*, company_id: UUID, changes: CompanyDetails, actor: Actor) -> Company:
    """Change what `changes` names and nothing else, and write down which fields.

    Raises Forbidden, ValidationFailed naming the field, CompanyNameTaken.
    """
    company = Company.objects.select_for_update(no_key=True).get(pk=company_id)
    require_permission(actor, company, "settings.edit")
    before = {name: getattr(company, name) for name in changes}
    for name, value in changes.items():
        setattr(company, name, _checked(name, value, company))
    changed = sorted(name for name, value in before.items() if getattr(company, name) != value)
    if not changed:
        return company
    _check_columns(company)
    _save(company, changed)
    for call in on_company_changed:
        call(company, {name: before[name] for name in changed}, actor)
    record_access(AccessEvent.Verb.COMPANY_CHANGED, actor=actor, company=company, fields=changed)
    return company


def _checked(name: str, value: Any, company: Company) -> Any:
    checks: dict[str, Callable[[Any], Any]] = {
        "name": checked_name,
        "country": lambda country: checked_country(country, company.chart),
        "time_zone": checked_time_zone,
        "address": _checked_address,
        "vat_id": lambda text: checked_vat_id(text, company.country),
        "iban": partial(_checked_number, "iban"),
        "bic": partial(_checked_number, "bic"),
        "creditor_id": checked_creditor_id,
        "further_accounts": checked_accounts,
        "tax_representative": checked_representative,
    }
    if name in checks:
        return checks[name](value)
    return value.strip() if isinstance(value, str) else value


def _checked_address(parts: dict[str, Any]) -> dict[str, str]:
    return {str(key): " ".join(str(part).split()) for key, part in parts.items() if part}


def _checked_number(name: str, value: str) -> str:
    if not value.strip():
        return ""
    try:
        return str((IBAN if name == "iban" else BIC)(value.upper()).compact)
    except SchwiftyException as error:
        raise ValidationFailed(
            _("{value!r} is not a valid {name}.").format(value=value.strip(), name=name.upper()), field=name
        ) from error


def _check_columns(company: Company) -> None:
    try:
        company.clean_fields()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise ValidationFailed(" ".join(messages), field=field) from error


def _save(company: Company, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            company.save(update_fields=[*fields, "updated_at"])
    except IntegrityError as error:
        if "company_name_once" not in str(error):
            raise
        raise CompanyNameTaken(
            _("There is a company named {company!r} already.").format(company=company.name), field="name"
        ) from error
