from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = "Reports"

    def ready(self) -> None:
        from reporting.pages.places import add_places  # noqa: PLC0415 - models exist only now

        add_places()
