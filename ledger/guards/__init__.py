"""The SQL of the invariants: what PostgreSQL itself refuses, whoever asks (see ARCHITECTURE.md, L1 to L9).

Migrations install it from SQL of their own (`migrations/*.sql`), which a test compares with what stands here.
Errors carry SQLSTATE `BF00n`, n being the invariant, so that the API can name them.

The shape of the defence: a posted entry states its `line_count`; line numbers are unique per entry and must lie
between 1 and that count, so no line can ever be added to a finished entry; a deferred constraint trigger on the
entry counts and sums its lines at commit. Statement-level triggers with transition tables keep the cost linear
in lines, also for COPY.
"""

from backfill.tenancy.guards import row_level_security, same_company
from ledger.guards import beside, entries, lines, masters, numbers, periods
from ledger.guards.plans import PLANS
from ledger.guards.tenancy import (
    COMPOSITE_KEYS,
    GUARDED_TABLES,
    SHARED_TABLES,
    TENANT_TABLES,
    composite_foreign_keys,
    truncate_guards,
)

__all__ = ["COMPOSITE_KEYS", "GUARDED_TABLES", "SHARED_TABLES", "TENANT_TABLES", "install_sql"]


def install_sql() -> str:
    """Return everything that the migrations of this app install, each of its parts once."""
    parts = (
        composite_foreign_keys(),
        same_company([("ledger_journalline", "entry_id", "ledger_journalentry")]),
        lines.minor_units_function(),
        entries.IMMUTABLE,
        entries.PERIOD,
        entries.EVENTS,
        entries.COMPLETE,
        entries.REVERSED,
        lines.LINES,
        lines.TOTALS,
        numbers.HEAD,
        numbers.COUNTERS,
        periods.REAL,
        periods.FINAL,
        masters.COMPANY,
        masters.ACCOUNT,
        masters.CONTROL,
        beside.BESIDE,
        truncate_guards(),
        row_level_security(TENANT_TABLES, SHARED_TABLES),
        PLANS,
    )
    return "\n".join(parts)
