"""The editor of invoices, credit memos, quotes and sales orders: saved, submitted or confirmed from one form."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.doubts import note
from backfill.errors import DomainError
from backfill.files.services import store_document
from backfill.workspace.pages import GIVEN, Crumb
from ledger.documents import verbs
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.document_form import DocumentForm, typed_form
from ledger.documents.pages.document_forms import form_of, new_form, remember
from ledger.documents.pages.documents import uuid_or_none
from ledger.documents.pages.header_fields import PLACES
from ledger.documents.pages.party_input import company_party
from ledger.documents.pages.repeated import repeated_document
from ledger.documents.pages.typed_line import NO_TAX, TypedLine
from ledger.documents.pages.usual_tax import offered_codes, usual_rule
from ledger.documents.rows import rows_of
from ledger.documents.store.documents import lock
from ledger.errors import DocumentPosted
from ledger.pages.approvals import before_submitting
from ledger.pages.line_editor import LineEditorPage
from ledger.pages.more_lines import fill_up
from ledger.tax.rules import codes_with_usual

_DONE = {"save": gettext_lazy("Draft saved."), "submit": gettext_lazy("Submitted for approval.")}


class EditorPage(LineEditorPage):
    """What a new document and a stored draft share."""

    template_name = "documents/editor.html"
    kind: ClassVar[DocumentAdmin] = GIVEN
    actions: ClassVar[Mapping[str, str]] = {"save": "edit", "submit": "edit", "confirm": "post"}

    def permission_to(self, action: str) -> str:
        return self.kind.permission(self.actions[action])

    def crumbs(self) -> list[Crumb]:
        return [Crumb(str(self.kind.titles), self.kind.list_url)]

    def typed(self) -> DocumentForm:
        form, document = typed_form(self.kind, self.company, self.request.POST), self.stored()
        if document is not None:
            remember(form, document)
        self.remember_more(form)
        return form

    def left(self, made: Any) -> HttpResponseBase:
        words = self.kind.is_confirmed if self.action == "confirm" else _DONE[self.action]
        messages.success(self.request, words.format(title=self.kind.title, document=made))
        return HttpResponseRedirect(self.kind.url(made))

    def remember_more(self, form: DocumentForm) -> None:
        """Let a submitted form know what else it came from, such as the invoice that it takes back."""

    def context(self) -> dict[str, Any]:
        company, kind = self.company, self.kind
        needs_approval = company.requires_approval and kind.doc_type.is_asked
        return {
            **super().context(),
            "kind": kind,
            "document": self.stored(),
            "tax_codes": sorted(codes_with_usual(company.pk, kind.side.default_slot), key=lambda code: code.code),
            "may_confirm": self.workspace.allows(kind.permission("post")) and not needs_approval,
            "needs_approval": needs_approval,
            "approving": before_submitting(self.workspace, kind.permission("approve"), is_asked=kind.doc_type.is_asked),
        }

    def show(self, *, status: int = 200, **extra: Any) -> TemplateResponse:
        form: DocumentForm = extra["form"]
        fill_up(form.lines, self.request, TypedLine)
        response = super().show(status=status, **extra)
        shown = {f"{place}_fields": form.shown(place) for place in PLACES}
        (response.context_data or {}).update(shown)
        context: dict[str, Any] = response.context_data or {}
        party, side = self._party(form), self.kind.side
        context |= {"terms_days": getattr(party, "payment_terms_days", None), **self.party_context(party)}
        context["blank_facts"] = [{**asdict(fact), "value": "", "error": ""} for fact in self.kind.line_facts]
        context["usual_tax"] = usual_rule(side, self.company, party, form.document_day, context["tax_codes"])
        context["offered_codes"] = offered = offered_codes(side, context["tax_codes"], form.supply_day)
        form.mark_unknown({NO_TAX, *(code.code for code in offered)})
        for line in form.lines:
            line.kept_tax, line.item_tax = form.reader.kept_tax(line), form.reader.item_tax(line)
            form.show_facts(line)
            line.derived = form.reader.derived(line, context["tax_codes"]) or context["usual_tax"]
        return response

    def party_context(self, party: Any) -> dict[str, Any]:
        """Return what else the template shows of the party that is chosen, None for none."""
        return {}

    def _party(self, form: DocumentForm) -> Any:
        side = self.kind.side
        party_id = uuid_or_none(form.header[side.party_id])
        if party_id is None:
            return None
        found = rows_of(side.parties.model).filter(company=self.company, pk=party_id)
        return found.select_related("default_account").first()

    def done(self, form: DocumentForm) -> Any:
        """Store the document and take the step. What is asked undoes both; what is refused is told first."""
        stored = self.stored()
        document = self._saved(form, stored)
        for doubt in document.warnings if self.asks else ():
            note(**doubt)
        step = {"company_id": self.company.pk, "document_id": document.pk, "actor": self.actor}
        if self.action != "save":
            step_taken = {"confirm": verbs.confirm, "submit": verbs.submit}[self.action]
            document = step_taken(self.kind.doc_type, **step)
        for doubt in repeated_document(self.kind.doc_type, document) if self.asks and stored is None else ():
            note(**doubt)
        return document

    def _saved(self, form: DocumentForm, stored: Any) -> Any:
        doc_type = self.kind.doc_type
        if stored is None:
            return verbs.create(doc_type, self._values(form, None), company=self.company, actor=self.actor)
        latest = lock(doc_type, self.company.pk, stored.pk)
        if form.version != latest.updated_at.isoformat():
            raise DocumentPosted(
                _("somebody has changed this {noun} since you opened it; open it anew and repeat your changes").format(
                    noun=doc_type.noun
                )
            )
        return verbs.update(doc_type, latest, self._values(form, stored), actor=self.actor)

    def _values(self, form: DocumentForm, stored: Any) -> dict[str, Any]:
        """Return what was typed as the service takes it, with the files that came along, which are kept."""
        values = form.values()
        for one in form.kind.fields:
            files = self.request.FILES.getlist(f"new_{one.name}") if one.type == "files" else ()
            if files:
                kept = values.get(one.name, getattr(stored, one.name) if stored is not None else [])
                values[one.name] = [*kept, *(str(self._stored_file(file, one.name)) for file in files)]
        return values

    def _stored_file(self, file: "UploadedFile[bytes]", field: str) -> UUID:
        try:
            row = store_document(
                company=self.company,
                file=file,
                name=file.name or "",
                declared_type=file.content_type or "",
                actor=self.actor,
            )
        except DomainError as error:
            error.field = field
            raise
        return row.pk


class NewDocumentPage(EditorPage):
    def page_title(self) -> str:
        return self.kind.new_words

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        side = self.kind.side
        party_id = uuid_or_none(request.GET.get(side.party, ""))
        party = company_party(side, self.company, party_id) if party_id else None
        return self.show(form=new_form(self.kind, self.company, party))


class DraftPage(EditorPage):
    def page_title(self) -> str:
        return f"{self.kind.title} {self.document}"

    def crumbs(self) -> list[Crumb]:
        return [*super().crumbs(), Crumb(str(self.document), self.kind.url(self.document))]

    @cached_property
    def document(self) -> Any:
        return self.kind.one(self.company, self.kwargs["document_id"])

    def stored(self) -> Any:
        return self.document

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.document.is_posted or self.document.is_void:
            return HttpResponseRedirect(self.kind.url(self.document))
        return self.show(form=form_of(self.kind, self.document))
