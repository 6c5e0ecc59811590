"""What PostgreSQL itself refuses on the tables of mailings, dunning and recurring invoices: references across companies
and, with row-level security, other companies' rows."""

from backfill.tenancy.guards import row_level_security, same_company

_KEYS = (
    ("mailing", "customer_id", "receivables_customer"),
    ("mailing", "pdf_id", "files_storedfile"),
    ("mailing", "xml_id", "files_storedfile"),
    ("recurringinvoice", "customer_id", "receivables_customer"),
    ("recurringrun", "recurring_id", "receivables_recurringinvoice"),
    ("recurringrun", "invoice_id", "receivables_invoice"),
    ("dunninglevel", "policy_id", "receivables_dunningpolicy"),
    ("dunningproposal", "customer_id", "receivables_customer"),
    ("dunningproposal", "invoice_id", "receivables_invoice"),
    ("dunningproposal", "mailing_id", "receivables_mailing"),
    ("dunningproposal", "charge_id", "receivables_invoice"),
)
TABLES = ("mailing", "recurringinvoice", "recurringrun", "dunningpolicy", "dunninglevel", "dunningproposal")


def install_sql() -> str:
    """Return the script that the migration runs."""
    return "\n".join(
        (
            same_company((f"receivables_{table}", column, target) for table, column, target in _KEYS),
            row_level_security(f"receivables_{table}" for table in TABLES),
        )
    )
