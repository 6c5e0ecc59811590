"""The Celery application and the beat schedule. Settings named CELERY_… in `backfill.settings` configure it."""

import os
from logging.config import dictConfig

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, worker_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backfill.settings")

app = Celery("backfill")
app.set_default()  # for every thread; otherwise only for the one that imports this, which is not one that serves
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)

app.conf.beat_schedule = {
    "clear-sessions": {"task": "backfill.tasks.clear_sessions", "schedule": crontab(hour="3", minute="10")},
    "purge-tokens": {
        "task": "backfill.tenancy.tasks.purge_expired_tokens",
        "schedule": crontab(hour="3", minute="20"),
    },
    "purge-idempotency-records": {"task": "api.purge_idempotency_records", "schedule": crontab(minute="40")},
    "purge-form-submissions": {"task": "workspace.purge_submissions", "schedule": crontab(hour="3", minute="30")},
    "resume-bulk-runs": {"task": "workspace.resume_bulk_runs", "schedule": crontab()},
    "resume-mails": {"task": "tenancy.resume_mails", "schedule": crontab()},
    "resume-mailings": {"task": "receivables.resume_mailings", "schedule": crontab(minute="*/5")},
    "resume-exports": {"task": "reporting.tasks.resume_exports", "schedule": crontab(minute="*/5")},
    "draft-recurring-invoices": {"task": "receivables.draft_recurring_invoices", "schedule": crontab(minute="5")},
    "propose-reminders": {"task": "receivables.propose_reminders", "schedule": crontab(hour="5", minute="30")},
    "check-books": {"task": "ledger.check_all_books", "schedule": crontab(hour="2", minute="20")},
}


@worker_init.connect
def check_role(**_kwargs: object) -> None:
    """Refuse to work with a role that sees nothing until a company is named: searches would find nothing to do."""
    from backfill.serving_role import sees_every_company  # noqa: PLC0415 - Django is set up by now, not before

    if not sees_every_company():
        raise ImproperlyConfigured(
            "The worker's role sees no company's rows. Set DATABASE_URL to a role that works for every company "
            "(.venv/bin/python manage.py grant_serving_role ROLE --every-company), and WEB_DATABASE_URL to the one "
            "that serves."
        )


@setup_logging.connect
def keep_our_logging(**_kwargs: object) -> None:
    """Connected so that Celery leaves the logging of `settings.LOGGING` alone."""
    dictConfig(settings.LOGGING)
