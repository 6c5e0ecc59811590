"""Which media type answers a request: the Accept header alone decides, never a `format` parameter.

`format` is a parameter of the reports, so DRF's own meaning of it must not get in the way.
"""

from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.utils.mediatypes import _MediaType, media_type_matches


class Negotiation(BaseContentNegotiation):
    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        for parser in parsers:
            if media_type_matches(str(parser.media_type), request.content_type):
                return parser
        return None

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the JSON renderer when the Accept header allows any type the view answers with.

        A view that answers with files lists their types in `media_types` and builds those answers itself; its
        errors are JSON all the same.
        """
        renderer = next(iter(renderers))
        view: Any = (request.parser_context or {}).get("view")
        offered = getattr(view, "media_types", ("application/json",))
        accepted = request.META.get("HTTP_ACCEPT", "*/*")
        if not any(_allows(part, media_type) for part in accepted.split(",") for media_type in offered):
            raise NotAcceptable(f"This operation answers with {', '.join(offered)}.")
        return renderer, str(renderer.media_type)


def _allows(accept: str, media_type: str) -> bool:
    wanted, offered = _MediaType(accept.strip()), _MediaType(media_type)
    if wanted.params.get("q", "1").strip() in {"0", "0.0", "0.00", "0.000"}:
        return False
    same_main = wanted.main_type in {"*", "", offered.main_type}
    return same_main and wanted.sub_type in {"*", "", offered.sub_type}
