"""JSON columns that an answer shows as PostgreSQL writes them, without reading and writing each of them in Python.

A page of documents has thousands, most of them empty, and reading those was the larger part of its time.
"""

from typing import Any

import orjson
from django.db.models import F, TextField
from django.db.models.functions import Cast


class _Fragment(TextField):  # type: ignore[type-arg]  # not subscriptable at run time
    """The text of a JSON column, ready to stand in an answer; null stays null."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> orjson.Fragment | None:
        return None if value is None else orjson.Fragment(value)


def stored_json(column: str) -> Cast:
    """Return an expression for `.values_list()`: the JSON column of that name, to be put into an answer as it is."""
    return Cast(F(column), _Fragment())
