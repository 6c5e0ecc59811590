"""The hash chain (L6): what it covers, that it can be recomputed from the rows, and that it notices any change."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfill.ids import uuid7
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.checks.books import check_books
from ledger.journal.chain import canonical, chained_events, closing_hash, content_hash, entries_with_lines
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post, post_many
from ledger.models import AccountRole, JournalEntry, JournalLine, Period
from tests.factories import entry_draft, make_company, make_entry
from tests.ledger.raw_journal import execute, flush_constraints

GOLDEN = "2820774baf78c42bfddde195c86d8002c8c5ffb46a617d5dd463ce39e20d6da8"
ENTRY, ACCOUNTS = UUID(int=1), (UUID(int=2), UUID(int=3))
AT = datetime(2026, 2, 1, 12, 30, 15, 123456, tzinfo=UTC)

# Facts that the hash leaves out, and why that is safe.
NOT_IN_THE_HASH = {
    "status": "may change, by one path only",
    "approval_status": "approved for every posted entry",
    "created_at": "of the draft, before it was posted",
    "updated_at": "of the draft, before it was posted",
    "draft_lines": "null once posted",
    "line_count": "counted from the lines",
    "total_amount": "summed from the lines",
    "content_digest": "computed from date and lines",
    "last_journal_number": "counted from the events",
    "hash": "is the hash",
    "amended_memo": "what the source says since it was posted",
    "amended_metadata": "what the source says since it was posted",
}
OF_ITS_ENTRY = {"id", "company", "entry", "entry_date", "journal_number"}


def an_entry(**changes: Any) -> JournalEntry:
    facts: dict[str, Any] = {
        "id": ENTRY,
        "company_id": UUID(int=9),
        "status": "posted",
        "entry_date": date(2026, 1, 15),
        "period": "2026-01",
        "fiscal_year": 2026,
        "sequence": 1,
        "first_journal_number": 1,
        "last_journal_number": 1,
        "memo": "Rent",
        "currency": "EUR",
        "prev_hash": "0" * 64,
        "posted_at": AT,
        "created_by": "kim",
        "provenance": {"kind": "user"},
    }
    return JournalEntry(**facts | changes)


def its_lines(**changes: Any) -> list[JournalLine]:
    pairs = zip((1, 2), ACCOUNTS, ("10.00", "-10.00"), strict=True)
    return [
        JournalLine(
            line_number=number,
            account_id=account,
            amount=Decimal(amount),
            currency_amount=Decimal(amount),
            **(changes if number == 1 else {}),
        )
        for number, account, amount in pairs
    ]


def hash_of(entry: JournalEntry, lines: list[JournalLine] | None = None) -> str:
    return chained_events(entry, lines or its_lines())[-1].audit_hash


OTHER: dict[type, Any] = {
    str: "other",
    int: 7,
    bool: True,
    dict: {"a": 1},
    Decimal: Decimal("1.5"),
    date: date(2026, 1, 14),
    datetime: AT + timedelta(microseconds=1),
    UUID: UUID(int=77),
}
KINDS: dict[str, type] = {
    "CharField": str,
    "DateField": date,
    "DateTimeField": datetime,
    "DecimalField": Decimal,
    "JSONField": dict,
    "BooleanField": bool,
    "UUIDField": UUID,
    "ForeignKey": UUID,
}


def covered(model: type[JournalEntry | JournalLine], left_out: set[str]) -> list[tuple[str, Any]]:
    """Return every column that the hash must cover with another value for it."""
    fields = [field for field in model._meta.concrete_fields if field.name not in left_out]
    return [(field.attname, OTHER[KINDS.get(type(field).__name__, int)]) for field in fields]


@pytest.mark.parametrize(("column", "other"), covered(JournalEntry, set(NOT_IN_THE_HASH)))
def test_notices_a_change_of_any_fact_of_the_entry(column: str, other: Any) -> None:
    assert hash_of(an_entry(**{column: other})) != hash_of(an_entry())


@pytest.mark.parametrize(("column", "other"), covered(JournalLine, OF_ITS_ENTRY - {"account"}))
def test_notices_a_change_of_any_fact_of_a_line(column: str, other: Any) -> None:
    lines = its_lines()
    setattr(lines[0], column, other)
    assert content_hash(an_entry(), lines) != content_hash(an_entry(), its_lines())


def test_leaves_out_only_what_may_change_or_follows_from_the_rest() -> None:
    names = {field.name for field in JournalEntry._meta.concrete_fields}
    assert set(NOT_IN_THE_HASH) <= names
    for name in NOT_IN_THE_HASH:
        if name in {"hash", "last_journal_number"}:
            continue
        assert hash_of(an_entry(**{name: getattr(an_entry(), name)})) == hash_of(an_entry()), name


def test_notices_lines_that_changed_places_or_went_missing() -> None:
    lines = its_lines()
    assert content_hash(an_entry(), lines[::-1]) != content_hash(an_entry(), lines)
    assert content_hash(an_entry(), lines[:1]) != content_hash(an_entry(), lines)


def test_does_not_change_with_the_program() -> None:
    """Books that were hashed years ago must still prove right; whoever changes these has to migrate every chain."""
    entry = an_entry(metadata={"b": [1, 2.50, None, True, "x"], "a": {"ü": -3}}, exchange_rate=Decimal("1.25"))
    assert hash_of(entry, its_lines(metadata={"k": 1})) == GOLDEN


def test_binds_every_event_to_the_one_before() -> None:
    lines = [
        JournalLine(line_number=n, account_id=uuid7(), amount=Decimal(a), currency_amount=Decimal(a))
        for n, a in ((1, "30"), (2, "-10"), (3, "-20"))
    ]
    first, second = chained_events(an_entry(), lines)
    assert (first.prev_hash, second.prev_hash) == ("0" * 64, first.audit_hash)
    assert (first.journal_number, second.journal_number) == (1, 2)
    assert (first.amount, second.amount) == (10, 20)
    assert first.content_hash == second.content_hash
    assert first.id != second.id
    assert [event.id for event in chained_events(an_entry(), lines)] == [first.id, second.id]


def test_hashes_nothing_that_is_not_posted() -> None:
    with pytest.raises(ValueError, match="posted"):
        hash_of(an_entry(posted_at=None))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (100, 1e2),
        (0, -0.0),
        (0.5, Decimal("0.50")),
        (Decimal("1E+2"), 100),
        (12345678901234567890123456789012345, Decimal("12345678901234567890123456789012345.0")),
    ],
)
def test_writes_equal_numbers_alike(one: Any, other: Any) -> None:
    assert orjson.dumps(canonical(one)) == orjson.dumps(canonical(other))


@pytest.mark.parametrize(
    ("one", "other"), [(1, "1"), (1.5, "1.5"), (1, True), (0, None), ("", None), ([], {}), (0, False)]
)
def test_tells_different_facts_apart(one: Any, other: Any) -> None:
    assert orjson.dumps(canonical(one)) != orjson.dumps(canonical(other))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.django_db
class TestOnTheDatabase:
    @pytest.fixture
    def company(self) -> Company:
        return make_company()

    def test_is_recomputed_from_the_rows(self, company: Company) -> None:
        lines = (
            LineDraft.debit(
                AccountRole.CASH, Decimal(1), metadata={"n": [1.0, 2.50, -0.0, 10**30]}, dimensions={"ü": "ß"}
            ),
            LineDraft.credit(AccountRole.REVENUE, Decimal(1)),
        )
        draft = EntryDraft(company_id=company.id, entry_date=date(2026, 1, 5), lines=lines, metadata={"e": 1e-7})
        for entry_id in (post(draft, actor=system_actor()).id, *post_many([draft], actor=system_actor())):
            [(entry, stored)] = entries_with_lines(JournalEntry.objects.filter(id=entry_id))
            assert chained_events(entry, stored)[-1].audit_hash == entry.hash

    def test_survives_the_way_through_the_database_whatever_the_metadata(self, company: Company) -> None:
        @given(json_values)
        def check(facts: Any) -> None:
            entry = make_entry(company, metadata={"facts": facts})
            [(stored, lines)] = entries_with_lines(JournalEntry.objects.filter(id=entry.id))
            assert chained_events(stored, lines)[-1].audit_hash == entry.hash

        check()

    @pytest.mark.parametrize(
        ("trigger", "statement", "invariant"),
        [
            ("ledger_entry_immutable", "UPDATE ledger_journalentry SET memo = 'x' WHERE sequence = 2", "L3 immutable"),
            (
                "ledger_entry_immutable",
                "UPDATE ledger_journalentry SET entry_date = '2026-01-16' WHERE sequence = 2",
                "L3 immutable",
            ),
            (
                "ledger_entry_immutable",
                "UPDATE ledger_journalentry SET hash = repeat('a', 64) WHERE sequence = 2",
                "L3 immutable",
            ),
            (
                "ledger_entry_immutable",
                "UPDATE ledger_journalentry SET prev_hash = repeat('a', 64) WHERE sequence = 3",
                "L6 chained",
            ),
            (
                "ledger_line_immutable",
                "UPDATE ledger_journalline SET description = 'x' WHERE journal_number = 2 AND line_number = 1",
                "L3 immutable",
            ),
            (
                "ledger_line_immutable",
                "UPDATE ledger_journalline SET amount = 2 * amount, currency_amount = 2 * amount WHERE line_number = 1",
                "L3 immutable",
            ),
            (
                "ledger_entry_immutable",
                "UPDATE ledger_journalentry SET sequence = 9 WHERE sequence = 3",
                "L5 gapless",
            ),
            (
                "ledger_totals_guard",
                "UPDATE ledger_accounttotal SET debit = debit + 1, credit = credit + 1",
                "L7 totals agree",
            ),
            (
                "ledger_totals_guard",
                "UPDATE ledger_accounttotal SET currency_debit = 0",
                "L7 totals agree",
            ),
            ("ledger_totals_guard", "DELETE FROM ledger_accounttotal", "L7 totals agree"),
            ("ledger_period_final", "UPDATE ledger_period SET booking_count = 2", "L4 closed is closed"),
        ],
    )
    def test_gives_away_whoever_switched_a_guard_off(
        self, company: Company, trigger: str, statement: str, invariant: str
    ) -> None:
        for _ in range(3):
            make_entry(company)
        flush_constraints()
        assert check_books(company).findings == []
        table = statement.removeprefix("DELETE FROM ").removeprefix("UPDATE ").split()[0]
        execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        execute(statement + (" AND" if "WHERE" in statement else " WHERE") + " company_id = %s", company.id)
        assert invariant in {finding["invariant"] for finding in check_books(company).findings}

    def test_gives_away_whoever_took_the_last_entries(self, company: Company) -> None:
        for _ in range(3):
            make_entry(company)
        flush_constraints()
        for table, trigger in (
            ("ledger_journalline", "ledger_line_immutable"),
            ("ledger_journalentry", "ledger_entry_immutable"),
        ):
            execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        execute("DELETE FROM ledger_journalline WHERE company_id = %s AND journal_number = 3", company.id)
        execute("DELETE FROM ledger_journalentry WHERE company_id = %s AND sequence = 3", company.id)
        assert "L6 chained" in {finding["invariant"] for finding in check_books(company).findings}

    def test_closes_a_period_with_a_hash_anybody_can_recompute(self, company: Company) -> None:
        entries = [make_entry(company, on=date(2026, 1, day)) for day in (3, 1, 2)]
        make_entry(company, on=date(2026, 2, 1))
        period = Period.objects.get(company=company, name="2026-01")
        expected = hashlib.sha256("\n".join(["2026-01", "f" * 64, *(entry.hash for entry in entries)]).encode())
        assert closing_hash(period, previous="f" * 64) == expected.hexdigest()

    def test_closes_over_every_event_of_an_entry(self, company: Company) -> None:
        make_entry(
            company, (AccountRole.CASH, "3.00"), (AccountRole.REVENUE, "-1.00"), (AccountRole.OUTPUT_TAX, "-2.00")
        )
        period = Period.objects.get(company=company)
        [(entry, lines)] = entries_with_lines(JournalEntry.objects.filter(company=company))
        hashes = [event.audit_hash for event in chained_events(entry, lines)]
        assert len(hashes) == 2
        expected = hashlib.sha256("\n".join(["2026-01", "", *hashes]).encode()).hexdigest()
        assert closing_hash(period, previous="") == expected

    def test_streams_long_journals_in_order(self, company: Company) -> None:
        ids = post_many((entry_draft(company) for _ in range(1_001)), actor=system_actor())
        entries = JournalEntry.objects.filter(company=company).order_by("first_journal_number")
        read = [(entry.id, [line.line_number for line in lines]) for entry, lines in entries_with_lines(entries)]
        assert read == [(entry_id, [1, 2]) for entry_id in ids]
