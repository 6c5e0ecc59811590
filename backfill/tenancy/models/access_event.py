"""The trail of access: who gave whom which right, who made or revoked a key, who signed in. Append-only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from backfill.ids import uuid7
from backfill.tenancy.models.company import Company


class AccessEvent(models.Model):
    class Verb(models.TextChoices):
        COMPANY_CREATED = "company_created", _("Company created")
        COMPANY_CHANGED = "company_changed", _("Company settings changed")
        INVITED = "invited", _("Invited")
        INVITATION_REVOKED = "invitation_revoked", _("Invitation withdrawn")
        JOINED = "joined", _("Became a member")
        ROLE_CHANGED = "role_changed", _("Role changed")
        ACCESS_ENDED = "access_ended", _("Access ended")
        API_KEY_CREATED = "api_key_created", _("API key created")
        API_KEY_REVOKED = "api_key_revoked", _("API key revoked")
        API_KEY_TAKEN_OVER = "api_key_taken_over", _("API key taken over")
        SIGNED_IN = "signed_in", _("Signed in")
        PASSWORD_SET = "password_set", _("Password set")
        TWO_FACTOR_ON = "two_factor_on", _("Two-factor sign-in switched on")
        TWO_FACTOR_OFF = "two_factor_off", _("Two-factor sign-in switched off")
        TWO_FACTOR_RESET = "two_factor_reset", _("Two-factor sign-in reset by an admin")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True, related_name="access_events")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="access_events"
    )
    verb = models.CharField(max_length=30, choices=Verb.choices)
    detail = models.JSONField(default=dict, blank=True)
    actor_label = models.CharField(max_length=254)
    actor_surface = models.CharField(max_length=20)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (
            models.Index(fields=["company", "-at"], name="access_event_by_company"),
            models.Index(fields=["user", "-at"], name="access_event_by_user"),
        )

    def __str__(self) -> str:
        return f"{self.verb} by {self.actor_label}"
