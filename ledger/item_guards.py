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
    ("ledger_attachment", "document_id", "files_document"),
    ("ledger_taxcode", "account_id", "ledger_account"),
)
_TABLES = (*("ledger_item", "ledger_itemlocation", "ledger_stockmovement", "ledger_numberseries", "ledger_attachment"),)

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
# What has been numbered is not numbered again. A series that has given out nothing may begin anywhere.
NUMBERS = """
CREATE OR REPLACE FUNCTION ledger_guard_number_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.issued > 0 THEN
            RAISE EXCEPTION 'number series % has given out numbers and stays', OLD.document_type
                USING ERRCODE = 'BF005';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.company_id, NEW.document_type, NEW.year)
        IS DISTINCT FROM (OLD.id, OLD.company_id, OLD.document_type, OLD.year)
        OR NEW.issued < OLD.issued OR OLD.issued > 0 AND NEW.next_number < OLD.next_number THEN
        RAISE EXCEPTION 'number series % only moves forward', OLD.document_type USING ERRCODE = 'BF005';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER ledger_number_series_forward BEFORE UPDATE OR DELETE ON ledger_numberseries
    FOR EACH ROW EXECUTE FUNCTION ledger_guard_number_series();
"""


def install_sql() -> str:
    """Return what the migrations install on items, stock and number series."""
    return "\n".join((same_company(_KEYS), rows_of_company(_TABLES), _MOVEMENTS, NUMBERS))
