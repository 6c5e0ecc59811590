"""How documents are numbered: what the next number of each kind is, and changing the series it comes from."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.forms import WorkspaceForm
from backfill.workspace.pages import Crumb, FormPage, Page
from ledger.documents.errors import DocumentNotFound
from ledger.documents.models import NumberSeries
from ledger.documents.numbers.series import configure_series
from ledger.documents.pages.document_admins import DocumentAdmin, document_admins


@dataclass(frozen=True, slots=True)
class Numbering:
    """A kind's series, as it is or as it will begin; `following` is the number that comes next."""

    kind: DocumentAdmin
    series: NumberSeries
    following: str


class NumberingPage(Page):
    title = gettext_lazy("Numbers of documents")
    template_name = "documents/numbering.html"
    permission = "settings.view"

    def context(self) -> dict[str, Any]:
        return {"numberings": numberings(self.company)}


class SeriesForm(WorkspaceForm):
    begins_with = forms.CharField(label=gettext_lazy("Begins with"), max_length=20, required=False, strip=False)
    shows_year = forms.BooleanField(
        label=gettext_lazy("Begins anew every year and shows it"),
        required=False,
        help_text=gettext_lazy("INV-2026-0001. Otherwise the count runs on from year to year."),
    )
    padding = forms.IntegerField(
        label=gettext_lazy("Digits at least"),
        min_value=0,
        max_value=12,
        help_text=gettext_lazy("Smaller numbers get zeros in front."),
    )
    next_number = forms.IntegerField(
        label=gettext_lazy("Next number"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("It may go forward and never back. It does not count where every year begins anew."),
    )


class ChangeNumberingPage(FormPage):
    form_class = SeriesForm
    permission = write_permission = "settings.edit"

    @cached_property
    def numbering(self) -> Numbering:
        for one in numberings(self.company):
            if one.kind.name == self.kwargs["kind"]:
                return one
        raise DocumentNotFound(_("There are no such documents."))

    def page_title(self) -> str:
        return _("Numbers of {nouns}").format(nouns=self.numbering.kind.nouns)

    def crumbs(self) -> list[Crumb]:
        return [Crumb(_("Numbers of documents"), reverse("admin:numbering"))]

    def initial(self) -> dict[str, Any]:
        series = self.numbering.series
        initial = {name: getattr(series, name) for name in ("shows_year", "padding", "next_number")}
        return {"begins_with": series.prefix, **initial}

    def submit(self, values: dict[str, Any]) -> str:
        kind = self.numbering.kind
        prefix = values.pop("begins_with")
        configure_series(company=self.company, document_type=kind.name, prefix=prefix, **values)
        (now,) = (one for one in numberings(self.company) if one.kind is kind)
        return _("The next number of {nouns} is {number}.").format(nouns=kind.nouns, number=now.following)


def numberings(company: Company) -> list[Numbering]:
    """Return how documents of every kind are numbered. One statement."""
    stored = {(row.document_type, row.year): row for row in NumberSeries.objects.filter(company=company)}
    year, found = company.today().year, []
    for kind in document_admins():
        usual = NumberSeries(company=company, document_type=kind.name, prefix=kind.doc_type.prefix)
        series = stored.get((kind.name, 0), usual)
        counting = series
        if series.shows_year:
            fresh = NumberSeries(prefix=series.prefix, padding=series.padding, year=year, next_number=1)
            counting = stored.get((kind.name, year), fresh)
        found.append(Numbering(kind, series, counting.formatted(counting.next_number)))
    return found
