"""The mails that tenancy sends: plain text, from templates/tenancy/mail/, links to BASE_URL."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from backfill.languages import ENGLISH, written_in
from backfill.tenancy.models import ContactMessage, Invitation, User
from backfill.tenancy.selectors import memberships_of


def mail_password_link(user: User, token: str) -> None:
    """Mail the link under which the person sets a new password."""
    with written_in(*_languages_of(user)):
        _send(
            "password",
            to=user.email,
            subject=_("Set your password"),
            link=_link("set_password", token),
            hours=settings.PASSWORD_TOKEN_HOURS,
            user=user,
        )


def mail_invitation(invitation: Invitation, token: str) -> None:
    """Mail the link under which the invited person joins the company."""
    known = User.objects.filter(email=invitation.email).first()
    with written_in(known.language if known else "", invitation.company.language):
        _send(
            "invitation",
            to=invitation.email,
            subject=_("Invitation to {company}").format(company=invitation.company.name),
            link=_link("accept_invitation", token),
            invitation=invitation,
            role=invitation.get_role_display(),
        )


def mail_contact_message(message: ContactMessage) -> None:
    """Mail a message from the contact form to CONTACT_EMAIL; a reply goes to its author."""
    with written_in(ENGLISH):
        subject = _("Contact form")
        _send("contact", to=settings.CONTACT_EMAIL, subject=subject, reply_to=[message.email], message=message)


def _languages_of(user: User) -> list[str]:
    """Return the person's own language and those of their companies, the one used last first."""
    return [user.language] if user.language else [one.company.language for one in memberships_of(user)]


def _link(view: str, token: str) -> str:
    # From the setting, never from the request: its Host header is the caller's to choose, and the link is a secret.
    path = reverse(view, urlconf=settings.ROOT_URLCONF)  # under /v1 the URLconf at work is a contract's
    return f"{settings.BASE_URL}{path}?{urlencode({'token': token})}"


def _send(template: str, *, to: str, subject: str, reply_to: list[str] | None = None, **context: Any) -> None:
    body = render_to_string(f"tenancy/mail/{template}.txt", context)
    EmailMessage(subject=subject, body=body, to=[to], reply_to=reply_to).send()
