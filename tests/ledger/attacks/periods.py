"""L4: posting where nothing posts any more, and periods made to look as if it did."""

from backfill.ids import uuid7
from tests.ledger.attacks.attack import CHECK, UNIQUE, attack
from tests.ledger.attacks.books import Books
from tests.ledger.raw_journal import SOME_HASH, execute, flush_constraints, insert

ON_INSERT, ON_UPDATE = "ledger_entry_period_on_insert", "ledger_entry_period_on_update"
FINAL, REAL = "ledger_period_final", "ledger_period_real"


def _set_period(books: Books, assignment: str) -> None:
    execute(f"UPDATE ledger_period SET {assignment} WHERE company_id = %s AND name = '2026-01'", books.company.id)


def _lock(books: Books) -> None:
    _set_period(books, f"status = 'locked', closing_hash = '{SOME_HASH}'")


def _add_period(books: Books, **columns: object) -> None:
    facts = {"name": "2026-02", "number": 0, "fiscal_year": 2026, "starts_on": "2026-02-01", "ends_on": "2026-02-28"}
    texts = dict.fromkeys(("locked_by", "approved_by", "closing_hash"), "")
    row = {"id": uuid7(), "company_id": books.company.id, "status": "open", "booking_count": 0} | facts | texts
    insert("ledger_period", **row | columns)


@attack("BF004", ON_INSERT)
def posting_into_a_locked_period(books: Books) -> None:
    _lock(books)
    books.sale.write()


@attack("BF004", ON_INSERT)
def posting_into_a_soft_locked_period(books: Books) -> None:
    _set_period(books, "status = 'soft_locked'")
    books.sale.write()


@attack("BF004", ON_INSERT)
def posting_over_the_lock_with_the_right_to_post_into_soft_locks(books: Books) -> None:
    _lock(books)
    books.sale.having(overrides_soft_lock=True).write()


@attack("BF004", ON_INSERT)
def posting_into_no_period(books: Books) -> None:
    books.sale.having(period="2026-03", entry_date="2026-03-15").write()


@attack("BF004", ON_INSERT)
def posting_into_the_period_of_another_company(books: Books) -> None:
    execute(
        "INSERT INTO ledger_period (id, company_id, name, number, fiscal_year, starts_on, ends_on, status,"
        " booking_count, locked_by, approved_by, closing_hash) VALUES (gen_random_uuid(), %s, '2026-03', 0, 2026,"
        " '2026-03-01', '2026-03-31', 'open', 0, '', '', '')",
        books.other.id,
    )
    books.sale.having(period="2026-03", entry_date="2026-03-15").write()


@attack("BF004", ON_INSERT)
def a_date_outside_the_period(books: Books) -> None:
    books.sale.having(entry_date="2026-02-01").write()


@attack("BF004", ON_INSERT)
def a_fiscal_year_that_is_not_the_periods(books: Books) -> None:
    books.sale.having(fiscal_year=1999).write()


@attack("BF004", ON_INSERT, "ledger_entry_complete_on_insert")
def an_entry_born_superseded_in_a_locked_period(books: Books) -> None:
    _lock(books)
    books.sale.but(lines=()).having(status="superseded", line_count=2, total_amount=0).write()


@attack("BF004", ON_UPDATE)
def a_draft_posted_into_a_locked_period(books: Books) -> None:
    _lock(books)
    books.sale.write_over(books.draft())


@attack("BF004", ON_UPDATE)
def a_draft_posted_into_a_soft_locked_period(books: Books) -> None:
    _set_period(books, "status = 'soft_locked'")
    books.sale.write_over(books.draft())


@attack("BF004", ON_UPDATE)
def a_draft_posted_into_no_period(books: Books) -> None:
    books.sale.having(period="2026-03", entry_date="2026-03-15").write_over(books.draft())


@attack("BF004", ON_UPDATE)
def a_draft_posted_outside_its_period(books: Books) -> None:
    books.sale.having(entry_date="2026-02-01").write_over(books.draft())


@attack("BF004", FINAL)
def a_locked_period_opened(books: Books) -> None:
    _lock(books)
    _set_period(books, "status = 'open'")


@attack("BF004", FINAL)
def a_locked_period_with_a_new_closing_hash(books: Books) -> None:
    _lock(books)
    _set_period(books, "closing_hash = repeat('0', 64)")


@attack("BF004", FINAL)
def a_locked_period_deleted(books: Books) -> None:
    _add_period(books, status="locked", closing_hash=SOME_HASH)
    execute("DELETE FROM ledger_period WHERE company_id = %s AND name = '2026-02'", books.company.id)


@attack("BF004", FINAL)
def a_period_with_postings_deleted(books: Books) -> None:
    execute("DELETE FROM ledger_period WHERE company_id = %s", books.company.id)


@attack("BF004", FINAL)
def a_period_renamed(books: Books) -> None:
    _set_period(books, "name = '2026-07'")


@attack("BF004", FINAL)
def a_period_stretched(books: Books) -> None:
    _set_period(books, "ends_on = '2026-12-31'")


@attack("BF004", FINAL)
def a_period_with_fewer_bookings(books: Books) -> None:
    _set_period(books, "booking_count = 0")


@attack(CHECK, "period_locked_has_closing_hash")
def a_period_locked_without_a_closing_hash(books: Books) -> None:
    _set_period(books, "status = 'locked'")


@attack(CHECK, "period_status_known")
def a_period_of_unknown_status(books: Books) -> None:
    _set_period(books, "status = 'ajar'")


@attack(CHECK, "period_number_known")
def a_period_of_unknown_number(books: Books) -> None:
    _add_period(books, name="2026-P15", number=15, starts_on="2026-12-01", ends_on="2026-12-31")


@attack(UNIQUE, "period_once")
def a_period_made_twice(books: Books) -> None:
    _add_period(books)
    _add_period(books)


@attack("BF004", REAL)
def a_second_period_for_a_locked_month(books: Books) -> None:
    _lock(books)
    _add_period(books, name="2026-1", starts_on="2026-01-01", ends_on="2026-01-31")
    books.sale.having(period="2026-1").write()


@attack("BF004", REAL)
def a_month_that_lasts_a_year(books: Books) -> None:
    _lock(books)
    _add_period(books, starts_on="2026-01-01", ends_on="2026-12-31")
    books.sale.having(period="2026-02").write()


@attack("BF004", REAL)
def a_month_in_another_fiscal_year(books: Books) -> None:
    _add_period(books, fiscal_year=2025)


@attack("BF004", REAL)
def an_adjustment_period_in_midyear(books: Books) -> None:
    _lock(books)
    _add_period(books, name="2026-P13", number=13, starts_on="2026-01-01", ends_on="2026-01-31")
    books.sale.having(period="2026-P13").write()


@attack("BF004", REAL)
def an_adjustment_period_named_as_the_other(books: Books) -> None:
    _add_period(books, name="2026-P13", number=14, starts_on="2026-12-01", ends_on="2026-12-31")


@attack("BF003", "ledger_company_fixed")
def a_new_fiscal_year_over_periods_without_postings(books: Books) -> None:
    fresh = books.fresh_company()
    _add_period(books, company_id=fresh.id)
    flush_constraints()
    execute("UPDATE tenancy_company SET fiscal_year_start_month = 7 WHERE id = %s", fresh.id)
