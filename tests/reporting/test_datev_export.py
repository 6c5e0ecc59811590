"""GET /v1/reports/datev-export: a posting batch that DATEV, and our own import, read back."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from backfill.ids import uuid7
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.imports.datev import import_datev
from ledger.journal.drafts import AccountCode, EntryDraft, LineDraft
from ledger.journal.posting import post, reverse
from ledger.models import Period
from reporting.account_lists import trial_balance_lines
from reporting.datev import datev_export
from reporting.datev_columns import TITLES
from reporting.errors import DatevNumbersMissing, FiscalYearSpan, InvalidRange, NotExportableToDatev
from reporting.ranges import DateRange
from tests.factories import make_company
from tests.reporting.books import book

ClientFor = Callable[..., Client]
NOW = datetime(2026, 11, 20, 8, 15, 30, 123_456, tzinfo=UTC)
YEAR = DateRange(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def company(german: Company) -> Company:
    german.datev_consultant_number, german.datev_client_number = 29098, 55003
    german.save()
    return german


def exported(company: Company, asked: DateRange = YEAR) -> str:
    return datev_export(company, asked=asked, created_at=NOW).content.decode("cp1252")


def bookings(company: Company, asked: DateRange = YEAR) -> list[dict[str, str]]:
    lines = exported(company, asked).split("\r\n")
    return list(csv.DictReader(lines[1:-1], delimiter=";"))


def test_heads_the_file_with_31_fields(company: Company) -> None:
    header = exported(company).split("\r\n")[0]
    assert header == (
        '"EXTF";700;21;"Buchungsstapel";13;20261120091530123;;"RE";"";"";29098;55003;20260101;4;20260101;20261231;'
        '"Buchungen 01.01.-31.12.2026";"";1;0;0;"EUR";;"";;;"04";;;"";""'
    )
    assert len(header.split(";")) == 31


def test_writes_125_columns_in_every_line(company: Company) -> None:
    lines = exported(company).split("\r\n")
    assert lines[-1] == ""
    assert {len(row) for row in csv.reader(lines[1:-1], delimiter=";")} == {125}
    assert lines[1] == ";".join(TITLES)


def test_writes_one_row_per_event_in_journal_order(company: Company) -> None:
    assert [
        (row["Konto"], row["Gegenkonto (ohne BU-Schlüssel)"], row["Umsatz (ohne Soll/Haben-Kz)"], row["Belegfeld 1"])
        for row in bookings(company)
    ] == [
        ("1800", "2900", "25000,00", "1"),
        ("1200", "4400", "1000,00", "2"),
        ("1200", "3806", "190,00", "3"),
        ("5400", "3300", "500,00", "4"),
        ("1406", "3300", "95,00", "5"),
    ]


def test_switches_automatic_accounts_off(company: Company) -> None:
    keys = {(row["Konto"], row["Gegenkonto (ohne BU-Schlüssel)"]): row["BU-Schlüssel"] for row in bookings(company)}
    assert keys[("1200", "4400")] == keys[("5400", "3300")] == "40"
    assert keys[("1200", "3806")] == keys[("1800", "2900")] == ""


def test_quotes_texts_and_leaves_numbers_bare(company: Company) -> None:
    row = exported(company).split("\r\n")[3]
    assert row.startswith('1000,00;"S";"EUR";;;"";1200;4400;"40";1002;"2";"";;"";;"";;;;"";"";')
    assert row.endswith(';0;;;;"";;"";"";;"";;')


def test_escapes_semicolons_and_quotes(company: Company) -> None:
    book(company, "2026-03-01", ("6815", "1"), ("1800", "-1"), memo='Papier; "weiß"\nA4')
    line = exported(company).split("\r\n")[-2]
    assert '"Papier; ""weiß"" A4"' in line
    assert bookings(company)[-1]["Buchungstext"] == 'Papier; "weiß" A4'


def test_writes_what_windows_1252_lacks_as_the_nearest_letter(company: Company) -> None:
    book(company, "2026-03-01", ("6815", "1"), ("1800", "-1"), memo="Žluťoučký kůň – 5 € 🎉 株")
    assert bookings(company)[-1]["Buchungstext"] == "Žlutoucký kun – 5 € ? ?"


def test_cuts_long_texts_and_reduces_references(company: Company) -> None:
    book(company, "2026-03-01", ("6815", "1"), ("1800", "-1"), memo="x" * 80, external_reference="Rg. 4711/2026_ä " * 4)
    row = bookings(company)[-1]
    assert row["Buchungstext"] == "x" * 60
    assert row["Belegfeld 1"] == "Rg4711/2026Rg4711/2026Rg4711/2026Rg4"


def test_exports_a_reversal_as_a_row_with_swapped_accounts(company: Company) -> None:
    entry = book(company, "2026-03-01", ("6310", "12.34"), ("1800", "-12.34"))
    reverse(entry, on=date(2026, 3, 2), reason="twice", actor=system_actor())
    original, mirror = bookings(company)[-2:]
    assert (original["Konto"], original["Gegenkonto (ohne BU-Schlüssel)"]) == ("6310", "1800")
    assert (mirror["Konto"], mirror["Gegenkonto (ohne BU-Schlüssel)"]) == ("1800", "6310")
    assert mirror["Umsatz (ohne Soll/Haben-Kz)"] == "12,34"
    assert (original["Generalumkehr (GU)"], mirror["Generalumkehr (GU)"]) == ("", "1")


def test_dates_adjustment_periods_on_the_last_day_of_the_fiscal_year(company: Company) -> None:
    book(company, "2026-12-10", ("6310", "9"), ("1800", "-9"), adjustment_period=13)
    assert bookings(company)[-1]["Belegdatum"] == "3112"
    assert len(bookings(company, DateRange(date(2026, 12, 1), date(2026, 12, 30)))) == 0
    assert len(bookings(company, DateRange(date(2026, 12, 31), date(2026, 12, 31)))) == 1


def test_states_foreign_amounts_beside_their_base_amounts(company: Company) -> None:
    book(company, "2026-03-01", ("6815", "50"), ("3300", "-50"), currency="USD", exchange_rate=Decimal("0.8"))
    row = bookings(company)[-1]
    assert (row["Umsatz (ohne Soll/Haben-Kz)"], row["WKZ Umsatz"], row["Kurs"]) == ("50,00", "USD", "1,250000")
    assert (row["Basis-Umsatz"], row["WKZ Basis-Umsatz"]) == ("40,00", "EUR")


def test_leaves_out_a_rate_that_has_no_place_in_the_format(company: Company) -> None:
    book(company, "2026-03-01", ("6815", "50"), ("3300", "-50"), currency="GBP", exchange_rate=Decimal("1.25"))
    row = bookings(company)[-1]
    assert (row["Umsatz (ohne Soll/Haben-Kz)"], row["Kurs"], row["Basis-Umsatz"]) == ("50,00", "", "62,50")


def test_states_the_document_amounts_that_came_with_an_entry_in_base_currency(company: Company) -> None:
    annotation = {"currency": "USD", "amount": "119.00", "rate": "1.19", "rate_date": "2026-03-01", "rate_source": "x"}
    lines = (("6815", "60"), ("6310", "40"), ("3300", "-100"))
    book(company, "2026-03-01", *lines, fx_annotation=annotation)
    rows = bookings(company)[-2:]
    assert [row["Umsatz (ohne Soll/Haben-Kz)"] for row in rows] == ["71,40", "47,60"]
    assert [row["Basis-Umsatz"] for row in rows] == ["60,00", "40,00"]
    assert rows[0]["Kurs"] == "1,190000"


def test_marks_the_batch_final_when_every_period_in_it_is_locked(company: Company) -> None:
    february = DateRange(date(2026, 2, 1), date(2026, 2, 28))
    for month in ("2026-01", "2026-02"):
        Period.objects.filter(company=company, name=month).update(status="locked", closing_hash="0" * 64)
    assert exported(company, february).split("\r\n")[0].split(";")[20] == "1"
    assert {row["Festschreibung"] for row in bookings(company, february)} == {"1"}
    first_quarter = DateRange(date(2026, 1, 1), date(2026, 3, 31))
    assert exported(company, first_quarter).split("\r\n")[0].split(";")[20] == "0"


def test_is_two_lines_without_bookings(company: Company) -> None:
    assert exported(company, DateRange(date(2026, 8, 1), date(2026, 8, 31))).count("\r\n") == 2


def test_is_read_back_by_the_import_into_the_same_books(company: Company) -> None:
    book(company, "2026-03-01", ("6815", "100"), ("1406", "19"), ("1407", "5"), ("3837", "-5"), ("3300", "-119"))
    book(company, "2026-03-02", ("1460", "7"), ("1800", "-7"), memo="Umbuchung")
    other = make_company(
        chart="skr04", currency="EUR", country="DE", datev_consultant_number=29098, datev_client_number=55003
    )
    content = datev_export(company, asked=YEAR, created_at=NOW).content
    result = import_datev(company=other, file=io.BytesIO(content), actor=system_actor())
    assert not result.problems
    assert trial_balance_lines(other, asked=YEAR) == trial_balance_lines(company, asked=YEAR)


def test_names_the_customer_behind_a_control_account(company: Company) -> None:
    lines = (
        LineDraft.debit(AccountCode("1200"), Decimal(10), personal_account="10001"),
        LineDraft.credit(AccountCode("4400"), Decimal(10)),
    )
    post(EntryDraft(company_id=company.pk, entry_date=date(2026, 3, 1), lines=lines), actor=system_actor())
    assert bookings(company)[-1]["Konto"] == "10001"


@pytest.mark.parametrize("missing", ["datev_consultant_number", "datev_client_number"])
def test_refuses_without_the_numbers_of_consultant_and_client(company: Company, missing: str) -> None:
    setattr(company, missing, None)
    with pytest.raises(DatevNumbersMissing, match="Settings → Company"):
        exported(company)


def test_refuses_a_range_over_the_end_of_a_fiscal_year(company: Company) -> None:
    with pytest.raises(FiscalYearSpan, match="2026-12-31"):
        exported(company, DateRange(date(2026, 12, 1), date(2027, 1, 31)))
    with pytest.raises(InvalidRange):
        exported(company, DateRange(date(2026, 12, 1), date(2026, 11, 30)))


@pytest.mark.parametrize("code", ["180010000", "BANK", "1800A", None])
def test_refuses_account_numbers_that_datev_would_misread(company: Company, code: str | None) -> None:
    account = company.accounts.create(code=code, name="Second bank", type="asset")
    lines = (LineDraft.debit(account.id, Decimal(1)), LineDraft.credit(AccountCode("1800"), Decimal(1)))
    post(EntryDraft(company_id=company.pk, entry_date=date(2026, 3, 1), lines=lines), actor=system_actor())
    with pytest.raises(NotExportableToDatev):
        exported(company)


@pytest.mark.parametrize(
    ("amount", "parts"),
    [
        ("9999999999.99", ["9999999999,99"]),
        ("10000000000.00", ["5000000000,00", "5000000000,00"]),
        ("99999999999.01", ["9999999999,90", "9999999999,90"]),
    ],
)
def test_writes_an_amount_of_any_size(company: Company, amount: str, parts: list[str]) -> None:
    book(company, "2026-03-01", ("6815", amount), ("1800", f"-{amount}"))
    amounts = [row["Umsatz (ohne Soll/Haben-Kz)"] for row in bookings(company)[5:]]
    assert amounts[: len(parts)] == parts
    assert sum(Decimal(one.replace(",", ".")) for one in amounts) == Decimal(amount)
    assert {len(one.split(",")[0]) for one in amounts} <= {10}


def test_splits_a_foreign_amount_and_its_base_amount_alike(company: Company) -> None:
    amount = "100000000000"
    book(
        company, "2026-03-01", ("6815", amount), ("3300", f"-{amount}"), currency="JPY", exchange_rate=Decimal("0.006")
    )
    rows = bookings(company)[5:]
    figures = [
        sum(Decimal(row[name].replace(",", ".")) for row in rows)
        for name in ("Umsatz (ohne Soll/Haben-Kz)", "Basis-Umsatz")
    ]
    assert figures == [Decimal(amount), Decimal(600_000_000)]
    assert all(len(row["Umsatz (ohne Soll/Haben-Kz)"]) <= 13 for row in rows)


def test_fills_account_numbers_up_to_the_longest(company: Company) -> None:
    for code in ("18501", "85"):
        company.accounts.create(code=code, name=f"Account {code}", type="asset")
    book(company, "2026-03-01", ("18501", "5"), ("1800", "-5"))
    book(company, "2026-03-02", ("85", "5"), ("18501", "-5"))
    assert exported(company).split("\r\n")[0].split(";")[13] == "5"
    rows = [(row["Konto"], row["Gegenkonto (ohne BU-Schlüssel)"]) for row in bookings(company)]
    assert rows[-2:] == [("18501", "18000"), ("00850", "18501")]
    assert ("12000", "44000") in rows
    march = bookings(company, DateRange(date(2026, 1, 1), date(2026, 1, 31)))
    assert {len(row["Konto"]) for row in march} == {4}, "accounts that are not used do not count"


def test_says_which_accounts_would_have_the_same_number(company: Company) -> None:
    for code in ("18000", "18001"):
        company.accounts.create(code=code, name=f"Account {code}", type="asset")
    book(company, "2026-03-01", ("18000", "5"), ("18001", "-5"))
    with pytest.raises(NotExportableToDatev, match="1800, 18000") as refused:
        exported(company)
    assert refused.value.details["accounts"] == ["1800", "18000"]


def test_exports_cost_centres_and_texts_of_lines(company: Company) -> None:
    lines = (
        LineDraft.debit(
            AccountCode("6815"), Decimal(30), description="Toner", dimensions={"kost1": "100", "KOST2": "P7"}
        ),
        LineDraft.debit(AccountCode("6310"), Decimal(70), dimensions={"cost_center": "Lager;1"}),
        LineDraft.credit(AccountCode("1800"), Decimal(100), description="Überweisung", dimensions={"project": "x"}),
    )
    draft = EntryDraft(
        company_id=company.pk, entry_date=date(2026, 3, 1), memo="Rechnung 4711", lines=lines, dimensions={"kost2": "K"}
    )
    post(draft, actor=system_actor())
    first, second = bookings(company)[-2:]
    assert (first["KOST1 - Kostenstelle"], first["KOST2 - Kostenstelle"], first["Buchungstext"]) == (
        "100",
        "P7",
        "Toner",
    )
    assert (second["KOST1 - Kostenstelle"], second["KOST2 - Kostenstelle"]) == ("Lager1", "K")
    assert second["Buchungstext"] == "Rechnung 4711"
    further = [first[f"Zusatzinformation - {name} {number}"] for number in (1, 2) for name in ("Art", "Inhalt")]
    assert further == ["Beleg", "Rechnung 4711", "Gegenzeile", "Überweisung"]


def test_gives_the_cost_centres_of_an_imported_batch_back(company: Company) -> None:
    batch = Path("tests/data/datev/cost_centres.csv").read_bytes()
    skr03 = make_company(
        chart="skr03", currency="EUR", country="DE", datev_consultant_number=1001, datev_client_number=456
    )
    assert not import_datev(company=skr03, file=io.BytesIO(batch), actor=system_actor()).problems
    rows = bookings(skr03)
    assert {(row["KOST1 - Kostenstelle"], row["KOST2 - Kostenstelle"]) for row in rows if row["Konto"] == "4930"} == {
        ("100", "P7")
    }


def test_streams_a_large_batch(company: Company, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_for(company, contract="books", scopes=("auswertungen:read",))
    query = {"startDate": "2026-01-01", "endDate": "2026-12-31"}
    whole = client.get("/v1/reports/datev-export", query).content
    monkeypatch.setattr("reporting.bookkeeping_api.views.LARGE", 1)
    answer = client.get("/v1/reports/datev-export", query)
    assert answer.streaming
    assert b"".join(answer.streaming_content).split(b"\r\n")[1:] == whole.split(b"\r\n")[1:]


def test_downloads_under_the_name_datev_expects(company: Company, client_for: ClientFor) -> None:
    client = client_for(company, contract="books", scopes=("auswertungen:read",))
    answer = client.get("/v1/reports/datev-export", {"startDate": "2026-01-01", "endDate": "2026-12-31"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=windows-1252"
    assert answer["Content-Disposition"] == 'attachment; filename="EXTF_Buchungsstapel_20260101_20261231.csv"'
    assert answer.content.startswith(b'"EXTF";700;21;"Buchungsstapel";13;')


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "INVALID_INPUT"),
        ({"startDate": "2026-01-01"}, "INVALID_INPUT"),
        ({"startDate": "2026-02-01", "endDate": "2026-01-01"}, "INVALID_INPUT"),
        ({"startDate": "2026-01-01", "endDate": "2027-01-01"}, "FISCAL_YEAR_SPAN"),
    ],
)
def test_answers_400_for_a_range_it_cannot_export(
    company: Company, client_for: ClientFor, query: dict[str, str], code: str
) -> None:
    answer = client_for(company, contract="books").get("/v1/reports/datev-export", query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_answers_400_without_the_datev_numbers(german: Company, client_for: ClientFor) -> None:
    query = {"startDate": "2026-01-01", "endDate": "2026-12-31"}
    answer = client_for(german, contract="books").get("/v1/reports/datev-export", query)
    assert (answer.status_code, answer.json()["code"]) == (400, "DATEV_NUMBERS_MISSING")


def test_needs_the_scope_to_read_reports(company: Company, client_for: ClientFor) -> None:
    path = "/v1/reports/datev-export?startDate=2026-01-01&endDate=2026-12-31"
    assert Client().get(path).status_code == 401
    assert client_for(company, contract="books", scopes=("journal:read",)).get(path).status_code == 403


def test_exports_nothing_of_another_company(company: Company) -> None:
    other = make_company(chart="skr04", currency="EUR", country="DE", datev_consultant_number=1, datev_client_number=2)
    assert bookings(other) == []


def test_costs_a_fixed_number_of_statements(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        book(company, "2026-03-01", ("6815", "1"), ("1800", "-1"), external_reference=str(uuid7()))
    with django_assert_num_queries(6):
        exported(company)


def test_reads_entries_in_batches_with_one_statement_for_the_lines_of_each(
    company: Company, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reporting.datev._BATCH", 2)
    for number in range(5):
        book(company, "2026-03-01", ("6815", f"{number + 1}"), ("1800", f"-{number + 1}"))
    with django_assert_num_queries(5 + 4):  # beside the three that are there already
        rows = bookings(company)
    assert [row["Umsatz (ohne Soll/Haben-Kz)"] for row in rows[-5:]] == ["1,00", "2,00", "3,00", "4,00", "5,00"]


@pytest.mark.parametrize("text", ["Miete  März", "a\tb", "Łódź", 'sagt "ja"', "x" * 70, " plain  text "])
def test_writes_a_text_as_one_line_of_sixty_signs(company: Company, text: str) -> None:
    book(company, "2026-03-01", ("6815", "1"), ("1800", "-1"), memo=text)
    *_, row = bookings(company)
    assert row["Buchungstext"] == " ".join(text.replace("Ł", "?").replace("ź", "z").split())[:60]
