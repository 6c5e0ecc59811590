"""What PostgreSQL itself refuses of dates: a document that counts before the one that it gives back.

Dates within one row are held by check constraints on the models.
"""

_GIVEN_BACK = (
    # table, column, table of what it gives back
    ("creditmemo", "invoice_id", "invoice"),
    ("refundreceipt", "payment_id", "payment"),
    ("refundreceipt", "credit_memo_id", "creditmemo"),
)


def install_sql() -> str:
    """Return the script that the migration runs."""
    return "\n".join(_not_before(*names) for names in _GIVEN_BACK)


def _not_before(table: str, column: str, of: str) -> str:
    name = f"receivables_{table}_{column}_not_before"
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first date;
BEGIN
    SELECT coalesce(effective_date, document_date) INTO first FROM receivables_{of} WHERE id = NEW.{column};
    IF coalesce(NEW.effective_date, NEW.document_date) < first THEN
        RAISE EXCEPTION '% counts before what it gives back, which is of %', NEW.document_number, first
            USING ERRCODE = 'BF008';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {name}_on_insert AFTER INSERT ON receivables_{table}
    FOR EACH ROW WHEN (NEW.{column} IS NOT NULL AND NEW.posted_at IS NOT NULL) EXECUTE FUNCTION {name}();
CREATE TRIGGER {name}_on_posting AFTER UPDATE ON receivables_{table}
    FOR EACH ROW WHEN (NEW.{column} IS NOT NULL AND NEW.posted_at IS NOT NULL AND OLD.posted_at IS NULL)
    EXECUTE FUNCTION {name}();
"""  # noqa: S608 - table names are constants
