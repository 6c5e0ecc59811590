"""The DATEV export as a page: a range to choose, and the batch as a file, a large one written by a worker."""

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import ActionPage, Page
from backfill.workspace.wording import sentence
from reporting.datev import CONTENT_TYPE, LARGE, datev_file, in_chunks
from reporting.datev_exports import finished_export, percent_written, recent_exports, request_export
from reporting.errors import InvalidRange
from reporting.exports import streamed
from reporting.ranges import ONE_DAY, DateRange, month_later, today


class DatevForm(WorkspaceForm):
    start = DayField(label=gettext_lazy("From"))
    end = DayField(label=gettext_lazy("To"))


class DatevPage(Page):
    title = gettext_lazy("DATEV export")
    template_name = "reporting/datev.html"
    permission = "reports.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self._is_for_datev():
            return self.show(needs_chart=True)
        first = today(self.company).replace(day=1)
        defaults = {"start": month_later(first, -1).isoformat(), "end": (first - ONE_DAY).isoformat()}
        form = DatevForm(defaults | request.GET.dict())
        if not form.is_valid():
            return self.show(form=form, status=422)
        asked = DateRange(form.cleaned_data["start"], form.cleaned_data["end"])
        try:
            file = datev_file(self.company, asked=asked, created_at=timezone.now())
        except DomainError as error:
            # Before a range was asked for, there is nothing to blame a person for.
            form.add_error(_FIELDS.get(error.field or ""), sentence(error.message))
            return self.show(form=form, status=error.status if "start" in request.GET else 200)
        is_large = file.entry_count >= LARGE
        if "download" in request.GET and not is_large:
            return streamed(in_chunks(file.lines), CONTENT_TYPE, file.name)
        return self.show(form=form, file=file, is_large=is_large)

    def _is_for_datev(self) -> bool:
        """Whether the company keeps its books by a chart of DATEV's, or has said that an adviser takes them anyway."""
        has_adviser = self.company.datev_consultant_number is not None
        return self.company.chart in (Company.Chart.SKR03, Company.Chart.SKR04) or has_adviser

    def context(self) -> dict[str, Any]:
        return {"exports": [(export, percent_written(export)) for export in recent_exports(self.company)]}


class RequestDatevExport(ActionPage):
    """Has a large batch written by a worker."""

    permission = "reports.view"

    def back(self) -> str:
        return reverse("admin:datev_export")

    def act(self) -> str:
        form = DatevForm(self.request.POST)
        if not form.is_valid():
            raise InvalidRange(_("The range needs two dates of the calendar."))
        asked = DateRange(form.cleaned_data["start"], form.cleaned_data["end"])
        request_export(company=self.company, asked=asked, actor=self.actor)
        return _("The batch is being written. It can be fetched on this page once it is done.")


class FetchDatevExport(Page):
    permission = "reports.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        export = finished_export(self.company, self.kwargs["export_id"])
        content = default_storage.open(export.storage_name)
        return FileResponse(content, as_attachment=True, filename=export.name, content_type=CONTENT_TYPE)


_FIELDS = {"startDate": "start", "endDate": "end"}
