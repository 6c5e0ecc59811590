"""One journal entry to look at: its lines, its events and hashes, what it is linked to, and what may be done to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.code_words import deed_of, surface_of
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import ActionPage, Crumb, FormPage, Page
from ledger.beside.subjects import Record, kind_named, record_of
from ledger.beside.timeline import Happening
from ledger.entries import entries
from ledger.errors import EntryNotFound, EntryNotPosted
from ledger.journal import registry
from ledger.journal.chain import Event, chained_events
from ledger.journal.drafts import EntryDraft, LineDraft
from ledger.models import Account, ApprovalStatus, EntryStatus, JournalEntry, JournalLine, LineTaxRole
from ledger.pages.approvals import approving
from ledger.pages.beside import beside_of
from ledger.pages.links import links_of_entry
from ledger.pages.subjects import ENTRY
from ledger.periods.calendar import open_day_from


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a posted entry or a draft. `amount` is in the entry's currency, `base_amount` None in a draft."""

    account: Account | None
    description: str
    tax_code: str
    tax_role: str
    amount: Decimal
    base_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """A debit paired with a credit, as the journal numbers and chains it; the amount is in base currency."""

    event: Event
    debit_account: Account
    credit_account: Account


class EntryPage(Page):
    """A posted entry, or a draft for those who may not edit it or while it waits for approval."""

    template_name = "ledger/entry.html"
    permission = "ledger.view"

    def page_title(self) -> str:
        return _("Draft") if self.entry.is_draft else self.entry.entry_number

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Journal"), reverse("admin:journal"))]

    @cached_property
    def entry(self) -> JournalEntry:
        return company_entry(self.company, self.kwargs["entry_id"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        editable = self.entry.is_draft and self.entry.approval_status in {ApprovalStatus.DRAFT, ApprovalStatus.REJECTED}
        if editable and self.workspace.allows("ledger.draft"):
            return HttpResponseRedirect(reverse("admin:edit_entry", args=[self.entry.pk]))
        return self.show()

    @property
    def _submitter(self) -> dict[str, Any] | None:
        is_waiting = self.entry.approval_status == ApprovalStatus.PENDING_APPROVAL
        return entries.submitter(self.entry) if self.entry.is_draft and is_waiting else None

    def context(self) -> dict[str, Any]:
        entry = self.entry
        documents = [] if entry.is_draft else registry.documents_of(entry)
        links = links_of_entry(entry, documents)
        lines = _draft_lines(entry) if entry.is_draft else _posted_lines(entry)
        return {
            "entry": entry,
            "lines": lines,
            "total": sum((line.amount for line in lines if line.amount > 0), Decimal(0)),
            "credit_total": -sum((line.amount for line in lines if line.amount < 0), Decimal(0)),
            "is_foreign": entry.currency != self.company.base_currency,
            "events": [] if entry.is_draft else _shown_events(entry),
            "reversal": next((one for one in entry.reversals.all() if not one.is_draft), None),
            "approving": approving(self.workspace, "ledger.approve", self._submitter),
            "links": links,
            "document_url": next((link.url for link in links if link.name == entry.document_number), ""),
            **_belonging(entry, documents),
            "has_texts": any(line.description for line in lines),
            "has_taxes": any(line.tax_code for line in lines),
            **_beside(self, entry, documents),
        }


class ReversalForm(WorkspaceForm):
    on = DayField(
        label=gettext_lazy("Date of the reversal"),
        help_text=gettext_lazy("Where the original's period is closed, the first open day."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=400,
        widget=forms.TextInput(attrs={"data-first": ""}),
        help_text=gettext_lazy("Goes into the text of the reversal and cannot be changed later."),
    )


class ReversalPage(FormPage):
    """Reverse a posted entry: a new entry with the sides swapped, and the original marked."""

    form_class = ReversalForm
    template_name = "ledger/reversal.html"
    permission = write_permission = "ledger.reverse"
    button = gettext_lazy("Post the reversal")

    def page_title(self) -> str:
        return _("Reverse {number}").format(number=self.entry.entry_number)

    @cached_property
    def entry(self) -> JournalEntry:
        return company_entry(self.company, self.kwargs["entry_id"])

    def crumbs(self) -> list[Crumb]:
        entry_page = reverse("admin:journal_entry", args=[self.kwargs["entry_id"]])
        return [Crumb(_("Journal"), reverse("admin:journal")), Crumb(self.entry.entry_number, entry_page)]

    def initial(self) -> dict[str, Any]:
        return {"on": open_day_from(self.company, self.entry.entry_date)}

    def context(self) -> dict[str, Any]:
        return {"entry": self.entry, "documents": registry.documents_of(self.entry)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self._instead() or super().get(request, *args, **kwargs)

    def _instead(self) -> HttpResponseBase | None:
        """Return the way to the step of the document that posted the entry, if one did. Raises what speaks against
        reversing the entry at all."""
        if self.entry.is_draft:
            raise EntryNotPosted(_("A draft is not reversed; delete it or void it."))
        registry.refuse_reversal(self.entry)
        own = next((one for one in registry.documents_of(self.entry) if one.posted), None)
        if own is None:
            return None
        messages.info(
            self.request,
            _("{number} is the entry of {noun} {own_number}: void that.").format(
                number=self.entry.entry_number, noun=own.noun, own_number=own.number
            ),
        )
        return HttpResponseRedirect(reverse(f"admin:void_{own.kind}", args=[own.id]))

    def submit(self, values: dict[str, Any]) -> HttpResponseBase | str:
        if (instead := self._instead()) is not None:
            return instead
        reversal = entries.reverse_entry(
            company_id=self.company.pk,
            entry_id=self.kwargs["entry_id"],
            on=values["on"],
            reason=values["reason"],
            actor=self.actor,
        )
        return _("Reversed by {number}.").format(number=reversal.entry_number)


class EntryAction(ActionPage):
    """A decision about a draft. The page that follows is the entry's, or the journal when it is gone."""

    def back(self) -> str:
        return reverse("admin:journal_entry", args=[self.kwargs["entry_id"]])

    @property
    def keys(self) -> dict[str, UUID]:
        return {"company_id": self.company.pk, "entry_id": self.kwargs["entry_id"]}


class ApproveEntry(EntryAction):
    permission = "ledger.approve"

    def act(self) -> str:
        entry = entries.approve_entry(**self.keys, actor=self.actor)
        return _("Approved and posted as {number}.").format(number=entry.entry_number)


class RejectEntry(EntryAction):
    permission = "ledger.approve"

    def act(self) -> str:
        entries.reject_entry(**self.keys, reason=self.request.POST.get("reason", "")[:500], actor=self.actor)
        return _("Sent back to be corrected.")


class DeleteEntry(EntryAction):
    permission = "ledger.draft"

    def act(self) -> HttpResponseBase | str:
        entries.delete_draft(**self.keys, actor=self.actor)
        self.deleted = True
        return _("The draft is deleted.")

    def back(self) -> str:
        return reverse("admin:journal") if getattr(self, "deleted", False) else super().back()


def company_entry(company: Company, entry_id: UUID | str) -> JournalEntry:
    """Return the company's entry with its lines; raises EntryNotFound for another company's as for none."""
    lines = JournalLine.objects.filter(company=company).select_related("account").order_by("line_number")
    rows = JournalEntry.objects.filter(company=company).select_related("reverses_entry", "document")
    try:
        entry = rows.prefetch_related(Prefetch("lines", lines), "reversals").get(pk=UUID(str(entry_id)))
    except (ValueError, JournalEntry.DoesNotExist):
        raise EntryNotFound(_("There is no such journal entry in this company.")) from None
    entry.company = company
    return entry


def _belonging(entry: JournalEntry, documents: Sequence[registry.EntryDocument]) -> dict[str, Any]:
    """Return where an entry's documents are, and whether it can be reversed by itself: a document that posted it is
    voided instead, and what stands on a document is undone first."""
    shown = [(one, reverse(f"admin:{one.kind}", args=[one.id])) for one in documents]
    voiding = [reverse(f"admin:void_{one.kind}", args=[one.id]) for one in documents if one.posted and not one.refusal]
    refusal = ""
    try:
        registry.refuse_reversal(entry)
    except DomainError as error:
        refusal = error.message
    may_reverse = entry.status == EntryStatus.POSTED and not refusal
    return {
        "documents": shown,
        "voiding": voiding if may_reverse else [],
        "refusal": refusal if entry.status == EntryStatus.POSTED else "",
        "is_reversible": may_reverse and not any(one.posted or one.refusal for one in documents),
    }


def _beside(page: Page, entry: JournalEntry, documents: Sequence[registry.EntryDocument]) -> dict[str, Any]:
    """Return files, comments and timeline, with the files of the documents that the entry belongs to.

    An entry has no line of its own in the trail that it was posted: it says so itself."""
    related = [
        Record(kind, one.id, one.number, reverse(f"admin:{one.kind}", args=[one.id]))
        for one in documents
        if (kind := kind_named(one.kind)) is not None
    ]
    reversals = [record_of(ENTRY, one) for one in (entry.reverses_entry, *entry.reversals.all()) if one is not None]
    return beside_of(page, ENTRY, entry, others=list(_told_by(entry)), related=[*related, *reversals])


def _told_by(entry: JournalEntry) -> Iterator[Happening]:
    surface = surface_of(str(entry.provenance.get("surface", "")))
    if entry.posted_at is not None:
        facts: dict[str, Any] = {"what": deed_of("posted"), "by": entry.created_by, "surface": surface}
        yield Happening(at=entry.posted_at, unless=frozenset({"posted", "confirmed", "approved"}), **facts)
    else:
        created = deed_of("created")
        yield Happening(at=entry.created_at, what=created, by=entry.created_by, unless=frozenset({"created"}))


def as_draft(entry: JournalEntry) -> EntryDraft:
    """Return an entry as one would type it: amounts with their tax again, and without the lines that tax made."""
    if entry.is_draft:
        return entries.draft_of(entry)
    return EntryDraft(
        company_id=entry.company_id,
        entry_date=entry.entry_date,
        memo=entry.memo,
        currency=entry.currency,
        lines=tuple(_typed_lines(list(entry.lines.all()))),
    )


def _typed_lines(lines: Sequence[JournalLine]) -> Iterator[LineDraft]:
    typed: LineDraft | None = None
    for position, line in enumerate(lines):
        if line.tax_role == LineTaxRole.TAX and typed is not None:
            is_self_assessed = lines[position + 1 : position + 2] and lines[position + 1].tax_role == "self_assessed"
            typed = typed if is_self_assessed else replace(typed, amount=typed.amount + line.currency_amount)
        elif line.tax_role != LineTaxRole.SELF_ASSESSED:
            if typed is not None:
                yield typed
            typed = LineDraft(
                account=line.account_id,
                amount=line.currency_amount,
                description=line.description,
                tax_code=line.tax_code,
            )
    if typed is not None:
        yield typed


def _shown_events(entry: JournalEntry) -> list[ShownEvent]:
    lines = list(entry.lines.all())
    return [
        ShownEvent(event, lines[event.debit].account, lines[event.credit].account)
        for event in chained_events(entry, lines)
    ]


def _posted_lines(entry: JournalEntry) -> list[ShownLine]:
    return [
        ShownLine(
            line.account,
            line.description,
            line.tax_code,
            line.get_tax_role_display(),
            line.currency_amount,
            line.amount,
        )
        for line in entry.lines.all()
    ]


def _draft_lines(entry: JournalEntry) -> list[ShownLine]:
    stored = entry.draft_lines or []
    accounts = Account.objects.in_bulk([UUID(line["account_id"]) for line in stored])
    return [
        ShownLine(
            accounts.get(UUID(line["account_id"])),
            line.get("description", ""),
            line.get("tax_code", ""),
            "",
            Decimal(line["amount"]),
            None,
        )
        for line in stored
    ]
