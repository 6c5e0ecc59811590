from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "backfill.tenancy"
    label = "tenancy"
    verbose_name = "Companies and people"
