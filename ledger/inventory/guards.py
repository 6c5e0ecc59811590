"""What PostgreSQL itself refuses on items and stock: references across companies, and changes to what moved."""

from backfill.tenancy.guards import fixed_names, row_level_security, same_company

_KEYS = (
    ("inventory_item", "revenue_account_id", "ledger_account"),
    ("inventory_item", "expense_account_id", "ledger_account"),
    ("inventory_item", "cogs_account_id", "ledger_account"),
    ("inventory_item", "asset_account_id", "ledger_account"),
    ("inventory_itemlocation", "item_id", "inventory_item"),
    ("inventory_stockmovement", "item_id", "inventory_item"),
    ("inventory_stockmovement", "entry_id", "ledger_journalentry"),
)
_TABLES = ("inventory_item", "inventory_itemlocation", "inventory_stockmovement")

_MOVEMENTS = """
CREATE FUNCTION inventory_guard_stock_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'entry_id' IS DISTINCT FROM to_jsonb(OLD) - 'entry_id'
        OR OLD.entry_id IS NOT NULL AND NEW.entry_id IS DISTINCT FROM OLD.entry_id THEN
        RAISE EXCEPTION 'stock movement % stays as it was', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER inventory_stock_movement_immutable BEFORE UPDATE OR DELETE ON inventory_stockmovement
    FOR EACH ROW EXECUTE FUNCTION inventory_guard_stock_movement();
"""


def install_sql() -> str:
    """Return what the migrations of this app install."""
    return "\n".join((same_company(_KEYS), row_level_security(_TABLES), _MOVEMENTS, fixed_names("inventory")))
