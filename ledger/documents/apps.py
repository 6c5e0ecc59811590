from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "ledger.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        # Models exist only now.
        from ledger.documents.pages.places import add_places  # noqa: PLC0415

        add_places()
