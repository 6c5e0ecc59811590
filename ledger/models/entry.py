"""Journal entries and their lines.

A draft keeps its lines as JSON on the entry; the line table holds posted lines only and is append-only, so
reports never filter on status and the guard triggers have no exceptions.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from backfill.files.models import StoredFile
from backfill.ids import uuid7
from backfill.tenancy.models import Company
from ledger.models.account import Account


class EntryStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    POSTED = "posted", _("Posted")
    PENDING_REVERSAL = "pending_reversal", _("Pending reversal")
    REVERSED = "reversed", _("Reversed")
    SUPERSEDED = "superseded", _("Superseded")


class ApprovalStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PENDING_APPROVAL = "pending_approval", _("Pending approval")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    VOID = "void", _("Void")


class LineTaxRole(models.TextChoices):
    """What a line with a tax code is: the taxed amount, the tax, or the tax owed in the supplier's place."""

    BASE = "base", _("Taxed amount")
    TAX = "tax", _("Tax")
    SELF_ASSESSED = "self_assessed", _("Self-assessed tax")


class JournalEntry(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="journal_entries", db_index=False)
    status = models.CharField(max_length=20, choices=EntryStatus.choices, default=EntryStatus.DRAFT)
    approval_status = models.CharField(
        max_length=20, choices=ApprovalStatus.choices, default=ApprovalStatus.DRAFT, help_text="Fixed by posting."
    )

    entry_date = models.DateField(help_text="Posting date; with `period` it decides where the entry counts.")
    stated_date = models.DateField(null=True, blank=True, help_text="The date it was given, where it posts on another.")
    document_date = models.DateField(null=True, blank=True)
    effective_date = models.DateField(null=True, blank=True, help_text="Of a draft as stated; else the posting date.")
    service_date = models.DateField(null=True, blank=True, help_text="The day of supply, where it is known.")
    period = models.CharField(max_length=8, blank=True, help_text="YYYY-MM, YYYY-P13 or YYYY-P14; set by posting.")
    fiscal_year = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The year in which it starts.")
    sequence = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Gapless within company and fiscal year; set by posting."
    )
    first_journal_number = models.PositiveBigIntegerField(null=True, blank=True)
    last_journal_number = models.PositiveBigIntegerField(null=True, blank=True)

    memo = models.CharField(max_length=500, blank=True)
    document_number = models.CharField(max_length=100, blank=True)
    stated_number = models.CharField(
        max_length=100, blank=True, default="", db_default="", help_text="The entry's number in the system it is from."
    )
    external_reference = models.CharField(max_length=500, null=True, blank=True)  # noqa: DJ001 - absent is not empty
    document = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=30, default="manual", help_text="What posted it: manual, invoice, import, …")
    source_system = models.CharField(max_length=50, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    connection_id = models.CharField(max_length=100, blank=True)
    dimensions = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    amended_memo = models.CharField(  # noqa: DJ001 - absent is not empty
        max_length=500, null=True, blank=True, help_text="What its source says since it was posted; not in the hash."
    )
    amended_metadata = models.JSONField(null=True, blank=True, help_text="The same of its metadata.")

    currency = models.CharField(max_length=3, help_text="The currency its lines were stated in.")
    exchange_rate = models.DecimalField(
        max_digits=24, decimal_places=12, default=1, help_text="Base currency units per unit of `currency`."
    )
    rate_date = models.DateField(null=True, blank=True)
    rate_source = models.CharField(max_length=20, blank=True)
    fx_annotation = models.JSONField(
        null=True, blank=True, help_text="Document currency facts of an entry stated in base currency."
    )

    draft_lines = models.JSONField(null=True, blank=True, help_text="The lines of a draft; null once posted.")
    line_count = models.PositiveIntegerField(default=0)
    total_amount = models.DecimalField(
        max_digits=20, decimal_places=4, default=0, help_text="Sum of its debits in base currency."
    )
    content_digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of date and (account, amount) set; finds duplicates."
    )
    reverses_entry = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversals"
    )
    reversal_reason = models.CharField(max_length=500, blank=True)

    provenance = models.JSONField(default=dict, blank=True, help_text="Actor and surface at the time of posting.")
    created_by = models.CharField(max_length=200, blank=True)
    overrides_soft_lock = models.BooleanField(default=False)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "journal entries"
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="entry_company_id"),
            models.UniqueConstraint(fields=["company", "fiscal_year", "sequence"], name="entry_sequence_unique"),
            models.UniqueConstraint(fields=["company", "first_journal_number"], name="entry_first_number_unique"),
            models.UniqueConstraint(
                fields=["company", "last_journal_number"],
                name="entry_last_number_unique",
                include=["hash"],
            ),
            models.UniqueConstraint(
                fields=["reverses_entry"], condition=~Q(status="draft"), name="entry_reversed_once"
            ),
            models.UniqueConstraint(
                fields=["company", "source_system", "connection_id", "source_id"],
                condition=~Q(source_id=""),
                name="entry_source_identity",
            ),
            models.CheckConstraint(
                name="entry_posted_is_complete",
                condition=Q(status="draft")
                | Q(
                    draft_lines__isnull=True,
                    line_count__gte=2,
                    fiscal_year__isnull=False,
                    sequence__gte=1,
                    first_journal_number__gte=1,
                    last_journal_number__gte=F("first_journal_number"),
                    posted_at__isnull=False,
                    approval_status="approved",
                )
                & ~Q(period="")
                & ~Q(hash="")
                & ~Q(prev_hash=""),
            ),
            models.CheckConstraint(
                name="entry_draft_has_no_numbers",
                condition=~Q(status="draft")
                | Q(sequence__isnull=True, first_journal_number__isnull=True, line_count=0, hash=""),
            ),
            models.CheckConstraint(condition=Q(status__in=EntryStatus.values), name="entry_status_known"),
        )
        indexes = (
            models.Index(fields=["company", "-entry_date", "-id"], name="entry_by_date"),
            models.Index(fields=["company", "period"], name="entry_by_period"),
            models.Index(fields=["company", "content_digest"], condition=~Q(content_digest=""), name="entry_by_digest"),
            models.Index(
                fields=["company", "external_reference"],
                condition=Q(external_reference__isnull=False),
                name="entry_by_external_ref",
            ),
            models.Index(fields=["company", "-created_at"], condition=Q(status="draft"), name="entry_drafts"),
            models.Index(fields=["company", "entry_date"], condition=Q(kind="closing"), name="entry_closings"),
        )

    def __str__(self) -> str:
        return self.entry_number

    @property
    def entry_number(self) -> str:
        """The gapless number a posted entry is quoted by, such as `2026-000017`; a draft has none yet."""
        if self.sequence is None:
            return f"DRAFT-{str(self.id)[-8:].upper()}"
        return f"{self.fiscal_year}-{self.sequence:06d}"

    @property
    def current_memo(self) -> str:
        """What its source says now; `memo` is what was posted, for good."""
        return self.memo if self.amended_memo is None else self.amended_memo

    @property
    def current_metadata(self) -> dict[str, Any]:
        """What its source says now; `metadata` is what was posted, for good."""
        posted: dict[str, Any] = self.metadata
        return posted if self.amended_metadata is None else self.amended_metadata

    @property
    def is_draft(self) -> bool:
        return self.status == EntryStatus.DRAFT

    @property
    def event_count(self) -> int:
        if self.first_journal_number is None or self.last_journal_number is None:
            return 0
        return self.last_journal_number - self.first_journal_number + 1


class JournalLines(models.Manager["JournalLine"]):
    """Lines of an entry or an account are looked for within its company, with which every index of lines begins."""

    def get_queryset(self) -> "models.QuerySet[JournalLine]":
        owner = getattr(self, "instance", None)
        lines = super().get_queryset()
        return lines if owner is None else lines.filter(company_id=owner.company_id)


class JournalLine(models.Model):
    """One debit (positive) or one credit (negative), in the entry's currency and in base currency.

    Its key and the reference to its entry begin with the company, so that the table can be partitioned by it: queries
    that name an entry name the company, too.
    """

    pk = models.CompositePrimaryKey("company_id", "entry_id", "line_number")
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    line_number = models.PositiveIntegerField(help_text="From 1 to the entry's line count.")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines", db_index=False)
    entry_date = models.DateField(help_text="The entry's date, kept here for the account sheet's index.")
    journal_number = models.PositiveBigIntegerField(help_text="The entry's first, kept here for the same reason.")
    amount = models.DecimalField(max_digits=20, decimal_places=4, help_text="Base currency, debit positive.")
    currency_amount = models.DecimalField(max_digits=20, decimal_places=4, help_text="Entry currency, debit positive.")
    description = models.CharField(max_length=500, blank=True)
    tax_code = models.CharField(max_length=20, blank=True)
    tax_role = models.CharField(max_length=20, choices=LineTaxRole.choices, blank=True)
    personal_account = models.CharField(
        max_length=20, blank=True, help_text="Customer or vendor account behind a control account (DATEV)."
    )
    line_ref = models.CharField(max_length=100, blank=True)
    class_id = models.CharField(max_length=100, blank=True)
    location_id = models.CharField(max_length=100, blank=True)
    dimensions = models.JSONField(default=dict, blank=True)
    metadata = models.JSONField(default=dict, blank=True)

    objects = JournalLines()

    class Meta:
        constraints = (
            # Of a foreign currency less than half a cent of base currency is a line, too; an exchange difference is one
            # without an amount in the foreign currency.
            models.CheckConstraint(condition=~Q(amount=0, currency_amount=0), name="line_one_sided"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, currency_amount__gte=0) | Q(amount__lte=0, currency_amount__lte=0),
                name="line_sides_agree",
            ),
        )
        indexes = (
            models.Index(
                fields=["company", "account", "entry_date", "journal_number", "line_number"],
                include=["amount"],
                name="line_account_sheet",
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_number}: {self.amount}"
