"""SQL that every app with documents installs: references stay within the company, and so do the rows themselves."""

from collections.abc import Iterable

from backfill.tenancy.guards import row_level_security


def same_company(keys: Iterable[tuple[str, str, str]]) -> str:
    """Return composite foreign keys for (table, column, referred table): whatever a row refers to belongs to the
    row's own company. Deferred, like Django's own, so that the order of inserts does not matter."""
    return "\n".join(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_company FOREIGN KEY ({column}, company_id) "
        f"REFERENCES {target} (id, company_id) DEFERRABLE INITIALLY DEFERRED;"
        for table, column, target in keys
    )


def rows_of_company(tables: Iterable[str]) -> str:
    """Return row-level security: a connection that has named its company sees and writes no other company's rows."""
    return row_level_security(tables)


def posted_stays(table: str, *, has_lines: bool, may_be_recorded: bool = False) -> str:
    """Return triggers for a document table: once posted, amounts, party, dates and number stay, the row is not
    deleted, and its lines are neither changed, added nor removed. The rate and day of a recorded document are those
    of the entry that it is linked to."""
    follows_entry = "OLD.is_recorded" if may_be_recorded else "false"
    document = f"""
CREATE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR (OLD.total_amount, OLD.tax_amount, OLD.currency, OLD.document_number, OLD.document_date,
        OLD.customer_id, OLD.company_id) IS DISTINCT FROM (NEW.total_amount, NEW.tax_amount, NEW.currency,
        NEW.document_number, NEW.document_date, NEW.customer_id, NEW.company_id)
        OR NOT {follows_entry} AND (OLD.exchange_rate, OLD.base_amount, OLD.effective_date)
        IS DISTINCT FROM (NEW.exchange_rate, NEW.base_amount, NEW.effective_date) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_posted_stays BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_guard();
"""
    lines = f"""
CREATE FUNCTION {table}line_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line {table}line := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF EXISTS (SELECT 1 FROM {table} WHERE id = line.document_id AND posted_at IS NOT NULL) AND (
        TG_OP <> 'UPDATE' OR (OLD.net_amount, OLD.tax_amount, OLD.gross_amount, OLD.quantity, OLD.document_id,
        OLD.account_id, OLD.item_id) IS DISTINCT FROM (NEW.net_amount, NEW.tax_amount, NEW.gross_amount,
        NEW.quantity, NEW.document_id, NEW.account_id, NEW.item_id)) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', line.line_number USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER {table}line_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON {table}line
    FOR EACH ROW EXECUTE FUNCTION {table}line_guard();
"""  # noqa: S608 - table names are constants
    return document + (lines if has_lines else "")
