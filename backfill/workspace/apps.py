"""The admin as bookkeepers see it: one company at a time, pages by role."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class WorkspaceConfig(AppConfig):
    name = "backfill.workspace"


class WorkspaceAdminConfig(AdminConfig):
    default_site = "backfill.workspace.site.WorkspaceSite"
