"""Messages from the contact form."""

from django.conf import settings
from django.db import models

from backfill.ids import uuid7
from backfill.tenancy.models.company import Company


class ContactMessage(models.Model):
    """What somebody wrote to us. Company and user are empty when the form is open to the public."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=200)
    email = models.EmailField(help_text="Where to answer.")
    message = models.TextField(max_length=5000)
    created_at = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} on {self.created_at:%Y-%m-%d}"
