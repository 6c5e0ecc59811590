"""Tenancy: rows that refer to another company's rows, and names that mean another table."""

from backfill.ids import uuid7
from ledger.guards import COMPOSITE_KEYS
from ledger.models import AccountRole
from tests.ledger.attacks.attack import FOREIGN_KEY, attack
from tests.ledger.attacks.balance import LINES
from tests.ledger.attacks.books import Books
from tests.ledger.raw_journal import execute, insert, value

SAME_COMPANY = {(table, column): f"{table}_{column}_same_company" for table, column, _ in COMPOSITE_KEYS}


@attack("BF002", LINES)
def a_line_on_an_account_of_another_company(books: Books) -> None:
    books.sale.with_line(1, account_id=books.account(AccountRole.CASH, books.other)).write()


@attack("BF002", LINES, "ledger_journalline_entry_id_company", "ledger_entry_complete_on_insert")
def a_line_of_another_company(books: Books) -> None:
    books.sale.with_line(1, columns={"company_id": books.other.id}).write()


@attack("BF002", LINES, "ledger_journalline_account_id_fk")
def a_line_on_no_account(books: Books) -> None:
    books.sale.with_line(1, account_id=uuid7()).write()


@attack("BF003", "ledger_entry_immutable")
def a_draft_given_to_another_company(books: Books) -> None:
    execute("UPDATE ledger_journalentry SET company_id = %s WHERE id = %s", books.other.id, books.draft())


@attack("BF003", "ledger_account_type_fixed", SAME_COMPANY["ledger_accounttotal", "account_id"])
def an_account_with_postings_given_to_another_company(books: Books) -> None:
    execute(
        "UPDATE ledger_account SET company_id = %s, code = NULL, slot = NULL, parent_id = NULL WHERE id = %s",
        books.other.id,
        books.cash,
    )


@attack(FOREIGN_KEY, SAME_COMPANY["ledger_journalentry", "reverses_entry_id"])
def a_reversal_of_another_companys_entry(books: Books) -> None:
    books.sale.having(reverses_entry_id=books.other_posted.id).write()


@attack(FOREIGN_KEY, SAME_COMPANY["ledger_journalentry", "document_id"])
def a_document_of_another_company(books: Books) -> None:
    document = uuid7()
    insert(
        "files_storedfile",
        id=document,
        company_id=books.other.id,
        sha256="c" * 64,
        mime_type="text/plain",
        original_name="a.txt",
        size=1,
        storage_name="a",
        uploaded_by="",
        created_at="2026-01-01",
    )
    books.sale.having(document_id=document).write()


@attack(FOREIGN_KEY, SAME_COMPANY["ledger_account", "parent_id"])
def a_parent_account_of_another_company(books: Books) -> None:
    execute(
        "UPDATE ledger_account SET parent_id = %s WHERE id = %s",
        books.account(AccountRole.CASH, books.other),
        books.cash,
    )


def _tax_code(books: Books) -> object:
    code = uuid7()
    insert(
        "ledger_taxcode",
        id=code,
        company_id=books.company.id,
        code="MINE",
        label="",
        description="",
        rate=19,
        vat_account_id=books.account(AccountRole.OUTPUT_TAX),
        datev_key="",
        category="S",
        family="",
        is_system=False,
        is_active=True,
        created_at="2026-01-01",
        updated_at="2026-01-01",
    )
    return code


@attack(FOREIGN_KEY, SAME_COMPANY["ledger_taxcode", "vat_account_id"])
def a_tax_account_of_another_company(books: Books) -> None:
    account = books.account(AccountRole.OUTPUT_TAX, books.other)
    execute("UPDATE ledger_taxcode SET vat_account_id = %s WHERE id = %s", account, _tax_code(books))


@attack(FOREIGN_KEY, SAME_COMPANY["ledger_taxcode", "self_assess_account_id"])
def a_self_assessment_account_of_another_company(books: Books) -> None:
    account = books.account(AccountRole.OUTPUT_TAX, books.other)
    execute("UPDATE ledger_taxcode SET self_assess_account_id = %s WHERE id = %s", account, _tax_code(books))


@attack(FOREIGN_KEY, SAME_COMPANY["ledger_taxcode", "account_id"])
def a_line_account_of_another_company(books: Books) -> None:
    account = books.account(AccountRole.REVENUE, books.other)
    execute("UPDATE ledger_taxcode SET account_id = %s WHERE id = %s", account, _tax_code(books))


@attack("BF007", "ledger_totals_guard", SAME_COMPANY["ledger_accounttotal", "account_id"])
def a_total_of_another_companys_account(books: Books) -> None:
    account = books.account(AccountRole.SUSPENSE, books.other)
    insert(
        "ledger_accounttotal",
        company_id=books.company.id,
        account_id=account,
        month="2026-01-01",
        currency="USD",
        **dict.fromkeys(("debit", "credit", "currency_debit", "currency_credit"), 0),
    )


@attack(FOREIGN_KEY, SAME_COMPANY["ledger_lockrequest", "period_id"])
def a_lock_request_for_another_companys_period(books: Books) -> None:
    insert(
        "ledger_lockrequest",
        id=uuid7(),
        company_id=books.company.id,
        period_id=value("SELECT id FROM ledger_period WHERE company_id = %s", books.other.id),
        status="pending",
        requested_by_label="",
        created_at="2026-01-01",
        expires_at="2026-01-03",
        decided_by_label="",
        locked_periods="[]",
        overridden="[]",
        reason="",
    )


def _shadow(table: str) -> None:
    """Make a temporary table of the same name: PostgreSQL looks there first unless told otherwise."""
    execute(f"CREATE TEMP TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP")


@attack("BF004", "search_path of ledger_guard_entry_period")
def a_temporary_table_of_periods_that_are_open(books: Books) -> None:
    execute("UPDATE ledger_period SET status = 'locked', closing_hash = 'x' WHERE company_id = %s", books.company.id)
    _shadow("ledger_period")
    execute("INSERT INTO pg_temp.ledger_period SELECT * FROM public.ledger_period")
    execute("UPDATE pg_temp.ledger_period SET status = 'open'")
    books.sale.but(makes_period=False).write()
