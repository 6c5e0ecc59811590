from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from backfill.celery import app
from backfill.tenancy.models import Company, PasswordToken, SessionToken
from backfill.tenancy.one_time_tokens import issue_password_token
from backfill.tenancy.services import sign_in
from backfill.tenancy.tasks import purge_expired_tokens
from tests.factories import PASSWORD, make_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("days", "kept"), [(29, 1), (31, 0)])
def test_deletes_tokens_that_expired_a_month_ago(company: Company, days: int, kept: int) -> None:
    member = make_member(company, password=PASSWORD)
    sign_in(email=member.user.email, password=PASSWORD, address="")
    issue_password_token(member.user)
    with time_machine.travel(timezone.now() + timedelta(days=days, hours=13)):
        purge_expired_tokens.delay()
    assert (SessionToken.objects.count(), PasswordToken.objects.count()) == (kept, kept)


def test_runs_by_the_clock() -> None:
    assert purge_expired_tokens.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
