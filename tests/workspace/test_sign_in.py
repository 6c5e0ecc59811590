"""Signing in: password, lockout, second factor, and the ways back in."""

from typing import Any
from urllib.parse import urlparse

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from backfill.tenancy.models import AccessEvent, Company, Membership, Role, User
from tests.factories import PASSWORD, make_company, make_member
from tests.workspace.conftest import Browser, SignedIn, words

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
EMAIL = "anna@example.com"


@pytest.fixture
def anna(company: Company) -> Membership:
    return make_member(company, email=EMAIL, password=PASSWORD)


def sign_in(client: Client, password: str = PASSWORD, email: str = EMAIL, after: str = "") -> Any:
    query = f"?next={after}" if after else ""
    return client.post(LOGIN + query, {"username": email, "password": password})


def device_of(user: User) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name="Phone", confirmed=True)


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    return f"{totp(device.bin_key, drift=steps):06d}"


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


def test_lets_a_member_in(client: Client, anna: Membership) -> None:
    assert sign_in(client).headers["Location"] == reverse("admin:index")
    assert is_in(client)
    assert AccessEvent.objects.filter(verb="signed_in", user=anna.user, actor_surface="admin").count() == 1


def test_goes_on_to_the_page_that_was_asked_for(client: Client, anna: Membership) -> None:
    journal = reverse("admin:journal")
    target = urlparse(client.get(journal).headers["Location"])
    assert sign_in(client, after=target.query.removeprefix("next=")).headers["Location"] == journal


def test_goes_nowhere_else(client: Client, anna: Membership) -> None:
    assert sign_in(client, after="https://evil.example.com/").headers["Location"] == reverse("admin:index")


def test_says_what_is_wrong_and_keeps_the_address(client: Client, anna: Membership) -> None:
    answer = sign_in(client, "wrong")
    assert "The e-mail address or the password is wrong." in words(answer)
    assert EMAIL in words(answer)
    assert not is_in(client)


def test_locks_after_too_many_attempts_and_says_so(client: Client, anna: Membership) -> None:
    for _ in range(5):
        sign_in(client, "wrong")
    assert "Too many attempts" in words(sign_in(client))
    assert not is_in(client)


def test_keeps_out_somebody_without_a_company(client: Client, anna: Membership) -> None:
    Membership.objects.filter(pk=anna.pk).update(ended_at=anna.created_at)
    assert "You have no access to any company" in words(sign_in(client))
    assert not is_in(client)


def test_keeps_out_somebody_who_may_not_use_the_admin(client: Client, anna: Membership) -> None:
    client.force_login(anna.user)
    User.objects.filter(pk=anna.user_id).update(is_staff=False)
    assert not is_in(client)


def test_signs_out(client: Client, anna: Membership) -> None:
    sign_in(client)
    client.post(reverse("admin:logout"))
    assert not is_in(client)


def test_asks_for_the_code_of_the_second_factor(client: Client, anna: Membership) -> None:
    device = device_of(anna.user)
    answer = sign_in(client, after=reverse("admin:journal"))
    assert answer.headers["Location"] == reverse("admin:login_code")
    assert not is_in(client)
    assert client.get(reverse("admin:login_code")).status_code == 200
    answer = client.post(reverse("admin:login_code"), {"code": code_of(device)})
    assert answer.headers["Location"] == reverse("admin:journal")
    assert is_in(client)


def test_takes_a_code_once_and_no_wrong_one(client: Client, anna: Membership, time_machine: Any) -> None:
    time_machine.move_to("2026-07-01T10:00:00Z", tick=False)
    device = device_of(anna.user)
    sign_in(client)
    code = code_of(device)
    wrong = client.post(reverse("admin:login_code"), {"code": "000000" if code != "000000" else "111111"})
    assert "This is not the current code" in words(wrong)
    time_machine.move_to("2026-07-01T10:00:05Z", tick=False)
    assert client.post(reverse("admin:login_code"), {"code": code}).status_code == 302
    again = Client()
    sign_in(again)
    assert again.post(reverse("admin:login_code"), {"code": code}).status_code == 200
    assert not is_in(again)


def test_slows_down_the_guessing_of_codes(client: Client, anna: Membership, time_machine: Any) -> None:
    time_machine.move_to("2026-07-01T10:00:00Z", tick=False)
    device = device_of(anna.user)
    sign_in(client)
    right = code_of(device)
    for guess in range(5):
        client.post(reverse("admin:login_code"), {"code": f"{guess:06d}"})
    assert client.post(reverse("admin:login_code"), {"code": right}).status_code == 200, "still waiting"


def test_forgets_the_password_step_after_five_minutes(client: Client, anna: Membership, time_machine: Any) -> None:
    time_machine.move_to("2026-07-01T10:00:00Z", tick=False)
    device = device_of(anna.user)
    sign_in(client)
    time_machine.move_to("2026-07-01T10:05:01Z", tick=False)
    answer = client.post(reverse("admin:login_code"), {"code": code_of(device)})
    assert answer.headers["Location"] == LOGIN
    assert not is_in(client)


def test_forgets_the_password_step_when_the_password_changes(client: Client, anna: Membership) -> None:
    device = device_of(anna.user)
    sign_in(client)
    anna.user.set_password("another password altogether")
    anna.user.save()
    assert client.post(reverse("admin:login_code"), {"code": code_of(device)}).headers["Location"] == LOGIN


def test_asks_for_no_code_without_the_password(client: Client, anna: Membership) -> None:
    device_of(anna.user)
    assert client.get(reverse("admin:login_code")).headers["Location"] == LOGIN


def test_ends_sessions_that_have_not_shown_the_second_factor(client: Client, anna: Membership) -> None:
    sign_in(client)
    device_of(anna.user)
    assert not is_in(client)


def test_asks_nothing_for_a_device_that_was_never_confirmed(client: Client, anna: Membership) -> None:
    TOTPDevice.objects.create(user=anna.user, name="Phone", confirmed=False)
    sign_in(client)
    assert is_in(client)


class TestSetUp:
    """Settings of one's own."""

    @pytest.fixture
    def client(self, anna: Membership) -> Client:
        client = Browser()
        client.force_login(anna.user)
        return client

    def test_switches_the_second_factor_on_by_its_first_code(self, client: Client, anna: Membership) -> None:
        page = words(client.get(reverse("admin:security")))
        assert "data:image/svg+xml" in page
        device = TOTPDevice.objects.get(user=anna.user)
        assert not device.confirmed
        answer = client.post(reverse("admin:security"), {"code": code_of(device)}, follow=True)
        assert "Two-factor sign-in is switched on." in words(answer)
        assert is_in(client), "this session has shown it"
        assert AccessEvent.objects.filter(verb="two_factor_on", user=anna.user).exists()

    def test_does_not_switch_it_on_by_a_wrong_code(self, client: Client, anna: Membership) -> None:
        client.get(reverse("admin:security"))
        answer = client.post(reverse("admin:security"), {"code": "12"})
        assert (answer.status_code, "This is not the current code" in words(answer)) == (422, True)
        assert not TOTPDevice.objects.filter(user=anna.user, confirmed=True).exists()

    def test_shows_the_same_secret_until_it_is_confirmed(self, client: Client, anna: Membership) -> None:
        client.get(reverse("admin:security"))
        client.get(reverse("admin:security"))
        assert TOTPDevice.objects.filter(user=anna.user).count() == 1

    def test_switches_it_off_by_a_code(self, client: Client, anna: Membership, time_machine: Any) -> None:
        time_machine.move_to("2026-07-01T10:00:00Z", tick=False)
        client.force_login(anna.user)
        client.get(reverse("admin:security"))
        device = TOTPDevice.objects.get(user=anna.user)
        client.post(reverse("admin:security"), {"code": code_of(device)})
        time_machine.move_to("2026-07-01T10:01:00Z", tick=False)
        assert client.post(reverse("admin:security"), {"code": "12"}).status_code == 422
        time_machine.move_to("2026-07-01T10:02:00Z", tick=False)
        answer = client.post(reverse("admin:security"), {"code": code_of(device)}, follow=True)
        assert "switched off" in words(answer)
        assert not TOTPDevice.objects.filter(user=anna.user, confirmed=True).exists()

    def test_changes_the_password_by_the_current_one(self, client: Client, anna: Membership) -> None:
        new = "a longer and newer password"
        answer = client.post(
            reverse("admin:password"), {"current": PASSWORD, "password": new, "repeated": new}, follow=True
        )
        assert "Your password is changed" in words(answer)
        assert is_in(client)
        assert sign_in(Client(), new).status_code == 302

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ({"current": "wrong"}, "This is not your current password."),
            ({"password": "short", "repeated": "short"}, "at least 10 characters"),
            ({"repeated": "another one"}, "The two passwords differ."),
        ],
    )
    def test_does_not_change_the_password(
        self, client: Client, anna: Membership, typed: dict[str, str], message: str
    ) -> None:
        new = "a longer and newer password"
        good = {"current": PASSWORD, "password": new, "repeated": new}
        assert message in words(client.post(reverse("admin:password"), good | typed))
        assert sign_in(Client(), PASSWORD).status_code == 302


class TestRecovery:
    """For somebody who has lost the device."""

    def reset(self, client: Client, membership: Membership) -> Any:
        return client.post(reverse("admin:reset_two_factor", args=[membership.pk]), follow=True)

    def test_is_an_admins(self, company: Company, signed_in: SignedIn, anna: Membership) -> None:
        Membership.objects.filter(pk=anna.pk).update(role=Role.BOOKKEEPER)
        device_of(anna.user)
        assert "signs in with the password alone now" in words(self.reset(signed_in(company, Role.ADMIN), anna))
        client = Client()
        sign_in(client)
        assert is_in(client)
        assert AccessEvent.objects.filter(verb="two_factor_reset", user=anna.user).exists()

    def test_of_an_owner_is_an_owners(self, company: Company, signed_in: SignedIn, anna: Membership) -> None:
        device_of(anna.user)
        answer = self.reset(signed_in(company, Role.ADMIN), anna)
        assert "Your role in this company does not allow this" in words(answer)
        assert TOTPDevice.objects.filter(user=anna.user).exists()

    def test_is_refused_for_a_member_of_companies_the_admin_does_not_manage(
        self, company: Company, owner: Client, anna: Membership
    ) -> None:
        make_member(make_company(), email=EMAIL)
        device_of(anna.user)
        assert "is a member of other companies, too" in words(self.reset(owner, anna))
        assert TOTPDevice.objects.filter(user=anna.user).exists()

    def test_says_when_there_is_nothing_to_reset(self, owner: Client, anna: Membership) -> None:
        assert "has not set up a second factor" in words(self.reset(owner, anna))

    def test_is_the_operators_by_command(self, anna: Membership, capsys: Any) -> None:
        device_of(anna.user)
        call_command("reset_two_factor", EMAIL.upper())
        assert not TOTPDevice.objects.filter(user=anna.user).exists()
        with pytest.raises(CommandError, match="has not set up"):
            call_command("reset_two_factor", EMAIL)
        with pytest.raises(CommandError, match="nobody"):
            call_command("reset_two_factor", "nobody@example.com")
