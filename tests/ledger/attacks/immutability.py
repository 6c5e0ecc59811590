"""L3 and L9: changing, deleting, reversing or repeating what is posted."""

from ledger.models import AccountRole
from tests.ledger.attacks.attack import CHECK, FOREIGN_KEY, UNIQUE, attack
from tests.ledger.attacks.books import Books
from tests.ledger.raw_journal import RawLine, RawPosting, execute, flush_constraints

ENTRY, LINE, ACTIVITY = "ledger_entry_immutable", "ledger_line_immutable", "ledger_activity_immutable"
REVERSED = "ledger_entry_reversed"


def _update_entry(books: Books, assignment: str) -> None:
    execute(f"UPDATE ledger_journalentry SET {assignment} WHERE id = %s", books.posted.id)


def _set_status(books: Books, *statuses: str) -> None:
    for status in statuses:
        _update_entry(books, f"status = '{status}'")


def _reversal(books: Books, **columns: object) -> RawPosting:
    """The mirror of the entry in the books."""
    lines = (RawLine(books.cash, "-10.00"), RawLine(books.revenue, "10.00"))
    return RawPosting(books.company, lines).having(reverses_entry_id=books.posted.id, **columns)


@attack("BF003", ENTRY)
def a_new_memo(books: Books) -> None:
    _update_entry(books, "memo = 'something else'")


@attack("BF003", ENTRY)
def a_new_date(books: Books) -> None:
    _update_entry(books, "entry_date = '2026-01-11'")


@attack("BF003", ENTRY)
def another_period(books: Books) -> None:
    _update_entry(books, "period = '2026-02'")


@attack("BF003", ENTRY)
def a_new_line_count(books: Books) -> None:
    _update_entry(books, "line_count = 4")


@attack("BF003", ENTRY)
def a_new_hash(books: Books) -> None:
    _update_entry(books, "hash = repeat('0', 64)")


@attack("BF003", ENTRY)
def new_metadata(books: Books) -> None:
    _update_entry(books, """metadata = '{"note": "late"}'""")


@attack("BF003", ENTRY)
def a_new_number(books: Books) -> None:
    _update_entry(books, "sequence = 17")


@attack("BF003", ENTRY)
def a_posted_entry_merged(books: Books) -> None:
    execute(
        "MERGE INTO ledger_journalentry e USING (SELECT %s::uuid AS id) n ON e.id = n.id "
        "WHEN MATCHED THEN UPDATE SET memo = 'merged'",
        books.posted.id,
    )


@attack("BF003", ENTRY, LINE)
def a_posted_entry_deleted_with_its_lines(books: Books) -> None:
    execute("DELETE FROM ledger_journalline WHERE entry_id = %s", books.posted.id)
    execute("DELETE FROM ledger_journalentry WHERE id = %s", books.posted.id)


@attack("BF003", ENTRY, "ledger_journalline_entry_id_company")
def a_posted_entry_deleted(books: Books) -> None:
    execute("DELETE FROM ledger_journalentry WHERE id = %s", books.posted.id)


@attack("BF003", ENTRY)
def a_posted_entry_made_a_draft(books: Books) -> None:
    _update_entry(
        books,
        "status = 'draft', sequence = NULL, first_journal_number = NULL, line_count = 0, hash = ''",
    )


@attack("BF003", ENTRY)
def a_posted_entry_reversed_at_once(books: Books) -> None:
    _reversal(books).write()
    _set_status(books, "reversed")


@attack("BF003", ENTRY)
def a_pending_reversal_taken_back(books: Books) -> None:
    _set_status(books, "pending_reversal", "posted")


@attack("BF003", ENTRY)
def a_reversed_entry_posted_again(books: Books) -> None:
    _reversal(books).write()
    _set_status(books, "pending_reversal", "reversed", "posted")


@attack("BF003", ENTRY)
def a_superseded_entry_posted_again(books: Books) -> None:
    _set_status(books, "superseded", "posted")


@attack("BF003", ENTRY)
def a_superseded_entry_reversed(books: Books) -> None:
    _set_status(books, "superseded", "pending_reversal")


@attack("BF003", ENTRY, "ledger_entry_complete_on_post")
def a_draft_that_becomes_superseded(books: Books) -> None:
    books.sale.but(lines=()).having(status="superseded", line_count=2, total_amount=0).write_over(books.draft())


@attack(CHECK, "entry_status_known", "ledger_entry_complete_on_insert")
def an_unknown_status(books: Books) -> None:
    books.sale.but(lines=()).having(status="lost", line_count=2, total_amount=0).write()


@attack("BF003", REVERSED)
def an_entry_reversed_by_none(books: Books) -> None:
    _set_status(books, "pending_reversal", "reversed")


@attack("BF003", REVERSED)
def an_entry_reversed_by_another_amount(books: Books) -> None:
    posting = _reversal(books).with_line(1, amount="-9.00").with_line(2, amount="9.00")
    posting.write()
    _set_status(books, "pending_reversal", "reversed")


@attack("BF003", REVERSED)
def an_entry_reversed_on_another_account(books: Books) -> None:
    _reversal(books).with_line(2, account_id=books.account(AccountRole.SUSPENSE)).write()
    _set_status(books, "pending_reversal", "reversed")


@attack("BF003", REVERSED)
def an_entry_that_reverses_itself(books: Books) -> None:
    posting = books.sale
    entry = posting.having(reverses_entry_id=posting.entry_id).write()
    for status in ("pending_reversal", "reversed"):
        execute("UPDATE ledger_journalentry SET status = %s WHERE id = %s", status, entry)


@attack(UNIQUE, "entry_reversed_once")
def an_entry_reversed_twice(books: Books) -> None:
    _reversal(books).write()
    _reversal(books).write()


@attack("BF003", LINE)
def a_line_changed(books: Books) -> None:
    execute("UPDATE ledger_journalline SET description = 'x' WHERE entry_id = %s", books.posted.id)


@attack("BF003", LINE)
def a_line_deleted(books: Books) -> None:
    execute("DELETE FROM ledger_journalline WHERE entry_id = %s", books.posted.id)


@attack("BF003", LINE)
def a_line_moved_to_another_entry(books: Books) -> None:
    entry = books.sale.write()
    flush_constraints()
    execute(
        "UPDATE ledger_journalline SET entry_id = %s, line_number = 3 WHERE entry_id = %s AND line_number = 1",
        entry,
        books.posted.id,
    )


@attack("BF003", LINE)
def a_line_upserted(books: Books) -> None:
    execute(
        "INSERT INTO ledger_journalline SELECT * FROM ledger_journalline WHERE entry_id = %s"
        " ON CONFLICT (company_id, entry_id, line_number) DO UPDATE SET description = 'x'",
        books.posted.id,
    )


@attack("BF003", ACTIVITY)
def an_activity_changed(books: Books) -> None:
    execute("UPDATE ledger_activity SET verb = 'nothing'")


@attack("BF003", ACTIVITY)
def an_activity_deleted(books: Books) -> None:
    execute("DELETE FROM ledger_activity")


def _truncate(*tables: str) -> None:
    flush_constraints()
    execute("SET LOCAL backfill.allow_truncate = 'off'")
    execute(f"TRUNCATE {', '.join(tables)} CASCADE")


@attack("BF003", "ledger_journalline_no_truncate")
def lines_truncated(books: Books) -> None:
    _truncate("ledger_journalline")


@attack(
    "BF003",
    "ledger_journalentry_no_truncate",
    "ledger_journalline_no_truncate",
    "open_items_openitem_no_truncate",
    "open_items_allocation_no_truncate",
)
def entries_truncated(books: Books) -> None:
    _truncate("ledger_journalentry")


@attack("BF003", "ledger_accounttotal_no_truncate")
def totals_truncated(books: Books) -> None:
    _truncate("ledger_accounttotal")


@attack("BF003", "ledger_journalhead_no_truncate")
def heads_truncated(books: Books) -> None:
    _truncate("ledger_journalhead")


@attack("BF003", "ledger_entrycounter_no_truncate")
def counters_truncated(books: Books) -> None:
    _truncate("ledger_entrycounter")


@attack("BF003", "ledger_period_no_truncate")
def periods_truncated(books: Books) -> None:
    _truncate("ledger_period")


@attack("BF003", "ledger_activity_no_truncate")
def activities_truncated(books: Books) -> None:
    _truncate("ledger_activity")


@attack("BF003", "ledger_account_type_fixed")
def an_account_with_postings_of_a_new_type(books: Books) -> None:
    execute("UPDATE ledger_account SET type = 'expense' WHERE id = %s", books.cash)


@attack("BF003", "ledger_account_control")
def an_account_with_postings_made_a_control_account(books: Books) -> None:
    execute("UPDATE ledger_account SET slot = 'accounts_payable' WHERE id = %s", books.cash)


@attack(FOREIGN_KEY, "ledger_journalline_account_id_fk", "ledger_accounttotal_account_id_same_company")
def an_account_with_postings_deleted(books: Books) -> None:
    execute("DELETE FROM ledger_account WHERE id = %s", books.cash)


@attack("BF003", "ledger_company_fixed")
def a_new_base_currency(books: Books) -> None:
    execute("UPDATE tenancy_company SET base_currency = 'EUR' WHERE id = %s", books.company.id)


@attack("BF003", "ledger_company_fixed")
def a_new_fiscal_year(books: Books) -> None:
    execute("UPDATE tenancy_company SET fiscal_year_start_month = 7 WHERE id = %s", books.company.id)


@attack("BF003", "ledger_company_fixed")
def a_new_base_currency_from_within_another_company(books: Books) -> None:
    execute("SELECT set_config('backfill.company_id', %s, true)", str(books.other.id))
    execute("UPDATE tenancy_company SET base_currency = 'EUR' WHERE id = %s", books.company.id)


@attack(UNIQUE, "entry_source_identity")
def one_source_record_posted_twice(books: Books) -> None:
    for _ in range(2):
        books.sale.having(source_system="shop", source_id="order-1").write()


@attack(UNIQUE, "account_source_identity")
def one_source_account_stored_twice(books: Books) -> None:
    execute("UPDATE ledger_account SET source_system = 'shop', source_id = '1' WHERE company_id = %s", books.company.id)


@attack(UNIQUE, "account_slot_once")
def one_role_for_two_accounts(books: Books) -> None:
    execute("UPDATE ledger_account SET slot = 'cash' WHERE company_id = %s", books.company.id)


@attack("BF008", REVERSED)
def an_entry_reversed_before_its_date(books: Books) -> None:
    _reversal(books, entry_date="2026-01-01").write()
    _set_status(books, "pending_reversal", "reversed")
