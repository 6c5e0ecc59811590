"""The admin as bookkeepers see it: one company at a time, pages by role."""

from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class WorkspaceConfig(AppConfig):
    name = "backfill.workspace"


class WorkspaceAdminConfig(django_admin.AdminConfig):
    """Stands for «django.contrib.admin» in INSTALLED_APPS, with our site as the default one."""

    default = False
    default_site = "backfill.workspace.site.WorkspaceSite"
