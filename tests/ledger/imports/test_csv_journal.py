"""Importing a CSV journal through the ledger."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.imports.csv_journal import JournalOptions, import_journal, preview_journal
from ledger.imports.errors import UnreadableFile, UnrecognisedFile
from ledger.imports.results import Check, ImportResult
from ledger.journal.posting import reverse
from ledger.models import ExchangeRate, JournalEntry, JournalLine
from ledger.periods.calendar import soft_lock
from tests.factories import make_company

pytestmark = pytest.mark.django_db

ACTOR = system_actor()
HEADER = "Entry reference,Date,Description,Account code,Debit,Credit,Currency,Tax code,Document number"
SALE = [
    "1,2026-01-15,Consulting,1400,119.00,,,,R-1",
    "1,2026-01-15,,8400,,100.00,,,R-1",
    "1,2026-01-15,,1776,,19.00,,,",
]
RENT = ["2,2026-01-31,Rent,4210,500.00,,EUR,,", "2,2026-01-31,Rent,1200,,500.00,EUR,,"]


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr03", currency="EUR")


def _file(*rows: str, header: str = HEADER, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO("".join(f"{row}\n" for row in (header, *rows)).encode(encoding))


def _import(company: Company, *rows: str, **options: object) -> ImportResult:
    return import_journal(company=company, file=_file(*rows), actor=ACTOR, options=JournalOptions(**options))  # type: ignore[arg-type]


def _problems(company: Company, *rows: str) -> list[tuple[int, str]]:
    result = _import(company, *rows)
    assert not JournalEntry.objects.filter(company=company).exists()
    return [(problem.line, problem.reason) for problem in result.problems]


def _lines(entry: JournalEntry) -> list[tuple[str | None, Decimal, str, str]]:
    lines = JournalLine.objects.filter(entry=entry).select_related("account").order_by("line_number")
    return [(line.account.code, line.currency_amount, line.tax_code, line.tax_role) for line in lines]


def test_posts_the_rows_of_one_reference_as_one_entry(company: Company) -> None:
    result = _import(company, *SALE, *RENT)

    sale, rent = JournalEntry.objects.filter(company=company).order_by("sequence")
    assert result.entry_ids == (sale.id, rent.id)
    assert (sale.entry_date, sale.memo, sale.document_number) == (date(2026, 1, 15), "Consulting", "R-1")
    assert (sale.source_system, sale.connection_id, sale.source_id, sale.kind) == ("csv_journal", "", "1", "import")
    assert _lines(sale) == [
        ("1400", Decimal("119.00"), "", ""),
        ("8400", Decimal("-100.00"), "", ""),
        ("1776", Decimal("-19.00"), "", ""),
    ]
    assert rent.provenance["surface"] == "command"


def test_a_german_file_posts_the_same_as_an_english_one(company: Company) -> None:
    file = _file(
        "1;15.01.2026;Miete für Büro;4210;1.500,00;0,00",
        "1;15.01.2026;Miete für Büro;1200;;1.500,00",
        header="Buchungsnr;Datum;Buchungstext;Konto;Soll;Haben",
        encoding="cp1252",
    )
    result = import_journal(company=company, file=file, actor=ACTOR)
    entry = JournalEntry.objects.get(company=company)
    assert (entry.memo, entry.total_amount) == ("Miete für Büro", Decimal("1500.00"))
    assert result.findings == (
        "Encoding: Windows-1252",
        "Separator: semicolon",
        "Amounts: decimal comma",
        "Dates: DD.MM.YYYY",
    )


def test_a_tax_code_splits_the_tax_off_the_amount(company: Company) -> None:
    _import(company, "1,2026-01-15,Paper,4930,119.00,,,vst19,", "1,2026-01-15,Paper,1200,,119.00,,,")
    assert _lines(JournalEntry.objects.get(company=company)) == [
        ("4930", Decimal("100.00"), "VST19", "base"),
        ("1576", Decimal("19.00"), "VST19", "tax"),
        ("1200", Decimal("-119.00"), "", ""),
    ]


def test_a_reverse_charge_code_adds_tax_on_both_sides(company: Company) -> None:
    _import(company, "1,2026-01-15,Service,4930,100.00,,,VST-13B19,", "1,2026-01-15,Service,1600,,100.00,,,")
    assert _lines(JournalEntry.objects.get(company=company)) == [
        ("4930", Decimal("100.00"), "VST-13B19", "base"),
        ("1577", Decimal("19.00"), "VST-13B19", "tax"),
        ("1787", Decimal("-19.00"), "VST-13B19", "self_assessed"),
        ("1600", Decimal("-100.00"), "", ""),
    ]


def test_a_foreign_currency_takes_the_rate_of_the_day(company: Company) -> None:
    ExchangeRate.objects.create(
        company=company, base_currency="EUR", currency="USD", rate_date=date(2026, 1, 15), rate=Decimal(2), source="own"
    )
    result = _import(company, "1,2026-01-15,Hotel,4660,50.00,,usd,,", "1,2026-01-15,Hotel,1200,,50.00,USD,,")
    entry = JournalEntry.objects.get(company=company)
    assert (entry.currency, entry.exchange_rate, entry.total_amount) == ("USD", Decimal("0.5"), Decimal("25.00"))
    assert [(row.code, row.debit, row.credit) for row in result.sums] == [
        ("1200", Decimal(0), Decimal("25.00")),
        ("4660", Decimal("25.00"), Decimal(0)),
    ]


def test_a_preview_posts_nothing_and_shows_the_sums(company: Company) -> None:
    result = preview_journal(company=company, file=_file(*SALE, *RENT), actor=ACTOR)
    assert not JournalEntry.objects.filter(company=company).exists()
    assert (result.entry_count, result.entry_ids) == (2, ())
    assert [(row.code, row.debit, row.credit) for row in result.sums] == [
        ("1200", Decimal(0), Decimal("500.00")),
        ("1400", Decimal("119.00"), Decimal(0)),
        ("1776", Decimal(0), Decimal("19.00")),
        ("4210", Decimal("500.00"), Decimal(0)),
        ("8400", Decimal(0), Decimal("100.00")),
    ]


def test_the_same_file_twice_posts_once(company: Company) -> None:
    _import(company, *SALE, *RENT)
    again = _import(company, *SALE, *RENT)
    assert (again.entry_count, again.already_imported_count, again.problems) == (0, 2, ())
    assert JournalEntry.objects.filter(company=company).count() == 2


def test_the_same_content_in_another_number_format_is_the_same(company: Company) -> None:
    _import(company, *RENT)
    file = _file(
        '2;31.01.2026;Rent;4210;"500,0";;EUR;;', "2;31.01.2026;Rent;1200;;500,00;EUR;;", header=HEADER.replace(",", ";")
    )
    assert import_journal(company=company, file=file, actor=ACTOR).already_imported_count == 1


def test_a_longer_file_posts_only_what_is_new(company: Company) -> None:
    _import(company, *SALE)
    result = _import(company, *SALE, *RENT)
    assert (result.entry_count, result.already_imported_count) == (1, 1)


def test_other_content_under_the_same_reference_is_a_conflict(company: Company) -> None:
    _import(company, *RENT)
    result = _import(company, *SALE, *[row.replace("500.00", "600.00") for row in RENT])
    [problem] = result.problems
    assert problem.line == 5
    assert problem.reason == "entry 2026-000001 has been imported under this reference with other content"
    assert JournalEntry.objects.filter(company=company).count() == 1


def test_references_may_start_anew_in_another_batch(company: Company) -> None:
    _import(company, *RENT, batch="January")
    result = _import(company, *[row.replace("01-31", "02-28") for row in RENT], batch="February")
    assert result.entry_count == 1
    assert set(JournalEntry.objects.values_list("connection_id", flat=True)) == {"January", "February"}


def test_what_another_batch_brought_is_refused_unless_it_is_meant(company: Company) -> None:
    _import(company, *RENT, batch="one")
    [problem] = _import(company, *RENT, batch="two").problems
    assert problem.reason.startswith("repeats entry 2026-000001 of another batch")
    assert _import(company, *RENT, batch="two", waived=frozenset({Check.REPEATS})).entry_count == 1


def test_a_reversed_entry_may_come_again_in_another_batch(company: Company) -> None:
    [entry_id] = _import(company, *RENT, batch="one").entry_ids
    entry = JournalEntry.objects.get(id=entry_id)
    reverse(entry, on=entry.entry_date, reason="wrong", actor=ACTOR)
    assert _import(company, *RENT, batch="two").entry_count == 1


def test_the_same_references_in_another_company_are_other_entries(company: Company) -> None:
    other = make_company(chart="skr03", currency="EUR")
    _import(other, *RENT)
    assert _import(company, *RENT).entry_count == 1


def test_lists_every_bad_line_and_posts_nothing(company: Company) -> None:
    assert _problems(
        company,
        *SALE,
        "2,2026-01-31,Rent,4210,500.00,,,,",
        "2,2026-01-31,Rent,1200,,499.99,,,",
        "3,2026-02-30,Rent,9999,x,,,,",
        "3,2026-01-31,Rent,1200,5,5,,,",
        ",2026-01-31,Rent,1200,5,,,,",
        "4,2026-01-31,Rent,1200,-5 CR,,,,",
        "4,2026-01-31,Rent,1200,,,,,",
        "1,2026-01-31,Rent,1200,5,,,,",
        "5,2026-01-31,A,1200,5,,USD,,A",
        "5,2026-02-01,B,4210,,5,EUR,,B",
    ) == [
        (5, "debits and credits differ: debits 500.00 EUR, credits 499.99 EUR, off by 0.01"),
        (7, "«2026-02-30» is not a day of the calendar"),
        (7, f"account «9999» does not exist in {company.name}"),
        (7, "«x» is not an amount with a decimal point"),
        (8, "the row has a debit and a credit; split it into two rows"),
        (9, "the entry reference (Entry reference) is empty"),
        (10, "«-5 CR» names the other side than its column"),
        (11, "the row has neither a debit nor a credit"),
        (12, "entry reference «1» appeared before; put all rows of an entry one after the other"),
        (14, "entry 5 has the dates 2026-01-31 and 2026-02-01; it can have one"),
        (14, "entry 5 has the currencies USD and EUR; it can have one"),
        (14, "entry 5 has the document numbers A and B; it can have one"),
    ]


@pytest.mark.parametrize(
    ("rows", "line", "reason"),
    [
        (["1,2026-01-31,A,1200,5.0019,,,,", "1,2026-01-31,A,4210,,5.0019,,,"], 2, "more decimals than EUR has"),
        (["1,2026-01-31,A,1200,5,,,,"], 2, "at least two lines"),
        (["1,2026-01-31,A,1200,5,,XXX,,", "1,2026-01-31,A,4210,,5,XXX,,"], 2, "«XXX» is not a currency"),
        (["1,2026-01-31,A,1200,5,,USD,,", "1,2026-01-31,A,4210,,5,USD,,"], 2, "no exchange rate from USD to EUR"),
        (["1,2026-01-31,A,1200,,5,,,", "1,2026-01-31,A,4210,5,,,NIX,"], 3, "tax code NIX does not exist"),
        (["1,1850-01-31,A,1200,,5,,,", "1,1850-01-31,A,4210,5,,,,"], 2, "entry_date lies between"),
        (
            ["1,2026-01-31,A,4210,119,,,VST19,", "1,2026-01-31,A,1576,19,,,,", "1,2026-01-31,A,1200,,138,,,"],
            3,
            "posts to a VAT account by hand",
        ),
        ([f"1,2026-01-31,{'x' * 501},1200,5,,,,", "1,2026-01-31,A,4210,,5,,,"], 2, "memo is longer than 500"),
        (["1,2026-01-31,A,420,5,,,,", "1,2026-01-31,A,4210,,5,,,"], 2, "did a program drop the zero of 0420?"),
        (
            ["1,2026-01-31,A,1200,9999999999999999,,,,", "1,2026-01-31,A,4210,,9999999999999999,,,"],
            2,
            "an amount is a number below",
        ),
    ],
)
def test_refuses_what_the_ledger_would(company: Company, rows: list[str], line: int, reason: str) -> None:
    [(number, text)] = _problems(company, *rows)
    assert number == line
    assert reason in text


def test_refuses_an_inactive_account(company: Company) -> None:
    company.accounts.filter(code="4210").update(is_active=False)
    [(line, reason)] = _problems(company, *RENT)
    assert line == 2
    assert "is inactive" in reason


def test_refuses_another_companys_account(company: Company) -> None:
    other = make_company(chart="us", currency="USD")
    code = other.accounts.exclude(code__in=company.accounts.values("code")).values_list("code", flat=True)[0]
    [(line, reason)] = _problems(company, f"1,2026-01-31,A,{code},5,,,,", "1,2026-01-31,A,4210,,5,,,")
    assert (line, reason) == (2, f"account «{code}» does not exist in {company.name}")


def test_refuses_a_closed_period(company: Company) -> None:
    soft_lock(company=company, name="2026-01", actor=ACTOR)
    assert _problems(company, *RENT, *[row.replace("2,2026-01-31", "3,2026-02-28") for row in RENT]) == [
        (2, "period 2026-01 is soft-locked; choose a date in an open period")
    ]


def test_refuses_an_entry_of_too_many_rows(company: Company) -> None:
    rows = ["1,2026-01-31,A,1200,1,,,,", "1,2026-01-31,A,4210,,1,,,"] * 5_001
    assert _problems(company, *rows) == [(2, "entry 1 has 10,002 rows; at most 10,000 make an entry")]


def test_stops_after_as_many_problems_as_were_asked_for(company: Company) -> None:
    result = _import(company, *["1,2026-01-31,A,1200,x,,,,"] * 50, max_problems=10)
    assert (len(result.problems), result.has_more_problems) == (10, True)
    exactly = _import(company, *["1,2026-01-31,A,1200,x,,,,"] * 10, max_problems=10)
    assert (len(exactly.problems), exactly.has_more_problems) == (10, False)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "The file is empty."),
        (HEADER.encode(), "The file has a header and no rows."),
        (b"\n\n" + HEADER.encode() + b"\n", "The file has a header and no rows."),
        (b'"EXTF";700;21\n', "The first line is not a header"),
        (b"{}\n", "The first line is not a header"),
        (b"date\rdebit\r", "The first line is not a header"),
        (f"{HEADER}\n1,2026-01-31,A,1200,1.234,,,,\n".encode(), "«1.234» may mean thousands or decimals"),
        (f"{HEADER}\n1,01/02/2026,A,1200,1.23,,,,\n".encode(), "«01/02/2026» may begin with the month or the day"),
    ],
)
def test_refuses_a_file_that_is_not_what_it_says(company: Company, raw: bytes, message: str) -> None:
    with pytest.raises((UnreadableFile, UnrecognisedFile)) as refusal:
        import_journal(company=company, file=io.BytesIO(raw), actor=ACTOR)
    assert refusal.value.message.startswith(message)


def test_the_number_of_statements_does_not_grow_with_the_rows(company: Company) -> None:
    def statements(count: int, batch: str) -> int:
        rows = [
            row
            for number in range(count)
            for row in (f"{number},2026-01-31,{batch},1200,5,,,,", f"{number},2026-01-31,,4210,,5,,,")
        ]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert _import(company, *rows, batch=batch).entry_count == count
        return len(queries)

    assert statements(1, "one") == statements(400, "many")
