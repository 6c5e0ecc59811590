"""Tax codes: read for posting, created, changed and taken out of use. A posted entry is never touched by a change."""

import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Upper

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.accounts import lock_chart, referenced_account
from ledger.activities import record_activity
from ledger.drafts import AccountCode, AccountReference
from ledger.errors import AccountInactive, DuplicateTaxCode, NoChanges, SystemTaxCodeKept, TaxCodeNotFound
from ledger.field_checks import check_fields
from ledger.models import Account, AccountType, Slot, TaxCode
from ledger.tax import TaxRule

CATEGORIES = frozenset({"S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"})
_CODE = re.compile(r"[A-Za-z0-9-]{1,20}")
_TAX_SLOTS = frozenset({Slot.INPUT_TAX, Slot.OUTPUT_TAX, Slot.SELF_ASSESSED_TAX})
_OF_SYSTEM_CODES = frozenset({"label", "description"})


class TaxCodeDetails(TypedDict, total=False):
    """What can change later. `rate` is percent; `self_assess_account` None ends self-assessment."""

    label: str
    description: str
    rate: Decimal
    vat_account: AccountReference
    self_assess_account: AccountReference | None
    datev_key: str
    category: str
    is_active: bool


def rules(company_id: UUID, codes: Collection[str]) -> dict[str, TaxRule]:
    """Return the active tax codes among `codes`, compared without regard to case, by upper-case code."""
    wanted = {code.upper() for code in codes if code}
    if not wanted:
        return {}
    rows = TaxCode.objects.annotate(upper=Upper("code")).filter(company_id=company_id, is_active=True, upper__in=wanted)
    return {
        row.code.upper(): TaxRule(row.code, row.rate, row.vat_account_id, row.self_assess_account_id) for row in rows
    }


def vat_account_references(company_id: UUID) -> frozenset[AccountReference]:
    """Return every way a line can name an account that an active tax code posts to: id, code and slot.

    `ledger.tax` takes this to refuse tax posted by hand beside tax codes.
    """
    own = TaxCode.objects.filter(company_id=company_id, is_active=True)
    accounts = Account.objects.filter(
        Q(id__in=own.values("vat_account_id")) | Q(id__in=own.values("self_assess_account_id"))
    )
    references: set[AccountReference] = set()
    for account in accounts:
        references.add(account.id)
        if account.code is not None:
            references.add(AccountCode(account.code))
        if account.slot and account.is_active:
            references.add(Slot(account.slot))
    return frozenset(references)


@transaction.atomic
def create_tax_code(
    *,
    company: Company,
    code: str,
    label: str,
    rate: Decimal,
    vat_account: AccountReference,
    actor: Actor,
    self_assess_account: AccountReference | None = None,
    description: str = "",
    datev_key: str = "",
    category: str = "S",
) -> TaxCode:
    """Add a tax code of the company's own.

    `code` is 1 to 20 letters, digits and hyphens, unique without regard to case; `rate` is percent, 0 to 100 with at
    most four decimals; `vat_account` takes the tax, `self_assess_account` the same tax on the other side where the
    company owes it in the supplier's place. Raises ValidationFailed naming the field, UnknownAccount,
    AccountInactive, DuplicateTaxCode (also for an inactive or a system code).
    """
    lock_chart(company.id)
    if not _CODE.fullmatch(code):
        raise ValidationFailed("a tax code is 1 to 20 letters, digits or hyphens, such as RC19", field="code")
    taken = TaxCode.objects.filter(company=company, code__iexact=code).first()
    if taken is not None:
        raise DuplicateTaxCode(f"tax code {taken.code} exists already", field="code", existing_id=str(taken.id))
    tax_code = TaxCode(
        company=company,
        code=code,
        label=label.strip(),
        description=description,
        rate=rate,
        vat_account=_tax_account(company.id, vat_account, "vat_account"),
        self_assess_account=_self_assess_account(company.id, self_assess_account),
        datev_key=datev_key,
        category=category,
    )
    _check(tax_code)
    tax_code.save(force_insert=True)
    _record(tax_code, "created", actor, code=tax_code.code, rate=str(tax_code.rate))
    return tax_code


@transaction.atomic
def update_tax_code(*, company_id: UUID, code: str, changes: TaxCodeDetails, actor: Actor) -> TaxCode:
    """Change what `changes` names. The code itself never changes; of a system code only label and description do.

    Raises TaxCodeNotFound, NoChanges, ValidationFailed, UnknownAccount, AccountInactive, SystemTaxCodeKept.
    """
    if not changes:
        raise NoChanges("the request names nothing to change")
    lock_chart(company_id)
    tax_code = _locked(company_id, code)
    _refuse_changing_system_code(tax_code, changes)
    for field, value in changes.items():
        if field == "vat_account":
            tax_code.vat_account = _tax_account(company_id, changes["vat_account"], field)
        elif field == "self_assess_account":
            tax_code.self_assess_account = _self_assess_account(company_id, changes["self_assess_account"])
        else:
            setattr(tax_code, field, value)
    tax_code.label = tax_code.label.strip()
    _check(tax_code)
    if changes.get("is_active"):
        _refuse_inactive_accounts(tax_code)
    tax_code.save()
    _record(tax_code, "updated", actor, fields=sorted(changes))
    return tax_code


@transaction.atomic
def deactivate_tax_code(*, company_id: UUID, code: str, actor: Actor) -> TaxCode:
    """Take a code out of use; entries that carry it keep it. Doing so twice changes nothing.

    Raises TaxCodeNotFound, SystemTaxCodeKept.
    """
    tax_code = _locked(company_id, code)
    if tax_code.is_system:
        raise _system_code_kept(tax_code)
    if tax_code.is_active:
        tax_code.is_active = False
        tax_code.save(update_fields=["is_active", "updated_at"])
        _record(tax_code, "deactivated", actor)
    return tax_code


def _locked(company_id: UUID, code: str) -> TaxCode:
    named = TaxCode.objects.select_for_update().filter(company_id=company_id, code__iexact=code)
    tax_code = named.first() if _CODE.fullmatch(code) else None
    if tax_code is None:
        raise TaxCodeNotFound(f"tax code {code} does not exist in this company")
    return tax_code


def _refuse_changing_system_code(tax_code: TaxCode, fields: Iterable[str]) -> None:
    refused = sorted(set(fields) - _OF_SYSTEM_CODES)
    if not tax_code.is_system or not refused:
        return
    if refused == ["is_active"]:
        raise _system_code_kept(tax_code)
    raise ValidationFailed(
        f"{tax_code.code} came with the chart of accounts: only its label and description can be changed; "
        "create a code of your own for another rate or account",
        field=refused[0],
    )


def _system_code_kept(tax_code: TaxCode) -> SystemTaxCodeKept:
    return SystemTaxCodeKept(f"{tax_code.code} came with the chart of accounts and stays in use")


def _check(tax_code: TaxCode) -> None:
    if not tax_code.rate.is_finite() or not 0 <= tax_code.rate <= 100:
        raise ValidationFailed("rate is percent from 0 to 100: 19 means 19 %", field="rate")
    if tax_code.category not in CATEGORIES:
        raise ValidationFailed(
            f"category is a UNTDID 5305 code: one of {', '.join(sorted(CATEGORIES))}", field="category"
        )
    if tax_code.datev_key and not tax_code.datev_key.isdecimal():
        raise ValidationFailed("datev_key is a DATEV BU key: up to four digits", field="datev_key")
    if tax_code.self_assess_account_id == tax_code.vat_account_id:
        raise ValidationFailed("self_assess_account is another account than vat_account", field="self_assess_account")
    check_fields(tax_code)


def _tax_account(company_id: UUID, reference: AccountReference, field: str) -> Account:
    account = referenced_account(company_id, reference, field=field)
    if not account.is_active:
        raise AccountInactive(f"account {account} is inactive; reactivate it or choose another", field=field)
    if account.type in {AccountType.REVENUE, AccountType.EQUITY} or (account.slot and account.slot not in _TAX_SLOTS):
        raise ValidationFailed(f"account {account} is no tax account", field=field)
    return account


def _self_assess_account(company_id: UUID, reference: AccountReference | None) -> Account | None:
    return None if reference is None else _tax_account(company_id, reference, "self_assess_account")


def _refuse_inactive_accounts(tax_code: TaxCode) -> None:
    for field in ("vat_account", "self_assess_account"):
        account: Account | None = getattr(tax_code, field)
        if account is not None and not account.is_active:
            raise AccountInactive(f"account {account} is inactive; reactivate it first", field=field)


def _record(tax_code: TaxCode, verb: str, actor: Actor, **detail: Any) -> None:
    record_activity(
        company_id=tax_code.company_id,
        subject_type="tax_code",
        subject_id=tax_code.id,
        verb=verb,
        actor=actor,
        **detail,
    )
