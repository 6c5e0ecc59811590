"""What a browser last asked of a list, so that leaving a record leads back to where somebody was.

One cookie per list, for the length of the session: the query string and the company that it was about. Within a tab
the page's script knows better (`static/workspace/lists.js`).
"""

from dataclasses import replace
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from backfill.tenancy.models import Company
from backfill.workspace.crumbs import Crumb
from backfill.workspace.lists.lists import List, all_lists

_LONGEST: Final = 1_000


def remember(response: HttpResponseBase, listing: List, company: Company, query: str) -> None:
    """Have the browser keep a query string; one that is too long for a cookie is forgotten."""
    if query and len(query) <= _LONGEST:
        response.set_cookie(
            _cookie(listing),
            f"{company.pk.hex}.{query}",
            path="/admin/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    else:
        response.delete_cookie(_cookie(listing), path="/admin/")


def with_kept_queries(request: HttpRequest, company: Company, crumbs: list[Crumb]) -> list[Crumb]:
    """Return the pages above a page, lists as they were asked for last."""
    return [replace(crumb, link=kept_link(request, company, crumb.link)) for crumb in crumbs]


def kept_link(request: HttpRequest, company: Company, link: str) -> str:
    """Return the address of a list as it was asked for last; any other address as it is."""
    listing = next((one for one in all_lists() if one.url == link), None)
    whose, _dot, query = request.COOKIES.get(_cookie(listing), "").partition(".") if listing else ("", "", "")
    return f"{link}?{query}" if query and whose == company.pk.hex else link


def _cookie(listing: List) -> str:
    return f"list_{listing.key}"
