"""The buttons of documents: one service each, and back to the page."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.workspace.formats import formats_of
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import GIVEN, ActionPage, Crumb, FormPage
from ledger.documents import verbs
from ledger.documents.pages.blocking import void_blocked
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.stock import undone_by_void
from ledger.documents.store.documents import rows

_VERBS: Final[Mapping[str, Callable[..., Any]]] = {
    "confirm": verbs.confirm,
    "submit": verbs.submit,
    "approve": verbs.approve,
    "reject": verbs.reject,
    "delete": verbs.delete,
}

_POLICIES: Final = {
    "as asked": gettext_lazy("as asked"),
    "original date": gettext_lazy("original date"),
    "first open day after the original date": gettext_lazy("first open day after the original date"),
    "journal reversal": gettext_lazy("journal reversal"),
}
_DONE: Final = {
    "submit": gettext_lazy("Submitted for approval."),
    "approve": gettext_lazy("{title} {document} is approved."),
    "reject": gettext_lazy("Sent back to be corrected."),
    "delete": gettext_lazy("{title} {document} is deleted."),
}


def take_step(kind: DocumentAdmin, verb: str, *, company_id: UUID, document_id: UUID, actor: Actor, **more: Any) -> str:
    """Take a step of a document's life by the verb of its type, and return what is said of it."""
    name = str(rows(kind.doc_type).filter(company_id=company_id, pk=document_id).first()) if verb == "delete" else ""
    done = _VERBS[verb](kind.doc_type, company_id=company_id, document_id=document_id, actor=actor, **more)
    words = kind.is_confirmed if verb == "confirm" else _DONE[verb]
    return words.format(title=kind.title, document=name or done)


class Step(ActionPage):
    """A step in a document's life by the verb of its type: confirm, submit, approve, reject, delete."""

    kind: ClassVar[DocumentAdmin] = GIVEN
    verb = "confirm"

    @cached_property
    def document(self) -> Any:
        return self.kind.one(self.company, self.kwargs["document_id"])

    def back(self) -> str:
        return self.kind.list_url if self.verb == "delete" else self.kind.url(self.document)

    def by(self) -> dict[str, Any]:
        return {"company_id": self.company.pk, "document_id": self.document.pk, "actor": self.actor}

    def act(self) -> HttpResponseBase | str:
        by = self.by()
        if self.verb == "reject":
            by["reason"] = self.request.POST.get("reason", "")[:500]
        return take_step(self.kind, self.verb, **by)

    def refused(self, error: Any) -> HttpResponseBase:
        self.verb = ""  # nothing is gone: back to the document
        return super().refused(error)


def void_document(
    kind: DocumentAdmin, company: Company, *, company_id: UUID, document_id: UUID, actor: Actor, **values: Any
) -> str:
    """Void a document, and return what is said of it: on which day, by which entry, and that more was undone."""
    done = verbs.void(kind.doc_type, company_id=company_id, document_id=document_id, actor=actor, **values)
    named = {"title": kind.title, "document": done.document}
    if done.on is None or done.reversal is None:
        return _("{title} {document} is void.").format(**named)
    words = _("{title} {document} is void, reversed on {day} by entry {entry} ({policy}).").format(
        **named,
        day=formats_of(company).day(done.on),
        entry=done.reversal.entry_number,
        policy=_POLICIES.get(done.date_policy, done.date_policy),
    )
    return f"{words} {kind.words.undone}" if any(done.undone.values()) else words


class VoidForm(WorkspaceForm):
    on = DayField(
        label=gettext_lazy("Date"),
        required=False,
        help_text=gettext_lazy(
            "Left empty: the document's own date where that period is open, else the first open day after it."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.TextInput(attrs={"data-first": ""})
    )

    def __init__(self, *arguments: Any, has_entry: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not has_entry:
            del self.fields["on"]


class VoidPage(FormPage):
    form_class = VoidForm
    template_name = "documents/void.html"
    button = pgettext_lazy("action", "Void")
    kind: ClassVar[DocumentAdmin] = GIVEN

    @cached_property
    def document(self) -> Any:
        return self.kind.one(self.company, self.kwargs["document_id"])

    def page_title(self) -> str:
        return _("Void {noun} {document}").format(noun=self.kind.noun, document=self.document)

    def crumbs(self) -> list[Crumb]:
        return [
            Crumb(str(self.kind.titles), self.kind.list_url),
            Crumb(str(self.document), self.kind.url(self.document)),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._blocked() or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._blocked() or super().post(request, *args, **kwargs)

    def _blocked(self) -> HttpResponseBase | None:
        """Say what stands in the way, where something does."""
        blocked = void_blocked(self.kind, self.document)
        if blocked is None:
            return None
        return self.show(status=409, template="documents/blocked.html", blocked=blocked, back=self.back())

    def context(self) -> dict[str, Any]:
        undone = undone_by_void(self.kind.doc_type, self.document)
        return {"document": self.document, "kind": self.kind, "undone": undone}

    def form_arguments(self) -> dict[str, Any]:
        return {"has_entry": self.document.entry_id is not None}

    def submit(self, values: dict[str, Any]) -> str:
        by = {"company_id": self.company.pk, "document_id": self.document.pk, "actor": self.actor}
        return void_document(self.kind, self.company, **by, **values)
