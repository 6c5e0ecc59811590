"""The DATEV export as a page: a range to choose, and the batch as a file."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from backfill.errors import DomainError
from backfill.workspace.forms import DayField, WorkspaceForm
from backfill.workspace.pages import Page
from backfill.workspace.wording import sentence
from reporting.datev import CONTENT_TYPE, datev_file, in_chunks
from reporting.exports import streamed
from reporting.ranges import ONE_DAY, DateRange, month_later, today


class DatevForm(WorkspaceForm):
    start = DayField(label="From")
    end = DayField(label="To")


class DatevPage(Page):
    title = "DATEV export"
    template_name = "reporting/datev.html"
    permission = "reports.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
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
        if "download" in request.GET:
            return streamed(in_chunks(file.lines), CONTENT_TYPE, file.name)
        return self.show(form=form, file=file)


_FIELDS = {"startDate": "start", "endDate": "end"}
