"""The tenant. Every business row belongs to exactly one company."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7
from backfill.languages import LANGUAGES
from backfill.tenancy.days import beginning_of, day_named, day_of


class Company(models.Model):
    class Chart(models.TextChoices):
        US = "us", _("US GAAP small business")
        IFRS = "ifrs", _("IFRS generic")
        SKR03 = "skr03", _("DATEV SKR03")
        SKR04 = "skr04", _("DATEV SKR04")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    base_currency = models.CharField(max_length=3, help_text="ISO 4217; fixed once anything is posted")
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    language = models.CharField(
        max_length=2, blank=True, default="", choices=LANGUAGES, help_text="Of pages; empty: what the browser asks for."
    )
    time_zone = models.CharField(max_length=64, default="UTC")
    chart = models.CharField(max_length=10, choices=Chart.choices)
    address = models.JSONField(default=dict, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    tax_number = models.CharField(max_length=30, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    creditor_id = models.CharField(max_length=35, blank=True, help_text="SEPA creditor identifier (BT-90).")
    further_accounts = models.JSONField(
        default=list, blank=True, help_text="More accounts to pay into: objects with iban, bic and name."
    )
    legal_form = models.CharField(max_length=100, blank=True)
    registered_office = models.CharField(max_length=100, blank=True)
    register_court = models.CharField(max_length=100, blank=True)
    register_number = models.CharField(max_length=50, blank=True)
    directors = models.CharField(
        max_length=500,
        blank=True,
        help_text="Everyone who manages the company, and the chair of its supervisory board.",
    )
    tax_representative = models.JSONField(
        default=dict, blank=True, help_text="Name, vat_id and address of the tax representative (BG-11), if any."
    )
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=50, blank=True)
    datev_consultant_number = models.PositiveIntegerField(null=True, blank=True)
    datev_client_number = models.PositiveIntegerField(null=True, blank=True)
    sales_tax_code = models.CharField(
        max_length=20, blank=True, help_text="The tax code of sales that nothing else gives one."
    )
    advances_taxed_from = models.DateField(
        null=True,
        blank=True,
        help_text="The first day on which what customers pay in advance is taxed (§ 13 UStG); none: it is not.",
    )
    requires_approval = models.BooleanField(
        default=False, help_text="Documents and journal entries must be approved by a second person before they post."
    )
    requires_two_factor = models.BooleanField(
        default=False, help_text="Members sign in with a second factor, through every door."
    )
    allows_negative_inventory = models.BooleanField(default=False)
    own_rate_days = models.PositiveSmallIntegerField(
        default=31,
        validators=[MaxValueValidator(3_660)],
        help_text="Days after its date for which an exchange rate of the company's own is taken.",
    )
    ecb_rate_days = models.PositiveSmallIntegerField(
        default=7,
        validators=[MaxValueValidator(3_660)],
        help_text="Days after its date for which a reference rate of the European Central Bank is taken.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "companies"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(Lower("name"), name="company_name_once"),
            models.CheckConstraint(
                condition=models.Q(fiscal_year_start_month__range=(1, 12)), name="company_fiscal_year_start_month"
            ),
            models.CheckConstraint(
                condition=models.Q(chart__in=("us", "ifrs", "skr03", "skr04")), name="company_chart_known"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def today(self) -> date:
        """Return the current date where the company is."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    def day_of(self, instant: datetime) -> date:
        """Return the day that it is where the company is at an instant."""
        return day_of(instant, self.time_zone)

    def day_named(self, text: str) -> date:
        """Return the day that a text names, as a day or as an instant. Raises ValueError."""
        return day_named(text, self.time_zone)

    def beginning_of(self, day: date) -> datetime:
        """Return the instant, in UTC, at which a day begins where the company is."""
        return beginning_of(day, self.time_zone)
