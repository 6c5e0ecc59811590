"""A model's own field rules (lengths, choices, number of digits), told as this product's refusals."""

import re

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from backfill.errors import ValidationFailed

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def check_fields(instance: Model) -> None:
    """Raise ValidationFailed naming the first field of `instance` that breaks a rule of its column.

    Uniqueness and references are not looked at: services check those under their lock.
    """
    columns = instance._meta.fields  # noqa: SLF001 - Django's documented way to a model's fields
    try:
        instance.clean_fields(exclude={column.name for column in columns if column.is_relation})
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise ValidationFailed(" ".join(messages), field=field) from error
    for column in columns:
        value = getattr(instance, column.attname)
        if isinstance(value, str) and _CONTROL_CHARACTERS.search(value):
            raise ValidationFailed(
                _("{field} contains control characters; send plain text").format(field=column.name), field=column.name
            )
