"""What was mailed to customers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backfill.files.models import StoredFile
from backfill.ids import uuid7
from backfill.tenancy.models import Company
from receivables.models.customer import Customer


class MailingKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_MEMO = "credit_memo", _("Credit memo")
    REMINDER = "reminder", _("Reminder")
    STATEMENT = "statement", _("Statement")


_SUBJECT_TYPES = {MailingKind.REMINDER: "dunning_proposal", MailingKind.STATEMENT: "customer"}


class MailingFormat(models.TextChoices):
    PDF = "pdf", "PDF"
    FACTUR_X = "factur-x", "Factur-X/ZUGFeRD"
    XRECHNUNG = "xrechnung", "XRechnung"


class MailingStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class Mailing(models.Model):
    """One mail to a customer: asked for in the transaction of a request, sent by a worker after its commit.

    Whoever sends it claims it first. What was attached stays in the document store as it was sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="mailings", db_index=False)
    kind = models.CharField(max_length=20, choices=MailingKind.choices)
    subject_id = models.UUIDField(help_text="The invoice, credit memo, dunning proposal or, of a statement, customer.")
    format = models.CharField(max_length=10, choices=MailingFormat.choices, default=MailingFormat.PDF)
    recipients = models.JSONField(default=list)
    language = models.CharField(max_length=2, default="en")
    subject = models.CharField(max_length=200)
    body = models.TextField(max_length=10_000)
    request_id = models.CharField(max_length=255, blank=True, help_text="The same request is one mail.")
    requested_by = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=MailingStatus.choices, default=MailingStatus.QUEUED)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="Why it could not be sent.")
    pdf = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    xml = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="mailing_company_id"),
            models.UniqueConstraint(
                fields=["company", "kind", "subject_id", "request_id"],
                condition=~Q(request_id=""),
                name="mailing_once_per_request",
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | ~Q(status="sent") & Q(sent_at__isnull=True),
                name="mailing_sent_has_time",
            ),
        )
        indexes = (
            models.Index(fields=["company", "subject_id", "-created_at"], name="mailing_by_subject"),
            models.Index(fields=["company", "-created_at"], name="mailing_by_creation"),
            models.Index(fields=["claimed_at"], condition=Q(status="queued"), name="mailing_queued"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {', '.join(self.recipients)}"

    @property
    def subject_type(self) -> str:
        """What it is about, as the activity trail calls it."""
        kind = MailingKind(self.kind)
        return _SUBJECT_TYPES.get(kind, kind.value)
