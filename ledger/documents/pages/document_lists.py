"""The list of a type of document, made from its description: columns, filters and steps for many rows."""

import types
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

import django_filters
from django import forms
from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, QuerySet, When
from django.urls import reverse
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy, pgettext_lazy

from backfill.paging import narrowed
from backfill.tenancy.actors import Actor
from backfill.tenancy.days import day_of
from backfill.tenancy.models import Company
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.lists.columns import Column
from backfill.workspace.lists.filters import ListFilters, StateFilter, TextFilter, amount_range, day_range
from backfill.workspace.lists.lists import List, NewLink
from backfill.workspace.lists.steps import Act, BulkStep
from backfill.workspace.templatetags.workspace import badge
from ledger.documents.pages.document_admins import DocumentAdmin
from ledger.documents.pages.party_input import PartyFilter
from ledger.documents.pages.states import shown_state
from ledger.documents.pages.steps import take_step, void_document
from ledger.documents.rows import rows_of
from ledger.models import JournalLine
from ledger.pages.account_input import AccountFilter

_LISTS: Final[dict[str, List]] = {}
_LEFT: Final = Case(
    When(~Q(status="void") & Q(posted_at__isnull=False), then=F("total_amount") - F("settled_amount")),
    default=None,
    output_field=DecimalField(max_digits=20, decimal_places=4),
)


def document_list(kind: DocumentAdmin) -> List:
    """Return the list of a type; the same one each time."""
    return _LISTS.setdefault(kind.plural, _made(kind))


def _made(kind: DocumentAdmin) -> List:
    return List(
        key=kind.plural,
        title=kind.titles,
        icon=kind.icon,
        permission=kind.permission("view"),
        rows=kind.rows,
        columns=_columns(kind),
        filters=_filters(kind),
        order="-date",
        nothing_found=format_lazy(gettext_lazy("No {noun} matches these filters."), noun=kind.lazy_noun),
        nothing_there=format_lazy(gettext_lazy("There are no {nouns} yet."), nouns=kind.nouns),
        new=NewLink(f"new_{kind.name}", kind.new_label, kind.making),
        steps=(*_steps(kind), *kind.bulk_steps),
        currency=lambda company: F("currency"),
        label=capfirst,
        is_faded=lambda one: bool(one.is_void),
    )


# --- Columns -----------------------------------------------------------------------------------------------------


def _columns(kind: DocumentAdmin) -> tuple[Column, ...]:
    party = kind.side.party
    found = [
        Column(
            key="number",
            label=gettext_lazy("Number"),
            value=lambda one, company: capfirst(str(one)),
            sort=("document_number",),
            link=kind.url,
        ),
        Column(key="date", label=gettext_lazy("Date"), kind="day", value="document_date", sort=("document_date",)),
        Column(
            key=party,
            label=kind.words.label,
            value=partial(_party_name, kind),
            sort=(f"{party}__name",),
            link=partial(_party_url, kind),
            is_wide=True,
        ),
        *_until(kind),
        Column(
            key="state",
            label=gettext_lazy("State"),
            kind="state",
            value=lambda one, company: shown_state(one, company.today()).words,
            shown=_state,
            sort=("status", "approval_status"),
        ),
        _amount("total", gettext_lazy("Total"), "total_amount"),
    ]
    if kind.left:
        found.append(_left(kind))
    return tuple(found)


def _until(kind: DocumentAdmin) -> list[Column]:
    """The column of the second date; one that is kept as an instant is still the end of a day."""
    if not kind.until:
        return []
    value: str | Callable[[Any, Company], date | None] = "due_on" if kind.until == "due_date" else _last_day
    return [Column(key=kind.until, label=kind.until_label, kind="day", value=value, sort=(kind.until,))]


def _last_day(one: Any, company: Company) -> date | None:
    return day_of(one.expires_at, company.time_zone) if one.expires_at else None


def _amount(key: str, label: Any, field: str) -> Column:
    return Column(
        key=key,
        label=label,
        kind="money",
        value=field,
        sort=(field,),
        currency=lambda one: str(one.currency),
        summed=field,
    )


def _left(kind: DocumentAdmin) -> Column:
    """What is not settled of posted documents; of the others, nothing is owed."""
    return Column(
        key="open",
        label=kind.left,
        kind="money",
        value=lambda one, company: one.open_amount if one.is_posted and not one.is_void and one.open_amount else None,
        sort=(_LEFT,),
        currency=lambda one: str(one.currency),
        summed=_LEFT,
    )


def _party_name(kind: DocumentAdmin, one: Any, company: Company) -> str:
    party = kind.doc_type.party_of(one)
    return str(party.name) if party else str(getattr(one, f"{kind.side.party}_name", ""))


def _party_url(kind: DocumentAdmin, one: Any) -> str:
    party = kind.doc_type.party_of(one)
    return reverse(f"admin:{kind.side.party}", args=[party.pk]) if party else ""


def _state(one: Any, company: Company) -> str:
    shown = shown_state(one, company.today())
    return badge(shown.code, shown.words, shown.tone)


# --- Filters -----------------------------------------------------------------------------------------------------


def _filters(kind: DocumentAdmin) -> type[ListFilters]:
    found: dict[str, django_filters.Filter] = {
        "q": TextFilter(
            searched=kind.words.searched, method=partial(_with_text, kind), label=gettext_lazy("Number or text")
        ),
        kind.side.party: PartyFilter(side=kind.side, label=kind.words.label),
        **day_range("document_date"),
        "state": StateFilter(kind.states),
        **amount_range("total_amount"),
    }
    more: tuple[str, ...] = ("amount_from", "amount_to")
    if kind.doc_type.entry is not None:
        found["account"] = AccountFilter(method=partial(_on_account, kind), label=gettext_lazy("Posts on account"))
        more = (*more, "account")
    own: type[ListFilters] = types.new_class(
        f"{kind.name}_filters", (ListFilters,), exec_body=lambda body: body.update(found, more=more)
    )
    return own


def _with_text(kind: DocumentAdmin, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
    party = (f"{kind.side.party}__name__icontains", text)
    return narrowed(rows, Q(document_number__icontains=text) | Q(party) | Q(memo__icontains=text))


def _on_account(kind: DocumentAdmin, rows: QuerySet[Any], name: str, account_id: UUID) -> QuerySet[Any]:
    """Documents whose entry has a line on the account, and drafts with a line that names it."""
    lines = JournalLine.objects.filter(company=OuterRef("company"), entry=OuterRef("entry"), account_id=account_id)
    found = Q(Exists(lines))
    if kind.doc_type.line_model is not None:
        named = rows_of(kind.doc_type.line_model).filter(document=OuterRef("pk"), account_id=account_id)
        found |= Q(Exists(named))
    return rows.filter(found)


# --- Steps for many rows -----------------------------------------------------------------------------------------


class BulkVoidForm(WorkspaceForm):
    on = DayField(
        label=gettext_lazy("Date"),
        required=False,
        help_text=gettext_lazy("Left empty: each one's own date where that period is open, else the first day after."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


_WORDS: Final[Mapping[str, tuple[Any, Any]]] = {
    "confirm": (pgettext_lazy("document", "Confirm"), gettext_lazy("To be confirmed: {count}")),
    "submit": (gettext_lazy("Submit for approval"), gettext_lazy("To be submitted for approval: {count}")),
    "approve": (gettext_lazy("Approve"), gettext_lazy("To be approved: {count}")),
    "delete": (gettext_lazy("Delete drafts"), gettext_lazy("To be deleted, drafts only: {count}")),
}


def _steps(kind: DocumentAdmin) -> tuple[BulkStep, ...]:
    """The steps that every type has; those of approval where its type is approved at all."""
    needed = {"confirm": "post", "submit": "edit", "approve": "approve", "delete": "edit"}
    offered = [verb for verb in needed if kind.doc_type.is_asked or verb not in {"submit", "approve"}]
    steps = [
        BulkStep(
            key=verb,
            label=kind.confirm_label if verb == "confirm" else _WORDS[verb][0],
            question=_WORDS[verb][1],
            permission=kind.permission(needed[verb]),
            act=_taking(kind, verb),
            is_danger=verb == "delete",
        )
        for verb in offered
    ]
    void = BulkStep(
        key="void",
        label=pgettext_lazy("action", "Void"),
        question=gettext_lazy("To be voided: {count}"),
        permission=kind.permission("post"),
        act=partial(_voided, kind),
        form=BulkVoidForm,
        is_danger=True,
    )
    return (*steps, void)


def _taking(kind: DocumentAdmin, verb: str) -> Act:
    def act(company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
        return take_step(kind, verb, company_id=company.pk, document_id=key, actor=actor)

    return act


def _voided(kind: DocumentAdmin, company: Company, key: UUID, actor: Actor, values: Mapping[str, Any]) -> str:
    on = date.fromisoformat(values["on"]) if values.get("on") else None
    return void_document(
        kind, company, company_id=company.pk, document_id=key, actor=actor, on=on, reason=values["reason"]
    )
