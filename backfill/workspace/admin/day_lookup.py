"""What a typed day means, for inputs that show it as soon as they are left."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from backfill.workspace.days import typed_day
from backfill.workspace.formats import formats_of
from backfill.workspace.pages import Page


class DayLookup(Page):
    """The day of `?text=2911`, as JSON: written out, and as programs write it."""

    permission = "settings.view"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            day = typed_day(request.GET.get("text", ""))
        except ValueError as error:
            return JsonResponse({"message": str(error)})
        return JsonResponse({"text": formats_of(self.company).typed_day(day), "day": day.isoformat()})
