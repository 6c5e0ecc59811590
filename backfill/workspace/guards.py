"""What PostgreSQL itself refuses on the tables of this app: other companies' rows."""

from backfill.tenancy.guards import row_level_security, same_company

TABLES = ("workspace_formsubmission", "workspace_savedview", "workspace_bulkrun", "workspace_bulkrow")


def install_sql() -> str:
    """Return everything that the migrations of this app install."""
    return row_level_security(TABLES) + "\n" + same_company([("workspace_bulkrow", "run_id", "workspace_bulkrun")])
