"""The audit log of the company: who did what to which record, over what surface, newest first; and the same as CSV."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from backfill.tenancy.days import beginning_of
from backfill.tenancy.models import AccessEvent, Company
from backfill.workspace.code_words import deeds, surfaces
from backfill.workspace.formats import Formats, formats_of
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import Page
from ledger.beside.audit import ACCESS, MOST_EXPORTED, AuditFilter, LoggedRow, Position, audit_page
from ledger.beside.subjects import subject_kinds

_PAGE: Final = 50
_BATCH: Final = 1000
_FORMULAS: Final = ("=", "+", "-", "@")


class AuditForm(WorkspaceForm):
    who = forms.CharField(
        label=gettext_lazy("Who"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    what = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    record = forms.ChoiceField(label=pgettext_lazy("audit log", "Record"), required=False)
    surface = forms.ChoiceField(label=pgettext_lazy("audit log", "How"), required=False)
    start = DayField(label=pgettext_lazy("date range", "From"), required=False)
    end = DayField(label=pgettext_lazy("date range", "To"), required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        everything = ("", _("All"))
        verbs = {**deeds(), **dict(AccessEvent.Verb.choices)}
        kinds = {**{one.name: one.title for one in subject_kinds()}, ACCESS: _("Access")}
        for name, words in (("what", verbs), ("record", kinds), ("surface", surfaces())):
            chosen = sorted(((key, str(label)) for key, label in words.items()), key=lambda one: one[1].casefold())
            self.fields[name].choices = [everything, *chosen]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("start", _("The range ends before it starts."))
        return self.cleaned_data


class AuditLog(Page):
    permission = "audit.view"

    def wanted(self, form: AuditForm) -> AuditFilter:
        values, zone = form.cleaned_data, self.company.time_zone
        end = values.get("end")
        return AuditFilter(
            who=values["who"].replace("\0", "").strip(),
            verb=values["what"],
            subject_type=values["record"],
            surface=values["surface"],
            since=beginning_of(values["start"], zone) if values.get("start") else None,
            until=beginning_of(end + timedelta(days=1), zone) if end else None,
        )


class AuditPage(AuditLog):
    title = gettext_lazy("Audit log")
    template_name = "ledger/audit_log.html"

    def context(self) -> dict[str, Any]:
        form = AuditForm(self.request.GET)
        after = position_named(self.request.GET.get("after", ""))
        rows: list[LoggedRow] = []
        more: Position | None = None
        if form.is_valid():
            rows, more = audit_page(self.company.pk, self.wanted(form), size=_PAGE, after=after)
        is_filtered = form.is_valid() and any(form.cleaned_data.values())
        return {
            "form": form,
            "rows": [(one, record_words(one)) for one in rows],
            "older": position_text(more) if more else "",
            "is_first": after is None,
            "is_filtered": is_filtered,
        }


class AuditExport(AuditLog):
    """What is filtered, all pages of it, up to the most rows that one file has."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = AuditForm(request.GET)
        if not form.is_valid():
            return self.closed(_("Open the audit log and choose what to export there."), status=422)
        content = csv_of(self.company, self._rows(self.wanted(form)))
        day = self.company.today().isoformat()
        headers = {"Content-Disposition": f'attachment; filename="{_("audit-log")}-{day}.csv"'}
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)

    def _rows(self, wanted: AuditFilter) -> Iterator[LoggedRow]:
        after, count = None, 0
        while count < MOST_EXPORTED:
            rows, after = audit_page(self.company.pk, wanted, size=_BATCH, after=after)
            yield from rows
            count += len(rows)
            if after is None:
                return


def csv_of(company: Company, rows: Iterator[LoggedRow]) -> bytes:
    """Return rows as spreadsheets of the company's country open them: marks, dates and the language of the page."""
    formats = formats_of(company)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if formats.decimal_mark == "," else ",", lineterminator="\r\n")
    writer.writerow(
        [
            _("Time"),
            _("Who"),
            _("What"),
            pgettext("audit log", "Record"),
            pgettext("audit log", "How"),
            _("Details"),
            _("Record ID"),
        ]
    )
    writer.writerows([_harmless(text) for text in _cells(row, formats)] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def record_words(row: LoggedRow) -> str:
    """Return what a row is about, also where the record is gone."""
    if row.line.subject is not None:
        return row.line.subject.title
    if row.subject_type == ACCESS:
        return _("Access")
    kind = next((str(one.title) for one in subject_kinds() if one.name == row.subject_type), row.subject_type)
    name = str(row.detail.get("document_number") or row.detail.get("name") or "")
    return (
        _("{kind} {name} (deleted)").format(kind=kind, name=name) if name else _("{kind} (deleted)").format(kind=kind)
    )


def position_text(position: Position) -> str:
    return f"{position.at.isoformat()},{position.id}"


def position_named(text: str) -> Position | None:
    """Return where a page begins; None when somebody has typed something else."""
    try:
        at, key = text.split(",")
        moment = datetime.fromisoformat(at)
        return Position(moment, UUID(key)) if moment.tzinfo else None
    except ValueError:
        return None


def _cells(row: LoggedRow, formats: Formats) -> list[str]:
    line = row.line
    changes = [f"{one.label}: {one.before} → {one.after}" if one.is_told else str(one.label) for one in line.changes]
    named = [one.title for one in line.records]
    details = [line.note, ", ".join(line.addresses), line.file_name, *named, *changes]
    told = "; ".join(part for part in details if part)
    key = str(row.subject_id or "")
    return [formats.moment(row.at), line.by, line.what, record_words(row), line.surface, told, key]


def _harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, blanks and wide forms of the signs included."""
    shown = unicodedata.normalize("NFKC", text.strip())
    return f"'{text}" if shown.startswith(_FORMULAS) or text.startswith(("\t", "\r", "\n")) else text
