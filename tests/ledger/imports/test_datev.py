"""Importing DATEV batches through the ledger. Figures are worked out in the comments."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.imports.datev import import_datev, preview_datev
from ledger.imports.errors import UnreadableFile, UnrecognisedFile, WrongClient
from ledger.imports.results import Check, ImportOptions, ImportResult
from ledger.models import AccountRole, JournalEntry, JournalLine, TaxCode
from ledger.periods.calendar import soft_lock
from tests.factories import make_company
from tests.ledger.imports.datev_files import batch

pytestmark = pytest.mark.django_db

ACTOR = system_actor()
SAMPLE = Path(__file__).parents[2] / "data/datev/EXTF_Buchungsstapel.csv"


@pytest.fixture
def company() -> Company:
    return make_company(chart="skr03", currency="EUR")


def _import(
    company: Company,
    *rows: dict[int, str],
    header: dict[int, str] | None = None,
    waived: frozenset[Check] = frozenset(),
) -> ImportResult:
    return import_datev(
        company=company, file=batch(*rows, header=header), actor=ACTOR, options=ImportOptions(waived=waived)
    )


def _posted(company: Company, *rows: dict[int, str]) -> list[tuple[str | None, Decimal]]:
    """The lines, as account and signed amount, that the rows post."""
    result = _import(company, *rows)
    assert [problem.reason for problem in result.problems] == []
    lines = JournalLine.objects.filter(company=company).select_related("account").order_by("entry", "line_number")
    return [(line.account.code, line.amount) for line in lines]


def _reason(company: Company, row: dict[int, str]) -> str:
    [problem] = _import(company, row).problems
    assert problem.line == 3
    assert not JournalEntry.objects.filter(company=company).exists()
    return problem.reason


def _amounts(*amounts: tuple[str, str]) -> list[tuple[str, Decimal]]:
    return [(code, Decimal(amount)) for code, amount in amounts]


def test_an_automatic_account_bears_the_tax(company: Company) -> None:
    # 119 gross: 19 tax, 100 net, whichever field the account stands in.
    expected = _amounts(("1400", "119"), ("8400", "-100"), ("1776", "-19"))
    assert _posted(company, {7: "10000", 8: "8400"}) == expected
    JournalEntry.objects.get(company=company)


def test_an_automatic_account_may_stand_in_field_7(company: Company) -> None:
    expected = _amounts(("8400", "-100"), ("1776", "-19"), ("1400", "119"))
    assert _posted(company, {7: "8400", 8: "10000", 2: "H"}) == expected


def test_side_h_is_the_other_way_round(company: Company) -> None:
    # A credit note: the customer is credited, revenue and tax are debited.
    assert _posted(company, {2: '"H"'}) == _amounts(("1400", "-119"), ("8400", "100"), ("1776", "19"))


@pytest.mark.parametrize("key", ["40", '"40"', "0040"])
def test_key_40_lifts_the_automatic_account(company: Company, key: str) -> None:
    assert _posted(company, {9: key}) == _amounts(("1400", "119"), ("8400", "-119"))


def test_key_42_lifts_the_automatic_account_for_another_rate(company: Company) -> None:
    # 119 × 7 / 107 = 7.785 → 7.79
    assert _posted(company, {9: "42"}) == _amounts(("1400", "119"), ("8400", "-111.21"), ("1771", "-7.79"))


def test_a_key_that_says_what_the_automatic_account_says_is_accepted(company: Company) -> None:
    assert _posted(company, {9: "3"}) == _amounts(("1400", "119"), ("8400", "-100"), ("1776", "-19"))


@pytest.mark.parametrize(
    ("account", "contra", "side", "expected"),
    [
        # A vendor's invoice: 70000 stands for the control account 1600.
        ("4930", "70000", "S", [("4930", "100"), ("1576", "19"), ("1600", "-119")]),
        ("70000", "4930", "H", [("1600", "-119"), ("4930", "100"), ("1576", "19")]),
        # Money never bears tax, in either field; nor does a fixed asset lose it to the bank.
        ("1200", "4930", "H", [("1200", "-119"), ("4930", "100"), ("1576", "19")]),
        ("0420", "1200", "S", [("0420", "100"), ("1576", "19"), ("1200", "-119")]),
        # An expense before a balance sheet account; of two expenses the Gegenkonto.
        ("4930", "1590", "S", [("4930", "100"), ("1576", "19"), ("1590", "-119")]),
        ("4930", "4940", "S", [("4930", "119"), ("4940", "-100"), ("1576", "-19")]),
    ],
)
def test_a_tax_key_means_the_account_that_can_bear_tax(
    company: Company, account: str, contra: str, side: str, expected: list[tuple[str, str]]
) -> None:
    assert _posted(company, {7: account, 8: contra, 2: side, 9: "9"}) == _amounts(*expected)


@pytest.mark.parametrize(("key", "input_tax", "output_tax"), [("94", "1577", "1787"), ("19", "1574", "1774")])
def test_reverse_charge_keys_take_the_amount_as_net(
    company: Company, key: str, input_tax: str, output_tax: str
) -> None:
    # The vendor gets 100; 19 % of 100 is owed and deducted at once.
    assert _posted(company, {1: "100,00", 7: "4930", 8: "70000", 9: key}) == _amounts(
        ("4930", "100"), (input_tax, "19"), (output_tax, "-19"), ("1600", "-100")
    )


def test_an_automatic_reverse_charge_account_needs_no_key(company: Company) -> None:
    assert _posted(company, {1: "100,00", 7: "3425", 8: "70000"}) == _amounts(
        ("3425", "100"), ("1574", "19"), ("1774", "-19"), ("1600", "-100")
    )


def test_an_automatic_account_of_rate_zero_keeps_the_amount(company: Company) -> None:
    assert _posted(company, {7: "10000", 8: "8125"}) == _amounts(("1400", "119"), ("8125", "-119"))
    assert JournalLine.objects.get(account__code="8125").tax_code == "UST0-IGL"


@pytest.mark.parametrize("reversal", [{9: "20"}, {118: '"G"'}, {118: "1"}])
def test_a_general_reversal_posts_the_sides_it_states(company: Company, reversal: dict[int, str]) -> None:
    # The invoice and its general reversal (same amount, other side) leave nothing on any account.
    lines = _posted(company, {}, {2: "H", **reversal})
    assert len(lines) == 6
    for code in ("1400", "8400", "1776"):
        assert sum(amount for account, amount in lines if account == code) == 0
    assert JournalEntry.objects.order_by("sequence")[1].metadata["datev"]["general_reversal"] is True


def test_keeps_what_the_row_says(company: Company) -> None:
    _import(
        company,
        {12: '"150226"', 20: '"BEDI ""X"""', 37: '"100"', 38: '"A"', 115: "10012026"},
    )
    entry = JournalEntry.objects.get(company=company)
    assert (entry.entry_date, entry.document_date) == (date(2026, 1, 15), date(2026, 1, 15))
    assert (entry.effective_date, entry.service_date) == (date(2026, 1, 15), date(2026, 1, 10))
    assert (entry.memo, entry.document_number, entry.kind) == ("Beratung", "RE-1", "import")
    assert (entry.source_system, entry.source_id) == ("datev", "3")
    assert entry.connection_id == "1001-456-20260201120000000-20260101-20260131"
    assert entry.metadata["datev"] == {"second_number": "150226", "fields": {"Beleglink": 'BEDI "X"'}}
    lines = {line.account.code: line for line in JournalLine.objects.filter(entry=entry).select_related("account")}
    assert lines["1400"].personal_account == "10000"
    assert lines["8400"].dimensions == {"kost1": "100", "kost2": "A"}
    assert (lines["1400"].dimensions, lines["1776"].dimensions) == ({}, {})
    assert (lines["8400"].tax_role, lines["1776"].tax_role) == ("base", "tax")


def test_a_row_without_text_is_named_after_the_batch(company: Company) -> None:
    _import(company, {14: ""})
    assert JournalEntry.objects.get(company=company).memo == "Januar"


@pytest.mark.parametrize(
    ("number", "control"), [("10000", "1400"), ("69999", "1400"), ("70000", "1600"), ("99999", "1600")]
)
def test_a_personal_account_is_booked_to_its_control_account(company: Company, number: str, control: str) -> None:
    assert _posted(company, {7: number, 8: "1200"})[0][0] == control


def test_accounts_may_be_longer_and_without_leading_zeros(company: Company) -> None:
    # A client with six digits writes 8400 as 840000, 0420 as 42000 (zero dropped) and customers with seven.
    result = _import(company, {7: "1000000", 8: "840000"}, {7: "42000", 8: "120000", 9: "9"}, header={14: "6"})
    assert result.problems == ()
    assert [row.code for row in result.sums] == ["0420", "1200", "1400", "1576", "1776", "8400"]


def test_leading_zeros_may_be_missing(company: Company) -> None:
    assert _posted(company, {7: "420", 8: "1200", 9: "9"})[0] == ("0420", Decimal(100))


def test_a_foreign_amount_keeps_the_batchs_base_amount(company: Company) -> None:
    # 119 USD at 1.1900 USD per EUR are 100 EUR. The tax is split off in both: 19 USD, and 100 × 19 / 119 = 15.97 EUR.
    row = {1: "119,00", 3: '"USD"', 4: "1,190000", 5: "100,00", 6: '"EUR"'}
    assert _posted(company, row) == _amounts(("1400", "100"), ("8400", "-84.03"), ("1776", "-15.97"))
    entry = JournalEntry.objects.get(company=company)
    assert (entry.currency, entry.exchange_rate) == ("USD", Decimal("0.840336134454"))
    amounts = JournalLine.objects.filter(entry=entry).order_by("line_number").values_list("currency_amount", flat=True)
    assert list(amounts) == [Decimal(119), Decimal(-100), Decimal(-19)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({7: "9998"}, "field 7: account 9998 does not exist"),
        ({8: "9998"}, "field 8: account 9998 does not exist"),
        ({7: "01234"}, "field 7: 01234 is not a customer"),
        ({9: "5"}, "field 9: no tax code of the company has the DATEV key «5»"),
        ({9: "9"}, "field 9: BU key 9 contradicts the automatic account 8400 (UST19); BU key 40 lifts"),
        ({7: "3400"}, "fields 7 and 8 are both automatic accounts"),
        ({7: "1200", 8: "1400", 9: "9"}, "field 9: BU key 9 is stated, but neither 1200 nor 1400"),
        (
            {1: "0,01", 7: "1200", 8: "4930", 9: "9", 119: "7,00"},
            "the row states 7.00 % tax, but tax code VST19 has 19",
        ),
        ({3: '"USD"'}, "there is no exchange rate from USD to EUR"),
        ({3: '"XXX"', 4: "1,1"}, "«XXX» is not a currency in use"),
        ({11: "x" * 101}, "the document number is longer than 100 characters"),
        ({13: "2,38"}, "a discount (Skonto)"),
    ],
)
def test_refuses_a_row_with_its_reason(company: Company, row: dict[int, str], reason: str) -> None:
    assert reason in _reason(company, row)


def test_refuses_a_key_that_several_tax_codes_carry(company: Company) -> None:
    TaxCode.objects.filter(company=company, code="VST7").update(datev_key="9")
    assert "several tax codes have the DATEV key 9 (VST19, VST7)" in _reason(company, {7: "1200", 8: "4930", 9: "9"})


def test_refuses_an_automatic_account_whose_tax_code_is_inactive(company: Company) -> None:
    TaxCode.objects.filter(company=company, code="UST19").update(is_active=False)
    assert "account 8400 is automatic, but tax code UST19 is not active" in _reason(company, {})


def test_refuses_personal_accounts_without_a_control_account(company: Company) -> None:
    company.accounts.filter(slot=AccountRole.ACCOUNTS_RECEIVABLE).update(slot=None)
    assert "no active account plays the role accounts_receivable that 10000 is booked to" in _reason(company, {})


def test_refuses_a_closed_period(company: Company) -> None:
    soft_lock(company=company, name="2026-01", actor=ACTOR)
    assert _reason(company, {}) == "period 2026-01 is soft-locked; choose a date in an open period"


def test_lists_every_bad_line_and_posts_nothing(company: Company) -> None:
    result = _import(company, {}, {1: "x"}, {7: "9998"}, {}, {9: "77"})
    assert [problem.line for problem in result.problems] == [4, 5, 7]
    assert not JournalEntry.objects.filter(company=company).exists()


def test_a_preview_posts_nothing_and_shows_the_sums(company: Company) -> None:
    result = preview_datev(company=company, file=batch({}, {}), actor=ACTOR)
    assert not JournalEntry.objects.filter(company=company).exists()
    assert [(row.code, row.debit, row.credit) for row in result.sums] == [
        ("1400", Decimal(238), Decimal(0)),
        ("1776", Decimal(0), Decimal(38)),
        ("8400", Decimal(0), Decimal(200)),
    ]


def test_states_what_the_file_is(company: Company) -> None:
    with SAMPLE.open("rb") as file:
        result = preview_datev(company=company, file=file, actor=ACTOR)
    assert result.findings == (
        "DATEV posting batch «Beispiel-Buchungen», format version 9",
        "Encoding: Windows-1252",
        "Consultant 1001, client 456",
        "Period: 2018-02-01 to 2018-02-28, fiscal year from 2018-01-01",
        "Accounts: 4 digits",
    )


def test_a_batch_in_utf8_is_read_too(company: Company) -> None:
    file = batch({14: '"Bücher – 5 €"'}, encoding="utf-8-sig")
    assert import_datev(company=company, file=file, actor=ACTOR).entry_count == 1
    assert JournalEntry.objects.get(company=company).memo == "Bücher – 5 €"


def test_the_same_file_twice_posts_once(company: Company) -> None:
    _import(company, {}, {1: "50,00"})
    again = _import(company, {}, {1: "50,00"})
    assert (again.entry_count, again.already_imported_count, again.problems) == (0, 2, ())
    assert JournalEntry.objects.filter(company=company).count() == 2


def test_two_rows_alike_in_one_batch_are_two_bookings(company: Company) -> None:
    assert _import(company, {}, {}).entry_count == 2


def test_other_content_in_the_same_batch_is_a_conflict(company: Company) -> None:
    _import(company, {}, {1: "50,00"})
    [problem] = _import(company, {}, {1: "51,00"}).problems
    assert problem.line == 4
    assert problem.reason == "entry 2026-000002 has been imported under this reference with other content"


def test_a_batch_exported_anew_is_refused_unless_it_is_meant(company: Company) -> None:
    _import(company, {}, {1: "50,00"})
    anew = {6: "20260301120000000"}
    problems = _import(company, {}, {1: "50,00"}, {1: "60,00"}, header=anew).problems
    assert [problem.line for problem in problems] == [3, 4]
    assert problems[0].reason.startswith("repeats entry 2026-000001 of another batch")
    assert _import(company, {}, header=anew, waived=frozenset({Check.REPEATS})).entry_count == 1


def test_refuses_another_clients_batch_unless_the_check_is_waived(company: Company) -> None:
    company.datev_consultant_number, company.datev_client_number = 1001, 789
    with pytest.raises(WrongClient, match=r"belongs to client 456 instead of 789\. .*to be accepted"):
        _import(company, {})
    assert _import(company, {}, waived=frozenset({Check.CLIENT})).entry_count == 1


def test_accepts_the_batch_of_the_companys_own_client(company: Company) -> None:
    company.datev_consultant_number, company.datev_client_number = 1001, 456
    assert _import(company, {}).entry_count == 1


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({22: '"CHF"'}, "The batch is kept in CHF"),
        ({27: '"04"'}, "The batch is for the chart DATEV SKR04"),
        ({3: "20", 4: '"Kontenbeschriftungen"'}, "category 20 «Kontenbeschriftungen»"),
    ],
)
def test_refuses_a_batch_that_does_not_fit_the_company(company: Company, header: dict[int, str], message: str) -> None:
    with pytest.raises(UnrecognisedFile) as refusal:
        _import(company, {}, header=header)
    assert message in refusal.value.message


def test_notes_a_fiscal_year_that_starts_in_another_month(company: Company) -> None:
    result = _import(company, {}, header={13: "20250701"})
    assert result.findings[-1] == f"Note: the fiscal year of {company.name} starts in another month"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "The file is empty."),
        (b"Datum;Konto\n", "This is no DATEV file"),
        (SAMPLE.read_bytes()[:100].split(b"\n")[0], "The DATEV header (line 1) has"),
        (SAMPLE.read_bytes().split(b"\n")[0], "The DATEV file ends after its header"),
        (b"\n".join(SAMPLE.read_bytes().split(b"\n")[:2]), "The batch has a header and no bookings."),
        (SAMPLE.read_bytes().replace(b"Konto;", b"Account;", 1), "Line 2 does not hold the column titles"),
        (SAMPLE.read_bytes().replace(b"Honorar", b"Hon\x00rar"), "Line 4 contains NUL bytes"),
        (SAMPLE.read_bytes().replace(b"Honorar", "Honörar".encode()), "The file mixes two encodings: line 4 is UTF-8"),
        (SAMPLE.read_bytes().replace(b'"Honorar', b'"Hon"orar'), "Line 4 cannot be divided into cells"),
    ],
)
def test_refuses_a_file_that_is_not_what_it_says(company: Company, raw: bytes, message: str) -> None:
    with pytest.raises((UnreadableFile, UnrecognisedFile)) as refusal:
        import_datev(company=company, file=io.BytesIO(raw), actor=ACTOR)
    assert refusal.value.message.startswith(message)


def test_the_number_of_statements_does_not_grow_with_the_rows(company: Company) -> None:
    def statements(count: int, created: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            rows = [{11: f"{created}-{number}"} for number in range(count)]
            assert _import(company, *rows, header={6: f"202602011200000{created}"}).entry_count == count
        return len(queries)

    assert statements(1, "01") == statements(400, "02")


class TestDiscounts:
    """A payment of 116.62 that was short of 2.38: 2.00 and 0.38 of tax, and 119.00 off what is owed."""

    PAYMENT: ClassVar[dict[int, str]] = {1: "116,62", 2: '"S"', 7: "1200", 8: "10000", 11: '"RE-1"', 13: "2,38"}
    INVOICE: ClassVar[dict[int, str]] = {1: "119,00", 2: '"S"', 7: "10000", 8: "8400", 11: '"RE-1"'}

    @pytest.mark.parametrize("told", [{9: '"3"'}, {119: "19,00", 9: '"3"'}, {119: "19,00"}])
    def test_lower_the_tax_that_the_key_names(self, company: Company, told: dict[int, str]) -> None:
        assert _posted(company, self.PAYMENT | told) == _amounts(
            ("1200", "116.62"), ("1400", "-119.00"), ("8736", "2.00"), ("1776", "0.38")
        )

    def test_lower_the_tax_of_their_invoice_in_the_batch(self, company: Company) -> None:
        result = _import(company, self.INVOICE, self.PAYMENT)
        lines = JournalLine.objects.filter(entry=result.entry_ids[1]).order_by("line_number")
        assert [(line.account.code, line.amount) for line in lines] == _amounts(
            ("1200", "116.62"), ("1400", "-119.00"), ("8736", "2.00"), ("1776", "0.38")
        )

    def test_lower_the_tax_of_their_invoice_in_the_books(self, company: Company) -> None:
        _import(company, self.INVOICE)
        result = _import(company, self.PAYMENT, header={6: "20260202120000000"})
        lines = JournalLine.objects.filter(entry=result.entry_ids[0]).order_by("line_number")
        assert [(line.account.code, line.amount) for line in lines] == _amounts(
            ("1200", "116.62"), ("1400", "-119.00"), ("8736", "2.00"), ("1776", "0.38")
        )

    def test_are_booked_without_tax_where_nothing_tells_it_and_say_so(self, company: Company) -> None:
        result = _import(company, self.PAYMENT)
        lines = JournalLine.objects.filter(company=company).order_by("line_number")
        assert [(line.account.code, line.amount) for line in lines] == _amounts(
            ("1200", "116.62"), ("1400", "-119.00"), ("8730", "2.38")
        )
        [remark] = result.remarks
        assert (remark.line, "the discount of 2.38 is booked without tax" in remark.text) == (3, True)

    @pytest.mark.parametrize("told", [{9: '"9"'}, {119: "19,00"}])
    def test_are_taken_from_vendors(self, company: Company, told: dict[int, str]) -> None:
        row = {1: "116,62", 2: '"H"', 7: "1200", 8: "70000", 13: "2,38", **told}
        assert _posted(company, row) == _amounts(
            ("1200", "-116.62"), ("1600", "119.00"), ("3736", "-2.00"), ("1576", "-0.38")
        )

    def test_stand_on_either_side_and_in_either_direction(self, company: Company) -> None:
        turned = {1: "116,62", 2: '"H"', 7: "10000", 8: "1200", 9: '"2"', 13: "2,14"}
        assert _posted(company, turned) == _amounts(
            ("1200", "116.62"), ("1400", "-118.76"), ("8731", "2.00"), ("1771", "0.14")
        )

    def test_may_be_in_another_currency(self, company: Company) -> None:
        row = self.PAYMENT | {1: "980,00", 3: '"USD"', 4: "1,25", 13: "20,00"}
        # 980 at 1.25 are 784.00 and the discount 16.00.
        assert _posted(company, row) == _amounts(("1200", "784.00"), ("1400", "-800.00"), ("8730", "16.00"))

    def test_are_refused_on_anything_but_a_payment(self, company: Company) -> None:
        assert "belongs to a payment" in _reason(company, self.INVOICE | {13: "2,38"})
        assert "belongs to a payment" in _reason(company, {7: "4930", 8: "1200", 13: "2,38"})

    def test_are_refused_where_the_invoice_has_several_rates(self, company: Company) -> None:
        other = self.INVOICE | {1: "107,00", 8: "8300"}
        problems = _import(company, self.INVOICE, other, self.PAYMENT).problems
        assert [(problem.line, problem.reason) for problem in problems] == [
            (5, "field 13: the tax of the discount may be UST19, UST7; state it with a BU key")
        ]


def test_books_what_is_worth_less_than_a_cent(company: Company) -> None:
    row = {1: "10,00", 3: '"IDR"', 4: "17000,00", 7: "4930", 8: "1200"}
    assert _posted(company, row) == _amounts(("4930", "0.00"), ("1200", "0.00"))
    entry = JournalEntry.objects.get(company=company)
    assert (entry.currency, entry.exchange_rate) == ("IDR", Decimal("0.000058823529"))
    assert sorted(line.currency_amount for line in entry.lines.all()) == [Decimal(-10), Decimal(10)]


def test_keeps_cost_centres_as_dimensions_of_the_cost(company: Company) -> None:
    _import(company, {7: "4930", 8: "1200", 9: '"9"', 37: '"100"', 38: '"P7"'})
    found = {line.account.code: line.dimensions for line in JournalLine.objects.filter(company=company)}
    assert found == {"4930": {"kost1": "100", "kost2": "P7"}, "1576": {}, "1200": {}}
