"""What holds for every entry that anybody can describe (hypothesis)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backfill.tenancy.actors import Actor, ActorKind
from backfill.tenancy.models import Company
from ledger.accounts.balances import balances_as_of
from ledger.checks.books import check_books
from ledger.currencies.money import minor_units
from ledger.errors import LedgerInputError
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.journal.posting import post, post_many, reverse
from ledger.models import Account, AccountRole, AccountTotal, JournalEntry, JournalLine
from tests.factories import make_company
from tests.ledger.raw_journal import flush_constraints

pytestmark = pytest.mark.django_db

ACTOR = Actor(ActorKind.USER, "kim@example.com", "api")
CURRENCIES = ("USD", "EUR", "JPY", "KWD", "CLF")
SLOTS = (
    AccountRole.CASH,
    AccountRole.REVENUE,
    AccountRole.EXPENSE,
    AccountRole.ACCOUNTS_RECEIVABLE,
    AccountRole.INPUT_TAX,
    AccountRole.SELF_ASSESSED_TAX,
)
many = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
facts = st.dictionaries(
    texts, texts | st.integers() | st.booleans() | st.none() | st.lists(texts, max_size=2), max_size=2
)
posting_days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@st.composite
def balanced_lines(draw: st.DrawFn, currency: str) -> tuple[LineDraft, ...]:
    """Lines in `currency` that balance, in any order, perhaps with self-assessed taxes among them."""
    amounts = st.integers(1, 10**7).map(lambda units: Decimal(units).scaleb(-minor_units(currency)))

    def line(amount: Decimal, **more: Any) -> LineDraft:
        return LineDraft(
            account=draw(st.sampled_from(SLOTS)),
            amount=amount,
            description=draw(texts),
            dimensions=draw(facts),
            metadata=draw(facts),
            **more,
        )

    lines = [
        line(amount * draw(st.sampled_from((1, -1)))) for amount in draw(st.lists(amounts, min_size=1, max_size=6))
    ]
    rest = -sum(drafted.amount for drafted in lines)
    lines += [line(Decimal(rest))] if rest else []
    for amount in draw(st.lists(amounts, max_size=2)):
        code = draw(st.sampled_from(("A", "B")))
        lines += [
            line(amount, tax_code=code, tax_role="tax"),
            line(-amount, tax_code=code, tax_role="self_assessed"),
        ]
    if len(lines) < 2:
        lines += [line(Decimal(5)), line(Decimal(-5))]
    return tuple(draw(st.permutations(lines)))


@st.composite
def drafts(draw: st.DrawFn, company_id: UUID) -> EntryDraft:
    currency = draw(st.sampled_from(CURRENCIES))
    rate = None if currency == "USD" else draw(st.decimals("0.0001", "2000", places=6))
    return EntryDraft(
        company_id=company_id,
        entry_date=draw(posting_days),
        lines=draw(balanced_lines(currency)),
        currency=currency,
        exchange_rate=rate,
        memo=draw(texts),
        document_number=draw(texts),
        external_reference=draw(st.none() | texts),
        dimensions=draw(facts),
        metadata=draw(facts),
    )


@pytest.fixture
def company() -> Company:
    return make_company()


def posted_or_refused(call: Callable[[], object]) -> bool:
    """Return whether `call` went through. An amount may be worth nothing in base currency; nothing else may fail."""
    try:
        with transaction.atomic():
            call()
            flush_constraints()
    except LedgerInputError as refused:
        assert "smallest unit" in refused.message or "same side" in refused.message  # noqa: PT017 - either is right
        return False
    return True


def test_posts_whatever_balances(company: Company) -> None:
    @many
    @given(drafts(company.id))
    def check(draft: EntryDraft) -> None:
        posted_or_refused(lambda: post(draft, actor=ACTOR))

    check()
    assert JournalEntry.objects.filter(company=company).count() > 20
    assert sum(balance.net for balance in balances_as_of(company_id=company.id, on=None).values()) == 0
    assert totals(company) == sums_of_lines(company)
    assert check_books(company).findings == []


def test_refuses_whatever_does_not_balance(company: Company) -> None:
    @few
    @given(drafts(company.id), st.integers(0, 99), st.integers(1, 1_000))
    def check(draft: EntryDraft, which: int, units: int) -> None:
        lines = list(draft.lines)
        index = which % len(lines)
        more = Decimal(units).scaleb(-minor_units(draft.currency or "USD"))
        lines[index] = replace(lines[index], amount=lines[index].amount + more)
        with pytest.raises(LedgerInputError), transaction.atomic():
            post(replace(draft, lines=tuple(lines)), actor=ACTOR)

    check()
    assert not JournalEntry.objects.filter(company=company).exists()


def test_writes_the_same_rows_one_by_one_and_in_bulk(company: Company) -> None:
    other = make_company()

    @few
    @given(st.lists(drafts(company.id), min_size=1, max_size=4))
    def check(batch: list[EntryDraft]) -> None:
        def both() -> None:
            one_by_one = [post(draft, actor=ACTOR).id for draft in batch]
            in_bulk = post_many([replace(draft, company_id=other.id) for draft in batch], actor=ACTOR)
            assert [row_of(entry_id) for entry_id in one_by_one] == [row_of(entry_id) for entry_id in in_bulk]

        posted_or_refused(both)

    check()
    assert totals(company) == totals(other) != []
    assert check_books(other).findings == []


def test_leaves_nothing_when_everything_is_reversed(company: Company) -> None:
    @few
    @given(drafts(company.id))
    def check(draft: EntryDraft) -> None:
        posted_or_refused(lambda: reverse(post(draft, actor=ACTOR), on=draft.entry_date, reason="", actor=ACTOR))

    check()
    assert {balance.net for balance in balances_as_of(company_id=company.id, on=None).values()} == {0}
    assert check_books(company).findings == []


def test_never_fails_in_the_database(company: Company) -> None:
    """Whatever numbers a caller sends, the refusal is the ledger's own and names the field."""
    numbers = st.decimals(allow_nan=True, allow_infinity=True) | st.integers(-(10**20), 10**20).map(Decimal)

    @many
    @given(st.lists(st.tuples(numbers, st.none() | numbers), min_size=2, max_size=4), st.none() | numbers)
    def check(amounts: list[tuple[Decimal, Decimal | None]], rate: Decimal | None) -> None:
        lines = tuple(LineDraft(account=AccountRole.CASH, amount=amount, base_amount=base) for amount, base in amounts)
        draft = EntryDraft(
            company_id=company.id, entry_date=date(2026, 1, 1), lines=lines, currency="EUR", exchange_rate=rate
        )
        try:
            with transaction.atomic():
                post(draft, actor=ACTOR)
        except LedgerInputError as refused:
            assert refused.field  # noqa: PT017 - going through is right, too

    check()


OWN = {"id", "company_id", "entry_id", "prev_hash", "hash", "created_at", "updated_at", "posted_at", "content_digest"}


def row_of(entry_id: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return an entry and its lines without what two postings of the same draft cannot share."""
    slots = dict(Account.objects.values_list("id", "slot"))
    lines = list(JournalLine.objects.filter(entry_id=entry_id).order_by("line_number").values())
    for line in lines:
        line["account_id"] = slots[line["account_id"]]
    entry = JournalEntry.objects.filter(id=entry_id).values().get()
    return without_own(entry), [without_own(line) for line in lines]


def without_own(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in OWN}


def totals(company: Company) -> list[tuple[Any, ...]]:
    rows = AccountTotal.objects.filter(company=company).order_by("account__slot", "month", "currency")
    return list(
        rows.values_list("account__slot", "month", "currency", "debit", "credit", "currency_debit", "currency_credit")
    )


def sums_of_lines(company: Company) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.slot, date_trunc('month', l.entry_date)::date, e.currency,"
            " coalesce(sum(l.amount) FILTER (WHERE l.amount > 0), 0),"
            " coalesce(-sum(l.amount) FILTER (WHERE l.amount < 0), 0),"
            " coalesce(sum(l.currency_amount) FILTER (WHERE l.currency_amount > 0), 0),"
            " coalesce(-sum(l.currency_amount) FILTER (WHERE l.currency_amount < 0), 0)"
            " FROM ledger_journalline l JOIN ledger_journalentry e ON e.id = l.entry_id"
            " JOIN ledger_account a ON a.id = l.account_id WHERE l.company_id = %s"
            " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            [company.id],
        )
        return cursor.fetchall()
