"""Whom the company sells to."""

from django.db import models
from django.db.models.functions import Lower

from ledger.documents.models import Party, party_constraints


class Customer(Party):
    language = models.CharField(max_length=5, blank=True, help_text="Of what we send: en or de.")
    credit_limit = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    tax_exempt = models.BooleanField(default=False)
    tax_exempt_reason = models.CharField(max_length=500, blank=True)
    buyer_reference = models.CharField(
        max_length=100, blank=True, help_text="Leitweg-ID or the like, for e-invoices (BT-10)."
    )
    direct_debit = models.JSONField(
        default=dict, blank=True, help_text="A mandate to debit its account: mandate_reference, iban and signed_on."
    )
    category_ids = models.JSONField(default=list, blank=True)
    price_level_id = models.CharField(max_length=100, blank=True)
    sales_rep_id = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (*party_constraints("customer"),)
        indexes = (
            models.Index("company", Lower("name"), name="customer_by_name"),
            models.Index(fields=["company", "-created_at"], name="customer_by_creation"),
        )
