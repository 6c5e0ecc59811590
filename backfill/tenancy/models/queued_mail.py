"""The outbox of the mails to people: links for passwords and invitations, messages of the contact form."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7


class MailStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    NEEDLESS = "needless", _("Needless")  # nobody to write to, or no longer anything to say


class MailKind(models.TextChoices):
    PASSWORD_RESET = "password_reset", _("Password reset")
    INVITATION = "invitation", _("Invitation")
    CONTACT = "contact", _("Contact")
    MENTION = "mention", _("Mention")


class QueuedMail(models.Model):
    """A mail that was asked for. Whoever sends it pushes `next_try_at` back first, so that nobody else does.

    `about` is the address of a password reset, otherwise the id of the invitation, message or mention. Tokens are never
    here.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=MailKind.choices)
    about = models.CharField(max_length=320)
    status = models.CharField(max_length=10, choices=MailStatus.choices, default=MailStatus.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    next_try_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("next_try_at",), name="queued_mail_due", condition=models.Q(status="queued")),
            models.Index(fields=("kind", "about", "finished_at"), name="queued_mail_about"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_status_display().lower()}"
