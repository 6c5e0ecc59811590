"""Settings → API keys: made here and nowhere else, shown once, revoked with one button."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.models import ApiKey
from backfill.tenancy.selectors import listed_api_keys
from backfill.tenancy.services import create_api_key, revoke_api_key, take_over_api_key
from backfill.workspace.admin.scope_choices import AREAS, CHOICES, LABELS, PACKAGES
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import ActionPage, Crumb, FormPage, Page

_TERMS = (
    ("", gettext_lazy("Never")),
    ("30", gettext_lazy("In 30 days")),
    ("90", gettext_lazy("In 90 days")),
    ("365", gettext_lazy("In a year")),
    ("day", gettext_lazy("On a day of my choice")),
)


class ApiKeysPage(Page):
    title = gettext_lazy("API keys")
    template_name = "workspace/api_keys.html"
    permission = "api_keys.manage"

    def context(self) -> dict[str, Any]:
        return {"keys": listed_api_keys(self.company), "labels": LABELS}


class KeyForm(WorkspaceForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("What will use it, such as «Web shop»; entries made with it show the name."),
    )
    contract = forms.ChoiceField(
        label=gettext_lazy("Contract"),
        choices=[
            (ApiKey.Contract.BACKFILL.value, gettext_lazy("Backfill API: accounts by id, answers in envelopes")),
            (ApiKey.Contract.BOOKS.value, gettext_lazy("Bookkeeping API: accounts by number, flat answers")),
        ],
        widget=forms.RadioSelect,
        initial=ApiKey.Contract.BACKFILL.value,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=CHOICES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one thing the key may do.")},
    )
    term = forms.ChoiceField(label=gettext_lazy("Expires"), choices=_TERMS, required=False)
    expires_on = DayField(label=gettext_lazy("Last day"), required=False)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("term") == "day" and not self.cleaned_data.get("expires_on"):
            self.add_error("expires_on", _("Choose the last day."))
        return self.cleaned_data


class NewKeyPage(FormPage):
    title = gettext_lazy("New API key")
    form_class = KeyForm
    template_name = "workspace/new_api_key.html"
    permission = "api_keys.manage"
    answers_with_page = True
    button = gettext_lazy("Create the key")

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("API keys"), reverse("admin:api_keys"))]

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
        return self.show(issued=issued, example=f"{base_url}{example}", labels=LABELS, title=_("API key created"))

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
        return _("The key «{key}» is revoked; requests with it are refused from now on.").format(key=key.name)


class TakeOverKey(KeyAction):
    def act(self) -> str:
        key = take_over_api_key(company=self.company, key_id=self.kwargs["key_id"], actor=self.actor)
        return _("You are answerable for the key «{key}» now; it works again.").format(key=key.name)
