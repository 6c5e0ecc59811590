from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "backfill.api"
    label = "api"
    verbose_name = "API"
