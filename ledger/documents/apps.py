from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "ledger.documents"
    label = "documents"
    verbose_name = "Documents"
