"""L5 and L6: gaps, repeated numbers, and entries that are not chained to the one before."""

from ledger.models import AccountRole
from tests.ledger.attacks.attack import CHECK, UNIQUE, attack
from tests.ledger.attacks.balance import COMPLETE
from tests.ledger.attacks.books import Books
from tests.ledger.raw_journal import SOME_HASH, RawLine, RawPosting, execute, flush_constraints, insert

FORWARD, MATCHES = "ledger_head_forward", "ledger_head_matches"
COUNTER_FORWARD, COUNTER_MATCHES = "ledger_counter_forward", "ledger_counter_matches"


def _set_head(books: Books, assignment: str) -> None:
    execute(f"UPDATE ledger_journalhead SET {assignment} WHERE company_id = %s", books.company.id)


def _set_counter(books: Books, assignment: str) -> None:
    execute(f"UPDATE ledger_entrycounter SET {assignment} WHERE company_id = %s", books.company.id)


def _three_lines(books: Books) -> RawPosting:
    """An entry of two events, whose `numbers` would have to be 2."""
    lines = (RawLine(books.cash, "60.00"), RawLine(books.cash, "40.00"), RawLine(books.revenue, "-100.00"))
    return books.sale.but(lines=lines)


@attack("BF005", FORWARD, MATCHES)
def a_head_moved_back(books: Books) -> None:
    _set_head(books, "next_journal_number = 1, last_hash = repeat('0', 64)")


@attack("BF005", FORWARD)
def a_head_moved_back_to_an_entry_that_stands(books: Books) -> None:
    books.sale.write()
    flush_constraints()
    _set_head(books, f"next_journal_number = 2, last_hash = '{books.posted.hash}'")


@attack("BF005", MATCHES)
def a_head_moved_ahead(books: Books) -> None:
    _set_head(books, "next_journal_number = 50")


@attack("BF005", FORWARD, MATCHES)
def a_head_with_another_hash(books: Books) -> None:
    _set_head(books, f"last_hash = '{SOME_HASH}'")


@attack("BF005", FORWARD)
def a_head_deleted(books: Books) -> None:
    execute("DELETE FROM ledger_journalhead WHERE company_id = %s", books.company.id)


@attack("BF005", MATCHES)
def a_head_born_ahead(books: Books) -> None:
    insert("ledger_journalhead", company_id=books.bare_company().id, next_journal_number=50, last_hash=SOME_HASH)


@attack("BF005", MATCHES)
def a_head_born_with_a_hash_of_nothing(books: Books) -> None:
    insert("ledger_journalhead", company_id=books.bare_company().id, next_journal_number=1, last_hash=SOME_HASH)


@attack("BF005", MATCHES)
def a_head_born_at_zero(books: Books) -> None:
    insert("ledger_journalhead", company_id=books.bare_company().id, next_journal_number=0, last_hash="0" * 64)


@attack("BF005", FORWARD)
def a_head_given_to_another_company(books: Books) -> None:
    fresh = books.fresh_company()
    execute("UPDATE ledger_journalhead SET company_id = %s WHERE company_id = %s", books.bare_company().id, fresh.id)


@attack("BF005", COUNTER_FORWARD, COUNTER_MATCHES)
def a_counter_moved_back(books: Books) -> None:
    books.sale.write()
    flush_constraints()
    _set_counter(books, "last_sequence = 1")


@attack("BF005", COUNTER_MATCHES)
def a_counter_moved_ahead(books: Books) -> None:
    _set_counter(books, "last_sequence = 50")


@attack("BF005", COUNTER_FORWARD)
def a_counter_deleted(books: Books) -> None:
    execute("DELETE FROM ledger_entrycounter WHERE company_id = %s", books.company.id)


@attack("BF005", COUNTER_FORWARD, COUNTER_MATCHES)
def a_counter_given_to_another_year(books: Books) -> None:
    _set_counter(books, "fiscal_year = 2031")


@attack("BF005", COUNTER_MATCHES)
def a_counter_born_ahead(books: Books) -> None:
    insert("ledger_entrycounter", company_id=books.company.id, fiscal_year=2031, last_sequence=50)


@attack(UNIQUE, "entry_counter_once")
def a_second_counter(books: Books) -> None:
    insert("ledger_entrycounter", company_id=books.company.id, fiscal_year=2026, last_sequence=0)


@attack("BF005", COMPLETE)
def a_number_skipped(books: Books) -> None:
    books.sale.having(sequence=3).write()


@attack("BF005", COMPLETE)
def a_number_that_was_not_given_out(books: Books) -> None:
    books.sale.but(moves_counter=False).write()


@attack("BF005", COMPLETE)
def a_journal_number_skipped(books: Books) -> None:
    books.sale.having(first_journal_number=7, last_journal_number=7).write()


@attack("BF005", COMPLETE)
def a_journal_number_that_was_not_given_out(books: Books) -> None:
    books.sale.but(moves_head=False).write()


@attack("BF005", COMPLETE)
def more_journal_numbers_than_events(books: Books) -> None:
    books.sale.but(numbers=9).write()


@attack("BF005", COMPLETE)
def fewer_journal_numbers_than_events(books: Books) -> None:
    _three_lines(books).write()


@attack("BF005", COMPLETE)
def three_journal_numbers_where_two_pairs_meet(books: Books) -> None:
    amounts = ("50.00", "50.00", "-50.00", "-50.00")
    books.sale.but(lines=tuple(RawLine(books.cash, amount) for amount in amounts), numbers=3).write()


@attack("BF005", "ledger_entry_complete_on_post")
def a_draft_posted_with_more_journal_numbers_than_events(books: Books) -> None:
    books.sale.but(numbers=9).write_over(books.draft())


@attack(UNIQUE, "entry_sequence_unique")
def a_number_used_twice(books: Books) -> None:
    books.sale.having(sequence=books.posted.sequence).but(moves_counter=False).write()


@attack(UNIQUE, "entry_first_number_unique", "entry_last_number_unique")
def a_journal_number_used_twice(books: Books) -> None:
    posting = books.sale.having(first_journal_number=1, last_journal_number=1, prev_hash="0" * 64)
    posting.but(moves_head=False).write()


@attack(UNIQUE, "entry_last_number_unique", COMPLETE)
def journal_numbers_that_overlap(books: Books) -> None:
    _three_lines(books).but(numbers=2).write()
    books.sale.having(first_journal_number=3, last_journal_number=3).but(moves_head=False).write()


@attack("BF006", COMPLETE)
def an_entry_not_chained_to_the_last(books: Books) -> None:
    books.sale.having(prev_hash=SOME_HASH).write()


@attack("BF006", COMPLETE)
def a_first_entry_chained_to_something(books: Books) -> None:
    company = books.fresh_company()
    cash = books.account(AccountRole.CASH, company)
    RawPosting(company, (RawLine(cash, "1.00"), RawLine(cash, "-1.00"))).having(prev_hash=SOME_HASH).write()


@attack("BF006", "ledger_entry_complete_on_post")
def a_draft_posted_unchained(books: Books) -> None:
    books.sale.having(prev_hash=SOME_HASH).write_over(books.draft())


@attack(CHECK, "entry_posted_is_complete")
def an_entry_without_a_hash(books: Books) -> None:
    books.sale.having(hash="").write()


@attack(CHECK, "entry_posted_is_complete")
def a_posted_entry_without_its_time(books: Books) -> None:
    books.sale.having(posted_at=None).write()


@attack(CHECK, "entry_draft_has_no_numbers")
def a_draft_with_a_number(books: Books) -> None:
    execute("UPDATE ledger_journalentry SET sequence = 9 WHERE id = %s", books.draft())
