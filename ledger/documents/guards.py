"""What PostgreSQL itself refuses on number series, and the SQL that every app with documents installs:
a posted document keeps what it posted, and what is settled of it is what its open item says."""

from collections.abc import Iterable, Mapping

from backfill.tenancy.guards import fixed_names, row_level_security

# What a posted document keeps, beside its party, its lines and the entry.
_FIXED = (
    *("id", "company_id", "document_number", "document_date", "service_date", "currency", "subtotal"),
    *("discount_amount", "tax_amount", "total_amount"),
)
_OF_ITS_ENTRY = ("exchange_rate", "base_amount", "effective_date")


def posted_stays(
    table: str,
    *,
    party: str = "customer_id",
    has_lines: bool,
    may_be_externally_posted: bool = False,
    counts: Iterable[str] = (),
) -> str:
    """Return triggers for a document table: once posted, a document keeps its amounts, party, dates, number and entry,
    stays posted, is not deleted, and stays void once it is; its lines are neither changed, added nor removed.

    party: the column that names whose document it is. counts: columns of its lines that go on counting, such as what
    was delivered of an order. The rate and day of a recorded document are those of the entry that it is linked to, and
    it is a draft again when that entry is reversed.
    """
    fixed = (*_FIXED, party, *(("is_externally_posted",) if may_be_externally_posted else _OF_ITS_ENTRY))
    follows = (
        _FOLLOWS_ITS_ENTRY.format(changed=_differ(_OF_ITS_ENTRY)) if may_be_externally_posted else _KEEPS_ITS_ENTRY
    )
    document = _DOCUMENT.format(table=table, changed=_differ(fixed), entry=follows)
    allowed = ", ".join(f"'{column}'" for column in counts)
    return document + (_LINES.format(table=table, counts=allowed) if has_lines else "")


def _differ(columns: Iterable[str]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


_DOCUMENT = """
CREATE OR REPLACE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.posted_at IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR {changed}
        OR {entry}
        OR OLD.voided_on IS NOT NULL AND (OLD.voided_on, OLD.status) IS DISTINCT FROM (NEW.voided_on, NEW.status) THEN
        RAISE EXCEPTION '% is posted and keeps what it posted', OLD.document_number USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER {table}_posted_stays BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_guard();
"""
_KEEPS_ITS_ENTRY = "(OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)"
# A recorded document lets go of a reversed entry, and of no other.
_FOLLOWS_ITS_ENTRY = """(CASE WHEN OLD.is_externally_posted AND NEW.posted_at IS NULL
            THEN NEW.entry_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM ledger_journalentry
                WHERE id = OLD.entry_id AND status IN ('pending_reversal', 'reversed'))
            ELSE (OLD.posted_at, OLD.entry_id) IS DISTINCT FROM (NEW.posted_at, NEW.entry_id)
                OR NOT OLD.is_externally_posted AND {changed} END)"""
_LINES = """
CREATE OR REPLACE FUNCTION {table}line_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ARRAY[{counts}]::text[] = to_jsonb(NEW) - ARRAY[{counts}]::text[] THEN
        RETURN NEW;
    END IF;
    -- Of the document that it leaves as well as of the one that it comes to.
    IF EXISTS (SELECT 1 FROM {table} WHERE id IN (OLD.document_id, NEW.document_id) AND posted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'line % belongs to a posted document and stays', coalesce(NEW.line_number, OLD.line_number)
            USING ERRCODE = 'BF003';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE OR REPLACE TRIGGER {table}line_posted_stays BEFORE INSERT OR UPDATE OR DELETE ON {table}line
    FOR EACH ROW EXECUTE FUNCTION {table}line_guard();
"""


def follow_items(app: str, tables: Mapping[str, tuple[str, str, str, str]]) -> str:
    """Return triggers that copy from open items to the documents that they are of what is settled and the status, and
    refuse whoever else writes it; a document is void only with its item.

    tables: by document table, the kind of its items and the status with nothing, something and everything settled.
    """
    names = {
        "app": app,
        "kinds": "".join(
            _KIND_FOLLOWS.format(table=table, kind=kind, nothing=nothing, something=something, everything=everything)
            for table, (kind, nothing, something, everything) in tables.items()
        ),
    }
    return _FOLLOW.format(**names) + "".join(_SETTLED_ONLY_BY_ITEMS.format(app=app, table=table) for table in tables)


_FOLLOW = """
CREATE FUNCTION {app}_follow_items() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN{kinds}
    RETURN NULL;
END $$;
CREATE TRIGGER {app}_items_followed AFTER UPDATE ON open_items_openitem REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION {app}_follow_items();

CREATE FUNCTION {app}_guard_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Depth 1 is a statement from outside; deeper is the trigger of the open items.
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'what is settled of % follows from its open item', NEW.id USING ERRCODE = 'BF008';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION {app}_guard_void() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM open_items_openitem
            WHERE company_id = NEW.company_id AND document_id = NEW.id AND closed_on IS NULL) THEN
        RAISE EXCEPTION '% is void and still has an open item', NEW.document_number USING ERRCODE = 'BF008';
    END IF;
    RETURN NULL;
END $$;
"""
_KIND_FOLLOWS = """
    IF EXISTS (SELECT 1 FROM new_rows WHERE kind = '{kind}' AND document_id IS NOT NULL) THEN
        UPDATE {table} d SET settled_amount = n.settled, settled_base = n.settled_base, updated_at = now(),
            status = CASE WHEN d.approval_status = 'void' THEN d.status WHEN n.settled = d.total_amount
                THEN '{everything}' WHEN n.settled = 0 THEN '{nothing}' ELSE '{something}' END
            FROM (
                SELECT company_id, document_id,
                    CASE WHEN closed_on IS NULL THEN abs(amount) - abs(open_amount) ELSE 0 END AS settled,
                    CASE WHEN closed_on IS NULL THEN abs(base) - abs(open_base) ELSE 0 END AS settled_base
                FROM new_rows WHERE kind = '{kind}'
            ) n WHERE d.id = n.document_id AND d.company_id = n.company_id
                AND (d.settled_amount, d.settled_base) IS DISTINCT FROM (n.settled, n.settled_base);
    END IF;"""
_SETTLED_ONLY_BY_ITEMS = """
CREATE TRIGGER {table}_settled_on_insert BEFORE INSERT ON {table}
    FOR EACH ROW WHEN (NEW.settled_amount <> 0 OR NEW.settled_base <> 0) EXECUTE FUNCTION {app}_guard_settled();
CREATE TRIGGER {table}_settled_by_items BEFORE UPDATE ON {table} FOR EACH ROW WHEN
    (OLD.settled_amount <> NEW.settled_amount OR OLD.settled_base <> NEW.settled_base)
    EXECUTE FUNCTION {app}_guard_settled();
CREATE CONSTRAINT TRIGGER {table}_void_with_its_item AFTER UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.approval_status = 'void' AND OLD.approval_status <> 'void')
    EXECUTE FUNCTION {app}_guard_void();
"""


# What has been numbered is not numbered again. A series that has given out nothing may begin anywhere.
NUMBERS = """
CREATE OR REPLACE FUNCTION documents_guard_number_series() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE TRIGGER documents_number_series_forward BEFORE UPDATE OR DELETE ON documents_numberseries
    FOR EACH ROW EXECUTE FUNCTION documents_guard_number_series();
"""


def install_sql() -> str:
    """Return what the migrations of this app install."""
    return "\n".join(
        (
            row_level_security(("documents_numberseries",)),
            NUMBERS,
            fixed_names("documents"),
        )
    )
