"""Exchange rates: which one counts, and loading the ECB's."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from backfill.errors import ValidationFailed
from backfill.tenancy.actors import system_actor
from backfill.tenancy.models import Company
from ledger.currencies.money import LOAD_COMMAND, Rate, exchange_rate
from ledger.currencies.rates import ecb_rates, record_exchange_rate, store_ecb_rates
from ledger.errors import ExchangeRateMissing, UnknownCurrency
from ledger.journal.posting import post
from ledger.models import ExchangeRate
from tests.factories import entry_draft, make_company

FRIDAY, SATURDAY, MONDAY = date(2026, 10, 23), date(2026, 10, 24), date(2026, 10, 26)

HISTORY = """Date,USD,JPY,GBP,HRK,
2026-10-26,1.2000,180.00,0.8000,N/A,
2026-10-23,1.2500,160.00,0.8500,N/A,
2022-12-30,1.0666,140.66,0.8869,7.5365,
"""

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "eurofxref-hist.csv"
    path.write_text(HISTORY, encoding="utf-8")
    return path


@pytest.fixture
def load(history: Path) -> Callable[[], int]:
    return lambda: store_ecb_rates(ecb_rates(str(history)), on_progress=lambda _count: None)


def test_converts_into_the_euro_at_the_reference_rate(load: Callable[[], int]) -> None:
    load()
    company = make_company(chart="skr04", currency="EUR")
    assert exchange_rate(company=company, currency="USD", on=FRIDAY) == Rate(Decimal("0.800000000"), FRIDAY, "ECB")


def test_converts_from_the_euro(load: Callable[[], int]) -> None:
    load()
    rate = exchange_rate(company=make_company(), currency="EUR", on=FRIDAY)
    assert rate == Rate(Decimal("1.250000000"), FRIDAY, "ECB")


def test_crosses_two_currencies_through_the_euro(load: Callable[[], int]) -> None:
    load()
    rate = exchange_rate(company=make_company(), currency="JPY", on=MONDAY)
    assert rate == Rate(Decimal("0.006666666667"), MONDAY, "ECB")


def test_takes_fridays_rate_on_a_saturday(load: Callable[[], int]) -> None:
    load()
    company = make_company(chart="skr04", currency="EUR")
    assert exchange_rate(company=company, currency="GBP", on=SATURDAY).rate_date == FRIDAY


def test_never_takes_a_later_rate(load: Callable[[], int]) -> None:
    load()
    with pytest.raises(ExchangeRateMissing):
        exchange_rate(company=make_company(), currency="EUR", on=FRIDAY - timedelta(days=1))


def test_takes_no_reference_rate_older_than_a_week(load: Callable[[], int]) -> None:
    load()
    company = make_company()
    assert exchange_rate(company=company, currency="EUR", on=MONDAY + timedelta(days=7)).rate_date == MONDAY
    with pytest.raises(ExchangeRateMissing, match="load_exchange_rates") as refusal:
        exchange_rate(company=company, currency="EUR", on=MONDAY + timedelta(days=8))
    assert refusal.value.field == "exchange_rate"
    assert "for 2026-11-03; the latest is of 2026-10-26 and holds for 7 days" in refusal.value.message
    assert refusal.value.details == {
        "currency": "EUR",
        "base_currency": "USD",
        "on": "2026-11-03",
        "rate_date": "2026-10-26",
        "valid_days": 7,
    }


def test_takes_no_own_rate_older_than_a_month() -> None:
    company = make_company()
    record_exchange_rate(company=company, currency="AED", on=date(2024, 5, 31), rate=Decimal("3.6"))
    assert exchange_rate(company=company, currency="AED", on=date(2024, 7, 1)).rate_date == date(2024, 5, 31)
    with pytest.raises(ExchangeRateMissing) as refusal:
        exchange_rate(company=company, currency="AED", on=date(2026, 10, 26))
    assert "for 2026-10-26; the latest is of 2024-05-31 and holds for 31 days" in refusal.value.message
    assert (refusal.value.details["rate_date"], refusal.value.details["valid_days"]) == ("2024-05-31", 31)


def test_takes_the_reference_rate_once_the_own_one_is_too_old(load: Callable[[], int]) -> None:
    load()
    company = make_company(chart="skr04", currency="EUR")
    record_exchange_rate(company=company, currency="USD", on=date(2026, 9, 1), rate=Decimal("1.6"))
    assert exchange_rate(company=company, currency="USD", on=date(2026, 10, 2)).source == "manual"
    assert exchange_rate(company=company, currency="USD", on=FRIDAY) == Rate(Decimal("0.8"), FRIDAY, "ECB")


def test_lets_each_company_say_how_long_rates_hold(load: Callable[[], int]) -> None:
    load()
    company = make_company(chart="skr04", currency="EUR")
    record_exchange_rate(company=company, currency="AED", on=date(2026, 1, 1), rate=Decimal(4))
    company.own_rate_days, company.ecb_rate_days = 365, 2
    company.save()
    on = date(2026, 12, 31)
    assert exchange_rate(company=company, currency="AED", on=on).rate_date == date(2026, 1, 1)
    assert exchange_rate(company=company, currency="USD", on=MONDAY + timedelta(days=2)).rate_date == MONDAY
    with pytest.raises(ExchangeRateMissing):
        exchange_rate(company=company, currency="USD", on=MONDAY + timedelta(days=3))


@pytest.mark.parametrize("days", [31, 32])
def test_ages_for_entries_as_it_does_for_a_lookup(days: int) -> None:
    company = make_company()
    on = date(2026, 1, 15)
    record_exchange_rate(company=company, currency="AED", on=on - timedelta(days=days), rate=Decimal(4))
    draft = entry_draft(company, currency="AED", on=on)
    if days == 31:
        assert post(draft, actor=system_actor()).exchange_rate == Decimal("0.25")
        return
    with pytest.raises(ExchangeRateMissing):
        post(draft, actor=system_actor())


def test_needs_both_currencies_on_the_same_day(load: Callable[[], int]) -> None:
    load()
    ExchangeRate.objects.filter(currency="JPY", rate_date=MONDAY).delete()
    assert exchange_rate(company=make_company(), currency="JPY", on=MONDAY).rate_date == FRIDAY


def test_needs_no_rate_for_the_companys_own_currency() -> None:
    assert exchange_rate(company=make_company(), currency="USD", on=FRIDAY) == Rate(Decimal(1), FRIDAY, "")


def test_refuses_an_unknown_currency() -> None:
    with pytest.raises(UnknownCurrency):
        exchange_rate(company=make_company(), currency="XXX", on=FRIDAY)


def test_prefers_the_companys_own_rate_until_its_next_one(load: Callable[[], int]) -> None:
    load()
    company = make_company(chart="skr04", currency="EUR")
    record_exchange_rate(company=company, currency="USD", on=date(2026, 10, 1), rate=Decimal("1.6"))
    record_exchange_rate(company=company, currency="USD", on=SATURDAY, rate=Decimal(2))
    assert exchange_rate(company=company, currency="USD", on=FRIDAY) == Rate(
        Decimal("0.625000000"), date(2026, 10, 1), "manual"
    )
    assert exchange_rate(company=company, currency="USD", on=MONDAY).rate == Decimal("0.5")
    assert exchange_rate(company=company, currency="USD", on=SATURDAY).rate == Decimal("0.5")


def test_never_uses_another_companys_rate(load: Callable[[], int]) -> None:
    load()
    other = make_company(chart="skr04", currency="EUR")
    record_exchange_rate(company=other, currency="USD", on=FRIDAY, rate=Decimal(2))
    company = make_company(chart="skr04", currency="EUR")
    assert exchange_rate(company=company, currency="USD", on=FRIDAY).source == "ECB"


def test_takes_own_rates_for_currencies_the_bank_does_not_quote() -> None:
    company = make_company()
    record_exchange_rate(company=company, currency="AED", on=FRIDAY, rate=Decimal("3.6725"), source="bank")
    assert exchange_rate(company=company, currency="AED", on=MONDAY) == Rate(Decimal("0.272294077604"), FRIDAY, "bank")


def test_replaces_the_own_rate_of_a_day() -> None:
    company = make_company()
    for rate in ("3", "4"):
        record_exchange_rate(company=company, currency="AED", on=FRIDAY, rate=Decimal(rate))
    assert [row.rate for row in company.exchange_rates.all()] == [Decimal(4)]


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity", "1000000000"])
def test_refuses_an_impossible_rate(rate: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        record_exchange_rate(company=make_company(), currency="EUR", on=FRIDAY, rate=Decimal(rate))
    assert refusal.value.field == "rate"


def test_refuses_a_rate_for_the_companys_own_currency() -> None:
    with pytest.raises(ValidationFailed):
        record_exchange_rate(company=make_company(), currency="USD", on=FRIDAY, rate=Decimal(2))


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_costs_two_statements_at_most(
    load: Callable[[], int], currency: str, django_assert_max_num_queries: Callable[..., object]
) -> None:
    load()
    company: Company = make_company()
    with django_assert_max_num_queries(2):  # type: ignore[attr-defined]
        exchange_rate(company=company, currency=currency, on=FRIDAY)


def test_stores_each_rate_once(load: Callable[[], int]) -> None:
    assert load() == 9
    assert load() == 0
    assert ExchangeRate.objects.filter(company=None).count() == 9


def test_leaves_out_currencies_that_no_longer_exist(load: Callable[[], int]) -> None:
    load()
    assert not ExchangeRate.objects.filter(currency="HRK").exists()


def test_adds_only_what_a_newer_history_brings(load: Callable[[], int], history: Path) -> None:
    load()
    history.write_text(HISTORY.replace("N/A,\n2026-10-23", "N/A,\n2026-10-25,1.5,170,0.9,N/A,\n2026-10-23"))
    assert load() == 3


def test_takes_over_a_corrected_rate(load: Callable[[], int], history: Path) -> None:
    load()
    history.write_text(HISTORY.replace("1.2500", "1.2400"))
    assert load() == 1
    assert ExchangeRate.objects.get(currency="USD", rate_date=FRIDAY).rate == Decimal("1.24")


def test_leaves_own_rates_alone(load: Callable[[], int]) -> None:
    company = make_company(chart="skr04", currency="EUR")
    record_exchange_rate(company=company, currency="USD", on=FRIDAY, rate=Decimal(2))
    load()
    assert company.exchange_rates.get().rate == 2


def test_loads_the_installed_history_by_command_and_again_without_change() -> None:
    first, second = StringIO(), StringIO()
    call_command("load_exchange_rates", stdout=first)
    stored = ExchangeRate.objects.count()
    call_command("load_exchange_rates", stdout=second)
    assert stored > 150_000
    assert ", 0 of them new" in second.getvalue()
    assert ExchangeRate.objects.count() == stored
    # Published by the ECB for 28 March 2014.
    assert ExchangeRate.objects.get(currency="USD", rate_date=date(2014, 3, 28)).rate == Decimal("1.3759")


def test_loads_a_newer_file_by_the_command_that_pages_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ZipFile(tmp_path / "eurofxref-hist.zip", "w") as archive:
        archive.writestr("eurofxref-hist.csv", HISTORY)
    monkeypatch.chdir(tmp_path)
    *_manage, command, file = LOAD_COMMAND.split()
    answer = StringIO()
    call_command(command, file, stdout=answer)
    assert answer.getvalue() == "9 reference rates up to 2026-10-26, 9 of them new.\n"
    assert exchange_rate(company=make_company(), currency="EUR", on=MONDAY).rate == Decimal("1.2")


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"Date,USD\n2026-10-23,abc\n", b"hello\nworld\n", b"Date,\n"]
)
def test_says_when_a_file_is_no_history(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rates.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=r"rates\.csv"):
        call_command("load_exchange_rates", str(path))


@pytest.mark.parametrize("name", ["missing.csv", "broken.zip"])
def test_says_when_a_file_cannot_be_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04broken")
    with pytest.raises(CommandError, match=name):
        call_command("load_exchange_rates", str(tmp_path / name))
