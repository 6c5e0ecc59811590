import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from backfill.errors import Forbidden, NotFound, ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.errors import AlreadyMember, InvalidCredentials, InvalidToken, WeakPassword
from backfill.tenancy.models import Company, Invitation, Membership, QueuedMail, User
from backfill.tenancy.selectors import pending_invitations
from backfill.tenancy.services import (
    accept_invitation,
    change_role,
    end_membership,
    invite_member,
    revoke_invitation,
    set_password,
)
from backfill.tenancy.tasks import send_mail
from tests.factories import PASSWORD, actor_of, make_company, make_member

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.7"


def invited(company: Company, capture: Any, *, email: str = "ben@example.com", **fields: Any) -> str:
    """Invite, run what happens at commit, and return the token from the mail."""
    with capture(execute=True):
        invite_member(company=company, email=email, actor=system_actor(), **{"role": "bookkeeper", **fields})
    found = re.search(r"token=(inv_[A-Za-z0-9_-]{43})\b", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.fixture
def capture(django_capture_on_commit_callbacks: Any) -> Any:
    return django_capture_on_commit_callbacks


def test_mails_a_link_to_the_page_that_accepts(company: Company, capture: Any, settings: Any) -> None:
    settings.BASE_URL = "https://books.example.com"
    token = invited(company, capture)
    message = mail.outbox[-1]
    assert message.to == ["ben@example.com"]
    assert company.name in message.subject
    assert f"https://books.example.com/admin/accept-invitation/?token={token}\n" in message.body


def test_makes_the_invited_person_a_member_once(company: Company, capture: Any) -> None:
    token = invited(company, capture)
    membership = accept_invitation(token=token, password=PASSWORD, full_name="Ben", address=ADDRESS)
    assert membership.company == company
    assert membership.role == "bookkeeper"
    assert membership.user.full_name == "Ben"
    assert membership.user.check_password(PASSWORD)
    with pytest.raises(InvalidToken):
        accept_invitation(token=token, password=PASSWORD, address=ADDRESS)


def test_stores_only_the_hash_of_the_token(company: Company, capture: Any) -> None:
    token = invited(company, capture)
    assert token not in str(Invitation.objects.values().get())


def test_asks_somebody_with_an_account_for_their_own_password(company: Company, capture: Any) -> None:
    make_member(make_company(), email="ben@example.com", password=PASSWORD)
    token = invited(company, capture)
    with pytest.raises(InvalidCredentials):
        accept_invitation(token=token, password="the admin's own choice", address=ADDRESS)
    user = accept_invitation(token=token, password=PASSWORD, full_name="Mallory", address=ADDRESS).user
    assert user.check_password(PASSWORD)
    assert user.full_name == ""
    assert user.memberships.count() == 2


def test_refuses_a_weak_password_and_keeps_the_link_good(company: Company, capture: Any) -> None:
    token = invited(company, capture)
    with pytest.raises(WeakPassword):
        accept_invitation(token=token, password="short", address=ADDRESS)
    assert not User.objects.exists()
    assert accept_invitation(token=token, password=PASSWORD, address=ADDRESS)


def test_is_accepted_over_the_api_too(company: Company, capture: Any) -> None:
    set_password(token=invited(company, capture), password=PASSWORD, address=ADDRESS)
    assert Membership.objects.get(company=company).user.email == "ben@example.com"


def test_expires(company: Company, capture: Any) -> None:
    token = invited(company, capture)
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)), pytest.raises(InvalidToken):
        accept_invitation(token=token, password=PASSWORD, address=ADDRESS)


def test_lapses_with_the_last_day_of_the_access_it_offers(company: Company, capture: Any) -> None:
    token = invited(company, capture, role="auditor", ends_on=company.today())
    with time_machine.travel(timezone.now() + timedelta(days=1)), pytest.raises(InvalidToken):
        accept_invitation(token=token, password=PASSWORD, address=ADDRESS)


def test_replaces_the_first_link_when_somebody_is_invited_again(company: Company, capture: Any) -> None:
    first, second = invited(company, capture), invited(company, capture, role="viewer")
    with pytest.raises(InvalidToken):
        accept_invitation(token=first, password=PASSWORD, address=ADDRESS)
    assert accept_invitation(token=second, password=PASSWORD, address=ADDRESS).role == "viewer"


def test_can_be_withdrawn(company: Company, capture: Any) -> None:
    token = invited(company, capture)
    invitation = pending_invitations(company).get()
    revoke_invitation(invitation_id=invitation.pk, company=company, actor=system_actor())
    with pytest.raises(InvalidToken):
        accept_invitation(token=token, password=PASSWORD, address=ADDRESS)
    with pytest.raises(NotFound):
        revoke_invitation(invitation_id=invitation.pk, company=company, actor=system_actor())


def test_is_not_withdrawn_from_someone_elses_company(company: Company, capture: Any) -> None:
    invited(company, capture)
    invitation = pending_invitations(company).get()
    with pytest.raises(NotFound):
        revoke_invitation(invitation_id=invitation.pk, company=make_company(), actor=system_actor())


@pytest.mark.parametrize("loss", ["end", "demote"])
def test_falls_with_the_right_of_the_person_who_sent_it(company: Company, capture: Any, loss: str) -> None:
    make_member(company)
    admin = make_member(company, role="admin")
    with capture(execute=True):
        invite_member(company=company, email="me@example.net", role="admin", actor=actor_of(admin))
    if loss == "end":
        end_membership(membership_id=admin.pk, actor=system_actor())
    else:
        change_role(membership_id=admin.pk, role="viewer", actor=system_actor())
    assert not pending_invitations(company).exists()


def test_sends_nothing_when_the_task_comes_after_the_withdrawal(company: Company, capture: Any) -> None:
    invited(company, capture)
    invitation = pending_invitations(company).get()
    revoke_invitation(invitation_id=invitation.pk, company=company, actor=system_actor())
    before = len(mail.outbox)
    send_mail.delay(str(QueuedMail.objects.get(about=invitation.pk).pk))
    assert len(mail.outbox) == before


def test_refuses_to_invite_a_member(company: Company) -> None:
    make_member(company, email="ben@example.com")
    with pytest.raises(AlreadyMember):
        invite_member(company=company, email="Ben@Example.com", role="viewer", actor=system_actor())


def test_refuses_an_auditor_without_a_last_day(company: Company) -> None:
    with pytest.raises(ValidationFailed):
        invite_member(company=company, email="ben@example.com", role="auditor", actor=system_actor())


def test_is_an_admins_right_and_inviting_owners_an_owners(company: Company) -> None:
    bookkeeper, admin = make_member(company, role="bookkeeper"), make_member(company, role="admin")
    with pytest.raises(Forbidden):
        invite_member(company=company, email="ben@example.com", role="viewer", actor=actor_of(bookkeeper))
    with pytest.raises(Forbidden):
        invite_member(company=company, email="ben@example.com", role="owner", actor=actor_of(admin))
