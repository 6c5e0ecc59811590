from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from backfill.errors import Forbidden, NotFound, ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.credentials import credential_from_token
from backfill.tenancy.errors import AlreadyMember, LastOwner, WeakPassword
from backfill.tenancy.models import AccessEvent, Company, Membership, User
from backfill.tenancy.selectors import active_member_count, memberships_of, valid_memberships
from backfill.tenancy.services import change_role, choose_company, create_member, end_membership, sign_in
from tests.factories import PASSWORD, actor_of, make_company, make_member

pytestmark = pytest.mark.django_db


def test_makes_a_new_person_a_member(company: Company) -> None:
    membership = create_member(
        company=company,
        email=" Anna@Example.DE ",
        full_name="Anna",
        role="owner",
        password=PASSWORD,
        actor=system_actor(),
    )
    user = membership.user
    assert (user.email, user.full_name, membership.role) == ("anna@example.de", "Anna", "owner")
    assert user.check_password(PASSWORD)
    assert not user.is_superuser


def test_makes_one_person_a_member_of_two_companies(company: Company) -> None:
    first = make_member(company, email="anna@example.com")
    second = make_member(make_company(), email="ANNA@example.com", role="viewer")
    assert first.user == second.user
    assert User.objects.count() == 1


def test_sets_no_password_of_somebody_who_has_one(company: Company) -> None:
    make_member(company, email="anna@example.com", password=PASSWORD)
    with pytest.raises(ValidationFailed, match="leave it out"):
        make_member(make_company(), email="anna@example.com", password="another horse battery")


def test_sets_no_password_for_an_admin_who_could_then_sign_in_as_somebody_else(company: Company) -> None:
    owner = make_member(company)
    with pytest.raises(Forbidden):
        create_member(company=company, email="new@example.com", role="viewer", password=PASSWORD, actor=actor_of(owner))


@pytest.mark.parametrize("password", ["short", "1234567890", "password123", "anna@example.com"])
def test_refuses_a_weak_password(company: Company, password: str) -> None:
    with pytest.raises(WeakPassword):
        make_member(company, email="anna@example.com", password=password)
    assert not User.objects.exists()


def test_refuses_a_second_membership(company: Company) -> None:
    make_member(company, email="anna@example.com")
    with pytest.raises(AlreadyMember):
        make_member(company, email="anna@example.com", role="viewer")


def test_refuses_what_is_no_address(company: Company) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        make_member(company, email="anna@")
    assert refusal.value.field == "email"


def test_refuses_an_unknown_role(company: Company) -> None:
    with pytest.raises(ValidationFailed, match="'boss'"):
        make_member(company, role="boss")


def test_refuses_an_auditor_without_a_last_day(company: Company) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        make_member(company, role="auditor")
    assert refusal.value.field == "ends_on"


def test_refuses_a_last_day_in_the_past(company: Company) -> None:
    with pytest.raises(ValidationFailed, match="passed"):
        make_member(company, role="auditor", ends_on=company.today() - timedelta(days=1))


def test_lets_somebody_who_left_join_again(company: Company) -> None:
    make_member(company)
    member = make_member(company, email="anna@example.com", role="admin")
    end_membership(membership_id=member.pk, actor=system_actor())
    again = make_member(company, email="anna@example.com", role="viewer")
    assert again.pk == member.pk
    assert again.ended_at is None
    assert again.role == "viewer"
    assert active_member_count(company) == 2


def test_ends_access_and_the_sessions_in_this_company_only(company: Company) -> None:
    make_member(company)
    other = make_company()
    member = make_member(company, email="anna@example.com", role="viewer", password=PASSWORD)
    make_member(other, email="anna@example.com", role="viewer")
    tokens = [
        sign_in(email="anna@example.com", password=PASSWORD, address="", company_id=str(where.pk)).token
        for where in (company, other)
    ]
    end_membership(membership_id=member.pk, actor=system_actor())
    assert [credential_from_token(token) is not None for token in tokens] == [False, True]


def test_keeps_the_last_owner(company: Company) -> None:
    owner = make_member(company)
    make_member(company, role="admin")
    for attempt in (
        lambda: end_membership(membership_id=owner.pk, actor=actor_of(owner)),
        lambda: change_role(membership_id=owner.pk, role="admin", actor=actor_of(owner)),
        lambda: change_role(membership_id=owner.pk, role="owner", ends_on=company.today(), actor=actor_of(owner)),
    ):
        with pytest.raises(LastOwner):
            attempt()
    owner.refresh_from_db()
    assert owner.role == "owner"
    assert owner.is_valid_on(company.today())


@pytest.mark.django_db(transaction=True)
def test_keeps_one_owner_when_two_remove_each_other_at_the_same_moment() -> None:
    company = make_company()
    owners = [make_member(company), make_member(company)]
    together = Barrier(2)

    def remove(actor_and_victim: tuple[Membership, Membership]) -> bool:
        actor, victim = actor_and_victim
        together.wait()
        try:
            end_membership(membership_id=victim.pk, actor=actor_of(actor))
        except (LastOwner, Forbidden):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(remove, [(owners[0], owners[1]), (owners[1], owners[0])])) == 1
    assert valid_memberships(company).filter(role="owner").count() == 1


@pytest.mark.parametrize("role", ["bookkeeper", "approver", "viewer"])
def test_lets_only_admins_change_members(company: Company, role: str) -> None:
    victim, member = make_member(company, role="viewer"), make_member(company, role=role)
    with pytest.raises(Forbidden):
        change_role(membership_id=victim.pk, role="bookkeeper", actor=actor_of(member))
    with pytest.raises(Forbidden):
        end_membership(membership_id=victim.pk, actor=actor_of(member))
    with pytest.raises(Forbidden):
        create_member(company=company, email="x@example.com", role="viewer", actor=actor_of(member))


def test_lets_nobody_raise_themselves(company: Company) -> None:
    member = make_member(company, role="bookkeeper")
    with pytest.raises(Forbidden):
        change_role(membership_id=member.pk, role="admin", actor=actor_of(member))


def test_lets_only_owners_make_and_unmake_owners(company: Company) -> None:
    owner, admin = make_member(company), make_member(company, role="admin")
    make_member(company)
    for attempt in (
        lambda: change_role(membership_id=admin.pk, role="owner", actor=actor_of(admin)),
        lambda: change_role(membership_id=owner.pk, role="viewer", actor=actor_of(admin)),
        lambda: end_membership(membership_id=owner.pk, actor=actor_of(admin)),
        lambda: create_member(company=company, email="x@example.com", role="owner", actor=actor_of(admin)),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert change_role(membership_id=admin.pk, role="owner", actor=actor_of(owner)).role == "owner"


def test_lets_anybody_leave(company: Company) -> None:
    make_member(company)
    viewer = make_member(company, role="viewer")
    assert end_membership(membership_id=viewer.pk, actor=actor_of(viewer)).ended_at is not None


def test_does_not_let_the_admin_of_someone_elses_company_in(company: Company) -> None:
    stranger = make_member(make_company())
    victim = make_member(company, role="viewer")
    with pytest.raises(Forbidden):
        end_membership(membership_id=victim.pk, actor=actor_of(stranger))


def test_does_not_know_a_membership_that_does_not_exist() -> None:
    with pytest.raises(NotFound):
        end_membership(membership_id=uuid4(), actor=system_actor())


def test_lists_a_persons_companies_the_one_used_last_first(company: Company) -> None:
    first = make_member(company, email="anna@example.com")
    second = make_member(make_company(), email="anna@example.com")
    ended = make_member(make_company(), email="anna@example.com", role="viewer")
    end_membership(membership_id=ended.pk, actor=system_actor())
    assert memberships_of(first.user) == [first, second]
    choose_company(membership=second)
    assert memberships_of(first.user) == [second, first]


def test_leaves_a_trail_that_nobody_can_change(company: Company) -> None:
    owner, member = make_member(company), make_member(company, role="viewer")
    change_role(membership_id=member.pk, role="bookkeeper", actor=actor_of(owner))
    event: AccessEvent = AccessEvent.objects.get(verb="role_changed")
    assert event.user == member.user
    assert event.actor_label == owner.user.email
    assert event.detail == {"before": "viewer", "role": "bookkeeper"}
    for attack in (
        lambda: AccessEvent.objects.filter(pk=event.pk).update(actor_label="nobody"),
        lambda: AccessEvent.objects.filter(pk=event.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="trail of access"), transaction.atomic():
            attack()
    assert isinstance(event.pk, UUID)
