"""Who may change who may do what."""

from django.utils.translation import gettext as _

from backfill.errors import Forbidden
from backfill.tenancy.actors import Actor, ActorKind
from backfill.tenancy.models import Company, User
from backfill.tenancy.roles import has_role_permission


def require_permission(actor: Actor, company: Company, permission: str) -> None:
    """Raise Forbidden unless the actor is the operator, or a person whose role in the company includes this.

    An API key never passes, whatever its scopes: keys and members are managed by people in the admin.
    """
    if actor.kind == ActorKind.SYSTEM:
        return
    user = acting_user(actor)
    if user is None or not has_role_permission(user, company, permission):
        raise Forbidden(_("Your role in this company does not allow this. Ask an admin of the company."))


def acting_user(actor: Actor) -> User | None:
    """Return the person who acts in their own name; None for the operator and for an API key."""
    if actor.kind != ActorKind.USER or actor.user_id is None:
        return None
    return User.objects.filter(pk=actor.user_id).first()
