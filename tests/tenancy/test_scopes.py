import pytest

from backfill.tenancy.roles import PERMISSIONS, has_role_permission, membership_scopes, role_allows
from backfill.tenancy.scopes import ALL_SCOPES, READ_SCOPES, expand_scopes, unknown_scopes
from tests.factories import make_company, make_user


def expanded(*names: str) -> frozenset[str]:
    return expand_scopes(frozenset(names))


def test_lets_write_include_read() -> None:
    assert expanded("journal:write") == {"journal:read", "journal:write"}


def test_gives_finance_read_everything_but_the_set_up() -> None:
    assert expanded("finance:read") == READ_SCOPES - {"config:read"}


def test_gives_finance_write_everything_but_the_set_up_and_closing_periods() -> None:
    assert ALL_SCOPES - expanded("finance:write") == {"config:read", "config:write", "periods:write", "admin"}
    assert expanded("finance:*") == expanded("finance:write")


@pytest.mark.parametrize(
    ("alias", "canonical"),
    [
        ("banking:read", "bank:read"),
        ("banking:*", "bank:write"),
        ("debitoren:write", "receivables:write"),
        ("kreditoren:read", "payables:read"),
        ("perioden:write", "periods:write"),
        ("auswertungen:read", "reports:read"),
    ],
)
def test_knows_the_names_of_the_published_references(alias: str, canonical: str) -> None:
    assert expanded(alias) == expanded(canonical)


@pytest.mark.parametrize("name", ["admin", "*"])
def test_lets_admin_do_everything(name: str) -> None:
    assert expanded(name) == ALL_SCOPES


def test_grants_nothing_for_a_name_it_does_not_know() -> None:
    assert expanded("connectors:read", "journal:read") == {"journal:read"}


@pytest.mark.parametrize("name", ["", "journal", "journal:delete", "finance:", "Finance:read", "journal:read "])
def test_names_what_is_no_scope(name: str) -> None:
    assert unknown_scopes(["journal:read", name]) == [name]


def test_gives_owners_and_admins_every_scope() -> None:
    assert membership_scopes("owner") == membership_scopes("admin") == ALL_SCOPES


def test_keeps_bookkeepers_from_the_set_up() -> None:
    assert ALL_SCOPES - membership_scopes("bookkeeper") == {"config:write", "admin"}


def test_lets_approvers_read_everything_and_approve_but_make_nothing() -> None:
    approving = {"journal:approve", "receivables:approve", "payables:approve", "periods:approve"}
    assert membership_scopes("approver") == READ_SCOPES | approving


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_lets_viewers_and_auditors_read_only(role: str) -> None:
    assert membership_scopes(role) == READ_SCOPES
    assert all(permission.endswith(".view") for permission in PERMISSIONS[role])


def test_gives_owners_every_permission_and_admins_all_but_making_owners() -> None:
    assert PERMISSIONS["owner"] - PERMISSIONS["admin"] == {"members.manage_owners"}
    assert all(PERMISSIONS[role] <= PERMISSIONS["owner"] for role in PERMISSIONS)


def test_refuses_to_answer_for_a_permission_that_does_not_exist() -> None:
    with pytest.raises(LookupError):
        role_allows("owner", "ledger.pots")


@pytest.mark.django_db
def test_answers_for_a_member_of_the_company_only() -> None:
    company, other = make_company(), make_company()
    user = make_user(company, role="bookkeeper")
    assert has_role_permission(user, company, "ledger.post")
    assert not has_role_permission(user, company, "api_keys.manage")
    assert not has_role_permission(user, other, "ledger.view")


@pytest.mark.django_db
def test_gives_a_superuser_nothing_without_a_membership() -> None:
    company, other = make_company(), make_company()
    user = make_user(other)
    user.is_superuser = True
    assert not has_role_permission(user, company, "ledger.view")
