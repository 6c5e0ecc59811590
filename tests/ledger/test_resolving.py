"""`ledger.journal.resolving.resolve`: what is wrong with an entry is said before anything is locked or written."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.errors import (
    AccountInactive,
    AccountRoleUnassigned,
    ExchangeRateMissing,
    InvalidLine,
    InvalidPeriod,
    LedgerInputError,
    UnbalancedEntry,
    UnknownAccount,
    UnknownCurrency,
)
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.journal.resolving import MAX_LINES, AccountBook, ResolvedEntry, resolve
from ledger.models import Account, AccountRole, ExchangeRate
from tests.factories import entry_draft, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def resolved(draft: EntryDraft) -> ResolvedEntry:
    book = AccountBook(draft.company_id)
    book.load((draft,))
    return resolve(draft, book)


def refusal(draft: EntryDraft) -> LedgerInputError:
    with pytest.raises(LedgerInputError) as refused:
        resolved(draft)
    return refused.value


def foreign(company: Company, *lines: tuple[str, str | None], **fields: Any) -> EntryDraft:
    """An entry in euros at 1.1 USD unless told otherwise, from (amount, base amount)."""
    drafts = tuple(
        LineDraft(account=AccountRole.CASH, amount=Decimal(amount), base_amount=None if base is None else Decimal(base))
        for amount, base in lines
    )
    given = {"currency": "EUR", "exchange_rate": Decimal("1.1")} | fields
    return EntryDraft(company_id=company.id, entry_date=date(2026, 1, 15), lines=drafts, **given)


class TestShape:
    @pytest.mark.parametrize("lines", [(), ((AccountRole.CASH, "1.00"),)])
    def test_needs_two_lines(self, company: Company, lines: tuple[tuple[AccountRole, str], ...]) -> None:
        draft = replace(entry_draft(company), lines=tuple(LineDraft(account=a, amount=Decimal(b)) for a, b in lines))
        error = refusal(draft)
        assert (type(error), error.field) == (InvalidLine, "lines")

    def test_refuses_more_lines_than_anybody_can_read(self, company: Company) -> None:
        line = LineDraft(account=AccountRole.CASH, amount=Decimal(1))
        error = refusal(replace(entry_draft(company), lines=(line,) * (MAX_LINES + 1)))
        assert "10,001" in error.message
        assert error.field == "lines"

    @pytest.mark.parametrize("day", [date(1899, 12, 31), date(2200, 1, 1), date.min, date.max])
    def test_refuses_dates_out_of_all_proportion(self, company: Company, day: date) -> None:
        assert refusal(entry_draft(company, on=day)).field == "entry_date"

    def test_refuses_an_adjustment_period_in_midyear(self, company: Company) -> None:
        error = refusal(entry_draft(company, adjustment_period=13))
        assert (type(error), error.field) == (InvalidPeriod, "adjustment_period")


class TestAmounts:
    def test_must_balance(self, company: Company) -> None:
        error = refusal(entry_draft(company, (AccountRole.CASH, "100.00"), (AccountRole.REVENUE, "-99.99")))
        assert (type(error), error.field) == (UnbalancedEntry, "lines")
        assert error.details == {"total_debit": "100.00", "total_credit": "99.99"}
        assert "off by 0.01" in error.message

    @pytest.mark.parametrize("amount", ["0", "0.00", "-0.00"])
    def test_must_not_be_zero(self, company: Company, amount: str) -> None:
        error = refusal(entry_draft(company, (AccountRole.CASH, amount), (AccountRole.REVENUE, "0.00")))
        assert (type(error), error.field) == (InvalidLine, "lines[0].amount")

    @pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity", "1e15", "-1e15", "1e400"])
    def test_must_be_sane_numbers(self, company: Company, amount: str) -> None:
        error = refusal(entry_draft(company, (AccountRole.CASH, amount), (AccountRole.REVENUE, "-1.00")))
        assert (type(error), error.field) == (InvalidLine, "lines[0].amount")

    @pytest.mark.parametrize(
        ("currency", "amount"), [("USD", "1.001"), ("JPY", "1.5"), ("KWD", "1.0001"), ("USD", "1e-30")]
    )
    def test_must_not_be_finer_than_the_currency(self, company: Company, currency: str, amount: str) -> None:
        draft = entry_draft(company, (AccountRole.CASH, amount), (AccountRole.REVENUE, f"-{amount}"))
        error = refusal(replace(draft, currency=currency, exchange_rate=Decimal(1)))
        assert (type(error), error.field) == (InvalidLine, "lines[0].amount")

    @pytest.mark.parametrize(("currency", "amount"), [("USD", "1.500"), ("JPY", "100.0"), ("KWD", "1.234")])
    def test_may_have_trailing_zeros(self, currency: str, amount: str) -> None:
        company = make_company(currency=currency)
        entry = resolved(entry_draft(company, (AccountRole.CASH, amount), (AccountRole.REVENUE, f"-{amount}")))
        assert entry.total_amount == Decimal(amount)

    def test_must_not_add_up_beyond_what_can_be_stored(self, company: Company) -> None:
        lines = ((AccountRole.CASH, "900000000000000.00"), (AccountRole.REVENUE, "-900000000000000.00"))
        assert refusal(entry_draft(company, *lines * 12)).field == "lines"
        assert resolved(entry_draft(company, *lines * 11)).total_amount == Decimal("9.9e15")

    def test_names_the_line_as_the_caller_did(self, company: Company) -> None:
        lines = (
            LineDraft(account=AccountRole.CASH, amount=Decimal("1.001"), input_path="line 17"),
            LineDraft(account=AccountRole.REVENUE, amount=Decimal("-1.001")),
        )
        error = refusal(EntryDraft(company_id=company.id, entry_date=date(2026, 1, 15), lines=lines))
        assert error.field == "line 17.amount"


class TestAccounts:
    @pytest.mark.parametrize(
        ("reference", "field"), [(uuid7(), "lines[1].account_id"), (AccountCode("none"), "lines[1].account_code")]
    )
    def test_must_exist(self, company: Company, reference: Any, field: str) -> None:
        error = refusal(entry_draft(company, (AccountRole.CASH, "1.00"), (reference, "-1.00")))
        assert (type(error), error.field) == (UnknownAccount, field)

    def test_must_be_of_the_company(self, company: Company) -> None:
        other = make_company()
        theirs = Account.objects.get(company=other, slot=AccountRole.CASH)
        Account.objects.filter(id=theirs.id).update(code="only-here")
        for reference in (theirs.id, AccountCode("only-here")):
            assert (
                type(refusal(entry_draft(company, (AccountRole.CASH, "1.00"), (reference, "-1.00")))) is UnknownAccount
            )

    def test_must_be_active(self, company: Company) -> None:
        code = Account.objects.get(company=company, slot=AccountRole.SUSPENSE).code or ""
        Account.objects.filter(company=company, slot=AccountRole.SUSPENSE).update(is_active=False)
        error = refusal(entry_draft(company, (AccountRole.CASH, "1.00"), (AccountCode(code), "-1.00")))
        assert (type(error), error.field) == (AccountInactive, "lines[1].account_code")
        assert code in error.message

    def test_must_play_the_role_asked_for(self, company: Company) -> None:
        Account.objects.filter(company=company, slot=AccountRole.SUSPENSE).update(is_active=False)
        error = refusal(entry_draft(company, (AccountRole.CASH, "1.00"), (AccountRole.SUSPENSE, "-1.00")))
        assert (type(error), error.details) == (AccountRoleUnassigned, {"slot": "suspense"})

    def test_are_read_in_one_statement(self, company: Company) -> None:
        slots = (AccountRole.CASH, AccountRole.REVENUE, AccountRole.EXPENSE, AccountRole.COGS)
        draft = entry_draft(company, *((slot, "1.00") for slot in slots), (AccountRole.SUSPENSE, "-4.00"))
        with CaptureQueriesContext(connection) as captured:
            resolved(draft)
        assert len(captured) == 1

    def test_are_read_once_for_many_entries(self, company: Company) -> None:
        book = AccountBook(company.id)
        with CaptureQueriesContext(connection) as captured:
            for _ in range(3):
                book.load((entry_draft(company),))
        assert len(captured) == 1


class TestCurrency:
    @pytest.mark.parametrize("currency", ["XXX", "usd", "EURO", "", "XAU", "ABC"])
    def test_must_be_one_in_use(self, company: Company, currency: str) -> None:
        if not currency:
            assert resolved(entry_draft(company, currency=currency)).currency == "USD"
            return
        error = refusal(entry_draft(company, currency=currency, exchange_rate=Decimal(1)))
        assert (type(error), error.field) == (UnknownCurrency, "currency")

    def test_converts_each_line_once(self, company: Company) -> None:
        entry = resolved(foreign(company, ("119.00", None), ("-100.00", None), ("-19.00", None)))
        assert [line.amount for line in entry.lines] == [Decimal("130.90"), Decimal("-110.00"), Decimal("-20.90")]
        assert (entry.currency, entry.exchange_rate, entry.total_amount) == ("EUR", Decimal("1.1"), Decimal("130.90"))
        assert (entry.rate_date, entry.rate_source) == (date(2026, 1, 15), "manual")

    def test_keeps_the_sum_as_it_converts(self, company: Company) -> None:
        entry = resolved(
            foreign(company, ("0.05", None), ("0.05", None), ("-0.10", None), exchange_rate=Decimal("1.1"))
        )
        amounts = [line.amount for line in entry.lines]
        assert amounts == [Decimal("0.05"), Decimal("0.06"), Decimal("-0.11")]
        assert sum(amounts) == 0

    def test_keeps_the_base_amounts_it_is_given(self, company: Company) -> None:
        entry = resolved(foreign(company, ("100.00", "112.00"), ("-100.00", "-110.00"), ("0.00", "-2.00")))
        assert [(line.currency_amount, line.amount) for line in entry.lines] == [(100, 112), (-100, -110), (0, -2)]

    def test_corrects_no_line_with_a_given_base_amount(self, company: Company) -> None:
        entry = resolved(foreign(company, ("100.00", "110.01"), ("-100.00", None)))
        assert [line.amount for line in entry.lines] == [Decimal("110.01"), Decimal("-110.01")]

    def test_must_balance_in_base_currency_too(self, company: Company) -> None:
        error = refusal(foreign(company, ("100.00", "112.00"), ("-100.00", None)))
        assert (type(error), error.field) == (UnbalancedEntry, "lines")
        assert "base currency" in error.message

    def test_takes_an_amount_worth_nothing_in_base_currency(self, company: Company) -> None:
        entry = resolved(foreign(company, ("1", None), ("-1", None), currency="JPY", exchange_rate=Decimal("0.004")))
        assert [(line.currency_amount, line.amount) for line in entry.lines] == [(1, 0), (-1, 0)]
        assert [(pair.debit, pair.credit, pair.amount) for pair in entry.pairs] == [(0, 1, 0)]

    def test_refuses_two_amounts_on_different_sides(self, company: Company) -> None:
        error = refusal(foreign(company, ("100.00", "-110.00"), ("-100.00", "110.00")))
        assert (type(error), error.field) == (InvalidLine, "lines[0].base_amount")

    def test_refuses_a_base_amount_finer_than_base_currency(self, company: Company) -> None:
        error = refusal(foreign(company, ("100.00", "110.001"), ("-100.00", "-110.001")))
        assert (type(error), error.field) == (InvalidLine, "lines[0].base_amount")

    @pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "1e16", "1e30"])
    def test_refuses_a_base_amount_that_is_no_sane_number(self, company: Company, amount: str) -> None:
        error = refusal(foreign(company, ("100.00", amount), ("-100.00", f"-{amount}")))
        assert (type(error), error.field) == (InvalidLine, "lines[0].base_amount")

    def test_refuses_a_converted_amount_too_large(self, company: Company) -> None:
        draft = foreign(company, ("900000000000000", None), ("-900000000000000", None), exchange_rate=Decimal("1e6"))
        assert type(refusal(draft)) is InvalidLine

    @pytest.mark.parametrize(("amount", "base_amount"), [("1.00", "2.00"), ("0.00", "2.00"), ("1.00", "NaN")])
    def test_knows_one_amount_in_base_currency(self, company: Company, amount: str, base_amount: str) -> None:
        lines = ((amount, base_amount), (f"-{amount}", f"-{base_amount}"))
        error = refusal(foreign(company, *lines, currency="USD", exchange_rate=None))
        assert (type(error), error.field) == (InvalidLine, "lines[0].base_amount")
        same = resolved(foreign(company, ("1.00", "1.00"), ("-1.00", "-1"), currency="USD", exchange_rate=None))
        assert same.total_amount == 1

    @pytest.mark.parametrize("rate", ["0", "-1", "1e9", "NaN", "Infinity", "1e-13"])
    def test_refuses_a_rate_out_of_all_proportion(self, company: Company, rate: str) -> None:
        error = refusal(foreign(company, ("1.00", None), ("-1.00", None), exchange_rate=Decimal(rate)))
        assert error.field == "exchange_rate"

    def test_refuses_a_rate_for_the_companys_own_currency(self, company: Company) -> None:
        error = refusal(entry_draft(company, exchange_rate=Decimal("1.1")))
        assert error.field == "exchange_rate"
        assert resolved(entry_draft(company, exchange_rate=Decimal("1.000"))).exchange_rate == 1

    def test_has_no_rate_date_in_base_currency(self, company: Company) -> None:
        entry = resolved(entry_draft(company, rate_date=date(2026, 1, 1), rate_source="bank"))
        assert (entry.exchange_rate, entry.rate_date, entry.rate_source) == (1, None, "")

    def test_looks_the_rate_up_where_none_is_given(self, company: Company) -> None:
        draft = foreign(company, ("100.00", None), ("-100.00", None), exchange_rate=None)
        error = refusal(draft)
        assert (type(error), error.field) == (ExchangeRateMissing, "exchange_rate")
        ExchangeRate.objects.create(
            company=company,
            base_currency="EUR",
            currency="USD",
            rate=Decimal("1.2"),
            rate_date=date(2026, 1, 10),
            source="own",
        )
        entry = resolved(draft)
        assert (entry.total_amount, entry.rate_date, entry.rate_source) == (120, date(2026, 1, 10), "own")


class TestLikeness:
    def test_is_the_same_for_the_same_date_accounts_and_amounts(self, company: Company) -> None:
        one = entry_draft(company, (AccountRole.CASH, "1.00"), (AccountRole.REVENUE, "-1.00"), memo="a")
        two = entry_draft(company, (AccountRole.REVENUE, "-1"), (AccountRole.CASH, "1.0"), memo="b")
        assert resolved(one).content_digest == resolved(two).content_digest

    @pytest.mark.parametrize(
        "lines",
        [
            ((AccountRole.CASH, "2.00"), (AccountRole.REVENUE, "-2.00")),
            ((AccountRole.CASH, "1.00"), (AccountRole.SUSPENSE, "-1.00")),
        ],
    )
    def test_differs_by_amount_and_account(self, company: Company, lines: tuple[tuple[AccountRole, str], ...]) -> None:
        usual = entry_draft(company, (AccountRole.CASH, "1.00"), (AccountRole.REVENUE, "-1.00"))
        assert resolved(entry_draft(company, *lines)).content_digest != resolved(usual).content_digest

    def test_differs_by_what_is_worth_less_than_a_cent(self, company: Company) -> None:
        rate = {"currency": "JPY", "exchange_rate": Decimal("0.0004")}
        drafts = [foreign(company, (amount, None), (f"-{amount}", None), **rate) for amount in ("1", "2")]
        assert len({resolved(draft).content_digest for draft in drafts}) == 2

    def test_differs_by_date(self, company: Company) -> None:
        days = (date(2026, 1, 15), date(2026, 1, 16))
        assert len({resolved(entry_draft(company, on=day)).content_digest for day in days}) == 2
