"""Django's own admin over every table of the installation, for its operators to look at: `/admin/records/`."""

from backfill.workspace.records.record_admin import RecordAdmin
from backfill.workspace.records.site import register_all, site

__all__ = ["RecordAdmin", "register_all", "site"]
