"""Who operates the installation: a superuser who has shown a second factor in this session."""

from typing import Any

from django.http import HttpRequest

from backfill.security import ADMIN_PATH
from backfill.tenancy.actors import Actor, ActorKind
from backfill.tenancy.models import User

RECORDS_PATH = f"{ADMIN_PATH}records/"


def is_superuser(user: Any) -> bool:
    return bool(user.is_authenticated and user.is_active and user.is_staff and user.is_superuser)


def is_operator(user: Any) -> bool:
    """Return whether the person may look at the records, which takes both."""
    return is_superuser(user) and user.is_verified()  # OTPMiddleware adds it


def operator_actor(user: User) -> Actor:
    """Return the actor for a superuser, who is at work in no company."""
    return Actor(kind=ActorKind.USER, label=user.email, surface="admin", user_id=user.pk)


def is_about_records(request: HttpRequest) -> bool:
    return request.path_info.startswith(RECORDS_PATH)
