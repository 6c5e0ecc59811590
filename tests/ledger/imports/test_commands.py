"""`manage.py import_journal` and `manage.py import_datev`: what they print, and their exit status."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from backfill.tenancy.models import Company
from ledger.models import JournalEntry
from tests.factories import make_company
from tests.ledger.imports.datev_files import batch

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[2] / "data/datev/EXTF_Buchungsstapel.csv"
JOURNAL = "ref,date,account,debit,credit\n1,2026-01-31,4210,500.00,\n1,2026-01-31,1200,,500.00\n"


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr03", currency="EUR")


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal.csv"
    path.write_text(JOURNAL)
    return path


def _output(command: str, file: Path, company: Company, *flags: str) -> str:
    out = io.StringIO()
    call_command(command, str(file), "--company", str(company.id), *flags, stdout=out)
    return out.getvalue()


def _refusal(command: str, file: Path, company: Company, *flags: str) -> tuple[str, list[str]]:
    """The message of exit status 1, and the lines on stderr before it."""
    err = io.StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command(command, str(file), "--company", company.name, *flags, stdout=io.StringIO(), stderr=err)
    return str(refusal.value), err.getvalue().splitlines()


def test_import_journal_states_what_it_found_and_posted(company: Company, journal: Path) -> None:
    assert _output("import_journal", journal, company).splitlines() == [
        "Encoding: UTF-8",
        "Separator: comma",
        "Amounts: decimal point",
        "Dates: YYYY-MM-DD",
        "",
        "                                                          Debit           Credit",
        "1200  Bank                                                 0.00           500.00",
        "4210  Miete (unbewegliche Wirtschaftsgüter)              500.00             0.00",
        "                                                         500.00           500.00",
        "",
        "Posted 1 entry.",
    ]


def test_a_dry_run_posts_nothing(company: Company, journal: Path) -> None:
    assert _output("import_journal", journal, company, "--dry-run").endswith("Would post 1 entry.\n")
    assert _output("import_datev", SAMPLE, company, "--dry-run").endswith("Would post 2 entries.\n")
    assert not JournalEntry.objects.filter(company=company).exists()


def test_a_second_run_reports_already_imported(company: Company, journal: Path) -> None:
    _output("import_journal", journal, company)
    assert _output("import_journal", journal, company).endswith("Nothing new to post. 1 entry already imported.\n")
    _output("import_datev", SAMPLE, company)
    assert _output("import_datev", SAMPLE, company).endswith("Nothing new to post. 2 entries already imported.\n")


def test_lists_every_bad_line_on_stderr(company: Company, tmp_path: Path) -> None:
    path = tmp_path / "EXTF.csv"
    path.write_bytes(batch({}, {1: "x"}, {7: "9998"}).getvalue())
    message, lines = _refusal("import_datev", path, company)
    assert message == "2 problems; nothing was posted."
    assert lines == [
        "line 4: field 1 (Umsatz) is «x», expected a positive number with decimal comma, no thousands mark",
        f"line 5: field 7: account 9998 does not exist in {company.name}",
    ]
    message, lines = _refusal("import_datev", path, company, "--max-errors", "1")
    assert (message, len(lines)) == ("At least 1 problem; nothing was posted.", 1)


def test_refuses_a_file_that_is_not_what_it_says_in_one_line(company: Company, journal: Path) -> None:
    assert _refusal("import_datev", journal, company)[0].startswith("This is no DATEV file")
    assert _refusal("import_journal", SAMPLE, company)[0].endswith(
        "This looks like a DATEV file, which import_datev reads."
    )


def test_refuses_a_file_that_cannot_be_read(company: Company, tmp_path: Path) -> None:
    missing = tmp_path / "missing.csv"
    assert _refusal("import_journal", missing, company)[0] == f"{missing} cannot be read: No such file or directory."
    assert _refusal("import_journal", tmp_path, company)[0] == f"{tmp_path} cannot be read: Is a directory."


def test_refuses_an_unknown_company(journal: Path) -> None:
    with pytest.raises(CommandError, match="no company"):
        call_command("import_journal", str(journal), "--company", "Nobody")


@pytest.mark.parametrize("number", ["0", "-1", "x"])
def test_refuses_a_number_of_errors_that_is_none(company: Company, journal: Path, number: str) -> None:
    assert "--max-errors" in _refusal("import_journal", journal, company, "--max-errors", number)[0]


def test_ignore_client_accepts_another_clients_batch(company: Company) -> None:
    Company.objects.filter(id=company.id).update(datev_client_number=789)
    assert "--ignore-client" in _refusal("import_datev", SAMPLE, company)[0]
    assert _output("import_datev", SAMPLE, company, "--ignore-client").endswith("Posted 2 entries.\n")


def test_ignore_repeats_accepts_what_another_batch_brought(company: Company, journal: Path) -> None:
    _output("import_journal", journal, company, "--batch", "one")
    assert "--ignore-repeats" in _refusal("import_journal", journal, company, "--batch", "two")[1][0]
    assert "Posted 1 entry" in _output("import_journal", journal, company, "--batch", "two", "--ignore-repeats")


def test_decimal_and_dates_decide_what_the_file_does_not_tell(company: Company, tmp_path: Path) -> None:
    path = tmp_path / "unclear.csv"
    path.write_text("ref,date,account,debit,credit\n1,01/02/2026,4210,1.500,\n1,01/02/2026,1200,,1.500\n")
    assert "--decimal" in _refusal("import_journal", path, company)[0]
    assert "--dates" in _refusal("import_journal", path, company, "--decimal", "comma")[0]
    _output("import_journal", path, company, "--decimal", "comma", "--dates", "day-first")
    entry = JournalEntry.objects.get(company=company)
    assert (str(entry.entry_date), entry.total_amount) == ("2026-02-01", 1500)
