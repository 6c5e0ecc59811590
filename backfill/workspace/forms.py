"""Forms of the admin: plain Django forms in our own dress, and where on them a refusal belongs."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from backfill.api.fields.dates import EARLIEST, LATEST
from backfill.errors import DomainError
from backfill.tenancy.models import Company
from backfill.workspace.days import day_of_any_year, day_text
from backfill.workspace.formats import formats_of
from backfill.workspace.numbers import NotANumber, parse_number
from backfill.workspace.wording import sentence


class WorkspaceForm(forms.Form):
    """A form whose inputs look like ours, whatever the field."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for field in self.fields.values():
            dress(field.widget)


class DayField(forms.DateField):
    """A day as people type it (`backfill.workspace.days`), within the years that the APIs take as well."""

    widget = forms.TextInput(attrs={"data-day": True, "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, date):
            return value or None
        try:
            return day_of_any_year(str(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not EARLIEST <= value <= LATEST:
            raise forms.ValidationError(
                sentence(_("choose a day between {earliest} and {latest}").format(earliest=EARLIEST, latest=LATEST))
            )

    def prepare_value(self, value: Any) -> Any:
        return day_text(value.isoformat() if isinstance(value, date) else value) if value else value


class NumberField(forms.Field):
    """A number written as the company writes numbers; gives a Decimal."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    company: Company | None = None

    def to_python(self, value: Any) -> Any:
        if not value or not value.strip():
            return None
        try:
            return parse_number(value, formats_of(self.company) if self.company else None)
        except NotANumber as error:
            raise forms.ValidationError(sentence(str(error))) from error

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal) and self.company:
            return formats_of(self.company).plain(value)
        return value


class AddressesField(forms.CharField):
    """E-mail addresses with commas between them; gives a list, empty when nothing was written."""

    def clean(self, value: Any) -> Any:
        addresses = [one.strip() for one in super().clean(value).split(",") if one.strip()]
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError as error:
                raise ValidationError(_("«{address}» is not an e-mail address.").format(address=address)) from error
        return addresses


def dress(widget: forms.Widget) -> None:
    """Give an input our class, unless it has a look of its own."""
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect | forms.HiddenInput):
        return
    name = "bf-checkbox" if isinstance(widget, forms.CheckboxInput) else "bf-input"
    classes = widget.attrs.get("class", "").split()
    if name not in classes:
        widget.attrs["class"] = " ".join([name, *classes])


def place_refusal(form: forms.Form, error: DomainError) -> None:
    """Show a refusal at the field it blames, else above the form."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, sentence(error.message))


def changed(form_values: dict[str, Any], current: object, names: Iterable[str]) -> dict[str, Any]:
    """Return what differs from the current record, for services that change only what is named."""
    return {name: form_values[name] for name in names if form_values[name] != getattr(current, name)}
