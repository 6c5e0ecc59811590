"""Importing files: a CSV journal or a DATEV posting batch, first as a preview, then for real, all of it or nothing."""

from typing import Any, BinaryIO, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.forms import WorkspaceForm
from backfill.workspace.pages import FormPage
from backfill.workspace.wording import sentence
from ledger.imports.amounts import DecimalMark
from ledger.imports.csv_journal import JournalOptions, import_journal, preview_journal
from ledger.imports.dates import DateFormat
from ledger.imports.datev import import_datev, preview_datev
from ledger.imports.encoding import ENCODINGS
from ledger.imports.results import Check, ImportOptions, ImportResult

LARGEST_FILE = 20 * 1024 * 1024
MOST_PROBLEMS = 200
_CHOOSE_AGAIN = gettext_lazy("The browser does not keep the file: choose it again.")
_MARKS = {"": None, "point": DecimalMark.POINT, "comma": DecimalMark.COMMA}
_DATES = {"": None, "month-first": DateFormat.US, "day-first": DateFormat.BRITISH}


class ImportForm(WorkspaceForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            ("csv", gettext_lazy("Journal as CSV")),
            ("datev", gettext_lazy("DATEV posting batch (EXTF Buchungsstapel)")),
        ],
        widget=forms.RadioSelect,
        initial="csv",
    )
    file = forms.FileField(label=gettext_lazy("File"))
    decimal = forms.ChoiceField(
        label=gettext_lazy("Amounts are written with a"),
        choices=[
            ("", gettext_lazy("Find out")),
            ("comma", gettext_lazy("decimal comma")),
            ("point", gettext_lazy("decimal point")),
        ],
        required=False,
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Dates with slashes are"),
        choices=[
            ("", gettext_lazy("Find out")),
            ("month-first", gettext_lazy("month first")),
            ("day-first", gettext_lazy("day first")),
        ],
        required=False,
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Letters of a CSV file are written in"),
        choices=[("", gettext_lazy("Find out")), *ENCODINGS.items()],
        required=False,
        help_text=gettext_lazy("The preview shows the texts: choose another one where they look wrong."),
    )
    batch = forms.CharField(
        label=gettext_lazy("Name of the batch"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Only where entry references start anew in every file."),
    )
    ignore_repeats = forms.BooleanField(label=gettext_lazy("Post also what another batch has brought"), required=False)
    ignore_client = forms.BooleanField(
        label=gettext_lazy("Accept other DATEV consultant and client numbers"), required=False
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file = cast("UploadedFile[bytes]", self.cleaned_data["file"])
        if (file.size or 0) > LARGEST_FILE:
            megabytes = LARGEST_FILE // 1024 // 1024
            raise forms.ValidationError(
                _(
                    "The largest file that can be uploaded has {megabytes} MB. Split it, or have an "
                    "operator import it by command."
                ).format(megabytes=megabytes)
            )
        return file


class ImportsPage(FormPage):
    title = gettext_lazy("Import")
    form_class = ImportForm
    template_name = "ledger/imports.html"
    permission = write_permission = "ledger.post"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Preview the file, or import it where that button was pressed. A preview keeps nothing of the file."""
        form = self._form(request.POST, request.FILES)
        is_import = request.POST.get("action") == "import"
        if not form.is_valid():
            return self._outcome(form, status=422)
        try:
            result = _run(self.company, form.cleaned_data, self.actor, is_import=is_import)
        except DomainError as error:
            return self._outcome(form, refusal=sentence(error.message), status=error.status)
        if is_import and not result.problems:
            return self._posted(result)
        return self._outcome(form, result=result)

    def ask(self, questions: list[str]) -> HttpResponseBase:
        return self._outcome(self._form(self.request.POST), status=422, questions=[*questions, str(_CHOOSE_AGAIN)])

    def _outcome(self, form: forms.Form, *, status: int = 200, **extra: Any) -> TemplateResponse:
        """Answer the whole page, or to the page's script only what it puts below the form, which keeps the file."""
        response = self.show(form=form, status=status, **extra)
        if self.request.headers.get("HX-Request"):
            response.template_name = "ledger/import_outcome.html"
            response.status_code = 200  # the script shows nothing of another one
        return response

    def _posted(self, result: ImportResult) -> HttpResponseBase:
        count, before = result.entry_count, result.already_imported_count
        texts = [
            ngettext("{count} entry imported.", "{count} entries imported.", count) if count else _("Nothing new.")
        ]
        if before:
            texts.append(ngettext("{before} had been imported before.", "{before} had been imported before.", before))
        messages.success(self.request, " ".join(texts).format(count=count, before=before))
        return HttpResponseRedirect(reverse("admin:journal"))


def _run(company: Company, values: dict[str, Any], actor: Any, *, is_import: bool) -> ImportResult:
    waived = frozenset(check for check in Check if values[f"ignore_{check.value}"])
    file = cast(BinaryIO, values["file"].file)
    if values["kind"] == "datev":
        run_datev = import_datev if is_import else preview_datev
        options = ImportOptions(waived=waived, max_problems=MOST_PROBLEMS)
        return run_datev(company=company, file=file, actor=actor, options=options)
    run_journal = import_journal if is_import else preview_journal
    options = JournalOptions(
        batch=values["batch"].strip(),
        decimal_mark=_MARKS[values["decimal"]],
        date_format=_DATES[values["dates"]],
        encoding=values["encoding"] or None,
        waived=waived,
        max_problems=MOST_PROBLEMS,
    )
    return run_journal(company=company, file=file, actor=actor, options=options)
