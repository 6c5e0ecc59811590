"""Posting periods: months and the adjustment periods 13 and 14, and the four-eyes requests that lock them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7
from backfill.tenancy.models import Company


class Period(models.Model):
    """A period that was posted into or touched. A period without a row is open."""

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        SOFT_LOCKED = "soft_locked", _("Soft-locked")
        LOCKED = "locked", _("Locked")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="periods", db_index=False)
    name = models.CharField(max_length=8, help_text="YYYY-MM, YYYY-P13 or YYYY-P14")
    number = models.PositiveSmallIntegerField(default=0, help_text="0 for a month, 13 or 14")
    fiscal_year = models.PositiveSmallIntegerField(help_text="The year in which the fiscal year starts.")
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    booking_count = models.PositiveIntegerField(default=0)
    locked_by = models.CharField(max_length=200, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(max_length=200, blank=True)
    closing_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="period_company_id"),
            models.UniqueConstraint(fields=["company", "name"], name="period_once"),
            models.CheckConstraint(
                condition=~Q(status="locked") | ~Q(closing_hash=""), name="period_locked_has_closing_hash"
            ),
            models.CheckConstraint(condition=Q(number__in=(0, 13, 14)), name="period_number_known"),
            models.CheckConstraint(
                condition=Q(status__in=("open", "soft_locked", "locked")), name="period_status_known"
            ),
        )

    def __str__(self) -> str:
        return self.name


class LockRequest(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="lock_requests")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_by_label = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by_label = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    locked_periods = models.JSONField(default=list, blank=True, help_text="Names of what it locks, in order.")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it does not wait for drafts, if it does not.")
    overridden = models.JSONField(default=list, blank=True, help_text="The drafts that it does not wait for.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["period"], condition=Q(status="pending"), name="lock_request_one_pending"),
        )

    def __str__(self) -> str:
        return f"{self.status} request of {self.requested_by_label}"

    @property
    def is_forced(self) -> bool:
        return bool(self.reason)
