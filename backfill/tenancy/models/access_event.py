"""The trail of access: who gave whom which right, who made or revoked a key, who signed in. Append-only."""

from django.conf import settings
from django.db import models

from backfill.ids import uuid7
from backfill.tenancy.models.company import Company


class AccessEvent(models.Model):
    class Verb(models.TextChoices):
        COMPANY_CREATED = "company_created", "Company created"
        COMPANY_CHANGED = "company_changed", "Company settings changed"
        INVITED = "invited", "Invited"
        INVITATION_REVOKED = "invitation_revoked", "Invitation withdrawn"
        JOINED = "joined", "Became a member"
        ROLE_CHANGED = "role_changed", "Role changed"
        ACCESS_ENDED = "access_ended", "Access ended"
        API_KEY_CREATED = "api_key_created", "API key created"
        API_KEY_REVOKED = "api_key_revoked", "API key revoked"
        API_KEY_TAKEN_OVER = "api_key_taken_over", "API key taken over"
        SIGNED_IN = "signed_in", "Signed in"
        PASSWORD_SET = "password_set", "Password set"
        TWO_FACTOR_ON = "two_factor_on", "Two-factor sign-in switched on"
        TWO_FACTOR_OFF = "two_factor_off", "Two-factor sign-in switched off"
        TWO_FACTOR_RESET = "two_factor_reset", "Two-factor sign-in reset by an admin"

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
