"""Who did it: the actor that services and the ledger record with every change."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person or program behind a change.

    `user_id` is the person answerable: the user themself, or the user who created the key, so that nobody
    approves their own request through a key. `surface` is where the change came in (api, admin, command, task).
    `may_post_into_soft_lock` is the right that L4 speaks of.
    """

    kind: ActorKind
    label: str
    surface: str
    user_id: UUID | None = None
    key_prefix: str | None = None
    may_post_into_soft_lock: bool = False


def system_actor(label: str = "Backfill", surface: str = "command") -> Actor:
    """Return the actor for management commands and background tasks."""
    return Actor(kind=ActorKind.SYSTEM, label=label, surface=surface)
