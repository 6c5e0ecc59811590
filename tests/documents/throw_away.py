"""A type of document that only tests know: what one costs, and that everything follows from its description."""

from django.apps.registry import Apps
from django.db import models

from ledger.documents.models import Document, DocumentLine
from ledger.documents.types import DocumentType
from receivables.models import Customer
from receivables.types.side import SELLING

_APART = Apps()  # a registry of its own: the product's models do not see these


class TicketStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SOLD = "sold", "Sold"
    VOID = "void", "Void"


class Ticket(Document):
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="+", help_text="Who goes.")
    seat = models.CharField(max_length=10, blank=True, help_text="Row and number.")
    starts_at = models.DateTimeField(null=True, blank=True, help_text="When it begins.")

    class Meta:
        app_label = "receivables"
        apps = _APART


class TicketLine(DocumentLine):
    document = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="lines", db_index=False)

    class Meta:
        app_label = "receivables"
        apps = _APART


THROW_AWAY = DocumentType[Ticket, TicketLine](
    key="ticket",
    model=Ticket,
    side=SELLING,
    prefix="TK-",
    statuses=TicketStatus,
    posted=TicketStatus.SOLD,
    needs_party=False,
    columns=("seat", "starts_at"),
)
