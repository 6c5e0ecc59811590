"""How PostgreSQL reads the guards' own queries, whatever the session they run in."""

from backfill.tenancy.guards import fixed_names

# Their look-ups go by index: a session plans them once, perhaps while the tables are still empty, and would keep a
# sequential scan for the rest of a bulk load, whose cost would then grow with the square of the entries.
PLANS = fixed_names("ledger", off=("enable_seqscan",))
