from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "backfill.files"
    label = "files"
    verbose_name = "Files"
