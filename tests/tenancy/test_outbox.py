"""Mails to people survive what fails between asking for them and sending them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone
from structlog.testing import capture_logs

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company, ContactMessage, QueuedMail
from backfill.tenancy.services import invite_member, receive_contact_message, request_password_reset
from backfill.tenancy.services.outbox import queue_mail, send_queued_mail
from backfill.tenancy.tasks import purge_expired_tokens, resume_mails
from tests.factories import make_company, make_member
from tests.outages import MAIL_SERVER_AWAY, broker_away

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.7"
EMAIL = "anna@example.com"
MESSAGE = {"name": "Anna", "email": EMAIL, "message": "Hello"}
Ask = Callable[[Company], Any]

ASKING: dict[str, Ask] = {
    "password_reset": lambda company: request_password_reset(email=EMAIL, address=ADDRESS),
    "invitation": lambda company: invite_member(
        company=company, email="ben@example.com", role="bookkeeper", actor=system_actor()
    ),
    "contact": lambda company: receive_contact_message(**MESSAGE, credential=None, address=ADDRESS),
}


@pytest.fixture
def capture(django_capture_on_commit_callbacks: Any) -> Any:
    return django_capture_on_commit_callbacks


@pytest.fixture
def company(company: Company) -> Company:
    make_member(company, email=EMAIL)
    return company


def later(minutes: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


@pytest.mark.parametrize("kind", ASKING)
def test_sends_later_what_nobody_could_be_told_about(kind: str, company: Company, capture: Any) -> None:
    with broker_away(), capture(execute=True):
        ASKING[kind](company)
    queued = QueuedMail.objects.get()
    assert (queued.kind, queued.status, queued.attempts, len(mail.outbox)) == (kind, "queued", 0, 0)
    assert resume_mails() == 0  # a worker may still be on its way
    with later(1):
        assert resume_mails() == 1
    queued.refresh_from_db()
    assert (queued.status, queued.attempts, len(mail.outbox)) == ("sent", 1, 1)
    with later(60):
        assert resume_mails() == 0
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("kind", ASKING)
def test_tries_again_while_the_mail_server_is_away(kind: str, company: Company, capture: Any, settings: Any) -> None:
    backend = settings.EMAIL_BACKEND
    for name, value in MAIL_SERVER_AWAY.items():
        setattr(settings, name, value)
    with capture(execute=True):
        ASKING[kind](company)
    queued = QueuedMail.objects.get()
    assert (queued.status, queued.attempts) == ("queued", 1)
    assert "Connection refused" in queued.error
    with later(1.1):
        resume_mails()
    queued.refresh_from_db()
    assert queued.attempts == 2
    assert timedelta(minutes=3) < queued.next_try_at - timezone.now() < timedelta(minutes=4)  # 1.1 and then 2 minutes
    settings.EMAIL_BACKEND = backend
    with later(4):
        resume_mails()
    queued.refresh_from_db()
    assert (queued.status, queued.error, len(mail.outbox)) == ("sent", "", 1)


def test_says_so_when_it_gives_up_after_a_day(company: Company, capture: Any, settings: Any) -> None:
    for name, value in MAIL_SERVER_AWAY.items():
        setattr(settings, name, value)
    with capture(execute=True):
        ASKING["contact"](company)
    with later(24 * 60 + 1), capture_logs() as logs:
        resume_mails()
    queued = QueuedMail.objects.get()
    assert queued.status == "failed"
    assert "Connection refused" in queued.error
    assert [line["log_level"] for line in logs if line["event"] == "mail_failed"] == ["error"]
    assert ContactMessage.objects.get().mailed_at is None
    with later(24 * 60 + 70):
        assert resume_mails() == 0


def test_counts_only_reset_mails_that_were_sent(company: Company, capture: Any, settings: Any) -> None:
    """Three that the mail server never took must not keep the person out for an hour."""
    backend = settings.EMAIL_BACKEND
    for name, value in MAIL_SERVER_AWAY.items():
        setattr(settings, name, value)
    for _ in range(4):
        with capture(execute=True):
            request_password_reset(email=EMAIL, address=ADDRESS)
    settings.EMAIL_BACKEND = backend
    with capture(execute=True):
        request_password_reset(email=EMAIL, address=ADDRESS)
    assert len(mail.outbox) == 1
    with later(2):
        resume_mails()
    assert len(mail.outbox) == 3  # the others were put off, and three an hour is still the limit
    assert sorted(QueuedMail.objects.values_list("status", flat=True)) == ["needless"] * 2 + ["sent"] * 3


@pytest.mark.django_db(transaction=True)
def test_is_sent_once_when_ten_workers_try_together() -> None:
    make_member(make_company(), email=EMAIL)
    with broker_away():
        queued = queue_mail("password_reset", EMAIL)
    together = Barrier(10)

    def work(_: int) -> str | None:
        together.wait()
        try:
            return send_queued_mail(queued.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        ends = list(pool.map(work, range(10)))
    assert sorted(filter(None, ends)) == ["sent"]
    assert len(mail.outbox) == 1


def test_forgets_what_was_sent_a_month_ago(company: Company, capture: Any) -> None:
    with capture(execute=True):
        ASKING["password_reset"](company)
    with broker_away(), capture(execute=True):
        ASKING["contact"](company)
    with later(31 * 24 * 60):
        purge_expired_tokens()
    assert [queued.kind for queued in QueuedMail.objects.all()] == ["contact"]
