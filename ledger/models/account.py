"""General-ledger accounts: `code` is for people, `id` for references, `slot` for automatic posting."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7
from backfill.tenancy.models import Company


class AccountType(models.TextChoices):
    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    EQUITY = "equity", _("Equity")
    REVENUE = "revenue", _("Revenue")
    EXPENSE = "expense", _("Expense")

    @property
    def is_debit_normal(self) -> bool:
        return self in {AccountType.ASSET, AccountType.EXPENSE}

    @property
    def is_on_balance_sheet(self) -> bool:
        return self in {AccountType.ASSET, AccountType.LIABILITY, AccountType.EQUITY}


class AccountRole(models.TextChoices):
    """The role an account plays for automatic posting; at most one active account per company and slot."""

    CASH = "cash", _("Cash")
    UNDEPOSITED_FUNDS = "undeposited_funds", _("Undeposited Funds")
    ACCOUNTS_RECEIVABLE = "accounts_receivable", _("Accounts Receivable")
    INVENTORY_ASSET = "inventory_asset", _("Inventory Asset")
    INPUT_TAX = "input_tax", _("Input Tax")
    ACCOUNTS_PAYABLE = "accounts_payable", _("Accounts Payable")
    OUTPUT_TAX = "output_tax", _("Output Tax")
    SELF_ASSESSED_TAX = "self_assessed_tax", _("Self Assessed Tax")
    OPENING_BALANCE_EQUITY = "opening_balance_equity", _("Opening Balance Equity")
    RETAINED_EARNINGS = "retained_earnings", _("Retained Earnings")
    REVENUE = "revenue", _("Revenue")
    SALES_DISCOUNTS = "sales_discounts", _("Sales Discounts")
    COGS = "cogs", _("Cogs")
    EXPENSE = "expense", _("Expense")
    PAYMENT_FEES = "payment_fees", _("Payment Fees")
    BANK_FEES = "bank_fees", _("Bank Fees")
    FX_GAIN = "fx_gain", _("Fx Gain")
    FX_LOSS = "fx_loss", _("Fx Loss")
    ROUNDING = "rounding", _("Rounding")
    SUSPENSE = "suspense", _("Suspense")

    @property
    def in_sentence(self) -> str:
        """The role within a sentence: in English by its code, which charts and the APIs use as well."""
        return str(self.value) if get_language() in {None, "en"} else str(self.label)


class ControlSide(models.TextChoices):
    """What a control account is for: its lines are open items of customers, or of vendors."""

    RECEIVABLE = "receivable", _("Receivable")
    PAYABLE = "payable", _("Payable")


class Account(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="accounts", db_index=False)
    code = models.CharField(max_length=20, null=True, blank=True)  # noqa: DJ001 - no code is not an empty code
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=10, choices=AccountType.choices)
    sub_type = models.CharField(max_length=50, blank=True)
    category = models.CharField(max_length=100, blank=True)
    report_group = models.CharField(max_length=40, blank=True)
    slot = models.CharField(max_length=30, choices=AccountRole.choices, null=True, blank=True)  # noqa: DJ001 - unique
    control = models.CharField(  # noqa: DJ001 - most accounts are none
        max_length=10,
        choices=ControlSide.choices,
        null=True,
        blank=True,
        editable=False,
        help_text="Given by the role, for good once the account has postings.",
    )
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    description = models.TextField(blank=True)
    automatic_tax_code = models.CharField(
        max_length=20, blank=True, help_text="DATEV automatic account: gross bookings on it imply this tax code."
    )
    is_system = models.BooleanField(default=False, help_text="Came with the chart of accounts.")
    is_active = models.BooleanField(default=True)
    subsidiary_id = models.CharField(max_length=100, blank=True)
    source_system = models.CharField(max_length=50, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    connection_id = models.CharField(max_length=100, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("code", "name")
        constraints = (
            models.UniqueConstraint(fields=["id", "company"], name="account_company_id"),
            models.UniqueConstraint(fields=["company", "id", "control"], name="account_control"),
            models.UniqueConstraint(fields=["company", "code"], name="account_code_unique"),
            models.UniqueConstraint(
                fields=["company", "slot"], condition=Q(is_active=True, slot__isnull=False), name="account_slot_once"
            ),
            models.UniqueConstraint(
                fields=["company", "source_system", "connection_id", "source_id"],
                condition=~Q(source_id=""),
                name="account_source_identity",
            ),
            models.CheckConstraint(condition=Q(type__in=AccountType.values), name="account_type_known"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}" if self.code else self.name

    @property
    def normal_balance(self) -> str:
        return "debit" if AccountType(self.type).is_debit_normal else "credit"
