"""What PostgreSQL itself refuses on the tables of this app: other companies' rows."""

from backfill.tenancy.guards import row_level_security


def install_sql() -> str:
    """Return everything that the migrations of this app install."""
    return row_level_security(["api_idempotencyrecord"])
