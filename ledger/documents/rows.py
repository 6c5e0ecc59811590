"""Rows of models that are known only by their type, and the type variables of functions over all documents."""

from typing import TypeVar

from django.db import models
from django.db.models import QuerySet

from ledger.documents.models import Document, DocumentLine

DocumentT = TypeVar("DocumentT", bound=Document)
LineT = TypeVar("LineT", bound=DocumentLine)
ModelT = TypeVar("ModelT", bound=models.Model)


def rows_of(model: type[ModelT]) -> QuerySet[ModelT]:
    """Return all rows of a model known only by its type."""
    return model._default_manager.all()  # noqa: SLF001 - Django's documented generic access
