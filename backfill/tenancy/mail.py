"""The mails that tenancy sends: plain text, from templates/tenancy/mail/, links to BASE_URL."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from backfill.tenancy.models import ContactMessage, Invitation, User


def mail_password_link(user: User, token: str) -> None:
    """Mail the link under which the person sets a new password."""
    _send(
        "password",
        to=user.email,
        subject="Set your password",
        link=_link("set_password", token),
        hours=settings.PASSWORD_TOKEN_HOURS,
        user=user,
    )


def mail_invitation(invitation: Invitation, token: str) -> None:
    """Mail the link under which the invited person joins the company."""
    _send(
        "invitation",
        to=invitation.email,
        subject=f"Invitation to {invitation.company.name}",
        link=_link("accept_invitation", token),
        invitation=invitation,
    )


def mail_contact_message(message: ContactMessage) -> None:
    """Mail a message from the contact form to CONTACT_EMAIL; a reply goes to its author."""
    _send("contact", to=settings.CONTACT_EMAIL, subject="Contact form", reply_to=[message.email], message=message)


def _link(view: str, token: str) -> str:
    # From the setting, never from the request: its Host header is the caller's to choose, and the link is a secret.
    path = reverse(view, urlconf=settings.ROOT_URLCONF)  # under /v1 the URLconf at work is a contract's
    return f"{settings.BASE_URL}{path}?{urlencode({'token': token})}"


def _send(template: str, *, to: str, subject: str, reply_to: list[str] | None = None, **context: Any) -> None:
    body = render_to_string(f"tenancy/mail/{template}.txt", context)
    EmailMessage(subject=subject, body=body, to=[to], reply_to=reply_to).send()
