"""The page of any list: its rows, its files, the sums of a selection, and the steps taken with many rows."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from backfill.errors import DomainError, Forbidden, ValidationFailed
from backfill.workspace.formats import decimals_of, formats_of
from backfill.workspace.list_pages import list_page
from backfill.workspace.lists.asking import Asked, totals_of
from backfill.workspace.lists.bulk import DOUBTFUL, keys_from, start_run
from backfill.workspace.lists.columns import Column
from backfill.workspace.lists.files import FORMATS, list_file
from backfill.workspace.lists.kept import remember
from backfill.workspace.lists.lists import List
from backfill.workspace.lists.steps import BulkStep
from backfill.workspace.lists.views import ALL, opening_view, views_of
from backfill.workspace.pages import GIVEN, Page
from backfill.workspace.wording import sentence

_MOST_OPENED: Final = 200


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column; `link` sorts by it, `direction` is set where the list is sorted by it."""

    column: Column
    words: str
    link: str
    direction: str


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    words: str
    html: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row; `amounts` are those that add up in a selection, as plain numbers by column, of `currency`."""

    key: Any
    label: str
    is_faded: bool
    cells: list[Cell]
    amounts: str
    currency: str
    decimals: int


class ListPage(Page):
    """A list; an address names which one."""

    template_name = "workspace/list.html"
    listing: ClassVar[List] = GIVEN

    def needed(self, method: str) -> str:
        return self.listing.permission  # a step asks for its own

    def page_title(self) -> str:
        return str(self.listing.title)

    @cached_property
    def asked(self) -> Asked:
        return Asked(self.listing, self.company, self.request.GET)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("format", "") in FORMATS:
            return list_file(self.listing, self.asked.rows, self.company, request.GET["format"])
        if "sums" in request.GET:
            return JsonResponse(self._sums(self.asked.rows))
        views = views_of(self.listing, self.company, self.workspace.user)
        if not request.GET and (opening := opening_view(views)) and opening.query:
            return HttpResponseRedirect(f"{self.listing.url}?{opening.query}")
        answer = self.show(views=views)
        remember(answer, self.listing, self.company, self._kept())
        return answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name = request.POST.get("step", "")
        if name in FORMATS:
            return list_file(self.listing, self._chosen(), self.company, name)
        step = next((one for one in self.listing.steps if one.key == name), None)
        if step is None:
            raise ValidationFailed(_("there is no such step; open the page anew and choose again"))
        if not self.workspace.allows(step.permission):
            raise Forbidden(_("your role in this company does not include this"))
        if step.opens is not None:
            keys = list(self._chosen().values_list("pk", flat=True)[:_MOST_OPENED])
            return HttpResponseRedirect(step.opens(self.company, keys))
        return self._started(step)

    def refused(self, error: DomainError) -> HttpResponseBase:
        messages.error(self.request, sentence(error.message))
        return self.show(status=error.status, views=views_of(self.listing, self.company, self.workspace.user))

    # --- Looking ---------------------------------------------------------------------------------------------------

    def context(self) -> dict[str, Any]:
        asked, listing = self.asked, self.listing
        found = list_page(asked.rows, self.request.GET.get("page", ""))
        return {
            "listing": listing,
            "asked": asked,
            "filters": asked.filters,
            "page": found,
            "headings": [self._heading(column) for column in listing.columns],
            "rows": [self._shown(row) for row in listing.shown(found.rows, self.company)],
            "is_filtered": asked.is_filtered,
            "steps": [one for one in listing.steps if self.workspace.allows(one.permission)],
            "may_make": listing.new is not None and self.workspace.allows(listing.new.permission),
            "kept": self._kept(),
            "action": f"?{self._kept()}" if self._kept() else listing.url,
            "marks": formats_of(self.company),
        }

    def _kept(self) -> str:
        """Filters, order and page as a query string; `view` stands for all rows where a view opens the list."""
        kept = self.asked.remembered
        page = self.request.GET.get("page", "")
        parts = [kept, f"page={page}" if page.isascii() and page.isdecimal() and page not in {"0", "1"} else ""]
        return "&".join(part for part in parts if part) or (f"view={ALL}" if "view" in self.request.GET else "")

    def _heading(self, column: Column) -> Heading:
        words, sort = column.heading(self.company), self.asked.sort
        if not column.sort:
            return Heading(column, words, "", "")
        is_sorted = sort.key == column.key
        # Amounts and days are asked for from the largest and latest down, texts from A to Z.
        falls = column.is_numeric or column.kind in {"day", "moment"}
        wanted = str(sort.turned()) if is_sorted else f"{'-' if falls else ''}{column.key}"
        query = self.request.GET.copy()
        query["sort"] = wanted
        for name in ("page", "view"):
            query.pop(name, None)
        return Heading(column, words, f"?{query.urlencode()}", sort.direction if is_sorted else "")

    def _shown(self, row: Any) -> ShownRow:
        listing, company = self.listing, self.company
        cells = [Cell(one, one.heading(company), one.cell(row, company)) for one in listing.columns]
        values = [one.value_of(row, company) for one in listing.summed]
        currency = listing.summed[0].currency_of(row, company) if listing.summed else company.base_currency
        amounts = " ".join("0" if value is None else f"{value:f}" for value in values)
        return ShownRow(
            row.pk, listing.label(row), listing.is_faded(row), cells, amounts, currency, decimals_of(currency)
        )

    def _sums(self, rows: QuerySet[Any]) -> dict[str, Any]:
        """Return how many rows are meant and what they come to, as the company writes it."""
        formats, totals = formats_of(self.company), totals_of(self.listing, rows, self.company)
        return {
            "count": totals.count,
            "sums": [
                {"label": one.label, "amount": formats.amount(one.amount, one.currency), "currency": one.currency}
                for one in totals.amounts
            ],
        }

    # --- Steps with many rows --------------------------------------------------------------------------------------

    def _chosen(self) -> QuerySet[Any]:
        """Return the rows that the form means: all that match, or those that were ticked. Raises ValidationFailed."""
        if self.request.POST.get("all") == "yes":
            return self.asked.rows
        keys = keys_from(self.request.POST.getlist("row"))
        if not keys:
            raise ValidationFailed(_("choose at least one row"))
        return self.asked.among(keys)

    def _started(self, step: BulkStep) -> HttpResponseBase:
        """Ask once, with how many there are and what they come to; then start the run and show how it goes."""
        rows, post = self._chosen(), self.request.POST
        totals = self._sums(rows)
        is_answered = post.get("counted") == str(totals["count"])
        form = step.form(post if is_answered else None) if step.form else None
        if not totals["count"]:
            raise ValidationFailed(_("choose at least one row"))
        if not is_answered or (form is not None and not form.is_valid()):
            return self._question(step, form, totals, status=422 if is_answered else 200)
        values = {**(_stored(form.cleaned_data) if form is not None else {}), DOUBTFUL: DOUBTFUL in post}
        run = start_run(self.listing, step, rows, values=values, company=self.company, user=self.workspace.user)
        return HttpResponseRedirect(reverse("admin:bulk_run", args=[run.pk]))

    def _question(self, step: BulkStep, form: Any, totals: dict[str, Any], *, status: int) -> HttpResponseBase:
        count = formats_of(self.company).number(totals["count"], 0)
        return self.show(
            template="workspace/bulk_question.html",
            status=status,
            step=step,
            form=form,
            totals=totals,
            question=str(step.question).replace("{count}", count),
            chosen=",".join(str(key) for key in keys_from(self.request.POST.getlist("row"))),
            chooses_all=self.request.POST.get("all") == "yes",
            crumbs=[],
        )


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    """Return what a form gave as JSON can hold it: days as texts."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}
