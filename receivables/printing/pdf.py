"""From printed content to PDF/A-3 by typst. What people wrote goes in as JSON, never into a template's source."""

import json
from functools import cache
from typing import Any, Final

import typst
from django.conf import settings

_FOLDER: Final = "receivables"


def pdf_of(template: str, content: dict[str, Any], *, factur_x: bytes = b"") -> bytes:
    """Return the PDF of a letter: the same content makes the same bytes.

    `template` is a file of templates/receivables, `factur_x` an XML document to embed under the name that standard
    gives it. The date of the file is the letter's own.
    """
    folder = settings.BASE_DIR / "templates" / _FOLDER
    return typst.compile(
        folder / template,
        root=folder,
        font_paths=_fonts(),
        sys_inputs={"document": json.dumps(content), "factur-x": factur_x.decode()},
        format="pdf",
        pdf_standards=["a-3b"],
    )


@cache
def _fonts() -> typst.Fonts:
    """The fonts typst brings, and those of the machine for scripts it has none for. Searched once; a compiler is not
    kept, for it would keep the last letter."""
    return typst.Fonts()
