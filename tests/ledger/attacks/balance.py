"""L1 and L2: unbalanced entries, incomplete ones, and amounts that are none."""

from backfill.ids import uuid7
from ledger.models import AccountRole
from tests.ledger.attacks.attack import CHECK, UNIQUE, attack
from tests.ledger.attacks.books import Books
from tests.ledger.raw_journal import RawLine, execute, insert_line, posted_row

COMPLETE, COMPLETED_DRAFT = "ledger_entry_complete_on_insert", "ledger_entry_complete_on_post"
LINES = "ledger_line_insert"


@attack("BF001", COMPLETE)
def an_unbalanced_entry(books: Books) -> None:
    books.sale.with_line(2, amount="-90.00").write()


@attack("BF001", COMPLETE)
def an_entry_unbalanced_in_its_own_currency(books: Books) -> None:
    books.foreign_sale.with_line(2, currency_amount="-99.00").write()


@attack("BF001", COMPLETE)
def an_entry_unbalanced_in_base_currency(books: Books) -> None:
    books.foreign_sale.with_line(2, amount="-109.00").write()


@attack("BF001", COMPLETE)
def an_entry_without_lines(books: Books) -> None:
    posting = books.sale
    posting.but(lines=()).having(line_count=2, total_amount=0).write()


@attack("BF001", COMPLETE)
def an_entry_with_a_line_less_than_it_states(books: Books) -> None:
    books.sale.having(line_count=3).write()


@attack("BF001", COMPLETE)
def an_entry_that_states_another_total(books: Books) -> None:
    books.sale.having(total_amount="99.00").write()


@attack("BF001", COMPLETE)
def an_amount_that_is_not_a_number(books: Books) -> None:
    posting = books.sale.with_line(1, amount="NaN").with_line(2, amount="-1.00")
    posting.having(total_amount="NaN").write()


@attack("BF001", COMPLETED_DRAFT)
def a_draft_posted_without_lines(books: Books) -> None:
    books.sale.but(lines=()).having(line_count=2, total_amount=0).write_over(books.draft())


@attack("BF001", COMPLETED_DRAFT)
def a_draft_posted_unbalanced(books: Books) -> None:
    books.sale.with_line(2, amount="-90.00").write_over(books.draft())


@attack(CHECK, "entry_posted_is_complete", COMPLETE)
def an_entry_of_one_line(books: Books) -> None:
    books.sale.but(lines=(RawLine(books.cash, "100.00"),)).write()


@attack("BF002", LINES, COMPLETE)
def a_line_more_than_the_entry_states(books: Books) -> None:
    posting = books.sale
    extra = (RawLine(books.cash, "5.00"), RawLine(books.revenue, "-5.00"))
    posting.but(lines=(*posting.lines, *extra)).having(line_count=2).write()


@attack("BF002", LINES)
def a_third_line_on_an_old_entry(books: Books) -> None:
    insert_line(posted_row(books.posted.id), 3, RawLine(books.cash, "5.00"))


@attack("BF002", LINES)
def a_balanced_pair_on_an_old_entry(books: Books) -> None:
    row = posted_row(books.posted.id)
    insert_line(row, 3, RawLine(books.cash, "5.00"))
    insert_line(row, 4, RawLine(books.revenue, "-5.00"))


@attack("BF002", LINES)
def a_balanced_pair_on_an_old_entry_in_one_statement(books: Books) -> None:
    execute(
        "INSERT INTO ledger_journalline SELECT * FROM jsonb_populate_recordset(NULL::ledger_journalline, ("
        "SELECT jsonb_agg(to_jsonb(l) || jsonb_build_object('line_number', line_number + 2))"
        " FROM ledger_journalline l WHERE entry_id = %s))",
        books.posted.id,
    )


@attack("BF002", LINES)
def a_line_numbered_zero(books: Books) -> None:
    insert_line(posted_row(books.posted.id), 0, RawLine(books.cash, "5.00"))


@attack(UNIQUE, "ledger_journalline_pkey")
def a_line_in_the_place_of_another(books: Books) -> None:
    insert_line(posted_row(books.posted.id), 2, RawLine(books.cash, "5.00"))


@attack("BF002", LINES)
def a_line_on_a_draft(books: Books) -> None:
    draft = books.draft()
    row = posted_row(draft) | {"first_journal_number": 1}
    insert_line(row, 1, RawLine(books.cash, "5.00"))


@attack("BF002", LINES, "ledger_journalline_entry_id_company")
def a_line_on_no_entry(books: Books) -> None:
    row = posted_row(books.posted.id) | {"id": uuid7()}
    insert_line(row, 1, RawLine(books.cash, "5.00"))


@attack("BF002", LINES)
def a_line_dated_elsewhere_than_its_entry(books: Books) -> None:
    books.sale.with_line(1, columns={"entry_date": "2025-12-31"}).write()


@attack("BF002", LINES)
def a_line_numbered_elsewhere_than_its_entry(books: Books) -> None:
    books.sale.with_line(1, columns={"journal_number": 77}).write()


@attack(CHECK, "line_one_sided")
def a_line_of_zero(books: Books) -> None:
    posting = books.sale
    posting.but(lines=(*posting.lines, RawLine(books.cash, "0.00"))).write()


@attack(CHECK, "line_one_sided")
def a_line_of_zero_in_either_currency(books: Books) -> None:
    posting = books.foreign_sale
    posting.but(lines=(*posting.lines, RawLine(books.cash, "0.00", "0.00"))).write()


@attack("BF002", LINES)
def a_line_worth_nothing_in_base_currency(books: Books) -> None:
    posting = books.sale.with_line(1, currency_amount="100.00").with_line(2, currency_amount="-100.00")
    posting.with_line(1, amount="0.00").with_line(2, amount="0.00").having(total_amount=0).write()


@attack("BF005", COMPLETE)
def a_journal_number_for_a_line_worth_nothing(books: Books) -> None:
    posting = books.foreign_sale.with_line(1, currency_amount="100.00").with_line(2, currency_amount="-99.99")
    posting.but(lines=(*posting.lines, RawLine(books.cash, "0.00", "-0.01")), numbers=2).write()


@attack(CHECK, "line_sides_agree")
def a_line_on_both_sides(books: Books) -> None:
    posting = books.foreign_sale.with_line(1, currency_amount="-100.00").with_line(2, currency_amount="100.00")
    posting.write()


@attack("BF002", LINES)
def an_amount_finer_than_a_cent(books: Books) -> None:
    books.sale.with_line(1, amount="100.001").with_line(2, amount="-100.001").write()


@attack("BF002", LINES)
def a_currency_amount_finer_than_its_currency(books: Books) -> None:
    posting = books.foreign_sale.having(currency="JPY", exchange_rate="0.0066")
    posting.with_line(1, currency_amount="16666.50").with_line(2, currency_amount="-16666.50").write()


@attack("BF002", LINES)
def a_base_amount_finer_than_a_cent(books: Books) -> None:
    books.foreign_sale.with_line(1, amount="110.005").with_line(2, amount="-110.005").write()


@attack("BF002", LINES)
def two_amounts_in_one_currency(books: Books) -> None:
    books.sale.with_line(1, currency_amount="90.00").with_line(2, currency_amount="-90.00").write()


@attack("BF002", LINES)
def a_foreign_entry_without_the_date_of_its_rate(books: Books) -> None:
    books.foreign_sale.having(rate_date=None).write()


@attack("BF002", LINES)
def a_rate_other_than_one_in_base_currency(books: Books) -> None:
    books.sale.having(exchange_rate="1.1").write()


@attack("BF002", LINES)
def a_rate_of_zero(books: Books) -> None:
    books.foreign_sale.having(exchange_rate="0").write()


@attack("BF002", LINES)
def a_rate_that_is_not_a_number(books: Books) -> None:
    books.foreign_sale.having(exchange_rate="NaN").write()


@attack("BF007", "ledger_totals_guard")
def a_total_written_by_hand(books: Books) -> None:
    execute(
        "INSERT INTO ledger_accounttotal (company_id, account_id, month, currency, debit, credit, currency_debit,"
        " currency_credit) VALUES (%s, %s, '2026-01-01', 'USD', 5, 0, 5, 0)",
        books.company.id,
        books.account(AccountRole.SUSPENSE),
    )


@attack("BF007", "ledger_totals_guard")
def a_total_changed(books: Books) -> None:
    execute("UPDATE ledger_accounttotal SET debit = debit + 1 WHERE company_id = %s", books.company.id)


@attack("BF007", "ledger_totals_guard")
def a_total_deleted(books: Books) -> None:
    execute("DELETE FROM ledger_accounttotal WHERE company_id = %s", books.company.id)


@attack("BF007", "ledger_totals_guard")
def a_total_merged(books: Books) -> None:
    execute(
        "MERGE INTO ledger_accounttotal t USING (SELECT %s::uuid AS id) c ON t.company_id = c.id "
        "WHEN MATCHED THEN UPDATE SET credit = 0",
        books.company.id,
    )


@attack("BF008", "open_items_of_lines")
def a_posting_on_a_control_account_without_an_open_item(books: Books) -> None:
    books.sale.with_line(1, account_id=books.account(AccountRole.ACCOUNTS_RECEIVABLE)).write()
