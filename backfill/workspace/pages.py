"""Pages of the admin: reports, lists, editors, settings. Each says what a person must be allowed in order to see it.

A refusal of the books (DomainError) never becomes a 500: a form shows it at the field to blame, an action as a
message on the page it was started from, a page that cannot be shown says why. What the books doubt (`backfill.doubts`)
is taken back and asked about first, whatever page it came from.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from backfill.doubts import Doubt, Unanswered, note, noting
from backfill.errors import DomainError, NotFound
from backfill.tenancy.actors import Actor
from backfill.tenancy.models import Company
from backfill.workspace.context import Workspace, workspace_of
from backfill.workspace.crumbs import Crumb
from backfill.workspace.formats import formats_of
from backfill.workspace.forms import place_refusal
from backfill.workspace.interruptions import sign_in_first
from backfill.workspace.lists.kept import kept_link, with_kept_queries
from backfill.workspace.questions import asked
from backfill.workspace.submissions import (
    REQUEST_ID,
    SubmittedAlready,
    UnknownSubmission,
    note_effect,
    submit_once,
    typed_fields,
)
from backfill.workspace.wording import sentence, write_as

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

__all__ = ["GIVEN", "ActionPage", "Crumb", "FormPage", "Page", "page"]

READING = frozenset({"GET", "HEAD"})
GIVEN: Any = None
"""The value of a view's attribute that each of its addresses gives: see `page`."""


def page(route: str, view: "type[Page]", name: str, **options: Any) -> URLPattern:
    """Return the address of a page: /admin/<route>, reversed as `admin:<name>`; `options` are the view's attributes."""
    return path(route, view.as_view(**options), name=name)


@method_decorator(never_cache, name="dispatch")
class Page(View):
    """One page. `permission` is asked for looking at it, `write_permission` for everything else."""

    title: ClassVar["StrOrPromise"] = ""
    template_name: ClassVar[str] = ""
    permission: ClassVar[str] = ""
    write_permission: ClassVar[str] = ""
    submits_once: ClassVar[bool] = True  # False where a refusal, too, leaves something behind
    answers_with_page: ClassVar[bool] = False  # a form of this page that had its effect is answered without a redirect

    @property
    def workspace(self) -> Workspace:
        workspace = workspace_of(self.request)
        if workspace is None:
            raise PermissionDenied
        return workspace

    @property
    def company(self) -> Company:
        return self.workspace.company

    @property
    def actor(self) -> Actor:
        return self.workspace.actor

    def needed(self, method: str) -> str:
        """Return the permission that a request of this method needs."""
        return self.permission if method in READING else self.write_permission or self.permission

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if workspace_of(request) is None:
            return sign_in_first(request, shows_itself=self.shows_itself)
        answer = partial(super().dispatch, request, *args, **kwargs)
        try:
            write_as(formats_of(self.company), self.company)
            return self._closed_to(request) or (
                self._to_kept_lists(self._once(answer)) if request.method == "POST" and self.submits_once else answer()
            )
        except DomainError as error:
            if request.method in READING or isinstance(error, NotFound):
                return self.closed(error.message, status=error.status)
            return self.refused(error)

    def _closed_to(self, request: HttpRequest) -> HttpResponseBase | None:
        """Answer a request about another company, or one that the person's role does not include; else None."""
        if request.POST.get("page_company", str(self.company.pk)) != str(self.company.pk):
            return self.closed(
                _(
                    "This page was about another company: in another window you have switched to "
                    "{company}. Nothing was changed; switch back, open the page anew and repeat it."
                ).format(company=self.company.name),
                status=409,
                title=_("Another company"),
                **self._way_back(request.POST["page_company"]),
            )
        if not self.workspace.allows(self.needed(request.method or "")):
            return self.closed(_("Your role in this company does not include this."), status=403)
        return None

    def _to_kept_lists(self, answer: HttpResponseBase) -> HttpResponseBase:
        """Lead back to a list as it was asked for last."""
        if "Location" in answer.headers:
            answer.headers["Location"] = kept_link(self.request, self.company, answer.headers["Location"])
        return answer

    @property
    def shows_itself(self) -> bool:
        """Whether its address can be opened, and not only sent to."""
        return "get" in self.http_method_names and hasattr(self, "get")

    def _way_back(self, company_id: str) -> dict[str, Any]:
        """Return the company that a page was about and where it goes on there, for one of the person's companies."""
        companies = (one.company for one in self.workspace.memberships)
        company = next((one for one in companies if str(one.pk) == company_id), None)
        address = self.request.get_full_path() if self.shows_itself else reverse("admin:index")
        return {"page_company": company, "page_address": address}

    def _once(self, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Answer a form that changes something, the same one only once."""
        act = partial(self._answered, answer)
        try:
            done = submit_once(self.request, company=self.company, act=act, answers_with_page=self.answers_with_page)
            return note_effect(self.request, done) if self._had_effect(done) else done
        except Unanswered as question:
            return self._ask(question.doubts)
        except UnknownSubmission:
            return self.closed(str(_UNKNOWN), status=400, title=_("Open the page anew"))
        except SubmittedAlready as submitted:
            if not submitted.location:
                return self.closed(
                    _(
                        "This form was submitted before, and nothing was done a second time. Open the page anew to do "
                        "it again."
                    ),
                    status=409,
                    title=_("Done already"),
                )
            messages.info(self.request, _SUBMITTED)
            return note_effect(self.request, HttpResponseRedirect(submitted.location))

    def _had_effect(self, answer: HttpResponseBase) -> bool:
        return answer.status_code in {302, 303} or (self.answers_with_page and answer.status_code == 200)

    def _answered(self, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Answer a form. Raises Unanswered, which takes back what was done, for doubts that nobody has answered."""
        with noting() as doubts:
            response = answer()
        if doubts and response.status_code in {302, 303} and not self.is_answered:
            raise Unanswered(doubts)
        return response

    @property
    def is_answered(self) -> bool:
        """Whether the form comes with the answer to what was asked."""
        return "accept_warnings" in self.request.POST

    def _ask(self, doubts: list[Doubt]) -> HttpResponseBase:
        """Ask, as if nothing had been done: what the page read and said meanwhile is forgotten."""
        self.request._messages = default_storage(self.request)  # type: ignore[attr-defined]  # noqa: SLF001
        for name in set(vars(self)):
            if isinstance(getattr(type(self), name, None), cached_property):
                delattr(self, name)
        return self.ask(asked(doubts))

    def ask(self, questions: list[str]) -> HttpResponseBase:
        """Show what somebody should look at first, with a button that sends the same form again."""
        kept = typed_fields(self.request)
        title = self.page_title() or _("Is this meant?")
        # The same form goes on: whoever keeps what was typed hears of its effect by this id.
        same = {"request_id": self.request.POST[REQUEST_ID], "kept": kept}
        return self.show(status=422, template="workspace/asked.html", questions=questions, title=title, **same)

    def back(self) -> str:
        """Return where «Cancel» leads."""
        crumbs = self.crumbs()
        return crumbs[-1].link if crumbs else reverse("admin:index")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show()

    def context(self) -> dict[str, Any]:
        """Return what the template shows beside the site's own context."""
        return {}

    def crumbs(self) -> list[Crumb]:
        """Return the pages above this one, the topmost first."""
        return []

    def page_title(self) -> str:
        return str(self.title)

    def show(self, *, status: int = 200, template: str = "", **extra: Any) -> TemplateResponse:
        """Render the page, by another template where one is named."""
        context = {
            **admin.site.each_context(self.request),
            "title": self.page_title(),
            "crumbs": with_kept_queries(self.request, self.company, self.crumbs()),
            "page": self,
            **self.context(),
            **extra,
        }
        return TemplateResponse(self.request, template or self.template_name, context, status=status)

    def refused(self, error: DomainError) -> HttpResponseBase:
        """Answer a refused change: the page again, with the refusal as a message."""
        messages.error(self.request, sentence(error.message))
        return self.show(status=error.status)

    def closed(self, message: str, *, status: int, title: str = "", **extra: Any) -> HttpResponseBase:
        """Answer a page that cannot be shown by the reason alone."""
        title = title or str(_CLOSED.get(status) or _("Not possible"))
        context = {**admin.site.each_context(self.request), "title": title, "message": sentence(message), **extra}
        return TemplateResponse(self.request, "workspace/closed.html", context, status=status)


class FormPage(Page):
    """A page with one form, submitted to a service. Bad input and refusals show it again with all that was typed."""

    form_class: ClassVar[type[forms.Form]]
    template_name = "workspace/form.html"
    button: ClassVar["StrOrPromise"] = gettext_lazy("Save")

    def initial(self) -> dict[str, Any]:
        return {}

    def form_arguments(self) -> dict[str, Any]:
        """Return further arguments of the form, such as the company."""
        return {}

    def questions(self, values: dict[str, Any]) -> list[str]:
        """Return what else somebody should look at first, beside what the books doubt by themselves."""
        return []

    def submit(self, values: dict[str, Any]) -> HttpResponseBase | str:
        """Do it by one service; return the answer, or the message to show on the page that follows."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(form=self._form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form=form, status=422)
        for question in [] if self.is_answered else self.questions(form.cleaned_data):
            note("", question)
        try:
            done = self.submit(form.cleaned_data)
        except DomainError as error:
            place_refusal(form, error)
            return self.show(form=form, status=error.status)
        if not isinstance(done, str):
            return done
        messages.success(request, done)
        return HttpResponseRedirect(self.back())

    def ask(self, questions: list[str]) -> HttpResponseBase:
        return self.show(form=self._form(self.request.POST, self.request.FILES), status=422, questions=questions)

    def _form(self, data: Any = None, files: Any = None) -> forms.Form:
        return self.form_class(data, files, initial=self.initial(), **self.form_arguments())


class ActionPage(Page):
    """A button: POST only, one service, and back with a message to the page that has the button."""

    http_method_names = ("post",)

    def act(self) -> HttpResponseBase | str:
        """Do it by one service; return the answer, or the message to show on the page that follows."""
        raise NotImplementedError

    def back(self) -> str:
        """Return the page to go to; by default the one that the form names as `next`."""
        target = self.request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(target, {self.request.get_host()}, self.request.is_secure())
        return target if is_ours and target else reverse("admin:index")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        done = self.act()
        if not isinstance(done, str):
            return done
        messages.success(request, done)
        return HttpResponseRedirect(self.back())

    def refused(self, error: DomainError) -> HttpResponseBase:
        messages.error(self.request, sentence(error.message))
        return HttpResponseRedirect(self.back())


_SUBMITTED = gettext_lazy("This form was submitted before, and nothing was done a second time.")
_UNKNOWN = gettext_lazy(
    "This form came without the number that keeps it from counting twice, so nothing was done. Open the page anew and "
    "submit it there."
)
_CLOSED = {403: gettext_lazy("Not allowed"), 404: gettext_lazy("Not found")}
