"""Mails to customers and vendors: plain text from templates, files attached."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from backfill.letters.languages import Language
from backfill.letters.letterhead import seller_name
from backfill.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class MailFile:
    name: str
    content: bytes
    mime_type: str


def mail_text(template: str, language: Language, **facts: Any) -> str:
    """Return the body of a mail from `<template>.<language>.txt`; what is told in it is text and never markup."""
    return render_to_string(f"{template}.{language}.txt", facts).strip() + "\n"


def mail_subject(text: str) -> str:
    """Return a subject on one line of at most 200 characters."""
    return " ".join(text.split())[:200]


def send_mail(
    company: Company, *, subject: str, body: str, recipients: Sequence[str], files: Sequence[MailFile]
) -> None:
    """Hand a mail to the mail server. It comes in the company's name and is answered to the company's address.

    Raises SMTPException or OSError.
    """
    message = EmailMessage(
        subject=subject,
        body=body,
        from_email=formataddr((mail_subject(seller_name(company)), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=recipients,
        reply_to=[company.email] if company.email else None,
    )
    for file in files:
        message.attach(file.name, file.content, file.mime_type)
    message.send()
