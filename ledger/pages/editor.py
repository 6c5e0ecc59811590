"""The entry editor: a new entry, a draft, or a copy of another entry; saved, submitted or posted from one form."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.doubts import note
from backfill.workspace.pages import Crumb
from ledger.entries import entries
from ledger.entries.warnings import entry_warnings
from ledger.errors import EntryNotDraft
from ledger.journal.drafts import EntryDraft
from ledger.models import JournalEntry, TaxCode
from ledger.pages.approvals import before_submitting
from ledger.pages.entry import as_draft, company_entry
from ledger.pages.entry_form import EntryForm, TypedLine, copied_form, form_of, new_form, typed_form
from ledger.pages.line_editor import LineEditorPage
from ledger.pages.more_lines import fill_up

_DONE = {
    "save": gettext_lazy("Draft saved."),
    "submit": gettext_lazy("Submitted for approval."),
    "post": gettext_lazy("Posted as {number}."),
}


class EditorPage(LineEditorPage):
    """What a new entry and a stored draft share."""

    template_name = "ledger/editor.html"
    permission = "ledger.draft"
    actions: ClassVar[Mapping[str, str]] = {"save": "ledger.draft", "submit": "ledger.draft", "post": "ledger.post"}

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Journal"), reverse("admin:journal"))]

    def typed(self) -> EntryForm:
        return typed_form(self.company, self.request.POST)

    def left(self, made: JournalEntry) -> HttpResponseBase:
        messages.success(self.request, _DONE[self.action].format(number=made.entry_number))
        if self.action == "post" and self.request.POST.get("again"):
            return HttpResponseRedirect(reverse("admin:new_entry"))
        return HttpResponseRedirect(reverse("admin:journal_entry", args=[made.pk]))

    def context(self) -> dict[str, Any]:
        company = self.company
        return {
            **super().context(),
            "entry": self.stored(),
            "tax_codes": TaxCode.objects.filter(company=company, is_active=True).order_by("code"),
            "may_post": self.workspace.allows("ledger.post") and not company.requires_approval,
            "approving": before_submitting(self.workspace, "ledger.approve"),
        }

    def show(self, *, status: int = 200, **extra: Any) -> TemplateResponse:
        fill_up(extra["form"].lines, self.request, TypedLine)
        response = super().show(status=status, **extra)
        extra["form"].mark_unknown({code.code for code in (response.context_data or {})["tax_codes"]})
        return response

    def done(self, form: EntryForm) -> JournalEntry:
        entry = self._saved(form, self.stored())
        for doubt in entry_warnings(entry) if self.asks else ():
            note(**doubt)
        if self.action == "post":
            return entries.confirm_entry(company_id=self.company.pk, entry_id=entry.pk, actor=self.actor)
        if self.action == "submit":
            return entries.submit_entry(company_id=self.company.pk, entry_id=entry.pk, actor=self.actor)
        return entry

    def _saved(self, form: EntryForm, stored: JournalEntry | None) -> JournalEntry:
        if stored is None:
            empty = EntryDraft(company_id=self.company.pk, entry_date=self.company.today(), lines=())
            return entries.create_draft(form.draft(empty), actor=self.actor)
        latest = JournalEntry.objects.select_for_update(of=("self",)).select_related("company").get(pk=stored.pk)
        if form.version != latest.updated_at.isoformat():
            raise EntryNotDraft(
                _("somebody has changed this draft since you opened it; open it anew and repeat your changes")
            )
        draft = form.draft(entries.draft_of(latest))
        return entries.update_draft(company_id=self.company.pk, entry_id=latest.pk, draft=draft, actor=self.actor)


class NewEntryPage(EditorPage):
    title = gettext_lazy("New entry")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(form=self._copied() or new_form(self.company))

    def _copied(self) -> EntryForm | None:
        source = self.request.GET.get("copy")
        if not source:
            return None
        return copied_form(self.company, as_draft(company_entry(self.company, source)))


class DraftPage(EditorPage):
    def page_title(self) -> str:
        return self.entry.memo or _("Draft")

    @cached_property
    def entry(self) -> JournalEntry:
        return company_entry(self.company, self.kwargs["entry_id"])

    def stored(self) -> JournalEntry:
        return self.entry

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.entry.is_draft:
            return HttpResponseRedirect(reverse("admin:journal_entry", args=[self.entry.pk]))
        return self.show(form=form_of(self.entry, entries.draft_of(self.entry)))
