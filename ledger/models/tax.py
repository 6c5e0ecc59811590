"""Tax codes: a rate and the accounts its tax is posted to."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.models.account import Account


class TaxCode(models.Model):
    """A tax rate in percent. With `self_assess_account` the company owes the tax in the supplier's place
    (reverse charge, § 13b UStG, Art. 194 of the EU VAT directive): amounts are then net."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="tax_codes")
    code = models.CharField(max_length=20)
    label = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    rate = models.DecimalField(max_digits=7, decimal_places=4, help_text="Percent: 19 means 19 %.")
    vat_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    self_assess_account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    datev_key = models.CharField(max_length=4, blank=True, help_text="DATEV BU key that stands for this code.")
    category = models.CharField(
        max_length=2, default="S", help_text="UNTDID 5305 duty category for e-invoices: S, Z, E, AE, K, G, O."
    )
    is_system = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(F("company"), Upper("code"), name="tax_code_unique_ci"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=100), name="tax_code_rate_is_percent"),
            models.CheckConstraint(
                condition=Q(self_assess_account__isnull=True) | ~Q(self_assess_account=F("vat_account")),
                name="tax_code_accounts_differ",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
