"""Writing the trail of access."""

from typing import Any

from backfill.tenancy.actors import Actor
from backfill.tenancy.models import AccessEvent, Company, User


def record_access(
    verb: AccessEvent.Verb, *, actor: Actor, company: Company | None = None, user: User | None = None, **detail: Any
) -> None:
    """Append one line, in the caller's transaction. `user` is the person it is about; `detail` must be JSON."""
    AccessEvent.objects.create(
        verb=verb,
        company=company,
        user=user,
        detail=detail,
        actor_label=actor.label,
        actor_surface=actor.surface,
    )
