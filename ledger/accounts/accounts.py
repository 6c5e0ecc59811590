"""What may happen to an account of the chart: opened, changed, taken out of use and put back.

Code and type are fixed when it is created, because entries were understood by them. Accounts are never deleted.
"""

from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from backfill.database.field_checks import check_fields
from backfill.errors import ValidationFailed
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.words import in_sentence
from ledger.accounts.datev_numbers import GERMAN_CHARTS, LONGEST, SHORTEST, filled, is_number
from ledger.errors import (
    AccountInUse,
    AccountNotFound,
    AccountRoleTaken,
    AccountRoleUnassigned,
    DuplicateAccount,
    NoChanges,
    UnknownAccount,
    UnknownTaxCode,
)
from ledger.journal.drafts import AccountCode, AccountReference
from ledger.models import Account, AccountRole, AccountType, ControlSide, JournalLine, TaxCode
from ledger.models.activity import record_activity

CONTROLS: Final = {
    AccountRole.ACCOUNTS_RECEIVABLE.value: ControlSide.RECEIVABLE.value,
    AccountRole.ACCOUNTS_PAYABLE.value: ControlSide.PAYABLE.value,
}
"""The roles that make an account a control account."""


class AccountDetails(TypedDict, total=False):
    """What can change later. `parent` is an account of the same company and type; None makes it top level."""

    name: str
    sub_type: str
    category: str
    report_group: str
    slot: str | None
    parent: AccountReference | None
    description: str
    automatic_tax_code: str
    subsidiary_id: str
    metadata: dict[str, Any]


@transaction.atomic
def create_account(
    *,
    company: Company,
    name: str,
    type: str,  # noqa: A002 - the column's name
    actor: Actor,
    code: str | None = None,
    is_active: bool = True,
    source_system: str = "",
    source_id: str = "",
    connection_id: str = "",
    details: AccountDetails | None = None,
) -> Account:
    """Add an account of the company's own; `is_system` stays False.

    `type` is one of AccountType, `details` the rest. Raises ValidationFailed naming the field, DuplicateAccount when
    the code is in use (leading zeros count: 0400 is not 400), AccountRoleTaken when another active account has the
    role.
    """
    lock_chart(company.id)
    given: AccountDetails = details or {}
    rest = {field: value for field, value in given.items() if field != "parent"}
    kind = AccountType(type) if type in AccountType.values else None
    account = Account(
        company=company,
        name=name.strip(),
        type=type,
        code=code,
        is_active=is_active,
        source_system=source_system,
        source_id=source_id,
        connection_id=connection_id,
        parent=_parent(company.id, kind, given.get("parent")),
        **rest,
    )
    _check(account)
    _refuse_taken_code(account)
    if company.chart in GERMAN_CHARTS and account.code is not None:
        _refuse_what_datev_has_no_number_for(account)
    account.save(force_insert=True)
    _record(account, "created", actor, code=account.code, name=account.name, type=account.type)
    return account


@transaction.atomic
def update_account(*, company_id: UUID, account_id: UUID, changes: AccountDetails, actor: Actor) -> Account:
    """Change what `changes` names and nothing else; code and type never change.

    Raises AccountNotFound, NoChanges for an empty `changes`, AccountRoleTaken, and ValidationFailed for a value the
    column refuses or a parent that would make the account its own ancestor.
    """
    if not changes:
        raise NoChanges(_("the request names nothing to change"))
    lock_chart(company_id)
    account = _locked(company_id, account_id)
    for field, value in changes.items():
        if field == "parent":
            account.parent = _parent(company_id, AccountType(account.type), changes["parent"], account=account)
        else:
            setattr(account, field, value)
    account.name = account.name.strip()
    _check(account)
    account.save()
    _record(account, "updated", actor, fields=sorted(changes))
    return account


@transaction.atomic
def deactivate_account(*, company_id: UUID, account_id: UUID, actor: Actor) -> Account:
    """Take an account out of use; its history and balance stay in reports. Doing so twice changes nothing.

    Raises AccountNotFound, and AccountInUse while automatic posting needs it: it plays a role (slot) or an active
    tax code posts to it.
    """
    lock_chart(company_id)
    account = _locked(company_id, account_id)
    if not account.is_active:
        return account
    if account.slot:
        raise AccountInUse(
            _("account {account} plays the role {slot}; give that slot to another account first").format(
                account=account, slot=AccountRole(account.slot).in_sentence
            ),
            slot=account.slot,
        )
    used_by = TaxCode.objects.filter(company_id=company_id, is_active=True)
    code = (used_by.filter(vat_account=account) | used_by.filter(self_assess_account=account)).first()
    if code is not None:
        raise AccountInUse(
            _("tax code {code} posts to account {account}; deactivate the code or change its account first").format(
                code=code.code, account=account
            ),
            tax_code=code.code,
        )
    account.is_active = False
    account.save(update_fields=["is_active", "updated_at"])
    _record(account, "deactivated", actor)
    return account


@transaction.atomic
def activate_account(*, company_id: UUID, account_id: UUID, actor: Actor) -> Account:
    """Put an account back into use. Raises AccountNotFound, AccountRoleTaken when another one has its role now."""
    lock_chart(company_id)
    account = _locked(company_id, account_id)
    if account.is_active:
        return account
    account.is_active = True
    _refuse_taken_slot(account)
    account.save(update_fields=["is_active", "updated_at"])
    _record(account, "activated", actor)
    return account


def referenced_account(company_id: UUID, reference: AccountReference, *, field: str) -> Account:
    """Return the company's account that `reference` names, active or not.

    Raises UnknownAccount or AccountRoleUnassigned blaming `field`.
    """
    accounts = Account.objects.filter(company_id=company_id)
    if isinstance(reference, AccountRole):
        found = accounts.filter(slot=reference, is_active=True).first()
        if found is None:
            raise AccountRoleUnassigned(
                _("no active account plays the role {value}").format(value=reference.value), field=field
            )
        return found
    if isinstance(reference, AccountCode):
        found = accounts.filter(code=reference.value).first()
    else:
        found = accounts.filter(id=reference).first()
    if found is None:
        named = reference.value if isinstance(reference, AccountCode) else reference
        raise UnknownAccount(_("account {named} does not exist in this company").format(named=named), field=field)
    return found


def lock_chart(company_id: UUID) -> None:
    """Serialise changes of a company's chart: codes, slots and parents are checked against rows that stay put.

    FOR NO KEY UPDATE, so that posting, which only refers to the company, does not wait.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company_id)


def _locked(company_id: UUID, account_id: UUID) -> Account:
    account = Account.objects.select_for_update().filter(company_id=company_id, id=account_id).first()
    if account is None:
        raise AccountNotFound(_("account {account_id} does not exist in this company").format(account_id=account_id))
    return account


def _check(account: Account) -> None:
    account.slot = account.slot or None
    check_fields(account)
    if account.code is not None and account.code.split() != [account.code]:
        raise ValidationFailed(_("an account code has at least one character and no blanks"), field="code")
    _refuse_unknown_tax_code(account)
    _refuse_taken_slot(account)
    _refuse_control_of_postings(account)


def _refuse_control_of_postings(account: Account) -> None:
    """What is posted on a control account are open items; an account that was posted to otherwise becomes none."""
    role = CONTROLS.get(account.slot or "")
    if account.slot is None or role is None or role == account.control or account._state.adding:  # noqa: SLF001 - Django's documented flag
        return
    if JournalLine.objects.filter(company_id=account.company_id, account_id=account.id).exists():
        raise AccountInUse(
            _(
                "account {account} has postings that are no open items; give the role {slot} to an "
                "account without postings"
            ).format(account=account, slot=AccountRole(account.slot).in_sentence),
            field="slot",
            slot=account.slot,
        )


def _refuse_taken_code(account: Account) -> None:
    if account.code is None:
        return
    taken = Account.objects.filter(company_id=account.company_id, code=account.code).first()
    if taken is not None:
        raise DuplicateAccount(
            _("account {code} exists already: {taken}").format(code=taken.code, taken=taken.name),
            field="code",
            existing_id=str(taken.id),
        )


def _refuse_what_datev_has_no_number_for(account: Account) -> None:
    """In the German charts every account goes to the tax adviser some day, filled up to the length of the longest."""
    if not is_number(account.code):
        raise ValidationFailed(
            _("account numbers of this chart are digits, at most {longest} (DATEV); {code} has no place there").format(
                longest=LONGEST, code=account.code
            ),
            field="code",
        )
    code = account.code or ""
    codes = Account.objects.filter(company_id=account.company_id, code__isnull=False).values_list("code", flat=True)
    alike = (other for other in codes if other and len(other) >= SHORTEST <= len(code))
    twin = next((other for other in alike if filled(other, LONGEST) == filled(code, LONGEST)), None)
    if twin is not None:
        raise DuplicateAccount(
            _(
                "account {code} would have the same number as {twin} in DATEV, where shorter numbers "
                "are filled up with zeros; choose another"
            ).format(code=code, twin=twin),
            field="code",
        )


def _refuse_unknown_tax_code(account: Account) -> None:
    code = account.automatic_tax_code
    if code and not TaxCode.objects.filter(company_id=account.company_id, code__iexact=code).exists():
        raise UnknownTaxCode(_("tax code {code} does not exist").format(code=code), field="automatic_tax_code")


def _refuse_taken_slot(account: Account) -> None:
    if not account.slot or not account.is_active:
        return
    others = Account.objects.filter(company_id=account.company_id, slot=account.slot, is_active=True)
    holder = others.exclude(id=account.id).first()
    if holder is not None:
        raise AccountRoleTaken(
            _("account {holder} plays the role {slot}; take the slot from it first").format(
                holder=holder, slot=AccountRole(account.slot).in_sentence
            ),
            field="slot",
            existing_id=str(holder.id),
        )


def _parent(
    company_id: UUID, kind: AccountType | None, reference: AccountReference | None, *, account: Account | None = None
) -> Account | None:
    if reference is None:
        return None
    parent = referenced_account(company_id, reference, field="parent")
    if kind is not None and parent.type != kind:
        raise ValidationFailed(
            _("a sub-account has the type of its parent; {parent} is of type {type}").format(
                parent=parent, type=in_sentence(parent.get_type_display())
            ),
            field="parent",
        )
    if account is not None and account.id in _ancestry(company_id, parent):
        raise ValidationFailed(
            _("account {account} cannot stand below itself; choose another parent").format(account=account),
            field="parent",
        )
    return parent


def _ancestry(company_id: UUID, account: Account) -> list[UUID]:
    """Return the ids from `account` up to the top of its tree."""
    parents = dict(Account.objects.filter(company_id=company_id).values_list("id", "parent_id"))
    line, above = [account.id], account.parent_id
    while above is not None and above not in line:
        line.append(above)
        above = parents[above]
    return line


def _record(account: Account, verb: str, actor: Actor, **detail: Any) -> None:
    record_activity(
        company_id=account.company_id,
        subject_type="account",
        subject_id=account.id,
        verb=verb,
        actor=actor,
        **detail,
    )
