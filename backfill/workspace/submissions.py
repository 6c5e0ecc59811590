"""One form that is submitted is one effect, however often its request arrives: a double click, a reload, a retry.

Every form carries a `request_id`, made when it was shown (`{% form_keys %}`). The id and the content that was sent are
stored in the transaction of the effect. The same request again waits for the first one and is answered with the page
that followed it. The same form with other content, sent after going back to it, is another effect. What comes without
such an id, from a script or a page that was cut short, is not done at all: nothing would keep it to one effect.
"""

import hashlib
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from backfill.security import ADMIN_PATH
from backfill.tenancy.models import Company
from backfill.workspace.models import FormSubmission

KEPT_FOR: Final = timedelta(days=7)
REQUEST_ID: Final = "request_id"
DONE_COOKIE: Final = "form_done"
_DONE_SECONDS: Final = 60 * 60
_MOST_DONE: Final = 8
_OF_THE_FRAME: Final = ("csrfmiddlewaretoken", REQUEST_ID, "page_company")


class SubmittedAlready(Exception):
    """The same form with the same content had its effect before; `location` is the page that followed, if any."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class UnknownSubmission(Exception):
    """A form came without the id that its page wrote into it."""


class _NothingDone(Exception):
    def __init__(self, answer: HttpResponseBase) -> None:
        super().__init__()
        self.answer = answer


def submit_once(
    request: HttpRequest, *, company: Company, act: Callable[[], HttpResponseBase], answers_with_page: bool = False
) -> HttpResponseBase:
    """Return the answer of `act`, whose effect and the note of this submission commit together.

    Only a redirect tells of an effect, or, with `answers_with_page`, a page of status 200; after any other answer the
    form may be sent again. Raises SubmittedAlready or UnknownSubmission without calling `act`.
    """
    request_id = _request_id(request)
    try:
        with transaction.atomic():
            # The row of a submission that still runs makes this one wait for its commit.
            submission, is_new = FormSubmission.objects.get_or_create(
                company=company, request_id=request_id, digest=_digest(request)
            )
            if not is_new:
                raise SubmittedAlready(submission.location)
            answer = act()
            if answer.status_code not in {302, 303} and not (answers_with_page and answer.status_code == 200):
                raise _NothingDone(answer)
            submission.location = answer.headers.get("Location", "")
            submission.save(update_fields=["location"])
            return answer
    except _NothingDone as nothing:
        return nothing.answer


def note_effect(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """Tell the browser which form had its effect, in a cookie that a script of the next page reads and deletes: what
    was typed into it need not be kept any longer (`static/workspace/keep.js`)."""
    request_id = str(_request_id(request))
    before = [one for one in request.COOKIES.get(DONE_COOKIE, "").split(".") if _is_id(one)]
    done = ".".join([*before, request_id][-_MOST_DONE:])
    answer.set_cookie(
        DONE_COOKIE, done, max_age=_DONE_SECONDS, path=ADMIN_PATH, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
    return answer


def typed_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return name and value of every field of a form but those that its page wrote."""
    named = ((name, values) for name, values in request.POST.lists() if name not in _OF_THE_FRAME)
    return [(name, value) for name, values in named for value in values]


def purge_submissions() -> int:
    """Delete what is older than a week; return how many."""
    count, _ = FormSubmission.objects.filter(created_at__lte=timezone.now() - KEPT_FOR).delete()
    return count


def _request_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get(REQUEST_ID, ""))
    except ValueError:
        raise UnknownSubmission from None


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _digest(request: HttpRequest) -> str:
    digest = hashlib.sha256()
    for part in _parts(request):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _parts(request: HttpRequest) -> Iterable[bytes]:
    yield request.get_full_path().encode()
    for name, values in sorted(request.POST.lists()):
        if name not in _OF_THE_FRAME:
            yield from (text.encode("utf-8", "surrogatepass") for text in (name, *values))
    for name, files in sorted(request.FILES.lists()):
        yield name.encode()
        for file in files:
            yield from file.chunks()
            file.seek(0)
