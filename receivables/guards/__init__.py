"""What PostgreSQL itself refuses on the tables of receivables (see ARCHITECTURE.md, L8, L9 and tenancy).

Figures stay in range by check constraints on the models. What follows from models and types is derived
(`ledger.documents.derived.app_sql`); here is what only this app refuses.
"""

from backfill.tenancy.guards import fixed_names
from ledger.documents.derived import app_sql
from receivables.guards import dates as date_guards
from receivables.types.all import TYPES

ADVANCES_STAY = """
CREATE FUNCTION receivables_guard_advance_tax() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'tax on advance payments stays as it was posted' USING ERRCODE = 'BF003';
END $$;
CREATE TRIGGER receivables_advancetax_immutable BEFORE UPDATE OR DELETE ON receivables_advancetax
    FOR EACH ROW EXECUTE FUNCTION receivables_guard_advance_tax();
CREATE TRIGGER receivables_advancetaxmove_immutable BEFORE UPDATE OR DELETE ON receivables_advancetaxmove
    FOR EACH ROW EXECUTE FUNCTION receivables_guard_advance_tax();
"""


def install_sql() -> str:
    """Return everything that the migrations of this app install, each of its parts once."""
    return "\n".join(
        (
            app_sql("receivables", TYPES),
            ADVANCES_STAY,
            date_guards.install_sql(),
            fixed_names("receivables"),
        )
    )
