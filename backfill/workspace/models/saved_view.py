"""A list as somebody looks at it again and again: its filters and its order, under a name."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from backfill.ids import uuid7
from backfill.tenancy.models import Company, User


class SavedView(models.Model):
    """Belongs to one person in one company."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    list_key = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True, help_text="Filters and order, as a query string.")
    is_default = models.BooleanField(default=False, help_text="Shown when the list is opened.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.UniqueConstraint(fields=["company", "user", "list_key", "name"], name="saved_view_name"),
            models.UniqueConstraint(
                fields=["company", "user", "list_key"], condition=Q(is_default=True), name="saved_view_one_default"
            ),
        )

    def __str__(self) -> str:
        return self.name
