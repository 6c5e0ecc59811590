"""A query that the ORM writes once. Later uses send the same text, prepared, with other keys.

For reading on hot paths, where building and compiling the query takes longer than PostgreSQL takes to answer it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

from backfill.database.prepared import prepared_cursor


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the parameters a key belongs."""

    position: int


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    parameters: tuple[Any, ...]
    compiler: Any
    converters: Any


class FixedQuery:
    """`FixedQuery(lambda company, key: Invoice.objects.filter(company_id=company, id=key), 2)`: a function of as many
    UUIDs, whose text must not depend on them. It may join by `select_related`; it prefetches nothing."""

    def __init__(self, build: "Callable[..., QuerySet[Any, Any]]", count: int) -> None:
        self.build, self.count = build, count

    def one(self, *keys: UUID) -> Any:
        """Return the first row as a model instance with its annotations and what it joins, or None."""
        return next(iter(self.instances(*keys)), None)

    def instances(self, *keys: UUID) -> list[Any]:
        """Return all rows as model instances."""
        rows = self.rows(*keys)
        compiler = self._compiled.compiler
        fields, model = compiler.klass_info["select_fields"], compiler.klass_info["model"]
        start, end = fields[0], fields[-1] + 1
        names = [column[0].target.attname for column in compiler.select[start:end]]
        populators = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # stubs of a later Django
        found = []
        for row in rows:
            instance = model.from_db(DEFAULT_DB_ALIAS, names, row[start:end])
            for populator in populators:
                populator.populate(row, instance)
            for name, position in compiler.annotation_col_map.items():
                setattr(instance, name, row[position])
            found.append(instance)
        return found

    def rows(self, *keys: UUID) -> list[Any]:
        """Return all rows as the ORM would convert their columns."""
        found = self._compiled
        values = [keys[one.position] if isinstance(one, _Place) else one for one in found.parameters]
        with prepared_cursor() as cursor:
            cursor.execute(found.sql, values)
            fetched = cursor.fetchall()
        if found.converters:
            return list(found.compiler.apply_converters(fetched, found.converters))
        return list(fetched)

    @cached_property
    def _compiled(self) -> _Compiled:
        markers = [uuid4() for _ in range(self.count)]
        compiler = self.build(*markers).query.clone().get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        placed = tuple(_Place(markers.index(one)) if one in markers else one for one in parameters)
        converters = compiler.get_converters([column[0] for column in compiler.select])
        return _Compiled(sql, placed, compiler, converters)
