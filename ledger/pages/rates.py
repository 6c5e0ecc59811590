"""Exchange rates: the company's own, and the one an entry of a day would get."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.formats import decimals_of, formats_of
from backfill.workspace.forms import DayField, NumberField, WorkspaceForm
from backfill.workspace.list_pages import list_page
from backfill.workspace.pages import FormPage, Page
from backfill.workspace.wording import sentence
from ledger.currencies.money import LOAD_COMMAND, exchange_rate
from ledger.currencies.rates import last_published, record_exchange_rate
from ledger.errors import ExchangeRateMissing
from ledger.models import ExchangeRate
from ledger.pages.currencies import currency_choices

NO_RATE = gettext_lazy("No rate is known for this day. Type one, or set one under Settings, Exchange rates.")
TOO_OLD = gettext_lazy(
    "The latest rate is of {latest} and holds for {days} days: there is none for {day}. Type one, or set one under "
    "Settings."
)


class RateForm(WorkspaceForm):
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    on = DayField(label=gettext_lazy("From"))
    rate = NumberField(label=gettext_lazy("Rate"))

    def __init__(self, *arguments: Any, company: Company, **options: Any) -> None:
        super().__init__(*arguments, **options)
        base = company.base_currency
        choices = [choice for choice in currency_choices(company) if choice[0] != base]
        self.fields["currency"].choices = choices  # type: ignore[attr-defined]
        self.fields["rate"].company = company  # type: ignore[attr-defined]
        self.fields["rate"].help_text = _(
            "How many units of the currency one {base} is worth, as central banks quote it."
        ).format(base=base)


def published_rates(company: Company, latest: date | None) -> dict[str, Any]:
    """Return what a page says of the reference rates: up to when they go, and what loads newer ones."""
    age = (company.today() - latest).days if latest else 0
    return {
        "latest": latest,
        "is_behind": age > 0,
        "is_too_old": age > company.ecb_rate_days,
        "load_command": LOAD_COMMAND,
    }


def _newest_rates(company: Company) -> list[ExchangeRate]:
    """Return the company's newest rate of each currency and the newest reference rate, in one statement."""
    own = ExchangeRate.objects.filter(company=company).order_by("currency", "-rate_date").distinct("currency")
    return list(own.union(last_published()[:1], all=True))


class RatesPage(FormPage):
    """The list of the company's own rates, with the form to set one above it."""

    title = gettext_lazy("Exchange rates")
    form_class = RateForm
    template_name = "ledger/rates.html"
    permission = "ledger.view"
    write_permission = "settings.edit"
    button = gettext_lazy("Set the rate")

    def back(self) -> str:
        return reverse("admin:exchange_rates")

    def initial(self) -> dict[str, Any]:
        return {"on": self.company.today()}

    def form_arguments(self) -> dict[str, Any]:
        return {"company": self.company}

    def context(self) -> dict[str, Any]:
        own = ExchangeRate.objects.filter(company=self.company).order_by("-rate_date", "currency")
        newest = _newest_rates(self.company)
        first_day = self.company.today() - timedelta(days=self.company.own_rate_days)
        latest = next((rate.rate_date for rate in newest if rate.company_id is None), None)
        return {
            "page": list_page(own, self.request.GET.get("page", "")),
            "outdated": [rate for rate in newest if rate.company_id and rate.rate_date < first_day],
            **published_rates(self.company, latest),
        }

    def submit(self, values: dict[str, Any]) -> str:
        rate = record_exchange_rate(
            company=self.company, currency=values["currency"], on=values["on"], rate=values["rate"]
        )
        return _("From {rate_date} the rate of {currency} is your own.").format(
            rate_date=formats_of(self.company).day(rate.rate_date), currency=rate.currency
        )


class RateQuery(forms.Form):
    currency = forms.CharField(max_length=3)
    on = DayField()


class RateLookup(Page):
    """The exchange rate an entry of a day would get, as JSON, for the editor to show."""

    permission = "ledger.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = RateQuery(request.GET)
        if not form.is_valid():
            return JsonResponse({"message": _("Name a currency and a date.")}, status=422)
        currency = form.cleaned_data["currency"].upper()
        try:
            rate = exchange_rate(company=self.company, currency=currency, on=form.cleaned_data["on"])
        except ExchangeRateMissing as error:
            return JsonResponse({"message": self._no_rate(error)}, status=error.status)
        except DomainError as error:
            return JsonResponse({"message": sentence(error.message)}, status=error.status)
        formats = formats_of(self.company)
        return JsonResponse(
            {
                "rate": formats.plain(rate.rate.normalize()),
                "source": rate.source,
                "day": formats.day(rate.rate_date),
                "decimals": decimals_of(currency),
            }
        )

    def _no_rate(self, error: ExchangeRateMissing) -> str:
        if "rate_date" not in error.details:
            return str(NO_RATE)
        day = formats_of(self.company).day
        known, wanted = (day(date.fromisoformat(error.details[name])) for name in ("rate_date", "on"))
        return TOO_OLD.format(latest=known, days=error.details["valid_days"], day=wanted)
