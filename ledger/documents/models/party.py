"""The columns customers and vendors have in common."""

from django.db import models
from django.db.models import Q

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.models import Account


class Party(models.Model):
    """Whom the company deals with: what customers and vendors have in common."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="%(class)ss", db_index=False)
    name = models.CharField(max_length=255)
    company_name = models.CharField(max_length=255, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    description = models.TextField(blank=True)
    notes = models.CharField(max_length=2000, blank=True)
    currency = models.CharField(max_length=3, blank=True, help_text="What its documents start with; else the base.")
    payment_terms_days = models.PositiveSmallIntegerField(null=True, blank=True)
    address = models.JSONField(default=dict, blank=True)
    billing_address = models.JSONField(default=dict, blank=True)
    shipping_address = models.JSONField(default=dict, blank=True)
    tax_id = models.CharField(max_length=20, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    tax_ids = models.JSONField(default=list, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    default_account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where its lines post: revenue of a customer, expense of a vendor.",
    )
    tax_code = models.CharField(
        max_length=20, blank=True, help_text="The tax code of its lines whose items have none, as for reverse charge."
    )
    personal_account = models.CharField(max_length=20, blank=True, help_text="Its own account, as DATEV numbers them.")
    is_active = models.BooleanField(default=True)
    source_system = models.CharField(max_length=50, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    connection_id = models.CharField(max_length=100, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


def party_constraints(name: str) -> list[models.BaseConstraint]:
    """Return what holds for every table of parties."""
    return [
        models.UniqueConstraint(fields=["id", "company"], name=f"{name}_company_id"),
        models.UniqueConstraint(
            fields=["company", "source_system", "connection_id", "source_id"],
            condition=~Q(source_id=""),
            name=f"{name}_source_identity",
        ),
        models.UniqueConstraint(
            fields=["company", "personal_account"],
            condition=~Q(personal_account=""),
            name=f"{name}_personal_account",
        ),
    ]
