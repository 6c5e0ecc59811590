"""Tax codes: a rate and the accounts its tax is posted to."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.models.account import Account


class TaxFamily(models.TextChoices):
    """What a tax code is for. Of the codes of one family, the date of supply chooses (`ledger.tax.book`)."""

    OUTPUT_STANDARD = "output_standard", _("Sales, standard rate")
    OUTPUT_REDUCED = "output_reduced", _("Sales, reduced rate")
    EU_GOODS = "eu_goods", _("Goods to a business in another EU country")
    EU_SERVICES = "eu_services", _("Services to a business in another EU country")
    EXPORT = "export", _("Goods to another country")
    FOREIGN_SERVICES = "foreign_services", _("Services to another country")
    REVERSE_CHARGE = "reverse_charge", _("Sales on which the buyer owes the tax")
    EXEMPT = "exempt", _("Exempt sales")
    ZERO = "zero", _("Zero-rated sales")
    OUTSIDE = "outside", _("Sales outside the scope of tax")
    SMALL_BUSINESS = "small_business", _("Sales of a small business")
    INPUT_STANDARD = "input_standard", _("Purchases, standard rate")
    INPUT_REDUCED = "input_reduced", _("Purchases, reduced rate")
    ACQUISITION_STANDARD = "acquisition_standard", _("Goods from another EU country, standard rate")
    ACQUISITION_REDUCED = "acquisition_reduced", _("Goods from another EU country, reduced rate")
    RECIPIENT_STANDARD = "recipient_standard", _("Purchases on which the buyer owes the tax, standard rate")
    RECIPIENT_REDUCED = "recipient_reduced", _("Purchases on which the buyer owes the tax, reduced rate")


class TaxCode(models.Model):
    """A tax rate in percent. With `self_assess_account` the company owes the tax in the supplier's place
    (reverse charge, § 13b UStG, Art. 194 of the EU VAT directive): amounts are then net.

    It is for supplies from `valid_from` to `valid_until`, both included; a later code of its family takes its place.
    """

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
    family = models.CharField(
        max_length=30, choices=TaxFamily.choices, blank=True, help_text="What it is for; the date of supply chooses."
    )
    valid_from = models.DateField(null=True, blank=True, help_text="The first date of supply it is for.")
    valid_until = models.DateField(null=True, blank=True, help_text="The last date of supply it is for.")
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where its lines post when nothing else names an account.",
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
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="tax_code_valid_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
