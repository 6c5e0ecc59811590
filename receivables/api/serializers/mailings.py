"""Invoices on paper and by mail."""

from typing import Any

from rest_framework import serializers

from backfill.api.fields import InstantField, OptionalText, TextField
from backfill.api.serializers import InputSerializer, QuerySerializer
from receivables.delivery.sending import AUTOMATIC, CHOSEN_FORMATS
from receivables.models import MailingFormat, MailingKind, MailingStatus


class PdfQuery(QuerySerializer):
    format = serializers.ChoiceField(
        choices=("pdf", "factur-x"),
        default="pdf",
        help_text="`pdf`, or `factur-x` with the e-invoice inside (Factur-X/ZUGFeRD EN 16931, PDF/A-3).",
    )


class XmlQuery(QuerySerializer):
    format = serializers.ChoiceField(
        choices=("factur-x", "xrechnung"),
        default="factur-x",
        help_text="`factur-x` (CII, EN 16931) or `xrechnung` (UBL, XRechnung 3.0).",
    )


class SendInput(InputSerializer):
    recipients = serializers.ListField(
        child=TextField(max_length=254), required=False, max_length=10, help_text="By default the customer's address."
    )
    format = serializers.ChoiceField(
        choices=CHOSEN_FORMATS,
        default=AUTOMATIC,
        help_text="`automatic` is factur-x where the document has all that EN 16931 asks for, else pdf.",
    )
    subject = OptionalText(max_length=200, help_text="By default ours, in the customer's language.")
    message = OptionalText(max_length=10_000, help_text="By default ours, in the customer's language.")


class MailingOutput(serializers.Serializer[Any]):
    """A mail to a customer. It is queued until a worker has sent it, which takes moments."""

    kind = serializers.ChoiceField(choices=MailingKind.values)
    subject_id = serializers.UUIDField(help_text="The invoice, credit memo or dunning proposal it is about.")
    customer_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=MailingStatus.values)
    format = serializers.ChoiceField(choices=MailingFormat.values)
    recipients = serializers.ListField(child=serializers.CharField())
    language = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField()
    error = serializers.CharField(allow_blank=True, help_text="Why it was not sent.")
    pdf_document_id = serializers.UUIDField(source="pdf_id", allow_null=True, help_text="The PDF as it was sent.")
    xml_document_id = serializers.UUIDField(source="xml_id", allow_null=True, help_text="The XML as it was sent.")
    sent_at = InstantField(allow_null=True)
    created_at = InstantField()
