"""What people say about a record, and whom they name there."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backfill.ids import uuid7
from backfill.tenancy.models import Company


class Comment(models.Model):
    """One comment. The subject is named as in the activity trail, so that every kind of record can have comments.

    What was said stays as it was said: the author may take it back, and then the row tells that there was one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    author_label = models.CharField(max_length=254)
    text = models.TextField(max_length=4000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(fields=["company", "id"], name="comment_company_id"),
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) & ~Q(text="") | Q(deleted_at__isnull=False, text=""),
                name="comment_deleted_has_no_text",
            ),
        )
        indexes = (models.Index(fields=["company", "subject_id", "created_at"], name="comment_by_subject"),)

    def __str__(self) -> str:
        return f"{self.author_label} on {self.subject_type}"


class Mention(models.Model):
    """A member who is named in a comment. `name` is how the text names them, after the @."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (models.UniqueConstraint(fields=["comment", "user"], name="mention_once"),)
        indexes = (models.Index(fields=["company", "user", "-created_at", "-id"], name="mention_of_user"),)

    def __str__(self) -> str:
        return f"@{self.name}"
