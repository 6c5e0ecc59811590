"""The OpenAPI 3.1 document of one contract: the operations that belong to it, and what they share."""

from functools import cache
from typing import Any, Final

import orjson
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator

from backfill.api.openapi.responses import ERROR
from backfill.api.openapi.samples import add_samples
from backfill.api.openapi.text import TITLES, introduction
from backfill.tenancy.credentials import Contract

VERSION: Final = "1.0"


class _Endpoints(EndpointEnumerator):
    def get_allowed_methods(self, callback: Any) -> list[str]:
        """Ask the view as it is routed: a resource's methods depend on what the resource can do."""
        view = callback.cls(**callback.initkwargs)
        return [method for method in view.allowed_methods if method != "HEAD"]


class ContractGenerator(SchemaGenerator):
    """Each URLconf serves both contracts' separate paths; a contract's document lists its own views only."""

    endpoint_inspector_cls = _Endpoints

    def __init__(self, contract: Contract, urlconf: Any) -> None:
        self.contract = contract
        super().__init__(urlconf=urlconf)

    def _get_paths_and_endpoints(self) -> list[Any]:
        return [
            endpoint
            for endpoint in super()._get_paths_and_endpoints()
            if getattr(endpoint[3], "contract", None) == self.contract
        ]


@cache
def contract_document(contract: Contract, urlconf: str) -> dict[str, Any]:
    """Return a contract's OpenAPI document. Built once per process: it changes only with the code."""
    document: dict[str, Any] = ContractGenerator(contract, urlconf).get_schema(public=True)
    document["openapi"] = "3.1.0"
    document["info"] = {
        "title": TITLES[contract],
        "version": VERSION,
        "description": introduction(contract),
        "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
    }
    document["servers"] = [{"url": "/"}]
    components = document.setdefault("components", {})
    components["responses"] = _shared_refusals(document["paths"])
    components.setdefault("schemas", {})["Error"] = ERROR
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key (`bf_live_…`) or a session token."}
    }
    add_samples(document)
    used = {tag for path in document["paths"].values() for operation in path.values() for tag in operation["tags"]}
    document["tags"] = [{"name": tag} for tag in sorted(used)]
    return document


def _shared_refusals(paths: dict[str, Any]) -> dict[str, Any]:
    """Move the error answers out of the operations, each distinct one to one component, and leave references."""
    components: dict[str, Any] = {}
    names: dict[str, str] = {}
    for operations in paths.values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status < "400":
                    continue
                content = orjson.dumps(response, option=orjson.OPT_SORT_KEYS).decode()
                if content not in names:
                    variants = sum(name.startswith(f"Error{status}") for name in components)
                    names[content] = f"Error{status}" + (f"_{variants + 1}" if variants else "")
                    components[names[content]] = response
                operation["responses"][status] = {"$ref": f"#/components/responses/{names[content]}"}
    return components
