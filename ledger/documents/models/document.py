"""The columns every document has. Apps add their own party and their own facts."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backfill.files.models import StoredFile
from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.documents.models.amounts import amount_field
from ledger.documents.models.settlements import Settlements
from ledger.models import ApprovalStatus, JournalEntry


class TaxBehavior(models.TextChoices):
    EXCLUSIVE = "exclusive", _("Amounts are without tax")
    INCLUSIVE = "inclusive", _("Amounts include tax")


class Document(models.Model):
    """A business document: who, when, how much, where in its life it is, and the entry it posted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    document_number = models.CharField(max_length=100, blank=True, help_text="Empty until the series gives it one.")
    status = models.CharField(max_length=20, default="draft")
    approval_status = models.CharField(max_length=20, choices=ApprovalStatus.choices, default=ApprovalStatus.DRAFT)

    issued_at = models.DateTimeField(null=True, blank=True, help_text="The instant the sender stated, if any.")
    document_date = models.DateField()
    effective_date = models.DateField(null=True, blank=True, help_text="Where it posts, when not on its own date.")

    service_date = models.DateField(
        null=True, blank=True, help_text="When it was supplied, where not on its own date; chooses the rate of tax."
    )

    currency = models.CharField(max_length=3)
    exchange_rate = models.DecimalField(
        max_digits=24, decimal_places=12, null=True, blank=True, help_text="Base units per unit; fixed by posting."
    )
    tax_behavior = models.CharField(max_length=10, choices=TaxBehavior.choices, default=TaxBehavior.EXCLUSIVE)
    discount_details = models.JSONField(default=list, blank=True, help_text="Discounts of the whole document.")
    subtotal = amount_field("Before discounts and without tax: subtotal - discount_amount + tax_amount = total_amount.")
    discount_amount = amount_field("Discounts of lines and document, without tax.")
    tax_amount = amount_field()
    total_amount = amount_field()
    base_amount = amount_field("The total in base currency as it was posted.")

    warnings = models.JSONField(
        default=list, blank=True, help_text="What somebody should look at: code, message, field."
    )

    memo = models.CharField(max_length=2000, blank=True)
    dimensions = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    subsidiary_id = models.CharField(max_length=100, blank=True)
    source_system = models.CharField(max_length=50, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    connection_id = models.CharField(max_length=100, blank=True)

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    submitted_by = models.JSONField(null=True, blank=True, help_text="The actor who asked for approval.")
    posted_at = models.DateTimeField(null=True, blank=True)
    voided_on = models.DateField(null=True, blank=True, help_text="The date of the reversal.")
    created_by = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.document_number or gettext("draft {key}").format(key=str(self.id)[-8:].upper())

    @property
    def posting_date(self) -> date:
        return self.effective_date or self.document_date

    @property
    def is_posted(self) -> bool:
        return self.posted_at is not None

    @property
    def is_void(self) -> bool:
        return self.approval_status == ApprovalStatus.VOID


class SettledDocument(Document):
    """A document that is settled bit by bit: an invoice by payments and credits, a payment by what it pays.

    `settled_amount` of the total has found its counterpart; `settled_base` is that part in base currency, at the
    document's own rate. A trigger copies both, and the status, from the document's open item, so that lists need not
    join it; nothing else may write them.
    """

    settlement_statuses: ClassVar[tuple[str, str, str]] = ("completed", "completed", "completed")
    """The status with nothing, something and everything settled."""

    settled_amount = amount_field()
    settled_base = amount_field()

    settlements = Settlements()

    class Meta:
        abstract = True

    @property
    def settlement_status(self) -> str:
        """What the settled amount makes of a posted document."""
        nothing, something, everything = self.settlement_statuses
        if self.settled_amount == self.total_amount:
            return everything
        return something if self.settled_amount else nothing

    @property
    def open_amount(self) -> Decimal:
        return self.total_amount - self.settled_amount

    @property
    def open_base(self) -> Decimal:
        return self.base_amount - self.settled_base


class ExternallyPostableDocument(SettledDocument):
    """An open item that may have been posted elsewhere (Bookkeeping contract): such a one is recorded as it was
    written, posts nothing itself, and is linked once to a posted entry."""

    is_externally_posted = models.BooleanField(
        default=False, help_text="Its entry was posted elsewhere and linked to it."
    )
    due_date = models.DateField(null=True, blank=True)
    notes = models.CharField(max_length=2000, blank=True)

    class Meta:
        abstract = True


def document_constraints(name: str, *, statuses: list[str]) -> list[models.BaseConstraint]:
    """Return what holds for every document table; `name` begins the constraints' names.

    Numbers are unique per company and kind of document.
    """
    return [
        models.UniqueConstraint(fields=["id", "company"], name=f"{name}_company_id"),
        models.UniqueConstraint(
            fields=["company", "source_system", "connection_id", "source_id"],
            condition=~Q(source_id=""),
            name=f"{name}_source_identity",
        ),
        models.UniqueConstraint(fields=["entry"], name=f"{name}_entry_once"),
        models.CheckConstraint(condition=Q(status__in=statuses), name=f"{name}_status_known"),
        models.CheckConstraint(condition=Q(total_amount__gte=0), name=f"{name}_total_not_negative"),
        models.CheckConstraint(
            condition=Q(posted_at__isnull=True) | ~Q(document_number=""), name=f"{name}_posted_has_number"
        ),
        models.CheckConstraint(
            condition=Q(approval_status=ApprovalStatus.VOID, status="void")
            | ~Q(approval_status=ApprovalStatus.VOID) & ~Q(status="void"),
            name=f"{name}_void_is_void",
        ),
        models.CheckConstraint(
            condition=Q(voided_on__isnull=True) | Q(voided_on__gte=Coalesce(F("effective_date"), F("document_date"))),
            name=f"{name}_void_after_posting",
        ),
    ]


def settlement_constraints(name: str) -> list[models.BaseConstraint]:
    """Return what keeps a settled document's figures from drifting: never below zero, never above its total."""
    return [
        models.CheckConstraint(
            condition=Q(settled_amount__gte=0, settled_amount__lte=F("total_amount")), name=f"{name}_settled_in_range"
        ),
        models.CheckConstraint(
            condition=Q(settled_amount__lt=F("total_amount")) | Q(settled_base=F("base_amount")),
            name=f"{name}_settled_leaves_nothing",
        ),
        models.CheckConstraint(
            condition=Q(posted_at__isnull=False) | Q(settled_amount=0, settled_base=0),
            name=f"{name}_settled_is_posted",
        ),
    ]
