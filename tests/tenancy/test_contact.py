from typing import Any

import pytest
from django.core import mail

from backfill.tenancy.credentials import credential_from_token
from backfill.tenancy.errors import TooManyAttempts
from backfill.tenancy.models import Company, ContactMessage, QueuedMail
from backfill.tenancy.services import receive_contact_message
from backfill.tenancy.tasks import send_mail
from tests.factories import actor_of, make_api_key, make_company, make_member

pytestmark = pytest.mark.django_db

MESSAGE = {"name": "Anna", "email": "anna@example.com", "message": "Hello\nthere"}


def test_keeps_and_mails_a_message(company: Company, settings: Any, django_capture_on_commit_callbacks: Any) -> None:
    settings.CONTACT_EMAIL = "office@example.com"
    member = make_member(company)
    credential = credential_from_token(make_api_key(company, actor=actor_of(member)).token)
    with django_capture_on_commit_callbacks(execute=True):
        stored = receive_contact_message(**MESSAGE, credential=credential, address="203.0.113.7")
    assert (stored.company, stored.user) == (company, member.user)
    assert mail.outbox[0].to == ["office@example.com"]
    assert mail.outbox[0].reply_to == ["anna@example.com"]
    assert "Hello\nthere" in mail.outbox[0].body
    stored.refresh_from_db()
    assert stored.mailed_at is not None


def test_is_mailed_once_however_often_the_task_runs(company: Company) -> None:
    stored = receive_contact_message(**MESSAGE, credential=None, address="203.0.113.7")
    send_mail.delay(str(QueuedMail.objects.get(about=stored.pk).pk))
    send_mail.delay(str(QueuedMail.objects.get(about=stored.pk).pk))
    assert len(mail.outbox) == 1


def test_cannot_be_made_to_add_headers_to_the_mail(company: Company) -> None:
    stored = receive_contact_message(
        name="Anna\nBcc: all@example.com", email="a@example.com", message="x", credential=None, address=""
    )
    send_mail.delay(str(QueuedMail.objects.get(about=stored.pk).pk))
    assert "Bcc" not in mail.outbox[0].message()


def test_takes_ten_an_hour_from_one_sender(company: Company) -> None:
    credential = credential_from_token(make_api_key(company).token)
    for _ in range(10):
        receive_contact_message(**MESSAGE, credential=credential, address="203.0.113.7")
    with pytest.raises(TooManyAttempts):
        receive_contact_message(**MESSAGE, credential=credential, address="198.51.100.1")
    other = credential_from_token(make_api_key(make_company()).token)
    receive_contact_message(**MESSAGE, credential=other, address="203.0.113.7")
    assert ContactMessage.objects.count() == 11
