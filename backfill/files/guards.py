"""The SQL that keeps documents as they came in (GoBD): what was stored is not changed and not deleted.

Only `storage_name` may change, so that an operator can move files to another store.
"""

from backfill.tenancy.guards import row_level_security

_IMMUTABLE = """
CREATE FUNCTION files_storedfile_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'storage_name') = (to_jsonb(OLD) - 'storage_name') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'document % cannot be changed or deleted', OLD.id USING ERRCODE = 'BF003';
END $$;

CREATE TRIGGER files_storedfile_immutable BEFORE UPDATE OR DELETE ON files_storedfile
FOR EACH ROW EXECUTE FUNCTION files_storedfile_immutable();
"""


def install_sql() -> str:
    """Return everything that the migrations of this app install."""
    return f"{_IMMUTABLE}\n{row_level_security(['files_storedfile'])}"
