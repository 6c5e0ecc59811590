"""What PostgreSQL itself refuses on items and stock: references across companies, and changes to what moved."""

from ledger.documents.guards import rows_of_company, same_company

_KEYS = (
    ("ledger_item", "revenue_account_id", "ledger_account"),
    ("ledger_item", "expense_account_id", "ledger_account"),
    ("ledger_item", "cogs_account_id", "ledger_account"),
    ("ledger_item", "asset_account_id", "ledger_account"),
    ("ledger_itemlocation", "item_id", "ledger_item"),
    ("ledger_stockmovement", "item_id", "ledger_item"),
    ("ledger_stockmovement", "entry_id", "ledger_journalentry"),
    ("ledger_settlement", "open_entry_id", "ledger_journalentry"),
    ("ledger_settlement", "open_account_id", "ledger_account"),
    ("ledger_settlement", "settlement_entry_id", "ledger_journalentry"),
    ("ledger_attachment", "document_id", "files_document"),
)
_TABLES = (
    *("ledger_item", "ledger_itemlocation", "ledger_stockmovement", "ledger_numberseries", "ledger_attachment"),
    "ledger_settlement",
)

_MOVEMENTS = """
CREATE FUNCTION ledger_guard_stock_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'entry_id' IS DISTINCT FROM to_jsonb(OLD) - 'entry_id'
        OR OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id THEN
        RAISE EXCEPTION 'stock movement % stays as it was', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_stock_movement_immutable BEFORE UPDATE OR DELETE ON ledger_stockmovement
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_stock_movement();
"""


def install_sql() -> str:
    """Return the script that the migration of the items runs."""
    return "\n".join((same_company(_KEYS), rows_of_company(_TABLES), _MOVEMENTS))
