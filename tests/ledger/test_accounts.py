"""Opening, changing and retiring accounts."""

from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import close_old_connections

from backfill.errors import DomainError, ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.accounts.accounts import (
    AccountDetails,
    activate_account,
    create_account,
    deactivate_account,
    referenced_account,
    update_account,
)
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
from ledger.journal.drafts import AccountCode
from ledger.models import Account, AccountRole, Activity
from tests.factories import make_company, make_entry

pytestmark = pytest.mark.django_db
ACTOR = system_actor()


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr04", currency="EUR")


def opened(company: Company, code: str | None = "6817", **fields: Any) -> Account:
    return create_account(
        company=company, **{"name": "Cloud hosting", "type": "expense", **fields}, code=code, actor=ACTOR
    )


def changed(account: Account, **changes: Any) -> Account:
    details: AccountDetails = {**changes}  # type: ignore[typeddict-item]
    return update_account(company_id=account.company_id, account_id=account.id, changes=details, actor=ACTOR)


def test_opens_an_account_of_the_companys_own(company: Company) -> None:
    account = opened(company, name=" Cloud hosting ", details={"category": "IT", "report_group": "other_opex"})
    account.refresh_from_db()
    assert (account.code, account.name, account.type, account.category) == ("6817", "Cloud hosting", "expense", "IT")
    assert not account.is_system
    assert account.is_active
    activity = Activity.objects.get(subject_id=account.id)
    assert (activity.verb, activity.company_id, activity.actor["label"]) == ("created", company.id, ACTOR.label)


def test_opens_accounts_without_a_code(company: Company) -> None:
    assert opened(company, None).code is None
    assert opened(company, None).code is None


def test_refuses_a_code_in_use_by_the_chart_or_by_an_inactive_account(company: Company) -> None:
    with pytest.raises(DuplicateAccount, match="Bürobedarf") as refusal:
        opened(company, "6815")
    assert refusal.value.details["existing_id"] == str(company.accounts.get(code="6815").id)
    retired = opened(company)
    deactivate_account(company_id=company.id, account_id=retired.id, actor=ACTOR)
    with pytest.raises(DuplicateAccount):
        opened(company)


def test_tells_leading_zeros_apart(company: Company) -> None:
    assert opened(company, "0042").code == "0042"
    assert opened(company, "42").code == "42"


def test_lets_two_companies_use_the_same_code(company: Company) -> None:
    opened(company)
    assert opened(make_company(chart="skr04", currency="EUR")).code == "6817"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"type": "income"}, "type"),
        ({"code": ""}, "code"),
        ({"code": "68 17"}, "code"),
        ({"code": "x" * 21}, "code"),
        ({"details": {"slot": "piggy_bank"}}, "slot"),
        ({"details": {"category": "x" * 101}}, "category"),
        ({"details": {"report_group": "x" * 41}}, "report_group"),
        ({"details": {"description": "a\x1bb"}}, "description"),
    ],
)
def test_refuses_a_bad_value_by_its_field(company: Company, fields: dict[str, Any], field: str) -> None:
    values = {"code": "6817", **fields}
    with pytest.raises(ValidationFailed) as refusal:
        opened(company, values.pop("code"), **values)
    assert refusal.value.field == field
    assert company.accounts.filter(is_system=False).count() == 0


def test_refuses_an_automatic_tax_code_that_does_not_exist(company: Company) -> None:
    assert opened(company, details={"automatic_tax_code": "vst19"}).automatic_tax_code == "vst19"
    with pytest.raises(UnknownTaxCode):
        opened(company, "6818", details={"automatic_tax_code": "NOPE"})


def test_refuses_a_slot_that_another_active_account_has(company: Company) -> None:
    with pytest.raises(AccountRoleTaken, match="1800 Bank") as refusal:
        opened(company, "1899", type="asset", details={"slot": "cash"})
    assert refusal.value.field == "slot"
    account = opened(company, "1899", type="asset", is_active=False, details={"slot": "cash"})
    assert account.slot == "cash"
    with pytest.raises(AccountRoleTaken):
        activate_account(company_id=company.id, account_id=account.id, actor=ACTOR)


def test_moves_a_slot_in_two_steps(company: Company) -> None:
    new = opened(company, "1899", type="asset")
    changed(company.accounts.get(code="1800"), slot=None)
    assert changed(new, slot="cash").slot == AccountRole.CASH


def test_gives_the_role_of_receivables_to_an_account_without_postings_only(company: Company) -> None:
    """What is posted on a control account are open items; one that lost the role keeps what it controls."""
    old, used = company.accounts.get(code="1200"), opened(company, "1208", type="asset")
    new = opened(company, "1207", type="asset")
    make_entry(company, (old.id, "5.00"), (AccountRole.REVENUE, "-5.00"))
    make_entry(company, (used.id, "5.00"), (AccountRole.REVENUE, "-5.00"))
    changed(old, slot=None)
    with pytest.raises(AccountInUse) as refusal:
        changed(used, slot="accounts_receivable")
    assert refusal.value.field == "slot"
    changed(new, slot="accounts_receivable")
    controls = Account.objects.filter(company=company, control="receivable").order_by("code")
    assert [account.code for account in controls] == ["1200", "1207"]


def test_stands_an_account_below_a_parent_of_its_type(company: Company) -> None:
    account = opened(company, details={"parent": AccountCode("6815")})
    assert account.parent == company.accounts.get(code="6815")
    with pytest.raises(ValidationFailed, match="type of its parent") as refusal:
        opened(company, "6818", details={"parent": AccountCode("1800")})
    assert refusal.value.field == "parent"
    with pytest.raises(UnknownAccount):
        opened(company, "6819", details={"parent": AccountCode("1")})


def test_refuses_a_circle_of_parents(company: Company) -> None:
    top = opened(company, "9101")
    middle = opened(company, "9102", details={"parent": top.id})
    bottom = opened(company, "9103", details={"parent": middle.id})
    for below in (top, middle, bottom):
        with pytest.raises(ValidationFailed, match="below itself") as refusal:
            changed(top, parent=below.id)
        assert refusal.value.field == "parent"
    assert changed(bottom, parent=top.id).parent == top
    assert changed(bottom, parent=None).parent is None


def test_refuses_another_companys_account_as_parent(company: Company) -> None:
    foreign = make_company(chart="skr04", currency="EUR").accounts.get(code="6815")
    with pytest.raises(UnknownAccount):
        opened(company, details={"parent": foreign.id})


def test_changes_only_what_is_named(company: Company) -> None:
    account = opened(company, details={"category": "IT", "description": "old"})
    changed(account, description="new", name="Servers ")
    account.refresh_from_db()
    assert (account.name, account.description, account.category, account.code) == ("Servers", "new", "IT", "6817")
    assert Activity.objects.get(subject_id=account.id, verb="updated").detail == {"fields": ["description", "name"]}


def test_refuses_to_change_nothing(company: Company) -> None:
    with pytest.raises(NoChanges):
        changed(opened(company))


def test_refuses_a_bad_change_and_keeps_the_account(company: Company) -> None:
    account = opened(company)
    with pytest.raises(ValidationFailed):
        changed(account, name="")
    account.refresh_from_db()
    assert account.name == "Cloud hosting"


def test_retires_an_account_and_puts_it_back(company: Company) -> None:
    account = opened(company)
    for _ in range(2):
        assert not deactivate_account(company_id=company.id, account_id=account.id, actor=ACTOR).is_active
    for _ in range(2):
        assert activate_account(company_id=company.id, account_id=account.id, actor=ACTOR).is_active
    assert [each.verb for each in Activity.objects.filter(subject_id=account.id).order_by("at")] == [
        "created",
        "deactivated",
        "activated",
    ]


@pytest.mark.parametrize(("code", "reason"), [("1800", "cash"), ("1406", "VST19"), ("3837", "VST-13B19")])
def test_keeps_an_account_that_automatic_posting_needs(company: Company, code: str, reason: str) -> None:
    with pytest.raises(AccountInUse, match=reason):
        deactivate_account(company_id=company.id, account_id=company.accounts.get(code=code).id, actor=ACTOR)


@pytest.mark.parametrize("act", [deactivate_account, activate_account])
def test_does_not_find_someone_elses_account(company: Company, act: Any) -> None:
    foreign = make_company(chart="skr04", currency="EUR").accounts.get(code="6815")
    for account_id in (foreign.id, uuid4()):
        with pytest.raises(AccountNotFound):
            act(company_id=company.id, account_id=account_id, actor=ACTOR)
        with pytest.raises(AccountNotFound):
            update_account(company_id=company.id, account_id=account_id, changes={"name": "Mine"}, actor=ACTOR)


def test_finds_accounts_by_id_code_and_role(company: Company) -> None:
    bank = company.accounts.get(code="1800")
    references: list[UUID | AccountCode | AccountRole] = [bank.id, AccountCode("1800"), AccountRole.CASH]
    for reference in references:
        assert referenced_account(company.id, reference, field="account") == bank
    for unknown in (uuid4(), AccountCode("1")):
        with pytest.raises(UnknownAccount) as refusal:
            referenced_account(company.id, unknown, field="lines[0].account_id")
        assert refusal.value.field == "lines[0].account_id"
    changed(bank, slot=None)
    with pytest.raises(AccountRoleUnassigned):
        referenced_account(company.id, AccountRole.CASH, field="account")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("taken", ["code", "slot"])
def test_gives_a_code_or_slot_to_one_of_many_at_once(taken: str) -> None:
    company = make_company(chart="skr04", currency="EUR")
    changed(company.accounts.get(code="1800"), slot=None)
    start, refusals = Barrier(8), list[DomainError]()

    def open_one(number: int) -> None:
        start.wait()
        try:
            if taken == "code":
                opened(company, "9999")
            else:
                opened(company, f"19{number}", type="asset", details={"slot": "cash"})
        except DomainError as refusal:
            refusals.append(refusal)
        finally:
            close_old_connections()

    threads = [Thread(target=open_one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert company.accounts.filter(is_system=False).count() == 1
    assert {type(refusal) for refusal in refusals} == {DuplicateAccount if taken == "code" else AccountRoleTaken}
    assert len(refusals) == 7
