"""What the pages of each type of document add to its description: words, tabs of the list, fields of the editor."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.lists.filters import Condition
from backfill.workspace.lists.steps import BulkStep
from backfill.workspace.navigation import Item, add_item
from ledger.beside.subjects import SubjectKind, register_kinds
from ledger.documents.errors import DocumentNotFound
from ledger.documents.pages.header_fields import HeaderField
from ledger.documents.pages.line_facts import LineFact
from ledger.documents.pages.party_words import PartyWords, words_of
from ledger.documents.store.documents import rows
from ledger.documents.types import DocumentType, Side

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_CONFIRM: Final = pgettext_lazy("document", "Confirm")
_CONFIRMED: Final = pgettext_lazy("document", "confirmed")
_IS_CONFIRMED: Final = gettext_lazy("{title} {document} is confirmed.")
_GONE: Final = gettext_lazy("What you chose is settled by now; look at what is still open.")

States = dict[str, tuple["StrOrPromise", Condition]]


@dataclass(frozen=True, slots=True)
class Relation:
    """Another document on the page of one: the attribute that leads to it, the words before it, the key of its type."""

    attribute: str
    words: "StrOrPromise"
    key: str


@dataclass(frozen=True, slots=True)
class DocumentAdmin:
    """`name` reverses the page of one, `plural` the list; `until` is the column of its second date, "" without.

    fields: the header fields it has beyond those of every type. line_facts: the fields of its lines, likewise.
    left: heads the column of what is not settled.
    place: where its list stands in the sidebar, among those of its side.
    making: the permission to make one, for its buttons. hint: what its editor says below the lines.
    line_account: its column that names the account of lines that name none.
    origin: the document whose lines it takes back, by the name of its column: `invoice`.
    applies_to: the type that it may be applied to and taken off again, by key.
    related: what it was made from and what was made of it. blocked_by: those of them that keep it from being voided.
    bulk_steps: what can be done to many of them in its list, beyond what can be done to any type.
    id_name: what requests and refusals call its id.
    confirm_note: what is said beside the button that confirms it.
    is_confirmed, settled_meanwhile: what is said when it is confirmed, or was settled meanwhile.
    What is not given is derived from `doc_type`: see `kind_of`.
    """

    doc_type: DocumentType[Any, Any]
    name: str
    plural: str
    title: "StrOrPromise"
    titles: "StrOrPromise"
    nouns: "StrOrPromise"
    icon: str
    states: States
    making: str
    id_name: str
    needs_party: bool
    place: int = 0
    until: str = ""
    until_label: "StrOrPromise" = ""
    confirm_label: "StrOrPromise" = _CONFIRM
    confirm_note: "StrOrPromise" = ""
    confirmed: "StrOrPromise" = _CONFIRMED
    is_confirmed: "StrOrPromise" = _IS_CONFIRMED
    settled_meanwhile: "StrOrPromise" = _GONE
    new_label: "StrOrPromise" = ""
    left: "StrOrPromise" = ""
    fields: tuple[HeaderField, ...] = ()
    line_facts: tuple[LineFact, ...] = ()
    hint: "StrOrPromise" = ""
    line_account: str = ""
    origin: str = ""
    applies_to: str = ""
    related: tuple[Relation, ...] = ()
    blocked_by: frozenset[str] = frozenset()
    bulk_steps: tuple[BulkStep, ...] = ()

    @property
    def side(self) -> Side:
        return self.doc_type.side

    @property
    def noun(self) -> str:
        return self.doc_type.noun

    @property
    def lazy_noun(self) -> "StrOrPromise":
        """The word for one, in the language of whoever reads it."""
        return self.doc_type.model._meta.verbose_name or ""  # noqa: SLF001 - Django documents `_meta` as public

    @property
    def folder(self) -> str:
        return self.plural.replace("_", "-")

    @property
    def list_url(self) -> str:
        return reverse(f"admin:{self.plural}")

    @property
    def new_url(self) -> str:
        return reverse(f"admin:new_{self.name}")

    @property
    def item_search_url(self) -> str:
        return reverse("admin:bought_item_search" if self.side.is_purchase else "admin:item_search")

    @property
    def new_words(self) -> str:
        return str(self.new_label) or _("New {noun}").format(noun=self.noun)

    @property
    def words(self) -> PartyWords:
        """How its pages speak of its parties."""
        return words_of(self.side)

    @property
    def permissions(self) -> dict[str, str]:
        """The permissions by verb, for templates."""
        return {verb: self.permission(verb) for verb in ("view", "edit", "post", "approve")}

    def permission(self, verb: str) -> str:
        """Return the permission to view, edit, post or approve such documents."""
        return f"{self.side.app}.{verb}"

    def url(self, document: Any, step: str = "") -> str:
        """Return the address of a document's page, or of one of its steps."""
        return reverse(f"admin:{step}_{self.name}" if step else f"admin:{self.name}", args=[document.pk])

    def rows(self, company: Company) -> QuerySet[Any]:
        """Return the company's documents of this type with their parties, newest first."""
        found = rows(self.doc_type).filter(company=company)
        return found.select_related(self.side.party).order_by("-document_date", "-id")

    def one(self, company: Company, document_id: UUID | str) -> Any:
        """Return one; raises DocumentNotFound for another company's as for none."""
        found = self.rows(company).select_related("company", "entry").filter(pk=document_id).first()
        if found is None:
            raise DocumentNotFound(_("There is no such {noun} in this company.").format(noun=self.noun))
        return found


def kind_of(doc_type: DocumentType[Any, Any], **given: Any) -> DocumentAdmin:
    """Return the pages of a type: `given`, and what follows from its description."""
    meta = doc_type.model._meta  # noqa: SLF001 - Django documents `_meta` as public
    derived = {
        "name": doc_type.key,
        "plural": doc_type.plural,
        "title": capfirst(meta.verbose_name),
        "titles": capfirst(meta.verbose_name_plural),
        "nouns": meta.verbose_name_plural,
        "states": states_of(doc_type),
        "making": f"{doc_type.side.app}.edit",
        "id_name": f"{doc_type.key}_id",
        "needs_party": doc_type.needs_party,
        "fields": tuple(one.of(doc_type.model) for one in given.pop("fields", ())),
        "line_facts": tuple(one.of(doc_type.line_model) for one in given.pop("line_facts", ())),
    }
    return DocumentAdmin(doc_type, **{**derived, **given})


def states_of(doc_type: DocumentType[Any, Any], **more: "tuple[StrOrPromise, Condition]") -> States:
    """Return the tabs of a list: drafts, what waits for approval, void, and between them one for each further status,
    or `more` in their place."""
    waiting = Q(status=doc_type.draft, approval_status="pending_approval")
    found: States = {"draft": (gettext_lazy("Drafts"), Q(status=doc_type.draft))}
    found |= {"pending_approval": (gettext_lazy("Waiting for approval"), waiting)} if doc_type.is_asked else {}
    between: States = {
        str(value): (label, Q(status=value))
        for value, label in doc_type.statuses.choices
        if value not in {doc_type.draft, "void"}
    }
    return {**found, **(more or between), "void": (pgettext_lazy("state", "Void"), Q(status="void"))}


_ADMINS: dict[str, DocumentAdmin] = {}


def register_admins(*admins: DocumentAdmin, section: str) -> None:
    """Make the pages of types known, from the app's `ready()`, and put their lists into a section of the sidebar. Twice
    the same is once."""
    _ADMINS.update({one.doc_type.key: one for one in admins})
    register_kinds(*map(_subject_kind, admins))
    for one in admins:
        add_item(sidebar_item(one, section))


def sidebar_item(kind: DocumentAdmin, section: str) -> Item:
    """Return the link to the list of a type."""
    return Item(section, kind.place, kind.titles, kind.icon, kind.plural, kind.permission("view"))


def _subject_kind(kind: DocumentAdmin) -> SubjectKind:
    """Return how the trail, comments and files name documents of this type."""
    return SubjectKind(
        name=kind.doc_type.key,
        title=kind.title,
        permission=kind.permission("view"),
        rows=lambda company_id: rows(kind.doc_type).filter(company_id=company_id),
        link=kind.url,
        keeps=lambda row: row.is_posted or row.is_void,  # type: ignore[attr-defined]  # a document
        file_column="file",
    )


def document_admins() -> tuple[DocumentAdmin, ...]:
    """Return the pages of all types, in the order in which they were made known."""
    return tuple(_ADMINS.values())


def admin_of(key: str) -> DocumentAdmin | None:
    """Return the pages of the type of this key; None for what is not a document."""
    return _ADMINS.get(key)
