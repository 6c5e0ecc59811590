"""How PostgreSQL reads the guards' own queries, whatever the session they run in."""

# A guard's names mean the real tables: PostgreSQL would look among the session's temporary tables first.
# And its look-ups go by index: a session plans them once, perhaps while the tables are still empty, and would keep a
# sequential scan for the rest of a bulk load, whose cost would then grow with the square of the entries.
PLANS = """
DO $$
DECLARE
    guard regprocedure;
BEGIN
    FOR guard IN
        SELECT p.oid FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
            AND p.proname LIKE 'ledger\\_%' AND p.prorettype = 'trigger'::regtype
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', guard, current_schema());
        EXECUTE format('ALTER FUNCTION %s SET enable_seqscan = off', guard);
    END LOOP;
END $$;
"""
