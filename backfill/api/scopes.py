"""What a credential may do: the scope an operation needs, or any one of several."""

from typing import TypeAlias

from backfill.api.errors import ScopeMissing
from backfill.tenancy.credentials import Credential

# One scope, or alternatives any of which is enough; the empty tuple asks for a credential and no scope.
Scope: TypeAlias = str | tuple[str, ...]

ANY_SCOPE: Scope = ()


def alternatives(scope: Scope) -> tuple[str, ...]:
    return (scope,) if isinstance(scope, str) else scope


def require_scope(credential: Credential, scope: Scope) -> None:
    """Raise ScopeMissing, naming what is missing, unless the credential has one of the alternatives."""
    wanted = alternatives(scope)
    if wanted and not any(credential.allows(name) for name in wanted):
        needed = " or ".join(wanted)
        raise ScopeMissing(
            f"This credential lacks the scope {needed}. Choose an API key that has it.", required_scopes=list(wanted)
        )
