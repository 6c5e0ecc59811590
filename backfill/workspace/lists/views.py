"""Views that people save: a list's filters and order under a name, one of which may open the list."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from backfill.errors import NotFound, ValidationFailed
from backfill.tenancy.models import Company, User
from backfill.workspace.lists.asking import kept_query
from backfill.workspace.lists.lists import List
from backfill.workspace.models import SavedView

ALL: Final = "all"
"""What the address of a list says as `view`, where all rows are meant and no view is to open."""
MOST_VIEWS: Final = 50
_LONGEST_NAME: Final = 60
_LONGEST_QUERY: Final = 2_000


def views_of(listing: List, company: Company, user: User) -> list[SavedView]:
    """Return a person's views of a list, by name. One statement."""
    return list(SavedView.objects.filter(company=company, user=user, list_key=listing.key).order_by("name"))


def opening_view(views: Sequence[SavedView]) -> SavedView | None:
    return next((one for one in views if one.is_default), None)


@transaction.atomic
def save_view(listing: List, *, name: str, query: str, is_default: bool, company: Company, user: User) -> SavedView:
    """Save filters and order under a name, in place of what it stood for. Raises ValidationFailed."""
    name = " ".join(name.replace("\0", "").split())
    if not 0 < len(name) <= _LONGEST_NAME:
        raise ValidationFailed(_("give the view a name of at most 60 characters"), field="name")
    kept = kept_query(listing, QueryDict(query))
    if len(kept) > _LONGEST_QUERY:
        raise ValidationFailed(_("these filters are too long to be saved"))
    own = SavedView.objects.select_for_update().filter(company=company, user=user, list_key=listing.key)
    if len(own.exclude(name=name)) >= MOST_VIEWS:
        raise ValidationFailed(_("delete a view first; a list has at most 50"))
    if is_default:
        own.filter(is_default=True).update(is_default=False)
    values = {"query": kept, "is_default": is_default}
    view, _is_new = SavedView.objects.update_or_create(
        company=company, user=user, list_key=listing.key, name=name, defaults=values
    )
    return view


def delete_view(*, view_id: UUID, company: Company, user: User) -> SavedView:
    """Delete a person's own view. Raises NotFound."""
    view = SavedView.objects.filter(company=company, user=user, pk=view_id).first()
    if view is None:
        raise NotFound(_("There is no such view."))
    SavedView.objects.filter(pk=view.pk).delete()
    return view
