"""The pages beside lists: saving views, and how a step with many rows goes."""

from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from backfill.errors import NotFound
from backfill.workspace.crumbs import Crumb
from backfill.workspace.list_pages import list_page
from backfill.workspace.lists.bulk import LEFT_AFTER
from backfill.workspace.lists.lists import List, list_of
from backfill.workspace.lists.views import delete_view, save_view
from backfill.workspace.models import BulkRun, RowState
from backfill.workspace.pages import ActionPage, Page


class ViewAction(ActionPage):
    """A button about a person's own views of one list."""

    def needed(self, method: str) -> str:
        return self.listing.permission

    @cached_property
    def listing(self) -> List:
        found = list_of(self.kwargs["key"])
        if found is None:
            raise NotFound(_("There is no such list."))
        return found


class SaveView(ViewAction):
    def act(self) -> str:
        post = self.request.POST
        view = save_view(
            self.listing,
            name=post.get("name", ""),
            query=post.get("query", ""),
            is_default=post.get("is_default") == "yes",
            company=self.company,
            user=self.workspace.user,
        )
        return _("The view «{name}» is saved.").format(name=view.name)


class DeleteView(ViewAction):
    def act(self) -> str:
        view_id: UUID = self.kwargs["view_id"]
        view = delete_view(view_id=view_id, company=self.company, user=self.workspace.user)
        return _("The view «{name}» is deleted.").format(name=view.name)


class BulkRunPage(Page):
    """What a step with many rows has done so far, row by row; asks again by itself until it is through."""

    template_name = "workspace/bulk_run.html"

    def needed(self, method: str) -> str:
        return self.listing.permission

    @cached_property
    def run(self) -> BulkRun:
        run = BulkRun.objects.select_related("user").filter(company=self.company, pk=self.kwargs["run_id"]).first()
        if run is None:
            raise NotFound(_("There is no such run in this company."))
        return run

    @property
    def listing(self) -> List:
        found = list_of(self.run.list_key)
        if found is None:
            raise NotFound(_("There is no such list."))
        return found

    def page_title(self) -> str:
        step = next((one for one in self.listing.steps if one.key == self.run.step), None)
        return str(step.label) if step else self.run.step

    def crumbs(self) -> list[Crumb]:
        return [Crumb(str(self.listing.title), reverse(f"admin:{self.listing.key}"))]

    def context(self) -> dict[str, Any]:
        run, states = self.run, RowState
        counts = dict(run.rows.order_by().values_list("state").annotate(Count("pk")))
        # What somebody has to look at comes first.
        rank = Case(
            When(state=states.FAILED, then=Value(0)),
            When(state=states.REFUSED, then=Value(1)),
            default=Value(2),
            output_field=IntegerField(),
        )
        waiting = counts.get(states.WAITING, 0)
        return {
            "run": run,
            "page_list": self.listing,
            "counts": [(state, label, counts[state]) for state, label in states.choices if state in counts],
            "through": run.row_count - waiting,
            "is_through": not waiting,
            "is_left": bool(waiting) and run.touched_at < timezone.now() - LEFT_AFTER,
            "page": list_page(run.rows.order_by(rank, "position"), self.request.GET.get("page", "")),
        }
