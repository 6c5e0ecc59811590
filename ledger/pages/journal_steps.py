"""What can be done to many journal entries at once."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.errors import DomainError
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.lists.steps import Act, BulkStep
from ledger.entries import entries
from ledger.journal import registry
from ledger.models import JournalEntry

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class BulkReversalForm(WorkspaceForm):
    on = DayField(
        label=gettext_lazy("Date of the reversals"),
        required=False,
        help_text=gettext_lazy("Left empty: each one's own date where that period is open, else the first day after."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=400,
        help_text=gettext_lazy("Goes into the text of each reversal and cannot be changed later."),
    )


def _posted(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    entry = entries.confirm_entry(company_id=company.pk, entry_id=key, actor=actor)
    return _("Posted as {number}.").format(number=entry.entry_number)


def _submitted(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    entries.submit_entry(company_id=company.pk, entry_id=key, actor=actor)
    return _("Submitted for approval.")


def _approved(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    entry = entries.approve_entry(company_id=company.pk, entry_id=key, actor=actor)
    return _("Approved and posted as {number}.").format(number=entry.entry_number)


def _deleted(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    entries.delete_draft(company_id=company.pk, entry_id=key, actor=actor)
    return _("The draft is deleted.")


def _reversed(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    _refuse_entry_of_document(company, key)
    on = date.fromisoformat(values["on"]) if values.get("on") else None
    reversal = entries.reverse_entry(company_id=company.pk, entry_id=key, on=on, reason=values["reason"], actor=actor)
    return _("Reversed by {number}.").format(number=reversal.entry_number)


def _refuse_entry_of_document(company: Company, key: UUID) -> None:
    """An entry that a document posted is undone by its document."""
    entry = JournalEntry.objects.filter(company=company, pk=key).first()
    if entry is None or entry.is_draft:
        return  # the service says what is wrong with it
    registry.refuse_reversal(entry)
    own = next((one for one in registry.documents_of(entry) if one.posted), None)
    if own is not None:
        raise DomainError(
            _("{number} is the entry of {noun} {own_number}: void that.").format(
                number=entry.entry_number, noun=own.noun, own_number=own.number
            )
        )


def _step(
    key: str,
    label: "StrOrPromise",
    question: "StrOrPromise",
    permission: str,
    act: Act,
    **more: Any,
) -> BulkStep:
    return BulkStep(key=key, label=label, question=question, permission=permission, act=act, **more)


STEPS: Final = (
    _step("confirm", pgettext_lazy("action", "Post"), gettext_lazy("To be posted: {count}"), "ledger.post", _posted),
    _step(
        "submit",
        gettext_lazy("Submit for approval"),
        gettext_lazy("To be submitted for approval: {count}"),
        "ledger.draft",
        _submitted,
    ),
    _step("approve", gettext_lazy("Approve"), gettext_lazy("To be approved: {count}"), "ledger.approve", _approved),
    _step(
        "delete",
        gettext_lazy("Delete drafts"),
        gettext_lazy("To be deleted, drafts only: {count}"),
        "ledger.draft",
        _deleted,
        is_danger=True,
    ),
    _step(
        "reverse",
        pgettext_lazy("action", "Reverse"),
        gettext_lazy("To be reversed: {count}"),
        "ledger.reverse",
        _reversed,
        form=BulkReversalForm,
        is_danger=True,
    ),
)
