"""Exports that are too large for a request: asked for by a person, written by a worker, fetched when done."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7
from backfill.tenancy.models import Company


class DatevExport(models.Model):
    """A DATEV batch to write. The row is what a worker looks for; the message to it is only a wake-up."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being written")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    entry_count = models.PositiveIntegerField(help_text="Entries in the range when it was asked for.")
    name = models.CharField(max_length=100, help_text="To offer the file under.")
    storage_name = models.CharField(max_length=255, blank=True)
    failure = models.CharField(max_length=1000, blank=True)
    requested_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="datev_export_company_id"),
            models.CheckConstraint(
                condition=~Q(status="done") | ~Q(storage_name=""), name="datev_export_done_has_file"
            ),
        )
        indexes = (models.Index(fields=["company", "-created_at"], name="datev_export_by_creation"),)

    def __str__(self) -> str:
        return self.name
