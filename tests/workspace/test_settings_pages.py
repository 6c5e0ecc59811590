"""API keys, members, invitations and the company's own settings."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from backfill.tenancy.models import AccessEvent, ApiKey, Company, Invitation, Membership, Role
from tests.factories import actor_of, make_api_key, make_company, make_member
from tests.workspace.conftest import SignedIn, words
from tests.workspace.test_ledger_pages import cells, row_with

pytestmark = pytest.mark.django_db


class TestApiKeys:
    def create(self, client: Client, **changes: Any) -> Any:
        values = {"name": "Web shop", "contract": "backfill", "scopes": ["finance:read"], "term": ""}
        return client.post(reverse("admin:new_api_key"), values | changes)

    def token(self, response: Any) -> str:
        found = re.search(r'<code id="token">(bf_live_\w[\w-]+)</code>', response.content.decode())
        assert found
        return found[1]

    def test_shows_a_token_once_that_works(self, owner: Client) -> None:
        answer = self.create(owner)
        token = self.token(answer)
        assert "no-store" in answer.headers["Cache-Control"]
        used = Client().get("/v1/journal_entries", headers={"Authorization": f"Bearer {token}"})
        assert used.status_code == 200
        listed = owner.get(reverse("admin:api_keys"))
        assert token not in words(listed)
        assert "Active" in row_with(listed, "Web shop")
        refused = Client().post("/v1/journal_entries", headers={"Authorization": f"Bearer {token}"})
        assert refused.status_code == 403

    def test_makes_it_for_the_contract_and_the_term_that_were_chosen(self, owner: Client, company: Company) -> None:
        self.create(owner, contract="books", scopes=["journal:write", "reports:read"], term="30")
        key = ApiKey.objects.get(company=company)
        assert (key.contract, key.scopes) == ("books", ["journal:write", "reports:read"])
        assert key.expires_at is not None
        assert timedelta(days=29) < key.expires_at - key.created_at <= timedelta(days=30)

    def test_ends_with_the_chosen_day_on_the_companys_clock(self, signed_in: SignedIn) -> None:
        company = make_company(time_zone="America/New_York")
        self.create(signed_in(company), term="day", expires_on="2099-12-31")
        assert ApiKey.objects.get(company=company).expires_at == datetime(2100, 1, 1, 5, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"name": ""}, "This field is required."),
            ({"scopes": []}, "Tick at least one thing the key may do."),
            ({"scopes": ["everything"]}, "is not one of the available choices"),
            ({"contract": "other"}, "is not one of the available choices"),
            ({"term": "day"}, "Choose the last day."),
            ({"term": "day", "expires_on": "2020-01-01"}, "The key would have expired already."),
        ],
    )
    def test_keeps_what_was_typed_when_something_is_wrong(
        self, owner: Client, changes: dict[str, Any], message: str
    ) -> None:
        answer = self.create(owner, **changes)
        assert (answer.status_code, message in words(answer)) == (422, True)
        assert not ApiKey.objects.exists()
        if "scopes" not in changes:
            assert 'value="finance:read" checked' in words(answer)

    def test_revokes(self, owner: Client, company: Company) -> None:
        issued = make_api_key(company)
        answer = owner.post(reverse("admin:revoke_api_key", args=[issued.api_key.pk]), follow=True)
        assert "is revoked" in words(answer)
        used = Client().get("/v1/accounts", headers={"Authorization": f"Bearer {issued.token}"})
        assert used.status_code == 401

    def test_takes_over_the_key_of_somebody_who_has_left(self, owner: Client, company: Company) -> None:
        leaving = make_member(company, role=Role.ADMIN)
        issued = make_api_key(company, actor=actor_of(leaving))
        Membership.objects.filter(pk=leaving.pk).update(ended_at=company.created_at)
        assert "Stopped" in words(owner.get(reverse("admin:api_keys")))
        owner.post(reverse("admin:take_over_api_key", args=[issued.api_key.pk]))
        used = Client().get("/v1/accounts", headers={"Authorization": f"Bearer {issued.token}"})
        assert used.status_code == 200

    def test_says_what_keys_are_for_when_there_are_none(self, owner: Client) -> None:
        assert "Create the first one" in words(owner.get(reverse("admin:api_keys")))


class TestMembers:
    def test_invites_by_mail(self, owner: Client, company: Company, django_capture_on_commit_callbacks: Any) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            answer = owner.post(
                reverse("admin:invite_member"), {"email": "new@example.com", "role": "bookkeeper"}, follow=True
            )
        assert "The invitation is on its way to new@example.com" in words(answer)
        assert mail.outbox[0].to == ["new@example.com"]
        assert row_with(answer, "new@example.com")[1] == "Bookkeeper"
        invitation = Invitation.objects.get(company=company)
        answer = owner.post(reverse("admin:revoke_invitation", args=[invitation.pk]), follow=True)
        assert "new@example.com" not in words(answer)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"email": "nobody"}, "Enter a valid email address."),
            ({"role": "auditor"}, "An auditor&#x27;s access needs a last day."),
            ({"role": "viewer", "ends_on": "2020-01-01"}, "The last day of access has passed already."),
        ],
    )
    def test_shows_a_refusal_at_its_field(self, owner: Client, values: dict[str, str], message: str) -> None:
        answer = owner.post(reverse("admin:invite_member"), {"email": "new@example.com", "role": "viewer"} | values)
        assert (answer.status_code, message in words(answer)) == (422, True)

    def test_changes_a_role(self, owner: Client, company: Company) -> None:
        member = make_member(company, role=Role.VIEWER)
        answer = owner.post(
            reverse("admin:change_member", args=[member.pk]), {"role": "auditor", "ends_on": "2099-01-01"}, follow=True
        )
        assert f"{member.user.email} is auditor now." in words(answer)
        member.refresh_from_db()
        assert (member.role, member.ends_on) == ("auditor", date(2099, 1, 1))

    def test_keeps_the_last_owner(self, company: Company, signed_in: SignedIn) -> None:
        client = signed_in(company)
        owner = Membership.objects.get(company=company)
        answer = client.post(reverse("admin:change_member", args=[owner.pk]), {"role": "viewer"})
        assert "A company needs an owner." in words(answer)
        answer = client.post(reverse("admin:end_membership", args=[owner.pk]), follow=True)
        assert "A company needs an owner." in words(answer)

    def test_lets_an_admin_make_no_owner(self, company: Company, signed_in: SignedIn) -> None:
        member = make_member(company, role=Role.VIEWER)
        admin = signed_in(company, Role.ADMIN)
        answer = admin.post(reverse("admin:change_member", args=[member.pk]), {"role": "owner"})
        assert answer.status_code == 403
        member.refresh_from_db()
        assert member.role == Role.VIEWER

    def test_ends_an_access_at_once(self, owner: Client, company: Company) -> None:
        member = make_member(company, role=Role.VIEWER)
        theirs = Client()
        theirs.force_login(member.user)
        assert theirs.get(reverse("admin:index")).status_code == 200
        owner.post(reverse("admin:end_membership", args=[member.pk]))
        assert theirs.get(reverse("admin:index")).status_code == 302


class TestCompany:
    def values(self, client: Client) -> dict[str, Any]:
        form = client.get(reverse("admin:company")).context["form"]
        return {name: value for name in form.fields if (value := form[name].value()) not in {None, False}}

    def test_saves_what_was_changed_and_writes_it_down(self, owner: Client, company: Company) -> None:
        changes = {"legal_name": "Acme Tools Incorporated", "line1": "1 Main St", "city": "Albany", "iban": ""}
        answer = owner.post(reverse("admin:company"), self.values(owner) | changes, follow=True)
        assert "The company&#x27;s settings are saved." in words(answer)
        company.refresh_from_db()
        assert company.legal_name == "Acme Tools Incorporated"
        assert company.address == {"line1": "1 Main St", "city": "Albany"}
        event = AccessEvent.objects.get(company=company, verb="company_changed")
        assert event.detail["fields"] == ["address", "legal_name"]

    def test_says_how_long_exchange_rates_hold(self, owner: Client, company: Company) -> None:
        kept = self.values(owner)
        owner.post(reverse("admin:company"), kept | {"own_rate_days": "90", "ecb_rate_days": "3"})
        company.refresh_from_db()
        assert (company.own_rate_days, company.ecb_rate_days) == (90, 3)
        owner.post(reverse("admin:company"), kept | {"own_rate_days": "", "ecb_rate_days": ""})
        company.refresh_from_db()
        assert (company.own_rate_days, company.ecb_rate_days) == (90, 3)
        answer = owner.post(reverse("admin:company"), kept | {"own_rate_days": "-1"})
        assert answer.status_code == 422

    def test_writes_bank_and_tax_numbers_in_their_plain_form(self, owner: Client, company: Company) -> None:
        changes = {"iban": "de89 3704 0044 0532 0130 00", "bic": "cobadeffxxx", "vat_id": "DE 136 695 976"}
        owner.post(reverse("admin:company"), self.values(owner) | changes)
        company.refresh_from_db()
        assert (company.iban, company.bic, company.vat_id) == ("DE89370400440532013000", "COBADEFFXXX", "DE136695976")

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"iban": "DE00 3704 0044 0532 0130 00"}, "iban"),
            ({"bic": "NOPE"}, "bic"),
            ({"vat_id": "DE136695977"}, "vat_id"),
            ({"email": "nobody"}, "email"),
            ({"name": " "}, "name"),
            ({"country": "XX"}, "country"),
            ({"time_zone": "Mars/Base"}, "time_zone"),
            ({"datev_client_number": "100000"}, "datev_client_number"),
        ],
    )
    def test_shows_a_refusal_at_its_field(
        self, owner: Client, company: Company, changes: dict[str, str], field: str
    ) -> None:
        answer = owner.post(reverse("admin:company"), self.values(owner) | changes)
        assert answer.status_code == 422
        assert f'id="id_{field}_error" role="alert">' in words(answer)
        assert Company.objects.get(pk=company.pk).updated_at == company.updated_at

    def test_takes_no_name_of_another_company(self, owner: Client, other: Company) -> None:
        answer = owner.post(reverse("admin:company"), self.values(owner) | {"name": other.name.upper()})
        assert (answer.status_code, "There is a company named" in words(answer)) == (409, True)

    def test_keeps_what_other_programs_have_put_into_the_address(self, owner: Client, company: Company) -> None:
        company.address = {"line1": "Old", "gln": "4012345000009"}
        company.save()
        owner.post(reverse("admin:company"), self.values(owner) | {"line1": "New"})
        company.refresh_from_db()
        assert company.address == {"line1": "New", "gln": "4012345000009"}

    def test_shows_viewers_the_settings_without_a_button(self, company: Company, signed_in: SignedIn) -> None:
        page = words(signed_in(company, Role.VIEWER).get(reverse("admin:company")))
        assert "<fieldset disabled" in page
        assert ">Save<" not in page


def test_lists_nobody_twice(owner: Client, company: Company) -> None:
    make_member(company, role=Role.VIEWER, email="viewer@example.com")
    rows = [row for row in cells(owner.get(reverse("admin:members"))) if row and "viewer@example.com" in row[0]]
    assert len(rows) == 1


def test_shows_the_last_day_of_a_key_as_it_was_chosen(owner: Client, company: Company) -> None:
    company.time_zone = "America/New_York"
    company.save()
    end = company.beginning_of(date(2031, 12, 28))  # the key works through the 27th
    ApiKey.objects.filter(pk=make_api_key(company).api_key.pk).update(expires_at=end)
    page = owner.get(reverse("admin:api_keys")).content.decode()
    assert "Dec 27, 2031" in page
    assert "Dec 28" not in page
