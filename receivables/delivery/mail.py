"""The mails that customers get."""

from collections.abc import Sequence

from backfill.letters.mail import MailFile, send_mail
from receivables.models import Mailing


def mail_to_customer(mailing: Mailing, files: Sequence[MailFile]) -> None:
    """Hand a mail to the mail server. Raises SMTPException or OSError."""
    send_mail(mailing.company, subject=mailing.subject, body=mailing.body, recipients=mailing.recipients, files=files)
