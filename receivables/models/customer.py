"""Whom the company sells to."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.models import Account


class Customer(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="customers", db_index=False)
    name = models.CharField(max_length=255)
    company_name = models.CharField(max_length=255, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    description = models.TextField(blank=True)
    notes = models.CharField(max_length=2000, blank=True)
    currency = models.CharField(max_length=3, blank=True, help_text="What its documents start with; else the base.")
    language = models.CharField(max_length=5, blank=True, help_text="Of what we send: en or de.")
    credit_limit = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    payment_terms_days = models.PositiveSmallIntegerField(null=True, blank=True)
    address = models.JSONField(default=dict, blank=True)
    billing_address = models.JSONField(default=dict, blank=True)
    shipping_address = models.JSONField(default=dict, blank=True)
    tax_id = models.CharField(max_length=20, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    tax_ids = models.JSONField(default=list, blank=True)
    tax_exempt = models.BooleanField(default=False)
    tax_exempt_reason = models.CharField(max_length=500, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    buyer_reference = models.CharField(
        max_length=100, blank=True, help_text="Leitweg-ID or the like, for e-invoices (BT-10)."
    )
    default_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Revenue account."
    )
    personal_account = models.CharField(max_length=20, blank=True, help_text="DATEV account of the customer.")
    category_ids = models.JSONField(default=list, blank=True)
    price_level_id = models.CharField(max_length=100, blank=True)
    sales_rep_id = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    source_system = models.CharField(max_length=50, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    connection_id = models.CharField(max_length=100, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="customer_company_id"),
            models.UniqueConstraint(
                fields=["company", "source_system", "connection_id", "source_id"],
                condition=~Q(source_id=""),
                name="customer_source_identity",
            ),
        )
        indexes = (
            models.Index("company", Lower("name"), name="customer_by_name"),
            models.Index(fields=["company", "-created_at"], name="customer_by_creation"),
        )

    def __str__(self) -> str:
        return self.name
