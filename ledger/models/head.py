"""The journal head: one row per company that serialises posting, and the counters it guards."""

from django.db import models

from backfill.tenancy.models import Company

GENESIS_HASH = "0" * 64


class JournalHead(models.Model):
    company = models.OneToOneField(Company, on_delete=models.PROTECT, primary_key=True, related_name="journal_head")
    next_journal_number = models.PositiveBigIntegerField(default=1)
    last_hash = models.CharField(max_length=64, default=GENESIS_HASH)

    def __str__(self) -> str:
        return f"next {self.next_journal_number}"


class EntryCounter(models.Model):
    """The last entry number given out in a company's fiscal year."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    fiscal_year = models.PositiveSmallIntegerField()
    last_sequence = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["company", "fiscal_year"], name="entry_counter_once"),)

    def __str__(self) -> str:
        return f"{self.fiscal_year}: {self.last_sequence}"
