from importlib import import_module

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "backfill.tenancy"
    label = "tenancy"
    verbose_name = "Companies and people"

    def ready(self) -> None:
        import_module("backfill.tenancy.tasks")  # services name the tasks, which stand above them
