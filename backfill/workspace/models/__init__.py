from backfill.workspace.models.bulk_run import BulkRow, BulkRun, RowState
from backfill.workspace.models.saved_view import SavedView
from backfill.workspace.models.submission import FormSubmission

__all__ = ["BulkRow", "BulkRun", "FormSubmission", "RowState", "SavedView"]
