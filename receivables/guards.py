"""What PostgreSQL itself refuses on the tables of receivables (see ARCHITECTURE.md, L8, L9 and tenancy).

Figures stay in range by check constraints on the models; here are references across companies, row-level security,
and the rule that a posted document keeps what it posted.
"""

from backfill.tenancy.guards import fixed_names
from ledger.documents.guards import posted_stays, rows_of_company, same_company
from receivables import collecting_guards, date_guards

_DOCUMENTS = ("invoice", "payment", "salesreceipt", "creditmemo", "refundreceipt", "quote", "salesorder")
_WITH_LINES = ("invoice", "salesreceipt", "creditmemo", "refundreceipt", "quote", "salesorder")
_MAY_BE_RECORDED = ("invoice", "creditmemo")
_COUNTS = {"salesorder": ("fulfilled_quantity", "invoiced_quantity")}
_KEYS = (
    ("customer", "default_account_id", "ledger_account"),
    *((name, "customer_id", "receivables_customer") for name in _DOCUMENTS),
    *((name, "entry_id", "ledger_journalentry") for name in _DOCUMENTS),
    *((name, "file_id", "files_document") for name in _DOCUMENTS),
    *((f"{name}line", "document_id", f"receivables_{name}") for name in _WITH_LINES),
    *((f"{name}line", "account_id", "ledger_account") for name in _WITH_LINES),
    *((f"{name}line", "item_id", "ledger_item") for name in _WITH_LINES),
    ("invoice", "sales_order_id", "receivables_salesorder"),
    ("invoiceline", "order_line_id", "receivables_salesorderline"),
    ("salesorder", "quote_id", "receivables_quote"),
    ("payment", "deposit_to_account_id", "ledger_account"),
    ("salesreceipt", "deposit_to_account_id", "ledger_account"),
    ("salesreceipt", "revenue_account_id", "ledger_account"),
    ("refundreceipt", "payment_id", "receivables_payment"),
    ("refundreceipt", "credit_memo_id", "receivables_creditmemo"),
    ("refundreceipt", "paid_from_account_id", "ledger_account"),
    ("creditmemo", "invoice_id", "receivables_invoice"),
    ("creditmemoline", "invoice_line_id", "receivables_invoiceline"),
    ("allocation", "customer_id", "receivables_customer"),
    ("allocation", "invoice_id", "receivables_invoice"),
    ("allocation", "refund_id", "receivables_refundreceipt"),
    ("allocation", "payment_id", "receivables_payment"),
    ("allocation", "credit_memo_id", "receivables_creditmemo"),
    ("allocation", "settlement_entry_id", "ledger_journalentry"),
)
_TABLES = ("customer", *_DOCUMENTS, *(f"{name}line" for name in _WITH_LINES), "allocation")

ALLOCATION_STAYS = """
CREATE OR REPLACE FUNCTION receivables_guard_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Undone once; on an earlier day where one of its documents turns out to have ended before.
    IF TG_OP = 'DELETE' OR OLD.undone_on <= NEW.undone_on OR OLD.undone_on IS NOT NULL AND NEW.undone_on IS NULL
        OR to_jsonb(NEW) - 'undone_on' IS DISTINCT FROM to_jsonb(OLD) - 'undone_on' THEN
        RAISE EXCEPTION 'allocation % stays as it was; it can be undone once', OLD.id USING ERRCODE = 'BF003';
    END IF;
    RETURN NEW;
END $$;
"""
_ALLOCATIONS = """
CREATE TRIGGER receivables_allocation_immutable BEFORE UPDATE OR DELETE ON receivables_allocation
    FOR EACH ROW EXECUTE FUNCTION receivables_guard_allocation();
"""


def install_sql() -> str:
    """Return everything that the migrations of this app install, each of its parts once."""
    return "\n".join(
        (
            same_company((f"receivables_{table}", column, target) for table, column, target in _KEYS),
            rows_of_company(f"receivables_{table}" for table in _TABLES),
            posted_documents(),
            ALLOCATION_STAYS,
            _ALLOCATIONS,
            collecting_guards.install_sql(),
            date_guards.install_sql(),
            fixed_names("receivables"),
        )
    )


def posted_documents() -> str:
    """Return the triggers that keep what was posted."""
    return "\n".join(
        posted_stays(
            f"receivables_{name}",
            has_lines=name in _WITH_LINES,
            may_be_recorded=name in _MAY_BE_RECORDED,
            counts=_COUNTS.get(name, ()),
        )
        for name in _DOCUMENTS
    )
