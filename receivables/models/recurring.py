"""Invoices that come again and again."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from receivables.models.customer import Customer
from receivables.models.invoice import Invoice


class IntervalUnit(models.TextChoices):
    DAY = "day", _("Days")
    WEEK = "week", _("Weeks")
    MONTH = "month", _("Months")
    YEAR = "year", _("Years")


class DayRule(models.TextChoices):
    """The 31st of a month that has none is its last day; `month_end` is always the last day."""

    SAME_DAY = "same_day", _("Same day of the month")
    MONTH_END = "month_end", _("Last day of the month")


class RecurringInvoice(models.Model):
    """A template: what the invoices say (`values`, as the service for invoices takes them), and when they come.

    Dates are calculated from `starts_on`, so that they never drift; `occurrence` counts them, and `next_on` is the next
    one, null when there is none any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="recurring_invoices", db_index=False)
    name = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    interval_unit = models.CharField(max_length=5, choices=IntervalUnit.choices, default=IntervalUnit.MONTH)
    interval_count = models.PositiveSmallIntegerField(default=1)
    day_rule = models.CharField(max_length=10, choices=DayRule.choices, default=DayRule.SAME_DAY)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)
    occurrence = models.PositiveIntegerField(default=0)
    due_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Else the customer's terms.")
    confirms_since = models.DateTimeField(null=True, blank=True, help_text="Set: its invoices are confirmed at once.")
    paused_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = pgettext_lazy("document type", "recurring invoice")
        verbose_name_plural = pgettext_lazy("document type", "recurring invoices")
        ordering = ("next_on", "name")
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="recurring_company_id"),
            models.CheckConstraint(condition=Q(interval_count__range=(1, 366)), name="recurring_interval_range"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="recurring_ends_after_start"
            ),
        )
        indexes = (
            models.Index(fields=["company", "-created_at"], name="recurring_by_creation"),
            models.Index(
                fields=["next_on"], condition=Q(paused_at__isnull=True, next_on__isnull=False), name="recurring_due"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def status(self) -> str:
        """active, paused, or ended: no further date comes."""
        if self.next_on is None:
            return "ended"
        return "paused" if self.paused_at else "active"


class RecurringRun(models.Model):
    """One date of a template and the invoice that was drafted for it. The constraint makes it exactly one.

    A draft that a person deletes leaves its run behind, so that it does not come back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    recurring = models.ForeignKey(RecurringInvoice, on_delete=models.CASCADE, related_name="runs", db_index=False)
    occurs_on = models.DateField()
    invoice = models.ForeignKey(Invoice, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    error = models.TextField(blank=True, help_text="Why the draft was not confirmed.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-occurs_on",)
        constraints = (
            models.UniqueConstraint(fields=["recurring", "occurs_on"], name="recurring_once_per_date"),
            models.UniqueConstraint(fields=["id", "company"], name="recurring_run_company_id"),
        )

    def __str__(self) -> str:
        return f"{self.occurs_on}"
