"""Tenancy in PostgreSQL: references stay within the company, and nobody empties its tables."""

from collections.abc import Iterable

GUARDED_TABLES = (
    "ledger_journalentry",
    "ledger_journalline",
    "ledger_accounttotal",
    "ledger_journalhead",
    "ledger_entrycounter",
    "ledger_period",
    "ledger_activity",
    "ledger_comment",
)

TENANT_TABLES = (
    "ledger_account",
    "ledger_journalentry",
    "ledger_journalline",
    "ledger_accounttotal",
    "ledger_journalhead",
    "ledger_entrycounter",
    "ledger_period",
    "ledger_lockrequest",
    "ledger_taxcode",
    "ledger_activity",
    "ledger_attachment",
    "ledger_comment",
    "ledger_mention",
    "ledger_bookscheck",
)

# Rows without a company are everyone's to read: the ECB's exchange rates.
SHARED_TABLES = ("ledger_exchangerate",)

COMPOSITE_KEYS = (
    ("ledger_journalentry", "reverses_entry_id", "ledger_journalentry"),
    ("ledger_journalentry", "document_id", "files_storedfile"),
    ("ledger_account", "parent_id", "ledger_account"),
    ("ledger_taxcode", "vat_account_id", "ledger_account"),
    ("ledger_taxcode", "self_assess_account_id", "ledger_account"),
    ("ledger_taxcode", "account_id", "ledger_account"),
    ("ledger_accounttotal", "account_id", "ledger_account"),
    ("ledger_lockrequest", "period_id", "ledger_period"),
    ("ledger_attachment", "document_id", "files_storedfile"),
    ("ledger_mention", "comment_id", "ledger_comment"),
)


def composite_foreign_keys(keys: Iterable[tuple[str, str, str]] = COMPOSITE_KEYS) -> str:
    """Return the SQL that keeps references (table, column, target table) within the row's own company.

    The target has a unique constraint on (id, company). Lines say more of their entry and are told so by their trigger:
    their key is checked at commit. That the account of a line is its company's, too, the trigger checks for
    all lines at once.
    """
    return "\n".join(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_same_company "
        f"FOREIGN KEY ({column}, company_id) REFERENCES {target} (id, company_id);"
        for table, column, target in keys
    )


def truncate_guards() -> str:
    """TRUNCATE fires no row triggers, so it has its own guard; only test databases may flush."""
    function = """
CREATE FUNCTION ledger_guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_database() NOT LIKE 'test\\_%' OR current_setting('backfill.allow_truncate', true) IS DISTINCT FROM 'on'
    THEN
        RAISE EXCEPTION 'TRUNCATE of % is refused', TG_TABLE_NAME USING ERRCODE = 'BF003';
    END IF;
    RETURN NULL;
END $$;"""
    triggers = (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_guard_truncate();"
        for table in GUARDED_TABLES
    )
    return function + "\n" + "\n".join(triggers)
