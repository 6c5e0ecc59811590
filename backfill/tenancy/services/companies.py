"""Creating a company."""

from functools import cache
from typing import Any, Final
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from backfill.countries import COUNTRIES, KOSOVO, country_code, usual_time_zone
from backfill.currencies import CURRENCIES
from backfill.errors import ValidationFailed
from backfill.languages import language_of_country
from backfill.tenancy.actors import Actor, system_actor
from backfill.tenancy.errors import CompanyNameTaken
from backfill.tenancy.models import AccessEvent, Company
from backfill.tenancy.registry import on_company_created
from backfill.tenancy.row_security import within_company
from backfill.tenancy.services.trail import record_access
from backfill.vat_ids import InvalidVatId, vat_id

# The international chart belongs to no country, so a company that has it may leave the country open.
_COUNTRY_OF_CHART: Final = {
    Company.Chart.US: "US",
    Company.Chart.SKR03: "DE",
    Company.Chart.SKR04: "DE",
    Company.Chart.IFRS: "",
}


@transaction.atomic
def create_company(
    *,
    name: str,
    chart: str,
    currency: str,
    country: str = "",
    legal_name: str = "",
    fiscal_year_start_month: int = 1,
    time_zone: str = "",
    requires_approval: bool = False,
    actor: Actor | None = None,
    **particulars: Any,
) -> Company:
    """Create a company with its chart of accounts.

    Its pages are in German where German is spoken, unless `language` is among the particulars.

    `currency` is an ISO 4217 code of a currency that people pay with; `country` ISO 3166-1 alpha-2, by default the
    chart's own; `time_zone` an IANA name, by default the country's or its seat of government's. `particulars` are
    further fields of the model (address, vat_id, datev_consultant_number, …). Raises ValidationFailed naming the
    field, CompanyNameTaken when another company has the name.
    """
    chart = _checked_chart(chart)
    country = checked_country(country, chart)
    particulars.setdefault("language", language_of_country(country))
    company = Company(
        name=checked_name(name),
        chart=chart,
        base_currency=_checked_currency(currency),
        country=country,
        legal_name=legal_name.strip(),
        fiscal_year_start_month=_checked_month(fiscal_year_start_month),
        time_zone=checked_time_zone(time_zone.strip() or usual_time_zone(country)),
        requires_approval=requires_approval,
        **particulars,
    )
    company.vat_id = checked_vat_id(company.vat_id, company.country)
    _insert(company)
    with within_company(company.pk):
        for call in on_company_created:
            call(company)
        verb, by = AccessEvent.Verb.COMPANY_CREATED, actor or system_actor()
        record_access(verb, actor=by, company=company, chart=chart, name=company.name)
    return company


def _insert(company: Company) -> None:
    try:
        with transaction.atomic():
            company.save(force_insert=True)
    except IntegrityError as error:
        if "company_name_once" not in str(error):
            raise
        raise CompanyNameTaken(
            _("There is a company named {company!r} already.").format(company=company.name), field="name"
        ) from error


def checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200 or not name.isprintable():
        raise ValidationFailed(_("Give the company a name of 1 to 200 printable characters."), field="name")
    return name


def _checked_chart(chart: str) -> str:
    if chart not in Company.Chart.values:
        raise ValidationFailed(
            _("There is no chart of accounts {chart!r}; choose one of {charts}.").format(
                chart=chart, charts=", ".join(Company.Chart.values)
            ),
            field="chart",
        )
    return chart


def _checked_currency(currency: str) -> str:
    code = currency.strip().upper()
    if code not in CURRENCIES:  # gold, test codes and the like have no minor unit, so nobody can keep books in them
        raise ValidationFailed(
            _("{currency!r} is not the ISO 4217 code of a currency, such as EUR.").format(currency=currency),
            field="currency",
        )
    return code


def checked_country(country: str, chart: str) -> str:
    stated = country.strip() or _COUNTRY_OF_CHART[Company.Chart(chart)]
    code = country_code(stated)
    if stated and code not in COUNTRIES | {KOSOVO}:
        raise ValidationFailed(
            _("{country!r} is not the ISO 3166-1 code of a country, such as DE.").format(country=country),
            field="country",
        )
    return code


def checked_vat_id(text: str, country: str) -> str:
    """Return the VAT id in its one form; raises ValidationFailed for what is none."""
    try:
        return vat_id(text, country) if text.strip() else ""
    except InvalidVatId as error:
        raise ValidationFailed(f"{error}.", field="vat_id") from error


def _checked_month(month: int) -> int:
    if not 1 <= month <= 12:
        raise ValidationFailed(_("A fiscal year starts in a month from 1 to 12."), field="fiscal_year_start_month")
    return month


def checked_time_zone(name: str) -> str:
    if name not in _time_zones():
        raise ValidationFailed(
            _("There is no time zone {name!r}; an example is Europe/Berlin.").format(name=name), field="time_zone"
        )
    return name


@cache
def _time_zones() -> frozenset[str]:
    """Return the names of all time zones; looking through their files takes a tenth of a second."""
    return frozenset(available_timezones())
