"""Which language a page, a mail and an answer of the APIs is in."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from backfill.tenancy.mail import mail_password_link
from backfill.tenancy.models import Company
from tests.factories import make_api_key, make_company, make_member

pytestmark = pytest.mark.django_db

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def language_of(response: Any) -> tuple[str, str]:
    page = response.content.decode()
    return response.headers["Content-Language"], page.split('lang="', 1)[1][:2]


@pytest.mark.parametrize(
    ("person", "company", "browser", "shown"),
    [
        ("", "", {}, "en"),
        ("", "", GERMAN, "de"),
        ("", "", {"Accept-Language": "fr"}, "en"),
        ("", "de", {}, "de"),
        ("", "en", GERMAN, "en"),
        ("en", "de", GERMAN, "en"),
        ("de", "en", {}, "de"),
    ],
)
def test_takes_the_persons_language_then_the_companys_then_the_browsers(
    person: str, company: str, browser: dict[str, str], shown: str
) -> None:
    member = make_member(make_company(language=company))
    member.user.language = person
    member.user.save()
    client = Client()
    client.force_login(member.user)
    answer = client.get(reverse("admin:security"), headers=browser)
    assert language_of(answer) == (shown, shown)
    assert "Accept-Language" in answer.headers["Vary"]
    assert translation.get_language() == "en"  # nothing stays with the thread


def test_signs_in_and_fails_in_the_browsers_language() -> None:
    assert language_of(Client().get(reverse("admin:login"), headers=GERMAN)) == ("de", "de")
    assert language_of(Client().get("/nowhere/", headers=GERMAN)) == ("de", "de")


def test_answers_programs_in_english_whatever_they_and_their_company_speak() -> None:
    token = make_api_key(make_company(language="de")).token
    headers = {"Authorization": f"Bearer {token}", **GERMAN}
    answer = Client().post("/v1/invoices", data={}, content_type="application/json", headers=headers)
    assert answer.status_code == 422
    assert "required" in answer.content.decode()
    assert "Content-Language" not in answer.headers


@pytest.mark.parametrize(("country", "language"), [("DE", "de"), ("AT", "de"), ("US", "en"), ("FR", "en")])
def test_begins_a_company_in_its_countrys_language(country: str, language: str) -> None:
    from backfill.tenancy.services import create_company

    assert create_company(name="New", chart="ifrs", currency="EUR", country=country).language == language


def test_lets_people_choose() -> None:
    member = make_member(make_company())
    client = Client()
    client.force_login(member.user)
    page = client.get(reverse("admin:language")).content.decode()
    assert "Deutsch" in page
    assert "English" in page
    values = {"language": "de", "request_id": "11111111-1111-4111-8111-111111111111"}
    assert client.post(reverse("admin:language"), values).status_code == 302
    assert language_of(client.get(reverse("admin:index"))) == ("de", "de")


def test_lets_companies_choose() -> None:
    company = make_company()
    client = Client()
    client.force_login(make_member(company).user)
    page = client.get(reverse("admin:company"))
    values = {key: value for key, value in page.context["form"].initial.items() if value not in (None, False)}
    values |= {"language": "de", "request_id": "11111111-1111-4111-8111-111111111111"}
    assert client.post(reverse("admin:company"), values).status_code == 302
    assert Company.objects.get(pk=company.pk).language == "de"


@pytest.mark.parametrize(("person", "subject"), [("de", "Legen Sie Ihr Passwort fest"), ("", "Set your password")])
def test_mails_people_in_their_language(person: str, subject: str) -> None:
    user = make_member(make_company()).user
    user.language = person
    mail_password_link(user, "token")
    assert mail.outbox[-1].subject == subject
