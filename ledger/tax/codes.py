"""Tax codes: created, changed and taken out of use. A posted entry is never touched by a change."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.database.field_checks import check_fields
from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from ledger.accounts.accounts import lock_chart, referenced_account
from ledger.errors import (
    AccountInactive,
    DuplicateTaxCode,
    NoChanges,
    SystemTaxCodeKept,
    TaxCodeNotFound,
)
from ledger.journal.drafts import AccountReference
from ledger.models import Account, AccountRole, AccountType, TaxCode, TaxFamily
from ledger.models.activity import record_activity
from ledger.tax.rules import usable_tax_code

CATEGORIES = frozenset({"S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B"})
_CODE = re.compile(r"[A-Za-z0-9-]{1,20}")
_TAX_SLOTS = frozenset({AccountRole.INPUT_TAX, AccountRole.OUTPUT_TAX, AccountRole.SELF_ASSESSED_TAX})
_CLOSED_SLOTS = _TAX_SLOTS | {AccountRole.ACCOUNTS_RECEIVABLE, AccountRole.ACCOUNTS_PAYABLE}
_OF_SYSTEM_CODES = frozenset({"label", "description", "account"})


class TaxCodeDetails(TypedDict, total=False):
    """What can change later. `rate` is percent; `self_assess_account` None ends self-assessment; `valid_from` and
    `valid_until` are included; `account` is where its lines post when nothing else names an account."""

    label: str
    description: str
    rate: Decimal
    vat_account: AccountReference
    self_assess_account: AccountReference | None
    datev_key: str
    category: str
    family: str
    valid_from: date | None
    valid_until: date | None
    account: AccountReference | None
    is_active: bool


@transaction.atomic
def set_sales_tax_code(*, company: Company, code: str, actor: Actor) -> Company:
    """Set the tax code of sales that neither item, customer nor account give one; "" for none.

    Raises UnknownTaxCode."""
    company.sales_tax_code = usable_tax_code(company.id, code, field="code") if code else ""
    company.save(update_fields=["sales_tax_code", "updated_at"])
    record_activity(
        company_id=company.id, subject_type="company", subject_id=company.id, verb="edited", actor=actor, sales_tax=code
    )
    return company


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
    family: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    account: AccountReference | None = None,
) -> TaxCode:
    """Add a tax code of the company's own.

    `code` is 1 to 20 letters, digits and hyphens, unique without regard to case; `rate` is percent, 0 to 100 with at
    most four decimals; `vat_account` takes the tax, `self_assess_account` the same tax on the other side where the
    company owes it in the supplier's place. It is for supplies from `valid_from` to `valid_until`, both included, and
    takes the place of those of its `family` that began before. Raises ValidationFailed naming the field,
    UnknownAccount, AccountInactive, DuplicateTaxCode (also for an inactive or a system code).
    """
    lock_chart(company.id)
    if not _CODE.fullmatch(code):
        raise ValidationFailed(_("a tax code is 1 to 20 letters, digits or hyphens, such as RC19"), field="code")
    taken = TaxCode.objects.filter(company=company, code__iexact=code).first()
    if taken is not None:
        raise DuplicateTaxCode(
            _("tax code {code} exists already").format(code=taken.code), field="code", existing_id=str(taken.id)
        )
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
        family=family,
        valid_from=valid_from,
        valid_until=valid_until,
        account=_line_account(company.id, account),
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
        raise NoChanges(_("the request names nothing to change"))
    lock_chart(company_id)
    tax_code = _locked(company_id, code)
    _refuse_changing_system_code(tax_code, changes)
    for field, value in changes.items():
        if field == "vat_account":
            tax_code.vat_account = _tax_account(company_id, changes["vat_account"], field)
        elif field == "self_assess_account":
            tax_code.self_assess_account = _self_assess_account(company_id, changes["self_assess_account"])
        elif field == "account":
            tax_code.account = _line_account(company_id, changes["account"])
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
        raise TaxCodeNotFound(_("tax code {code} does not exist in this company").format(code=code))
    return tax_code


def _refuse_changing_system_code(tax_code: TaxCode, fields: Iterable[str]) -> None:
    refused = sorted(set(fields) - _OF_SYSTEM_CODES)
    if not tax_code.is_system or not refused:
        return
    if refused == ["is_active"]:
        raise _system_code_kept(tax_code)
    raise ValidationFailed(
        _(
            "{code} came with the chart of accounts: only its label, its description and the "
            "account of its lines can be changed; create a code of your own for another rate or "
            "account"
        ).format(code=tax_code.code),
        field=refused[0],
    )


def _system_code_kept(tax_code: TaxCode) -> SystemTaxCodeKept:
    return SystemTaxCodeKept(_("{code} came with the chart of accounts and stays in use").format(code=tax_code.code))


def _check(tax_code: TaxCode) -> None:
    if not tax_code.rate.is_finite() or not 0 <= tax_code.rate <= 100:
        raise ValidationFailed(_("rate is percent from 0 to 100: 19 means 19 %"), field="rate")
    if tax_code.category not in CATEGORIES:
        raise ValidationFailed(
            _("category is a UNTDID 5305 code: one of {categories}").format(categories=", ".join(sorted(CATEGORIES))),
            field="category",
        )
    if tax_code.datev_key and not tax_code.datev_key.isdecimal():
        raise ValidationFailed(_("datev_key is a DATEV BU key: up to four digits"), field="datev_key")
    if tax_code.family and tax_code.family not in TaxFamily.values:
        raise ValidationFailed(
            _("family is one of {taxfamily}").format(taxfamily=", ".join(TaxFamily.values)), field="family"
        )
    if tax_code.valid_from and tax_code.valid_until and tax_code.valid_until < tax_code.valid_from:
        raise ValidationFailed(
            _("a code that begins on {valid_from} ends later").format(valid_from=tax_code.valid_from),
            field="valid_until",
        )
    if tax_code.self_assess_account_id == tax_code.vat_account_id:
        raise ValidationFailed(
            _("self_assess_account is another account than vat_account"), field="self_assess_account"
        )
    check_fields(tax_code)


def _tax_account(company_id: UUID, reference: AccountReference, field: str) -> Account:
    account = referenced_account(company_id, reference, field=field)
    if not account.is_active:
        raise AccountInactive(
            _("account {account} is inactive; reactivate it or choose another").format(account=account), field=field
        )
    if account.type in {AccountType.REVENUE, AccountType.EQUITY} or (account.slot and account.slot not in _TAX_SLOTS):
        raise ValidationFailed(_("account {account} is not a tax account").format(account=account), field=field)
    return account


def _self_assess_account(company_id: UUID, reference: AccountReference | None) -> Account | None:
    return None if reference is None else _tax_account(company_id, reference, "self_assess_account")


def _line_account(company_id: UUID, reference: AccountReference | None) -> Account | None:
    """Return an account that lines of documents may post to."""
    if reference is None:
        return None
    account = referenced_account(company_id, reference, field="account")
    if not account.is_active:
        raise AccountInactive(
            _("account {account} is inactive; reactivate it or choose another").format(account=account), field="account"
        )
    if account.slot in _CLOSED_SLOTS or account.sub_type in _CLOSED_SLOTS:
        raise ValidationFailed(
            _("account {account} is for open items or tax, not for lines").format(account=account), field="account"
        )
    return account


def _refuse_inactive_accounts(tax_code: TaxCode) -> None:
    for field in ("vat_account", "self_assess_account"):
        account: Account | None = getattr(tax_code, field)
        if account is not None and not account.is_active:
            raise AccountInactive(
                _("account {account} is inactive; reactivate it first").format(account=account), field=field
            )


def _record(tax_code: TaxCode, verb: str, actor: Actor, **detail: Any) -> None:
    record_activity(
        company_id=tax_code.company_id,
        subject_type="tax_code",
        subject_id=tax_code.id,
        verb=verb,
        actor=actor,
        **detail,
    )
