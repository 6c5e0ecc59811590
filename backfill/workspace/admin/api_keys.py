"""Settings → API keys: made here and nowhere else, shown once, revoked with one button."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from backfill.tenancy.models import ApiKey
from backfill.tenancy.selectors import listed_api_keys
from backfill.tenancy.services import create_api_key, revoke_api_key, take_over_api_key
from backfill.workspace.admin.scope_choices import AREAS, CHOICES, LABELS, PACKAGES
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import ActionPage, Crumb, FormPage, Page

_TERMS = (
    ("", "Never"),
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("365", "In a year"),
    ("day", "On a day of my choice"),
)


class ApiKeysPage(Page):
    title = "API keys"
    template_name = "workspace/api_keys.html"
    permission = "api_keys.manage"

    def context(self) -> dict[str, Any]:
        return {"keys": listed_api_keys(self.company), "labels": LABELS}


class KeyForm(WorkspaceForm):
    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="What will use it, such as «Web shop»; entries made with it show the name.",
    )
    contract = forms.ChoiceField(
        label="Contract",
        choices=[
            (ApiKey.Contract.BACKFILL.value, "Backfill API: accounts by id, answers in envelopes"),
            (ApiKey.Contract.BOOKS.value, "Bookkeeping API: accounts by number, flat answers"),
        ],
        widget=forms.RadioSelect,
        initial=ApiKey.Contract.BACKFILL.value,
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=CHOICES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one thing the key may do."},
    )
    term = forms.ChoiceField(label="Expires", choices=_TERMS, required=False)
    expires_on = DayField(label="Last day", required=False)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("term") == "day" and not self.cleaned_data.get("expires_on"):
            self.add_error("expires_on", "Choose the last day.")
        return self.cleaned_data


class NewKeyPage(FormPage):
    title = "New API key"
    form_class = KeyForm
    template_name = "workspace/new_api_key.html"
    permission = "api_keys.manage"
    answers_with_page = True
    button = "Create the key"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("API keys", reverse("admin:api_keys"))]

    def context(self) -> dict[str, Any]:
        return {"packages": PACKAGES, "areas": AREAS}

    def submit(self, values: dict[str, Any]) -> HttpResponseBase:
        """Make the key and show its token in this very answer: it is kept nowhere, not even in the session."""
        issued = create_api_key(
            company=self.company,
            name=values["name"],
            scopes=values["scopes"],
            contract=values["contract"],
            expires_at=self._expiry(values),
            actor=self.actor,
        )
        self.template_name = "workspace/api_key_created.html"  # type: ignore[misc]
        base_url = self.request.build_absolute_uri("/").rstrip("/")
        example = "/v1/journal_entries" if issued.api_key.contract == "backfill" else "/v1/journal"
        return self.show(issued=issued, example=f"{base_url}{example}", title="API key created")

    def _expiry(self, values: dict[str, Any]) -> datetime | None:
        """Return the moment the key stops; a chosen day is its last, on the company's clock."""
        if values["term"] == "day":
            next_day = values["expires_on"] + timedelta(days=1)
            return self.company.beginning_of(next_day)
        return timezone.now() + timedelta(days=int(values["term"])) if values["term"] else None


class KeyAction(ActionPage):
    permission = "api_keys.manage"

    def back(self) -> str:
        return reverse("admin:api_keys")


class RevokeKey(KeyAction):
    def act(self) -> str:
        key = revoke_api_key(company=self.company, key_id=self.kwargs["key_id"], actor=self.actor)
        return f"The key «{key.name}» is revoked; requests with it are refused from now on."


class TakeOverKey(KeyAction):
    def act(self) -> str:
        key = take_over_api_key(company=self.company, key_id=self.kwargs["key_id"], actor=self.actor)
        return f"You are answerable for the key «{key.name}» now; it works again."
