"""Reminding customers of what is overdue."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.documents.models import amount_field
from receivables.models.customer import Customer
from receivables.models.invoice import Invoice
from receivables.models.mailing import Mailing


class DunningPolicy(models.Model):
    """How a company reminds. Without `automatic_since` nothing is sent unless a person says so."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="+")
    automatic_since = models.DateTimeField(null=True, blank=True, help_text="Set: proposals are sent at once.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["id", "company"], name="dunning_policy_company_id"),)

    def __str__(self) -> str:
        return f"dunning of {self.company_id}"


class DunningLevel(models.Model):
    """One step: from how many days overdue, what it says, what it costs. Empty texts are the product's own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    policy = models.ForeignKey(DunningPolicy, on_delete=models.CASCADE, related_name="levels", db_index=False)
    number = models.PositiveSmallIntegerField()
    days_overdue = models.PositiveSmallIntegerField()
    fee = amount_field("In base currency.")
    interest_rate = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0), help_text="Percent a year.")
    subject_en = models.CharField(max_length=200, blank=True)
    text_en = models.TextField(max_length=5_000, blank=True)
    subject_de = models.CharField(max_length=200, blank=True)
    text_de = models.TextField(max_length=5_000, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["policy", "number"], name="dunning_level_number_unique"),
            models.UniqueConstraint(fields=["id", "company"], name="dunning_level_company_id"),
            models.CheckConstraint(
                condition=Q(fee__gte=0, interest_rate__range=(0, 100)), name="dunning_level_figures_in_range"
            ),
        )

    def __str__(self) -> str:
        return f"level {self.number}"


class ProposalStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    QUEUED = "queued", _("On the way")
    SENT = "sent", _("Sent")
    DISMISSED = "dismissed", _("Dismissed")


class DunningProposal(models.Model):
    """One reminder of one invoice at one level, with its figures of that day, in the invoice's currency.

    The constraint makes it exactly one, however often the search runs.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="dunning_proposals", db_index=False)
    level_number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=ProposalStatus.choices, default=ProposalStatus.PROPOSED)
    proposed_on = models.DateField()
    days_overdue = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    open_amount = amount_field()
    credit_amount = amount_field("What of it the customer's credit covers that is not applied.")
    fee = amount_field()
    interest = amount_field("On the open amount less the credit, for the days for which none was invoiced before.")
    interest_days = models.PositiveIntegerField(default=0)
    interest_rate = models.DecimalField(max_digits=7, decimal_places=4, default=Decimal(0))
    sent_on = models.DateField(null=True, blank=True, help_text="The date of the letter.")
    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dismissed_on = models.DateField(null=True, blank=True)
    dismissal_reason = models.CharField(max_length=500, blank=True)
    charge = models.ForeignKey(
        Invoice,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The invoice over fee and interest.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-proposed_on", "-id")
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="dunning_proposal_company_id"),
            models.UniqueConstraint(fields=["invoice", "level_number"], name="dunning_once_per_level"),
            models.CheckConstraint(
                condition=Q(status="proposed", sent_on__isnull=True, dismissed_on__isnull=True)
                | Q(status__in=("queued", "sent"), sent_on__isnull=False, dismissed_on__isnull=True)
                | Q(status="dismissed", sent_on__isnull=True, dismissed_on__isnull=False),
                name="dunning_status_has_date",
            ),
        )
        indexes = (
            models.Index(fields=["company", "status", "-proposed_on"], name="dunning_by_status"),
            models.Index(fields=["company", "customer", "-proposed_on"], name="dunning_by_customer"),
        )

    def __str__(self) -> str:
        return f"reminder {self.level_number} of {self.invoice_id}"

    @property
    def total_amount(self) -> Decimal:
        """What the reminder asks for: the open amount less the credit, fee and interest."""
        return self.open_amount - self.credit_amount + self.fee + self.interest
