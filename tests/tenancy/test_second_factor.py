"""The second factor is asked for at every door, and a company may require it of all its members."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.credentials import credential_from_token
from backfill.tenancy.errors import TwoFactorRequired
from backfill.tenancy.models import Company, Membership, User
from backfill.tenancy.services import begin_two_factor, confirm_two_factor, end_two_factor, sign_in, update_company
from tests.factories import PASSWORD, actor_of, make_company, make_member

pytestmark = pytest.mark.django_db

EMAIL = "anna@example.com"
ADDRESS = "203.0.113.7"


@pytest.fixture
def anna(company: Company) -> Membership:
    return make_member(company, email=EMAIL, password=PASSWORD)


@pytest.fixture
def device(anna: Membership) -> TOTPDevice:
    return TOTPDevice.objects.create(user=anna.user, name="Phone", confirmed=True)


def code_of(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key):06d}"


def login(client: Client, **fields: Any) -> Any:
    body = {"email": EMAIL, "password": PASSWORD, **fields}
    return client.post("/v1/auth/login", body, "application/json")


def require(company: Company) -> None:
    update_company(company_id=company.pk, changes={"requires_two_factor": True}, actor=system_actor())


class TestSigningInOverTheApi:
    def test_asks_for_the_code(self, client: Client, device: TOTPDevice) -> None:
        answer = login(client)
        assert (answer.status_code, answer.json()["code"]) == (401, "TWO_FACTOR_CODE_REQUIRED")
        assert answer.json()["errors"][0]["field"] == "code"
        assert login(client, code=code_of(device)).status_code == 200

    @pytest.mark.parametrize("code", ["000000", "12345", "none"])
    def test_refuses_a_wrong_one(self, client: Client, device: TOTPDevice, code: str) -> None:
        answer = login(client, code=code)
        assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_CREDENTIALS")
        assert answer.json()["errors"][0]["field"] == "code"

    def test_takes_a_code_once(self, client: Client, device: TOTPDevice) -> None:
        code = code_of(device)
        assert [login(client, code=code).status_code for _ in range(2)] == [200, 401]

    def test_slows_guessing_down(self, client: Client, device: TOTPDevice) -> None:
        """A right code right after a wrong one is refused, too: the device makes the next attempt wait."""
        login(client, code="000000", HTTP_IDEMPOTENCY_KEY="x")
        assert login(client, code=code_of(device)).status_code == 401
        device.refresh_from_db()
        assert device.throttling_failure_count == 1

    def test_asks_nothing_of_people_without_one(self, client: Client, anna: Membership) -> None:
        assert login(client).status_code == 200


class TestACompanyThatRequiresIt:
    def test_lets_nobody_sign_in_without(self, anna: Membership, company: Company) -> None:
        require(company)
        with pytest.raises(TwoFactorRequired, match="set it up"):
            sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS)

    def test_ends_sessions_of_people_without(self, anna: Membership, company: Company) -> None:
        token = sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS).token
        assert credential_from_token(token) is not None
        require(company)
        assert credential_from_token(token) is None

    def test_leads_to_setting_it_up(self, client: Client, anna: Membership, company: Company) -> None:
        client.force_login(anna.user)
        require(company)
        for name in ("index", "journal", "invoices", "search", "new_entry"):
            assert client.get(reverse(f"admin:{name}")).headers["Location"] == reverse("admin:security")
        page = client.get(reverse("admin:security"))
        assert page.status_code == 200
        assert "asks its members for a second factor" in page.content.decode()
        client.post(reverse("admin:security"), {"code": code_of(TOTPDevice.objects.get(user=anna.user))})
        assert client.get(reverse("admin:journal")).status_code == 200

    def test_posts_nothing_before(self, client: Client, anna: Membership, company: Company) -> None:
        client.force_login(anna.user)
        require(company)
        answer = client.post(reverse("admin:new_customer"), {"name": "Acme"})
        assert answer.headers["Location"] == reverse("admin:security")
        assert not company.customers.exists()

    def test_leaves_other_companies_open(self, client: Client, anna: Membership, company: Company) -> None:
        other = make_company()
        make_member(other, email=EMAIL)
        client.force_login(anna.user)
        require(company)
        client.post(reverse("admin:switch_company"), {"company": str(other.pk)})
        assert client.get(reverse("admin:journal")).status_code == 200

    def test_keeps_it_switched_on(self, anna: Membership, company: Company, device: TOTPDevice) -> None:
        require(company)
        with pytest.raises(ValidationFailed, match="leave it switched on"):
            end_two_factor(user=anna.user, code=code_of(device), actor=actor_of(anna))


def test_ends_the_sessions_that_were_begun_without(anna: Membership) -> None:
    token = sign_in(email=EMAIL, password=PASSWORD, address=ADDRESS).token
    user = User.objects.get(pk=anna.user_id)
    confirm_two_factor(user=user, code=code_of(begin_two_factor(user=user)), actor=actor_of(anna))
    assert credential_from_token(token) is None


def test_counts_wrong_codes_of_the_page_that_sets_it_up(client: Client, anna: Membership) -> None:
    client.force_login(anna.user)
    client.get(reverse("admin:security"))
    client.post(reverse("admin:security"), {"code": "000000", "request_id": "7b0c2f5e-2d0e-4b7e-9a55-1f6f5a0d1c11"})
    assert TOTPDevice.objects.get(user=anna.user).throttling_failure_count == 1
