"""A step taken with many rows of a list: what was asked for, and what came of it row by row."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from backfill.ids import uuid7
from backfill.tenancy.models import Company, User


class RowState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("row of a bulk run", "Waiting")
    DONE = "done", pgettext_lazy("row of a bulk run", "Done")
    REFUSED = "refused", pgettext_lazy("row of a bulk run", "Not done")
    FAILED = "failed", pgettext_lazy("row of a bulk run", "Failed")


class BulkRun(models.Model):
    """Its rows say what is left to do, so that a worker that stops leaves nothing in doubt."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", help_text="Who asked for it.")
    list_key = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    values = models.JSONField(default=dict, blank=True, help_text="What else was asked, such as a reason.")
    language = models.CharField(max_length=10, help_text="The language of its messages.")
    row_count = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now_add=True, help_text="When a worker last took up a row.")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=["id", "company"], name="bulk_run_company_id"),
        )
        indexes = (
            models.Index(fields=["company", "-created_at"], name="bulk_run_by_creation"),
            models.Index(fields=["touched_at"], condition=Q(finished_at__isnull=True), name="bulk_run_unfinished"),
        )

    def __str__(self) -> str:
        return f"{self.list_key} {self.step}"


class BulkRow(models.Model):
    """One chosen row. What is done to it commits together with its state, so it is never done twice."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(BulkRun, on_delete=models.CASCADE, related_name="rows", db_index=False)
    position = models.PositiveIntegerField()
    subject_id = models.UUIDField()
    label = models.CharField(max_length=200)
    link = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.WAITING)
    message = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=["run", "position"], name="bulk_row_position"),
            models.UniqueConstraint(fields=["run", "subject_id"], name="bulk_row_once"),
            models.CheckConstraint(condition=Q(state__in=RowState.values), name="bulk_row_state_known"),
        )
        indexes = (models.Index(fields=["run", "position"], condition=Q(state="waiting"), name="bulk_row_waiting"),)

    def __str__(self) -> str:
        return self.label
