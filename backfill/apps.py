from django.apps import AppConfig

from backfill.celery import app as celery_app


class BackfillConfig(AppConfig):
    name = "backfill"
    verbose_name = "Backfill"

    def ready(self) -> None:
        # Web processes and commands send tasks too; without this they would look for a broker at Celery's default.
        celery_app.set_default()
