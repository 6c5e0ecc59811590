"""The filters of a list: django-filter's sets, asked by our own form fields, in the company's notation."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backfill.tenancy.models import Company
from backfill.workspace.forms import DayField, NumberField, WorkspaceForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Condition = Q | Callable[[date], Q]
"""Which rows a state means; where that depends on the day, a function of it."""
States = Mapping[str, "tuple[StrOrPromise, Condition]"]


class ListFilters(django_filters.FilterSet):
    """The filters of one list. Those named in `more` stand behind «More filters»."""

    more: ClassVar[tuple[str, ...]] = ()
    company: Company

    class Meta:
        form = WorkspaceForm
        fields = ()

    def __init__(self, data: Any, queryset: QuerySet[Any], *, company: Company) -> None:
        self.company = company
        super().__init__(data, queryset)

    @property
    def form(self) -> forms.Form:
        form: forms.Form = super().form
        for field in form.fields.values():
            if hasattr(field, "company"):
                field.company = self.company
        return form

    @property
    def head(self) -> list[forms.BoundField]:
        """The fields that are always shown."""
        return [field for field in self.form if field.name not in self.more]

    @property
    def rest(self) -> list[forms.BoundField]:
        return [field for field in self.form if field.name in self.more]

    @property
    def has_more(self) -> bool:
        """Whether something stands in a field that is not always shown."""
        return any(field.value() for field in self.rest)

    @property
    def is_filtered(self) -> bool:
        return any(value not in {None, ""} for value in self.form.cleaned_data.values())


class DayFilter(django_filters.Filter):
    field_class = DayField


class AmountFilter(django_filters.Filter):
    """An amount as the company writes it."""

    field_class = NumberField


class TextFilter(django_filters.Filter):
    """A piece of text; its method says where it is looked for."""

    field_class = forms.CharField

    def __init__(self, *, searched: "StrOrPromise", method: str | Callable[..., Any], **options: Any) -> None:
        options.setdefault("label", _("Search"))
        widget = forms.TextInput(attrs={"type": "search", "placeholder": searched})
        super().__init__(method=method, max_length=100, widget=widget, **options)


class StateFilter(django_filters.Filter):
    """One of several states. `usual` is what an empty choice means; without, that is all rows."""

    field_class = forms.ChoiceField

    def __init__(
        self, states: States, *, usual: "tuple[StrOrPromise, Condition] | None" = None, **options: Any
    ) -> None:
        options.setdefault("label", _("State"))
        self.states, self.usual = states, usual
        first = usual[0] if usual else _("All")
        choices = [("", first), *((name, label) for name, (label, _condition) in states.items())]
        super().__init__(choices=choices, **options)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        chosen = self.states[value] if value else self.usual
        if chosen is None:
            return qs
        condition = chosen[1]
        return qs.filter(condition if isinstance(condition, Q) else condition(self.parent.company.today()))


def day_range(field: str) -> dict[str, DayFilter]:
    """Return the two filters of a range of days, both ends included."""
    return {
        "start": DayFilter(field, "gte", label=pgettext_lazy("date range", "From")),
        "end": DayFilter(field, "lte", label=pgettext_lazy("date range", "To")),
    }


def amount_range(field: str) -> dict[str, AmountFilter]:
    """Return the two filters of a range of amounts, both ends included, in whatever currency they are."""
    return {
        "amount_from": AmountFilter(field, "gte", label=_("Amount from")),
        "amount_to": AmountFilter(field, "lte", label=_("Amount to")),
    }
