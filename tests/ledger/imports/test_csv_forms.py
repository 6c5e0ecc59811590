"""The forms in which other programs write a journal as CSV: one amount or two, names, blanks, preambles, encodings."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.currencies.rates import record_exchange_rate
from ledger.imports.csv_journal import JournalOptions, import_journal, preview_journal
from ledger.imports.errors import UnreadableFile, UnrecognisedFile
from ledger.imports.results import ImportResult
from ledger.models import JournalEntry, JournalLine
from tests.factories import make_company

pytestmark = pytest.mark.django_db

ACTOR = system_actor()
CASH_SALE = [("1000", Decimal("5.00")), ("4000", Decimal("-5.00"))]


@pytest.fixture
def company() -> Company:
    return make_company(chart="us", currency="USD")


def run(company: Company, content: str | bytes, **options: Any) -> ImportResult:
    raw = content.encode() if isinstance(content, str) else content
    return import_journal(company=company, file=io.BytesIO(raw), actor=ACTOR, options=JournalOptions(**options))


def problems(company: Company, content: str) -> list[tuple[int, str]]:
    result = run(company, content)
    assert not JournalEntry.objects.filter(company=company).exists()
    return [(problem.line, problem.reason) for problem in result.problems]


def posted(company: Company, content: str | bytes, **options: Any) -> list[tuple[str, Decimal]]:
    """Import a file of one entry and return its lines as (account, base amount)."""
    result = run(company, content, **options)
    assert result.problems == ()
    [entry_id] = result.entry_ids
    return lines_of(entry_id)


def lines_of(entry_id: Any) -> list[tuple[str, Decimal]]:
    lines = JournalLine.objects.filter(entry=entry_id).select_related("account").order_by("line_number")
    return [(line.account.code or "", line.amount) for line in lines]


def entry_of(company: Company) -> JournalEntry:
    return JournalEntry.objects.get(company=company)


class TestOneAmount:
    @pytest.mark.parametrize(
        "content",
        [
            "Ref,Date,Account,Amount\n1,2026-01-05,1000,5\n1,2026-01-05,4000,-5\n",
            "Ref,Date,Account,Amount,DC\n1,2026-01-05,1000,5,S\n1,2026-01-05,4000,5,H\n",
            "Ref,Date,Account,Amount,D/C\n1,2026-01-05,1000,5,D\n1,2026-01-05,4000,5,c\n",
            "Ref,Date,Account,Amount,DR/CR\n1,2026-01-05,1000,5,Dr.\n1,2026-01-05,4000,5,CR\n",
            "Ref;Datum;Konto;Betrag;Soll/Haben\n1;05.01.2026;1000;5,00;Soll\n1;05.01.2026;4000;5,00;Haben\n",
            "Ref,Date,Account,Amount,Side\n1,2026-01-05,1000,-5,credit\n1,2026-01-05,4000,-5,debit\n",
            "Ref,Date,Account,Amount\n1,2026-01-05,1000,5.00 DR\n1,2026-01-05,4000,5.00 CR\n",
            "Ref,Date,Account,Amount\n1,2026-01-05,1000,$5.00\n1,2026-01-05,4000,($5.00)\n",
            "Ref,Date,Account,Amount\n1,2026-01-05,1000,5.00\n1,2026-01-05,4000,5.00-\n",
            "Ref,Date,Account,Amount\n1,2026-01-05,1000,USD 5.00\n1,2026-01-05,4000,\u22125.00 USD\n",
        ],
    )
    def test_is_read_by_sign_or_side(self, company: Company, content: str) -> None:
        assert posted(company, content) == CASH_SALE

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("1,2026-01-05,1000,5,X", "«X» names no side; write D or C, DR or CR, S or H"),
            ("1,2026-01-05,1000,5,", "«» names no side; write D or C, DR or CR, S or H"),
            ("1,2026-01-05,1000,5 CR,D", "«5 CR» and «D» name different sides"),
            ("1,2026-01-05,1000,,D", "the row has no amount"),
            ("1,2026-01-05,1000,€5,D", "«€5» is not in USD; state its currency in a column of its own"),
            ("1,2026-01-05,1000,(5,D", "«(5» is not an amount with a decimal point"),
        ],
    )
    def test_is_refused_where_it_says_two_things(self, company: Company, row: str, reason: str) -> None:
        content = f"Ref,Date,Account,Amount,DC\n{row}\n1,2026-01-05,4000,5.00,C\n"
        assert problems(company, content) == [(2, reason)]

    def test_may_stand_beside_debit_and_credit_if_it_says_the_same(self, company: Company) -> None:
        header = "Ref,Date,Account,Debit,Credit,Amount,DC\n"
        bad = f"{header}1,2026-01-05,1000,5,,6,D\n1,2026-01-05,4000,,5,5,D\n"
        assert problems(company, bad) == [
            (2, "«6» in Amount is another amount than the row's"),
            (3, "«D» in DC is another side than the row's"),
        ]
        assert posted(company, f"{header}1,2026-01-05,1000,5,,5,D\n1,2026-01-05,4000,,5,-5,C\n") == CASH_SALE


class TestDebitAndCredit:
    def test_takes_brackets_for_a_minus_and_a_minus_for_the_other_side(self, company: Company) -> None:
        content = (
            'Ref,Date,Account,Debit,Credit\n1,2026-01-05,1000,"(100.00)",\n1,2026-01-05,4000,,"(100.00)"\n'
            "2,2026-01-05,1000,-7.00,\n2,2026-01-05,4000,,-7.00\n"
        )
        result = run(company, content)
        assert [lines_of(entry_id) for entry_id in result.entry_ids] == [
            [("1000", Decimal("-100.00")), ("4000", Decimal("100.00"))],
            [("1000", Decimal("-7.00")), ("4000", Decimal("7.00"))],
        ]

    def test_leaves_a_row_of_zero_out_and_tells(self, company: Company) -> None:
        content = (
            "Ref,Date,Account,Debit,Credit\n1,2026-01-05,1000,0,0\n1,2026-01-05,1010,5.00,0\n1,2026-01-05,4000,0,5.00\n"
        )
        result = run(company, content)
        assert [(remark.line, remark.text) for remark in result.remarks] == [
            (2, "entry 1: account 1000 has 0; the row is left out")
        ]
        assert lines_of(result.entry_ids[0]) == [("1010", Decimal("5.00")), ("4000", Decimal("-5.00"))]

    def test_leaves_an_entry_of_zeros_out(self, company: Company) -> None:
        result = run(company, "Ref,Date,Account,Debit,Credit\n1,2026-01-05,1000,0.00,\n1,2026-01-05,4000,,0.00\n")
        assert (result.entry_count, result.problems, [remark.line for remark in result.remarks]) == (0, (), [2, 3])


class TestRowsBelowOthers:
    def test_belong_to_the_row_above_without_reference_and_date(self, company: Company) -> None:
        content = "Ref,Date,Account,Debit,Credit\n1,2026-01-05,1000,5,\n,,4000,,5\n2,2026-01-06,1000,6,\n,,4000,,6\n"
        result = run(company, content)
        assert [lines_of(entry_id) for entry_id in result.entry_ids] == [
            CASH_SALE,
            [("1000", Decimal("6.00")), ("4000", Decimal("-6.00"))],
        ]
        entry = JournalEntry.objects.get(company=company, source_id="2")
        assert entry.entry_date == date(2026, 1, 6)

    def test_have_its_currency_and_rate_too(self, company: Company) -> None:
        content = (
            "Ref,Date,Account,Debit,Credit,Currency,Exchange Rate\n1,2026-01-05,1000,100,,EUR,1.20\n,,4000,,100,,\n"
        )
        assert posted(company, content) == [("1000", Decimal("120.00")), ("4000", Decimal("-120.00"))]

    def test_have_no_row_above_at_the_start(self, company: Company) -> None:
        found = problems(company, "Ref,Date,Account,Debit,Credit\n,,1000,5,\n1,2026-01-05,4000,,5\n")
        assert (2, "the entry reference (Ref) is empty") in found

    def test_reads_what_quickbooks_writes(self, company: Company) -> None:
        content = (
            "Date,Transaction Type,Num,Name,Memo/Description,Account,Debit,Credit\n"
            '01/25/2026,Journal Entry,1,,abc,Cash,"$1,234.50",\n,,,,,Sales Revenue,,"$1,234.50"\n'
        )
        assert posted(company, content) == [("1000", Decimal("1234.50")), ("4000", Decimal("-1234.50"))]
        entry = entry_of(company)
        assert (entry.entry_date, entry.memo, entry.source_id) == (date(2026, 1, 25), "abc", "1")
        assert entry.lines.order_by("line_number")[0].metadata == {"import": {"Transaction Type": "Journal Entry"}}


class TestAccounts:
    @pytest.mark.parametrize(
        ("cash", "sales"),
        [
            ("1000 Cash", "4000 - Sales Revenue"),
            ("1000: Cash", "4000 · Sales Revenue"),
            ("Cash", "sales  revenue"),
            ("1000 Our till", "Income:Sales Revenue"),
        ],
    )
    def test_are_called_by_code_or_name_or_both(self, company: Company, cash: str, sales: str) -> None:
        content = f"Ref,Date,Account,Debit,Credit\n1,2026-01-05,{cash},5,\n1,2026-01-05,{sales},,5\n"
        assert posted(company, content) == CASH_SALE

    def test_are_refused_where_code_and_name_differ_or_a_name_is_shared(self, company: Company) -> None:
        company.accounts.filter(code="1010").update(name="Twice")
        company.accounts.filter(code="1020").update(name="Twice")
        content = (
            "Ref,Date,Account,Debit,Credit\n1,2026-01-05,1000 Inventory,5,\n1,2026-01-05,twice,,5\n"
            "1,2026-01-05,1999 Cash,,5\n"
        )
        assert problems(company, content) == [
            (2, "«1000 Inventory» names two accounts: 1000 is Cash, Inventory is 1200; write the code alone"),
            (3, "account «twice» may be 1010, 1020; write its code"),
            (4, f"account «1999 Cash» does not exist in {company.name}"),
        ]


class TestTheTop:
    @pytest.mark.parametrize(
        "above",
        [
            '"Kontostand vom 05.01.2026";"100 EUR"\n""\n',
            "sep=;\n",
            "\ufeffsep=;\n",
            '"sep=;"\n\nACME Inc.\nJournal, January 2026\n"a quotation mark\n',
        ],
    )
    def test_is_passed_over_down_to_the_titles(self, company: Company, above: str) -> None:
        content = f"{above}Ref;Date;Account;Debit;Credit\n1;2026-01-05;1000;5;\n1;2026-01-05;4000;;5\n"
        assert posted(company, content) == CASH_SALE

    def test_counts_lines_from_the_start_of_the_file(self, company: Company) -> None:
        content = "ACME\n\nRef,Date,Account,Debit,Credit\n1,2026-01-05,9999,5,\n1,2026-01-05,4000,,5\n"
        assert problems(company, content) == [(4, f"account «9999» does not exist in {company.name}")]

    def test_says_how_many_lines_it_passed_over(self, company: Company) -> None:
        content = "sep=,\nRef,Date,Account,Debit,Credit\n1,2026-01-05,1000,5,\n1,2026-01-05,4000,,5\n"
        assert "Lines above the header: 1" in run(company, content).findings


class TestDates:
    @pytest.mark.parametrize(
        ("day", "other", "expected"),
        [
            ("05.01.26", "31.12.25", date(2026, 1, 5)),
            ("05.01.70", "31.12.1970", date(1970, 1, 5)),
            ("01/05/26", "01/31/26", date(2026, 1, 5)),
            ("05/01/26", "31/01/26", date(2026, 1, 5)),
        ],
    )
    def test_may_have_years_of_two_digits(self, company: Company, day: str, other: str, expected: date) -> None:
        content = (
            f"Ref,Date,Account,Debit,Credit\n1,{day},1000,5,\n1,{day},4000,,5\n2,{other},1000,5,\n2,{other},4000,,5\n"
        )
        run(company, content)
        assert JournalEntry.objects.get(company=company, source_id="1").entry_date == expected

    @pytest.mark.parametrize("day", ["26-01-05", "05-01-26", "05.01.026"])
    def test_are_refused_where_the_order_is_not_certain(self, company: Company, day: str) -> None:
        content = f"Ref,Date,Account,Debit,Credit\n1,{day},1000,5,\n1,{day},4000,,5\n"
        assert {line for line, _ in problems(company, content)} == {2, 3}

    def test_asks_which_of_two_comes_first(self, company: Company) -> None:
        content = "Ref,Date,Account,Debit,Credit\n1,05/01/26,1000,5,\n1,05/01/26,4000,,5\n"
        with pytest.raises(UnrecognisedFile, match="may begin with the month or the day"):
            run(company, content)


class TestColumnsThatMatter:
    def test_takes_the_stated_exchange_rate(self, company: Company) -> None:
        content = (
            "Ref,Date,Account,Debit,Credit,Currency,Exchange Rate\n"
            "1,2026-01-05,1000,100,,EUR,1.20\n1,2026-01-05,4000,,100,EUR,1.20\n"
        )
        assert posted(company, content) == [("1000", Decimal("120.00")), ("4000", Decimal("-120.00"))]
        entry = entry_of(company)
        assert (entry.currency, entry.exchange_rate, entry.rate_source) == ("EUR", Decimal("1.20"), "manual")

    @pytest.mark.parametrize(
        ("rates", "found"),
        [
            (("1.20", "1.21"), (3, "entry 1 has the exchange rates 1.20 and 1.21; it can have one")),
            (("0", "1.20"), (2, "the exchange rate «0» is not above zero")),
            (("-1.2", "1.20"), (2, "the exchange rate «-1.2» is not an amount")),
        ],
    )
    def test_refuses_rates_that_cannot_be(
        self, company: Company, rates: tuple[str, str], found: tuple[int, str]
    ) -> None:
        content = "Ref,Date,Account,Debit,Credit,Currency,Kurs\n" + "".join(
            f"1,2026-01-05,{account},{debit},{credit},EUR,{rate}\n"
            for (account, debit, credit), rate in zip((("1000", "1.00", ""), ("4000", "", "1.00")), rates, strict=True)
        )
        [(line, reason)] = problems(company, content)
        assert line == found[0]
        assert reason.startswith(found[1]) or "is not above zero" in reason

    @pytest.mark.parametrize(("stated", "is_told"), [("1.10", False), ("0.91", True), ("1.40", False)])
    def test_tells_of_a_rate_that_fits_the_other_way_round(self, company: Company, stated: str, is_told: bool) -> None:
        record_exchange_rate(company=company, currency="EUR", on=date(2026, 1, 2), rate=Decimal("0.909"))
        content = (
            "Ref,Date,Account,Debit,Credit,Currency,Exchange Rate\n"
            f"1,2026-01-05,1000,100.00,,EUR,{stated}\n,,4000,,100.00,,\n"
        )
        result = run(company, content)
        assert (result.entry_count, [remark.line for remark in result.remarks]) == (1, [2] * is_told)

    def test_refuses_a_rate_of_the_companys_own_currency(self, company: Company) -> None:
        content = "Ref,Date,Account,Debit,Credit,Kurs\n1,2026-01-05,1000,5.00,,1.20\n1,2026-01-05,4000,,5.00,1.20\n"
        [(line, reason)] = problems(company, content)
        assert (line, "its rate is 1" in reason) == (2, True)

    def test_makes_a_cost_centre_and_the_like_dimensions(self, company: Company) -> None:
        content = (
            "Ref,Date,Account,Debit,Credit,Cost Center,Customer,KOST1,Class,Location,Region\n"
            "1,2026-01-05,6300,5,,CC1,,100,Retail,Berlin,North\n1,2026-01-05,1000,,5,,,,,,\n"
        )
        run(company, content)
        rent, cash = entry_of(company).lines.order_by("line_number")
        assert (rent.dimensions, rent.class_id, rent.location_id) == (
            {"cost_center": "CC1", "kost1": "100"},
            "Retail",
            "Berlin",
        )
        assert rent.metadata == {"import": {"Region": "North"}}
        assert (cash.dimensions, cash.metadata) == ({}, {})

    @pytest.mark.parametrize(
        "title", ["Tax amount", "Nettobetrag", "Base amount", "Gegenkonto", "Rate", "Skonto", "Soll", "Betrag"]
    )
    def test_refuses_by_name_what_it_does_not_follow(self, company: Company, title: str) -> None:
        header = "Ref,Date,Account,Debit,Credit,Amount"
        content = f"{header},{title}\n1,2026-01-05,1000,5,,,3\n1,2026-01-05,4000,,5,,\n"
        with pytest.raises(UnrecognisedFile) as refusal:
            run(company, content)
        assert refusal.value.message.startswith(f"Column «{title}» holds «3» in line 2, and the import does not follow")
        assert posted(company, content.replace(",3\n", ",0.00\n")) == CASH_SALE

    def test_recognises_an_entry_by_what_the_columns_say(self, company: Company) -> None:
        content = "Ref,Date,Account,Debit,Credit,Cost Center\n1,2026-01-05,1000,5,,{}\n1,2026-01-05,4000,,5,\n"
        run(company, content.format(""))
        without = "Ref,Date,Account,Debit,Credit\n1,2026-01-05,1000,5,\n1,2026-01-05,4000,,5\n"
        assert run(company, without).already_imported_count == 1
        assert [problem.line for problem in run(company, content.format("CC1")).problems] == [2]

    @pytest.mark.parametrize(("title", "length"), [("Class", 101), ("Location", 101), ("Memo", 501)])
    def test_refuses_texts_that_are_too_long(self, company: Company, title: str, length: int) -> None:
        first, second = ("A", "x" * length) if title == "Memo" else ("", "x" * length)
        content = (
            f"Ref,Date,Account,Debit,Credit,{title}\n1,2026-01-05,1000,5,,{first}\n1,2026-01-05,4000,,5,{second}\n"
        )
        [(line, reason)] = problems(company, content)
        assert (line, reason.endswith(f"is longer than {length - 1} characters")) == (3, True)

    def test_is_not_held_up_by_cells_without_end(self, company: Company) -> None:
        for cell in ("1" + " " * 100_000 + "x", "1" * 100_000 + "!"):
            content = f"Ref,Date,Account,Debit,Credit\n1,2026-01-05,{cell},{cell},\n1,2026-01-05,4000,,5.00\n"
            assert {line for line, _ in problems(company, content)} == {2}


class TestEncodings:
    CONTENT = "Ref;Datum;Konto;Soll;Haben;Buchungstext\n1;2026-01-05;1000;5;;Spółka Wrocław\n1;2026-01-05;4000;;5;\n"

    def test_reads_the_one_that_a_person_chose(self, company: Company) -> None:
        assert posted(company, self.CONTENT.encode("cp1250"), encoding="cp1250") == CASH_SALE
        assert entry_of(company).memo == "Spółka Wrocław"

    def test_shows_the_texts_before_anything_is_posted(self, company: Company) -> None:
        file = io.BytesIO(self.CONTENT.encode("cp1250"))
        guessed = preview_journal(company=company, file=file, actor=ACTOR)
        chosen = preview_journal(company=company, file=file, actor=ACTOR, options=JournalOptions(encoding="cp1250"))
        assert [sample.memo for sample in guessed.samples] == ["Spó³ka Wroc³aw"]
        [sample] = chosen.samples
        assert (sample.memo, sample.day, sample.line) == ("Spółka Wrocław", date(2026, 1, 5), 2)
        assert [(line.code, line.debit, line.credit) for line in sample.lines] == [
            ("1000", Decimal("5.00"), Decimal(0)),
            ("4000", Decimal(0), Decimal("5.00")),
        ]
        assert not JournalEntry.objects.filter(company=company).exists()

    @pytest.mark.parametrize(
        ("raw", "encoding", "message"),
        [
            (CONTENT.encode("cp1250"), "utf-8", r"Line 2 is not UTF-8 \(byte 0xF3\)"),
            (CONTENT.encode("utf-8-sig"), "cp1250", "says itself that it is UTF-8"),
            (b"", "cp1250", "The file is empty"),
            (CONTENT.encode(), "klingon", "none of the encodings"),
        ],
    )
    def test_says_when_it_cannot_be_that_one(self, company: Company, raw: bytes, encoding: str, message: str) -> None:
        with pytest.raises(UnreadableFile, match=message):
            run(company, raw, encoding=encoding)

    def test_shows_them_on_the_command_line(self, company: Company, tmp_path: Any, capsys: Any) -> None:
        path = tmp_path / "journal.csv"
        path.write_bytes(self.CONTENT.encode("cp1250"))
        call_command("import_journal", str(path), "--company", company.name, "--encoding", "cp1250", "--dry-run")
        output = capsys.readouterr().out
        assert "2026-01-05    Spółka Wrocław\n  1000 Cash: debit 5.00\n  4000 Sales Revenue: credit 5.00\n" in output


def test_mixes_what_other_programs_write(company: Company) -> None:
    content = (
        "sep=;\nBank of Test;01.02.26\n\nNum;Datum;Konto;Soll;Haben;Währung;Kurs;Kostenstelle\n"
        "7;05.01.26;1000 Cash;1.234,50 €;;EUR;1,10;\n;;Sales Revenue;;(100,50 EUR);;;CC\n;;4000;;1.335,00 H;;;\n"
        ";;1010;0,00;;;;\n"
    )
    assert posted(company, content) == [
        ("1000", Decimal("1357.95")),
        ("4000", Decimal("110.55")),
        ("4000", Decimal("-1468.50")),
    ]
