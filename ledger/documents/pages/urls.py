"""The addresses that every type of document has in the admin, and those that all types share."""

from typing import Final

from django.urls import URLPattern

from backfill.workspace.lists.page import ListPage
from backfill.workspace.pages import page
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.document_lists import document_list
from ledger.documents.pages.documents import DocumentPage
from ledger.documents.pages.editor import DraftPage, NewDocumentPage
from ledger.documents.pages.numbering import ChangeNumberingPage, NumberingPage
from ledger.documents.pages.steps import Step, VoidPage

_STEPS: Final = {"confirm": "post", "submit": "edit", "approve": "approve", "reject": "approve", "delete": "edit"}


def path_of(kind: DocumentAdmin, step: str = "") -> str:
    """Return the route of a document's page, or of one of its steps."""
    return f"{kind.folder}/<uuid:document_id>/{step}/" if step else f"{kind.folder}/<uuid:document_id>/"


def list_and_steps(kind: DocumentAdmin) -> list[URLPattern]:
    """Return the list and the buttons that every type has."""
    post = kind.permission("post")
    steps = [
        page(path_of(kind, verb), Step, f"{verb}_{kind.name}", kind=kind, verb=verb, permission=kind.permission(needed))
        for verb, needed in _STEPS.items()
    ]
    void = page(path_of(kind, "void"), VoidPage, f"void_{kind.name}", kind=kind, permission=post, write_permission=post)
    return [page(f"{kind.folder}/", ListPage, kind.plural, listing=document_list(kind)), *steps, void]


def with_lines(
    kind: DocumentAdmin,
    *,
    shown: type[DocumentPage] = DocumentPage,
    new: type[NewDocumentPage] = NewDocumentPage,
    draft: type[DraftPage] = DraftPage,
) -> list[URLPattern]:
    """Return all addresses of a type with lines; an app gives its own page or editor where it shows more."""
    view, edit = kind.permission("view"), kind.permission("edit")
    return [
        *list_and_steps(kind),
        page(f"{kind.folder}/new/", new, f"new_{kind.name}", kind=kind, permission=edit),
        page(path_of(kind), shown, kind.name, kind=kind, permission=view),
        page(path_of(kind, "edit"), draft, f"edit_{kind.name}", kind=kind, permission=edit),
    ]


urlpatterns = [
    page("settings/numbers/", NumberingPage, "numbering"),
    page("settings/numbers/<str:kind>/", ChangeNumberingPage, "change_numbering"),
]
