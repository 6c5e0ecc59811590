from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "ledger.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        # Models exist only now.
        from ledger.documents.pages.places import add_places  # noqa: PLC0415
        from ledger.documents.unposted import unposted_documents  # noqa: PLC0415
        from ledger.journal import registry  # noqa: PLC0415

        if unposted_documents not in registry.lock_blockers:
            registry.lock_blockers.append(unposted_documents)
        add_places()
