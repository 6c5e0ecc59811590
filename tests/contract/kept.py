"""What clients build on of a generated OpenAPI document: operations, parameters, fields, types, what is required.

`python -m tests.contract.kept` (with the settings of the tests) writes down what is served today, after something was
added that is to stay.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.contract.published import DATA, Document, Schema

CONTRACTS = ("backfill", "books")
_DEEPEST = 6


@dataclass
class Snapshot:
    """Operations by method and path; their bodies and answers name a shape by its place in `shapes`. A shape has
    `types` and `required` marks by field, `*` for those of an array's items, and the shape within, if any."""

    operations: dict[str, Schema] = field(default_factory=dict)
    shapes: list[Schema] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> "Snapshot":
        found = cls()
        for path, operations in sorted(document.document["paths"].items()):
            for method, operation in sorted(operations.items()):
                found.operations[f"{method.upper()} {path}"] = found._operation(document, operation)
        return found

    @classmethod
    def read(cls, contract: str) -> "Snapshot":
        stored = json.loads((DATA / f"kept_{contract}.json").read_text())
        return cls(stored["operations"], stored["shapes"])

    def write(self, contract: str) -> None:
        operations = ",\n".join(f"{json.dumps(name)}: {_compact(one)}" for name, one in self.operations.items())
        shapes = ",\n".join(map(_compact, self.shapes))
        text = f'{{"operations": {{\n{operations}\n}},\n"shapes": [\n{shapes}\n]}}\n'
        (DATA / f"kept_{contract}.json").write_text(text)

    def _operation(self, document: Document, operation: Schema) -> Schema:
        parameters = [document.resolved(one) for one in operation.get("parameters", [])]
        body = document.resolved(operation.get("requestBody", {})).get("content", {})
        answers = {
            status: self._shape(document, document.media_schema(document.resolved(answer).get("content", {})))
            for status, answer in operation["responses"].items()
            if status.startswith("2")
        }
        return {
            "id": operation["operationId"],
            "parameters": {one["name"]: bool(one.get("required")) for one in parameters},
            "request": self._shape(document, document.media_schema(body)) if body else None,
            "answers": answers,
        }

    def _shape(self, document: Document, schema: Any, depth: int = 0) -> int:
        inner = document.items(schema)
        if inner is not None:
            fields = {"*": self._field(document, inner, depth, is_required=False)}
        else:
            properties, needed = document.properties(schema)
            fields = {
                name: self._field(document, one, depth, is_required=name in needed)
                for name, one in sorted(properties.items())
            }
        text = _compact(fields)
        if text not in self.known:
            self.known[text] = len(self.shapes)
            self.shapes.append(fields)
        return self.known[text]

    def _field(self, document: Document, schema: Any, depth: int, *, is_required: bool) -> list[Any]:
        types = "|".join(sorted(document.types(schema))) + ("!" if is_required else "")
        has_more = document.items(schema) is not None or document.properties(schema)[0]
        return [types, self._shape(document, schema, depth + 1)] if has_more and depth < _DEEPEST else [types]


def lost(before: Snapshot, now: Snapshot) -> Iterator[str]:
    """Yield what was there before and is not now, and what callers need not send before and must now."""
    for name, old in before.operations.items():
        new = now.operations.get(name)
        if new is None:
            yield f"{name}: the operation is gone"
            continue
        if old["id"] != new["id"]:
            yield f"{name}: its id is {new['id']}, it was {old['id']}"
        compared = _Comparison(before, now, name)
        yield from compared.parameters(old["parameters"], new["parameters"])
        if old["request"] is not None:
            yield from compared.shapes("request", old["request"], new["request"], is_sent=True)
        for status, shape in old["answers"].items():
            yield from compared.shapes(status, shape, new["answers"].get(status), is_sent=False)


@dataclass(frozen=True)
class _Comparison:
    before: Snapshot
    now: Snapshot
    name: str

    def parameters(self, old: dict[str, bool], new: dict[str, bool]) -> Iterator[str]:
        yield from (f"{self.name}: no parameter {one}" for one in old.keys() - new.keys())
        needed = {one for one, is_required in new.items() if is_required and not old.get(one)}
        yield from (f"{self.name}: parameter {one} is required" for one in needed)

    def shapes(self, path: str, old: int, new: int | None, *, is_sent: bool) -> Iterator[str]:
        if new is None:
            yield f"{self.name}: no {path}"
            return
        was, now = self.before.shapes[old], self.now.shapes[new]
        for name, stated in was.items():
            yield from self._field(f"{path}.{name}", stated, now.get(name), is_sent=is_sent)
        added = {name for name, stated in now.items() if name not in was and stated[0].endswith("!")}
        yield from (f"{self.name}: {path}.{name} is required" for name in sorted(added) if is_sent)

    def _field(self, path: str, old: list[Any], new: list[Any] | None, *, is_sent: bool) -> Iterator[str]:
        if new is None:
            yield f"{self.name}: no {path}"
            return
        was, now = (set(one[0].removesuffix("!").split("|")) for one in (old, new))
        if not (was <= now if is_sent else now <= was):
            yield f"{self.name}: {path} is {new[0]}, it was {old[0]}"
        if is_sent and new[0].endswith("!") and not old[0].endswith("!"):
            yield f"{self.name}: {path} is required"
        if not is_sent and old[0].endswith("!") and not new[0].endswith("!"):
            yield f"{self.name}: {path} may be absent"
        if len(old) > 1:
            yield from self.shapes(path, old[1], new[1] if len(new) > 1 else None, is_sent=is_sent)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def main() -> None:
    import django

    django.setup()
    from django.test import Client

    for contract in CONTRACTS:
        answer = Client(SERVER_NAME="localhost").get(f"/v1/openapi.json?contract={contract}")
        Snapshot.of(Document(answer.json())).write(contract)


if __name__ == "__main__":
    main()
