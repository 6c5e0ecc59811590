"""What a credential may do: the canonical scopes, the names callers know them by, and what each name stands for.

Canonical scopes are `module:read` and `module:write`; write includes read. `module:approve` reads, and decides about
what others have submitted; operations that approve take it or `module:write`. `admin` is everything, and one right
more than the sum: the operations that ask for `admin` itself. The published references use other names for the
same things (`finance:read`, `banking:write`, `debitoren:read`), which are accepted wherever a scope is given.
"""

from collections.abc import Iterable
from functools import lru_cache
from types import MappingProxyType

MODULES = ("journal", "receivables", "payables", "bank", "periods", "reports", "config")
ACTIONS = ("read", "write")
ADMIN = "admin"

READ_SCOPES = frozenset(f"{module}:read" for module in MODULES)
WRITE_SCOPES = frozenset(f"{module}:write" for module in MODULES)
APPROVE_SCOPES = frozenset(f"{module}:approve" for module in ("journal", "receivables", "payables", "periods"))
ALL_SCOPES = READ_SCOPES | WRITE_SCOPES | {ADMIN}

_MODULES_BY_NAME = MappingProxyType(
    {
        **{module: (module,) for module in MODULES},
        "banking": ("bank",),
        "debitoren": ("receivables",),
        "kreditoren": ("payables",),
        "perioden": ("periods",),
        "auswertungen": ("reports",),
    }
)


def _grants() -> dict[str, frozenset[str]]:
    """Return every accepted scope name with the canonical scopes that it stands for."""
    grants = {ADMIN: ALL_SCOPES, "*": ALL_SCOPES}
    for name, modules in _MODULES_BY_NAME.items():
        reads = frozenset(f"{module}:read" for module in modules)
        writes = reads | frozenset(f"{module}:write" for module in modules)
        grants |= {f"{name}:read": reads, f"{name}:write": writes, f"{name}:*": writes}
    for scope in APPROVE_SCOPES:
        grants[scope] = frozenset({scope, f"{scope.partition(':')[0]}:read"})
    # Closing a period and changing the set-up are decisions about the books as a whole, so the everyday scope
    # of an integration does not include them; it may see periods, because posting depends on them.
    finance_reads = READ_SCOPES - {"config:read"}
    finance_writes = finance_reads | WRITE_SCOPES - {"config:write", "periods:write"}
    return grants | {"finance:read": finance_reads, "finance:write": finance_writes, "finance:*": finance_writes}


GRANTS = MappingProxyType(_grants())


def unknown_scopes(names: Iterable[str]) -> list[str]:
    """Return the names that are not a scope, in the order given."""
    return [name for name in names if name not in GRANTS]


@lru_cache(maxsize=1024)
def expand_scopes(names: frozenset[str]) -> frozenset[str]:
    """Return the canonical scopes that the names stand for together.

    A name that is not known grants nothing: a key stored by another version of the product keeps the rights
    that this one understands.
    """
    return frozenset[str]().union(*(GRANTS.get(name, frozenset()) for name in names))
