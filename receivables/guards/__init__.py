"""What PostgreSQL itself refuses on the tables of receivables (see ARCHITECTURE.md, L8, L9 and tenancy).

Figures stay in range by check constraints on the models; here are references across companies, row-level security,
and the rule that a posted document keeps what it posted.
"""

from backfill.tenancy.guards import fixed_names, row_level_security, same_company
from ledger.documents.guards import follow_items, posted_stays
from receivables.guards import dates as date_guards
from receivables.guards import dunning as collecting_guards

_DOCUMENTS = ("invoice", "payment", "salesreceipt", "creditmemo", "refundreceipt", "quote", "salesorder")
_WITH_LINES = ("invoice", "salesreceipt", "creditmemo", "refundreceipt", "quote", "salesorder")
_MAY_BE_RECORDED = ("invoice", "creditmemo")
_COUNTS = {"salesorder": ("fulfilled_quantity", "invoiced_quantity")}
_KEYS = (
    ("customer", "default_account_id", "ledger_account"),
    *((name, "customer_id", "receivables_customer") for name in _DOCUMENTS),
    *((name, "entry_id", "ledger_journalentry") for name in _DOCUMENTS),
    *((name, "file_id", "files_storedfile") for name in _DOCUMENTS),
    *((f"{name}line", "document_id", f"receivables_{name}") for name in _WITH_LINES),
    *((f"{name}line", "account_id", "ledger_account") for name in _WITH_LINES),
    *((f"{name}line", "item_id", "inventory_item") for name in _WITH_LINES),
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
    ("advancetax", "payment_id", "receivables_payment"),
    ("advancetax", "clearing_account_id", "ledger_account"),
    ("advancetax", "advance_account_id", "ledger_account"),
    ("advancetax", "vat_account_id", "ledger_account"),
    ("advancetaxmove", "advance_tax_id", "receivables_advancetax"),
    ("advancetaxmove", "entry_id", "ledger_journalentry"),
)
_ADVANCES = ("advancetax", "advancetaxmove")
_TABLES = ("customer", *_DOCUMENTS, *(f"{name}line" for name in _WITH_LINES), *_ADVANCES)

_SETTLED = {
    # documents with open items: kind of the items, status with nothing, something and everything settled
    "invoice": ("invoice", ("open", "partially_paid", "paid")),
    "payment": ("payment", ("completed", "completed", "completed")),
    "creditmemo": ("credit_memo", ("open", "partially_applied", "applied")),
    "refundreceipt": ("refund_receipt", ("completed", "completed", "completed")),
}

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
            same_company((f"receivables_{table}", column, target) for table, column, target in _KEYS),
            row_level_security(f"receivables_{table}" for table in _TABLES),
            posted_documents(),
            settled_documents(),
            ADVANCES_STAY,
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
            may_be_externally_posted=name in _MAY_BE_RECORDED,
            counts=_COUNTS.get(name, ()),
        )
        for name in _DOCUMENTS
    )


def settled_documents() -> str:
    """Return the triggers that keep what is settled of documents as their open items have it."""
    return follow_items(
        "receivables", {f"receivables_{table}": (kind, *statuses) for table, (kind, statuses) in _SETTLED.items()}
    )
