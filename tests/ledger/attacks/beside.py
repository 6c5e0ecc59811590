"""What stands beside records: comments, whom they name, and files."""

from typing import Any
from uuid import UUID

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from tests.factories import make_user
from tests.ledger.attacks.attack import CHECK, FOREIGN_KEY, attack
from tests.ledger.attacks.books import Books
from tests.ledger.attacks.tenancy import SAME_COMPANY
from tests.ledger.raw_journal import execute, flush_constraints, insert

STAYS, NO_TEXT = "ledger_comment_stays", "comment_deleted_has_no_text"


def write(company: Company, author: UUID | None = None, **columns: Any) -> UUID:
    """Write a comment by hand, by a new member unless told otherwise."""
    key = uuid7()
    facts = {"subject_type": "account", "subject_id": uuid7(), "author_label": "kim", "text": "Why?"}
    author = author or make_user(company).pk
    insert(
        "ledger_comment", id=key, company_id=company.id, author_id=author, created_at="2026-01-01", **facts | columns
    )
    return key


def name(company: Company, comment: UUID, user: UUID | None = None) -> UUID:
    """Name a member in a comment by hand."""
    key = uuid7()
    user = user or make_user(company).pk
    columns = {"comment_id": comment, "user_id": user, "name": "kim", "created_at": "2026-01-01"}
    insert("ledger_mention", id=key, company_id=company.id, **columns)
    return key


def attach(company: Company, owner: Company | None = None) -> None:
    """Attach a file of the owner's by hand."""
    key = uuid7()
    facts = {"mime_type": "application/pdf", "original_name": "a.pdf", "size": 1, "storage_name": "x"}
    of = {"company_id": (owner or company).id, "uploaded_by": "", "created_at": "2026-01-01", "sha256": key.hex}
    insert("files_storedfile", id=key, **of, **facts)
    beside = {"subject_type": "account", "subject_id": uuid7(), "document_id": key, "created_by": ""}
    insert("ledger_attachment", id=uuid7(), company_id=company.id, created_at="2026-01-01", **beside)


@attack("BF003", STAYS)
def a_comment_reworded(books: Books) -> None:
    execute("UPDATE ledger_comment SET text = 'No.' WHERE id = %s", write(books.company))


@attack("BF003", STAYS)
def a_comment_put_into_another_mouth(books: Books) -> None:
    other = make_user(books.company).pk
    execute("UPDATE ledger_comment SET author_id = %s WHERE id = %s", other, write(books.company))


@attack("BF003", STAYS)
def a_comment_moved_while_it_is_taken_back(books: Books) -> None:
    moved = "UPDATE ledger_comment SET text = '', deleted_at = now(), subject_id = gen_random_uuid() WHERE id = %s"
    execute(moved, write(books.company))


@attack("BF003", STAYS)
def a_comment_that_was_taken_back_said_again(books: Books) -> None:
    key = write(books.company, text="", deleted_at="2026-01-02")
    execute("UPDATE ledger_comment SET text = 'Why?', deleted_at = NULL WHERE id = %s", key)


@attack("BF003", STAYS)
def a_comment_without_a_trace(books: Books) -> None:
    execute("DELETE FROM ledger_comment WHERE id = %s", write(books.company))


@attack("BF003", "ledger_comment_no_truncate")
def comments_truncated(books: Books) -> None:
    flush_constraints()
    execute("SET LOCAL backfill.allow_truncate = 'off'")
    execute("TRUNCATE ledger_comment CASCADE")


@attack(CHECK, NO_TEXT)
def a_comment_that_says_nothing(books: Books) -> None:
    write(books.company, text="")


@attack(FOREIGN_KEY, "ledger_comment_author_is_member")
def a_comment_of_somebody_from_elsewhere(books: Books) -> None:
    write(books.company, author=make_user(books.other).pk)


@attack(FOREIGN_KEY, "ledger_mention_user_is_member")
def a_mention_of_somebody_from_elsewhere(books: Books) -> None:
    name(books.company, write(books.company), make_user(books.other).pk)


@attack(FOREIGN_KEY, SAME_COMPANY["ledger_mention", "comment_id"])
def a_mention_in_another_companys_comment(books: Books) -> None:
    name(books.company, write(books.other))


@attack("BF003", "ledger_mention_stays")
def a_mention_of_somebody_else(books: Books) -> None:
    execute("UPDATE ledger_mention SET name = 'lee' WHERE id = %s", name(books.company, write(books.company)))


@attack("BF003", "ledger_mention_stays")
def a_mention_without_a_trace(books: Books) -> None:
    execute("DELETE FROM ledger_mention WHERE id = %s", name(books.company, write(books.company)))


@attack(FOREIGN_KEY, SAME_COMPANY["ledger_attachment", "document_id"])
def a_file_of_another_company(books: Books) -> None:
    attach(books.company, books.other)
