"""The admin as bookkeepers see it: one company at a time, pages by role."""

from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class WorkspaceConfig(AppConfig):
    name = "backfill.workspace"

    def ready(self) -> None:
        from backfill.workspace.admin.places import add_places  # noqa: PLC0415 - models exist only now

        add_places()


class WorkspaceAdminConfig(django_admin.AdminConfig):
    """Stands for «django.contrib.admin» in INSTALLED_APPS, with our site as the default one."""

    default = False
    default_site = "backfill.workspace.site.WorkspaceSite"

    def ready(self) -> None:
        """Import the apps' `admin` modules, then serve every model in the records that none of them registered."""
        super().ready()
        from backfill.workspace.records import register_all  # noqa: PLC0415 - models are loaded by now

        register_all()
