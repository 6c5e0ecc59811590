from django.apps import AppConfig

from backfill.celery import app as celery_app  # so that tasks started by web processes and commands go to our broker

__all__ = ["BackfillConfig", "celery_app"]


class BackfillConfig(AppConfig):
    name = "backfill"
    verbose_name = "Backfill"
