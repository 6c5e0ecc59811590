"""API keys: 256 random bits shown once, kept as SHA-256, bound to one company and one contract."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7
from backfill.tenancy.models.company import Company


class ApiKey(models.Model):
    class Contract(models.TextChoices):
        BACKFILL = "backfill", _("Backfill")
        BOOKS = "books", _("Bookkeeping")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    contract = models.CharField(max_length=10, choices=Contract.choices, default=Contract.BACKFILL)
    scopes = ArrayField(models.CharField(max_length=40))
    prefix = models.CharField(max_length=16, help_text="The first characters of the token, to recognise it by.")
    token_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="api_keys",
        help_text="The person answerable for the key; empty for one made on the command line.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(contract__in=("backfill", "books")), name="api_key_contract_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
