"""The words of a question before something posts that somebody may not mean, such as a line without tax."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from backfill.workspace.wording import sentence

_LINE: Final = re.compile(r"lines\[(\d+)\]")


def asked(warnings: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what warnings say, each with its line."""
    texts = []
    for warning in warnings:
        if not warning["code"]:  # a page's own question, in its own words
            texts.append(str(warning["message"]))
            continue
        line = _LINE.match(str(warning["field"]))
        text = sentence(str(warning["message"]))
        texts.append(_("Line {number}: {warning}").format(number=int(line[1]) + 1, warning=text) if line else text)
    return texts
