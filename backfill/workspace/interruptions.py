"""What interrupts somebody who sends a form: a session that has ended, a page from before signing in anew.

Nothing was done then. The answer says so and leads back to the form, which the browser has kept as it was typed
(`static/workspace/keep.js`).
"""

from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from backfill.security import ADMIN_PATH


def sign_in_first(request: HttpRequest, *, shows_itself: bool) -> HttpResponseRedirect:
    """Lead to the sign-in page, and from there back: to the page, or to the one that had its button."""
    if request.method != "POST":
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if not request.user.is_authenticated:
        messages.warning(
            request,
            _("Your session had ended, so nothing was done. Sign in again: you come back to where you were."),
        )
    target = request.get_full_path() if shows_itself else came_from(request)
    return redirect_to_login(target, reverse("admin:login"))


def came_from(request: HttpRequest) -> str:
    """Return the page of ours that a form was sent from, as its browser says; the dashboard where it does not."""
    referer = request.headers.get("Referer", "")
    parts = urlsplit(referer)
    is_ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure())
    if not referer or not is_ours or not parts.path.startswith(ADMIN_PATH):
        return reverse("admin:index")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def old_page(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form from a page older than the present session, or from somewhere else: nothing is done."""
    return render(request, "403_old_page.html", {"page_address": came_from(request)}, status=403)
