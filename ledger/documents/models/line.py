"""The columns every line of a document has."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.documents.models.amounts import amount_field
from ledger.inventory.models import Item
from ledger.models import Account


class TaxStatus(models.TextChoices):
    TAXABLE = "taxable", _("Taxable")
    EXEMPT = "exempt", _("Exempt")
    NON_TAXABLE = "non_taxable", _("Not taxable")
    ZERO_RATED = "zero_rated", _("Zero-rated")
    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")
    REVERSE_CHARGE = "reverse_charge", _("Reverse charge")


class DocumentLine(models.Model):
    """One line, as it was stated and as it is charged.

    As stated: `amount` = quantity × unit_amount − discount_amount, with tax if `amount_includes_tax`. As charged,
    after its share of the document's discount: net_amount + tax_amount = gross_amount.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    line_number = models.PositiveIntegerField()
    line_key = models.CharField(max_length=100, blank=True)
    line_ref = models.CharField(max_length=100, blank=True)
    line_type = models.CharField(max_length=30, blank=True)
    description = models.TextField(blank=True)

    quantity = models.DecimalField(max_digits=20, decimal_places=6, default=Decimal(1))
    unit_amount = models.DecimalField(max_digits=20, decimal_places=6, default=Decimal(0))
    discount_amount = amount_field("The line's own discount, as stated.")
    discount_percent = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    amount = amount_field("As stated, after the line's own discount.")
    amount_includes_tax = models.BooleanField(default=False)
    document_discount = amount_field("The line's share of the document's discount, as stated.")
    net_amount = amount_field()
    stated_tax = models.DecimalField(
        max_digits=20, decimal_places=4, null=True, blank=True, help_text="The tax the sender stated, if any."
    )
    tax_amount = amount_field()
    gross_amount = amount_field()

    tax_status = models.CharField(max_length=20, choices=TaxStatus.choices, default=TaxStatus.TAXABLE)
    tax_exempt_reason = models.CharField(max_length=500, blank=True)
    tax_code = models.CharField(max_length=100, blank=True, help_text="Ours, or the sender's beside stated tax.")
    tax_source = models.CharField(
        max_length=20, blank=True, help_text="What gave the code nobody stated: item, customer, account, company, …"
    )
    tax_rate = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True, help_text="Percent.")
    taxable_amount = amount_field()
    tax_details = models.JSONField(default=list, blank=True, help_text="Tax per jurisdiction, as it was given.")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    product = models.JSONField(default=dict, blank=True)
    sku = models.CharField(max_length=100, blank=True)
    detail = models.JSONField(null=True, blank=True, help_text="The contract's `detail` object, as it was given.")
    class_id = models.CharField(max_length=100, blank=True)
    location_id = models.CharField(max_length=100, blank=True)
    dimensions = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.line_number}: {self.description}"
