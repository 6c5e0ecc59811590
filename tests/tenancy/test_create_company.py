from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from zoneinfo import available_timezones

import pycountry
import pytest
from django.core.management import call_command
from django.db import connection

from backfill.countries import usual_time_zone
from backfill.errors import ValidationFailed
from backfill.tenancy.errors import CompanyNameTaken
from backfill.tenancy.models import AccessEvent, Company
from backfill.tenancy.registry import on_company_created
from backfill.tenancy.selectors import company_by_name_or_id
from backfill.tenancy.services import create_company
from backfill.tenancy.services.companies import COUNTRIES
from tests.factories import make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[list[Company]]:
    companies: list[Company] = []
    on_company_created.append(companies.append)
    yield companies
    on_company_created.remove(companies.append)


def test_creates_a_company_and_tells_whoever_asked(told: list[Company]) -> None:
    company = create_company(name="  Beispiel   GmbH ", chart="skr03", currency="eur", time_zone="Europe/Berlin")
    company.refresh_from_db()
    assert (company.name, company.chart, company.base_currency) == ("Beispiel GmbH", "skr03", "EUR")
    assert told == [company]
    assert AccessEvent.objects.get(company=company).verb == "company_created"


def test_does_not_exist_when_somebody_who_was_told_fails(told: list[Company]) -> None:
    def fail(company: Company) -> None:
        raise RuntimeError(company.name)

    on_company_created.append(fail)
    try:
        with pytest.raises(RuntimeError):
            make_company(name="Nothing")
    finally:
        on_company_created.remove(fail)
    assert not Company.objects.filter(name="Nothing").exists()


@pytest.mark.parametrize(("chart", "country"), [("us", "US"), ("skr03", "DE"), ("skr04", "DE"), ("ifrs", "")])
def test_takes_the_country_of_the_chart_by_default(chart: str, country: str) -> None:
    assert make_company(chart=chart).country == country


@pytest.mark.parametrize(
    ("chart", "country", "zone"),
    [
        ("skr03", "", "Europe/Berlin"),
        ("skr04", "", "Europe/Berlin"),
        ("skr03", "AT", "Europe/Vienna"),
        ("us", "", "America/New_York"),
        ("ifrs", "JP", "Asia/Tokyo"),
        ("ifrs", "ES", "Europe/Madrid"),
        ("ifrs", "XK", "Europe/Belgrade"),
        ("ifrs", "", "UTC"),
    ],
)
def test_takes_the_time_zone_of_the_country_by_default(chart: str, country: str, zone: str) -> None:
    assert make_company(chart=chart, country=country, time_zone="").time_zone == zone


def test_the_command_says_whose_days_a_company_has(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_company", "Beispiel GmbH", chart="skr03", currency="EUR")
    call_command("create_company", "Other GmbH", chart="skr03", currency="EUR", time_zone="Europe/Vienna")
    out, err = capsys.readouterr()
    found = Company.objects.order_by("created_at")
    assert [company.time_zone for company in found] == ["Europe/Berlin", "Europe/Vienna"]
    assert out.split() == [str(company.pk) for company in found]
    assert err == "Its days are those of Europe/Berlin; Settings → Company changes that.\n"


def test_every_country_has_a_time_zone() -> None:
    zones = {country: usual_time_zone(country) for country in COUNTRIES}
    assert set(zones.values()) <= available_timezones()
    assert {country for country, zone in zones.items() if zone == "UTC"} <= {"AQ", "BV", "HM", "UM"}


def test_takes_the_country_it_is_told() -> None:
    assert make_company(chart="skr04", country="at").country == "AT"


def test_knows_the_assigned_countries_and_no_others() -> None:
    assert {country.alpha_2 for country in pycountry.countries} == COUNTRIES


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"chart": "skr05"}, "chart"),
        ({"currency": "EURO"}, "currency"),
        ({"currency": "XAU"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"country": "XX"}, "country"),
        ({"country": "EU"}, "country"),
        ({"fiscal_year_start_month": 13}, "fiscal_year_start_month"),
        ({"fiscal_year_start_month": 0}, "fiscal_year_start_month"),
        ({"time_zone": "Europe/Entenhausen"}, "time_zone"),
    ],
)
def test_refuses_what_it_cannot_keep_books_with(fields: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        create_company(**{"name": "Refused", "chart": "us", "currency": "USD", **fields})  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_refuses_a_name_that_is_taken_in_any_spelling() -> None:
    make_company(name="Acme Inc.")
    with pytest.raises(CompanyNameTaken, match="ACME"):
        make_company(name="ACME  inc.")


@pytest.mark.django_db(transaction=True)
def test_gives_a_name_once_when_twenty_ask_for_it_together() -> None:
    together = Barrier(20)

    def create(_: int) -> bool:
        together.wait()
        try:
            make_company(name="Wanted")
        except CompanyNameTaken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(create, range(20))) == 1


def test_is_found_by_name_or_id() -> None:
    company = make_company(name="Acme Inc.")
    assert company_by_name_or_id("acme inc.") == company_by_name_or_id(str(company.pk)) == company
