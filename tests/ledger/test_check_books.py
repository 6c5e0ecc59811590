"""`manage.py check_books`: every way in which rows can be wrong is found, with the guards taken off for the crime."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backfill.tenancy.actors import Actor, system_actor
from backfill.tenancy.models import Company, Role
from ledger.checks import registry
from ledger.checks.books import Finding, check_books, latest_check
from ledger.journal.chain import chained_events
from ledger.journal.locking import approve_lock, request_lock
from ledger.journal.posting import reverse
from ledger.management.commands.check_books import Command
from ledger.models import AccountRole, BooksCheck, JournalEntry
from tests.factories import actor_of, make_company, make_entry, make_member
from tests.ledger.raw_journal import execute, flush_constraints

pytestmark = pytest.mark.django_db

GUARDED = (
    *("ledger_journalentry", "ledger_journalline", "ledger_accounttotal", "ledger_journalhead"),
    *("ledger_entrycounter", "ledger_period", "ledger_account"),
)


@pytest.fixture
def company(db: None) -> Company:
    """Books with three entries in two months, one in a foreign currency, one reversed, and January locked."""
    company = make_company(name="Proven")
    anna, ben = (actor_of(make_member(company, role=Role.ADMIN)) for _ in range(2))
    make_entry(company, on=date(2026, 1, 15))
    make_entry(company, on=date(2026, 1, 20), currency="EUR", exchange_rate=Decimal("1.1"))
    sale = make_entry(
        company, (AccountRole.CASH, "40.00"), (AccountRole.REVENUE, "-30.00"), (AccountRole.OUTPUT_TAX, "-10.00")
    )
    reverse(sale, on=date(2026, 2, 1), reason="", actor=system_actor())
    lock(company, "2026-01", anna, ben)
    make_entry(company, on=date(2026, 2, 15))
    return company


@pytest.fixture
def unguarded(company: Company) -> None:
    """Take the triggers off, as somebody who owns the tables could; the test's transaction puts them back."""
    flush_constraints()
    for table in GUARDED:
        execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def lock(company: Company, period: str, asker: Actor, approver: Actor) -> None:
    request = request_lock(company=company, name=period, actor=asker)
    approve_lock(company=company, name=period, request_id=request.pk, actor=approver)


def nth(company: Company, sequence: int) -> JournalEntry:
    return JournalEntry.objects.get(company=company, sequence=sequence)


def findings(company: Company) -> list[tuple[str, str]]:
    return [(one["invariant"], one["subject"]) for one in check_books(company).findings]


def test_finds_nothing_in_sound_books(company: Company) -> None:
    check = check_books(company)

    assert (check.is_ok, check.entry_count) == (True, 5)
    assert latest_check(company) == check


Crime = Callable[[Company], Any]

ENTRY = "UPDATE ledger_journalentry SET {} WHERE id = %s"
LINE = "UPDATE ledger_journalline SET {} WHERE entry_id = %s AND line_number = 1"


def entry_crime(change: str, sequence: int = 2) -> Crime:
    return lambda company: execute(ENTRY.format(change), nth(company, sequence).pk)


def line_crime(change: str) -> Crime:
    return lambda company: execute(LINE.format(change), nth(company, 2).pk)


def company_crime(statement: str) -> Crime:
    return lambda company: execute(statement, company.pk)


CRIMES: dict[str, tuple[Crime, str, str]] = {
    "an amount": (line_crime("amount = amount + 1"), "L1 balanced", "journal entry {2}"),
    "an amount in its own currency": (
        line_crime("currency_amount = currency_amount + 1"),
        *("L1 balanced", "journal entry {2}"),
    ),
    "a line taken away": (
        lambda company: execute("DELETE FROM ledger_journalline WHERE entry_id = %s", nth(company, 2).pk),
        *("L1 balanced", "journal entry {2}"),
    ),
    "the total": (entry_crime("total_amount = total_amount + 1"), "L1 balanced", "journal entry {2}"),
    "the date of a line": (line_crime("entry_date = '2026-01-21'"), "L3 immutable", "journal entry {2}"),
    "the number of a line": (line_crime("journal_number = 99"), "L3 immutable", "journal entry {2}"),
    "the memo": (entry_crime("memo = 'other'"), "L3 immutable", "journal entry 2026-000002 ({2})"),
    "the date": (entry_crime("period = '2026-02'"), "L3 immutable", "journal entry 2026-000002 ({2})"),
    "a description": (line_crime("description = 'other'"), "L3 immutable", "journal entry 2026-000002 ({2})"),
    "metadata": (entry_crime("metadata = '[1]'"), "L3 immutable", "journal entry 2026-000002 ({2})"),
    "who posted it": (entry_crime("created_by = 'nobody'"), "L3 immutable", "journal entry 2026-000002 ({2})"),
    "when it was posted": (
        entry_crime("posted_at = posted_at - interval '1 microsecond'"),
        *("L3 immutable", "journal entry 2026-000002 ({2})"),
    ),
    "its hash": (entry_crime("hash = repeat('a', 64)"), "L3 immutable", "journal entry 2026-000002 ({2})"),
    "the hash before it": (
        entry_crime("prev_hash = repeat('a', 64)"),
        *("L6 chained", "journal entry 2026-000002 ({2})"),
    ),
    "a reversal forgotten": (entry_crime("status = 'posted'", 3), "L3 immutable", "journal entry {3}"),
    "a reversal invented": (entry_crime("status = 'reversed'"), "L3 immutable", "journal entry {2}"),
    "a journal number left out": (
        entry_crime("first_journal_number = 99, last_journal_number = 99", 5),
        *("L5 gapless", "journal entry 2026-000005 ({5})"),
    ),
    "an entry number left out": (entry_crime("sequence = 99", 5), "L5 gapless", "journal entry 2026-000099 ({5})"),
    "the entry counter": (
        company_crime("UPDATE ledger_entrycounter SET last_sequence = 9 WHERE company_id = %s"),
        *("L5 gapless", "the entry counter of 2026"),
    ),
    "the head's number": (
        company_crime("UPDATE ledger_journalhead SET next_journal_number = 99 WHERE company_id = %s"),
        *("L6 chained", "the journal head"),
    ),
    "the head's hash": (
        company_crime("UPDATE ledger_journalhead SET last_hash = repeat('a', 64) WHERE company_id = %s"),
        *("L6 chained", "the journal head"),
    ),
    "a total": (
        company_crime("UPDATE ledger_accounttotal SET debit = debit + 1 WHERE company_id = %s AND debit > 0"),
        *("L7 totals agree", "account "),
    ),
    "a total too many": (
        company_crime("UPDATE ledger_accounttotal SET month = '2030-01-01' WHERE company_id = %s AND currency = 'EUR'"),
        *("L7 totals agree", "account "),
    ),
    "the count of a period": (
        company_crime("UPDATE ledger_period SET booking_count = 9 WHERE company_id = %s AND name = '2026-02'"),
        *("L4 closed is closed", "period 2026-02"),
    ),
    "a period unlocked and locked again": (
        company_crime("UPDATE ledger_period SET locked_at = '2020-01-01' WHERE company_id = %s AND status = 'locked'"),
        *("L4 closed is closed", "journal entry 2026-000001"),
    ),
    "a closing hash": (
        company_crime(
            "UPDATE ledger_period SET closing_hash = repeat('a', 64) WHERE company_id = %s AND status = 'locked'"
        ),
        *("L6 chained", "period 2026-01"),
    ),
}


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("crime", CRIMES)
def test_finds_a_changed_row(company: Company, crime: str) -> None:
    commit, invariant, subject = CRIMES[crime]
    ids = {str(entry.sequence): str(entry.pk) for entry in JournalEntry.objects.filter(company=company)}
    for sequence, entry_id in ids.items():
        subject = subject.replace(f"{{{sequence}}}", entry_id)

    assert commit(company)

    assert any(found == invariant and named.startswith(subject) for found, named in findings(company))


@pytest.mark.usefixtures("unguarded")
def test_names_the_first_offender_only(company: Company) -> None:
    for sequence in (4, 2, 5):
        entry_crime("memo = 'other'", sequence)(company)

    assert findings(company)[0] == ("L3 immutable", f"journal entry 2026-000002 ({nth(company, 2).pk})")
    assert len([one for one in findings(company) if one[0] == "L3 immutable"]) == 1


@pytest.mark.usefixtures("unguarded")
def test_notices_an_entry_rewritten_together_with_its_hash(company: Company) -> None:
    """Whoever recomputes the hash of one entry breaks the chain at the next one."""
    entry = nth(company, 2)
    entry.memo = "other"
    forged = chained_events(entry, list(entry.lines.order_by("line_number")))[-1].audit_hash
    execute(ENTRY.format("memo = 'other', hash = %s"), forged, entry.pk)

    assert ("L6 chained", f"journal entry 2026-000003 ({nth(company, 3).pk})") in findings(company)
    assert ("L6 chained", "period 2026-01") in findings(company)


class TestSinceTheLastClosingHash:
    """January and February are locked, in order; March is open, and was posted into before February was locked."""

    @pytest.fixture
    def closed(self, company: Company) -> Company:
        people = [actor_of(make_member(company, role=Role.ADMIN)) for _ in range(2)]
        make_entry(company, on=date(2026, 3, 1))
        make_entry(company, on=date(2026, 2, 20))
        lock(company, "2026-02", people[0], people[1])
        make_entry(company, on=date(2026, 3, 2))
        flush_constraints()
        for table in GUARDED:
            execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return company

    def subjects(self, company: Company, *, full: bool) -> list[str]:
        return [one["subject"] for one in check_books(company, full=full).findings]

    def test_reads_what_it_does_not_vouch_for(self, closed: Company) -> None:
        found = [(check.is_ok, check.entry_count) for check in (check_books(closed), check_books(closed, full=True))]
        assert found == [(True, 5), (True, 8)]  # numbers 1 to 3 are January's

    @pytest.mark.parametrize("sequence", [5, 6, 8])
    def test_finds_what_was_changed_since(self, closed: Company, sequence: int) -> None:
        entry = nth(closed, sequence)
        execute("UPDATE ledger_journalentry SET memo = 'changed' WHERE id = %s", entry.pk)
        assert f"journal entry {entry.entry_number} ({entry.pk})" in self.subjects(closed, full=False)

    @pytest.mark.parametrize(
        "crime",
        [
            "UPDATE ledger_journalentry SET memo = 'changed' WHERE sequence = 2",
            (
                "UPDATE ledger_journalline SET description = 'changed' WHERE entry_id ="
                " (SELECT id FROM ledger_journalentry WHERE sequence = 1)"
            ),
            "UPDATE ledger_accounttotal SET debit = debit + 1 WHERE month = '2026-01-01'",
        ],
    )
    def test_finds_what_was_changed_before_when_told_to(self, closed: Company, crime: str) -> None:
        execute(crime)
        assert self.subjects(closed, full=False) == []
        assert self.subjects(closed, full=True) != []

    @pytest.mark.parametrize(
        "crime",
        [
            "UPDATE ledger_period SET closing_hash = repeat('a', 64) WHERE name = '2026-02'",
            "UPDATE ledger_period SET closing_hash = repeat('a', 64) WHERE name = '2026-01'",
            "UPDATE ledger_journalentry SET hash = repeat('a', 64) WHERE sequence = 3",
            "UPDATE ledger_journalentry SET period = '2026-01' WHERE sequence = 8",
        ],
    )
    def test_checks_the_hashes_that_it_trusts(self, closed: Company, crime: str) -> None:
        execute(crime)
        assert self.subjects(closed, full=False) != []

    def test_is_told_by_the_command(self, closed: Company) -> None:
        for arguments, entries in (([], 5), (["--full"], 8)):
            out = StringIO()
            call_command("check_books", *arguments, stdout=out)
            assert out.getvalue() == f"{closed.name}: {entries} entries, right\n"


def test_asks_the_sub_ledgers(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def proof(company: Company) -> Iterator[Finding]:
        yield Finding("L8 sub-ledgers tie", "accounts receivable", f"is off in {company.name}")

    monkeypatch.setattr(registry, "subledger_proofs", [proof])

    assert findings(company) == [("L8 sub-ledgers tie", "accounts receivable")]


class TestCommand:
    def test_says_that_the_books_are_right(self, company: Company) -> None:
        make_company(name="Empty")
        out = StringIO()

        call_command("check_books", stdout=out)

        assert out.getvalue() == "Empty: 0 entries, right\nProven: 5 entries, right\n"
        assert BooksCheck.objects.count() == 2

    @pytest.mark.parametrize("named_by", ["name", "id"])
    def test_takes_one_company(self, company: Company, named_by: str) -> None:
        make_company(name="Empty")

        call_command("check_books", company=str(getattr(company, named_by)), stdout=StringIO())

        assert BooksCheck.objects.get().company == company

    def test_refuses_a_company_it_does_not_know(self, db: None) -> None:
        with pytest.raises(CommandError, match="Nobody"):
            call_command("check_books", company="Nobody")

    @pytest.mark.usefixtures("unguarded")
    def test_fails_and_names_the_first_offender(self, company: Company) -> None:
        entry_crime("memo = 'other'")(company)
        out, err = StringIO(), StringIO()

        with pytest.raises(CommandError) as caught:
            call_command("check_books", stdout=out, stderr=err)

        assert caught.value.returncode == 1
        assert "Proven: 2 entries, OFF" in out.getvalue()
        assert f"  L3 immutable: journal entry 2026-000002 ({nth(company, 2).pk}): its content" in err.getvalue()

    @pytest.mark.django_db(transaction=True)
    def test_exits_with_status_1_and_keeps_the_outcome(self, company: Company, capsys: Any) -> None:
        execute("ALTER TABLE ledger_journalentry DISABLE TRIGGER USER")
        try:
            entry_crime("memo = 'other'")(company)
        finally:
            execute("ALTER TABLE ledger_journalentry ENABLE TRIGGER USER")

        with pytest.raises(SystemExit) as caught:
            Command().run_from_argv(["manage.py", "check_books"])

        assert caught.value.code == 1
        assert "the books are off" in capsys.readouterr().err
        check = latest_check(company)
        assert check is not None
        assert not check.is_ok


def test_command_refuses_to_prove_nothing() -> None:
    """Where it sees no company it was asked of the wrong database, or by a role that sees no rows."""
    with pytest.raises(CommandError, match="there is no company in this database, so nothing was proven"):
        call_command("check_books", stdout=StringIO())
