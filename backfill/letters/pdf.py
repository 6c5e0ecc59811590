"""From printed content to PDF/A-3 by typst. What people wrote goes in as JSON, never into a template's source."""

import json
from typing import Any

import typst
from django.conf import settings

from backfill.fonts import is_about_fonts, not_printable, printable, typst_fonts


def pdf_of(template: str, content: dict[str, Any], *, factur_x: bytes = b"") -> bytes:
    """Return the PDF of a letter: the same content makes the same bytes.

    `template` is a file below templates/, `factur_x` an XML document to embed under the name
    that standard gives it. The date of the file is the letter's own. Raises TextNotPrintable for characters that no
    font has.
    """
    folder = settings.BASE_DIR / "templates"
    try:
        return typst.compile(
            folder / template,
            root=folder,
            font_paths=typst_fonts(),
            sys_inputs={"document": printable(json.dumps(content, ensure_ascii=False)), "factur-x": factur_x.decode()},
            format="pdf",
            pdf_standards=["a-3b"],
        )
    except RuntimeError as error:
        if is_about_fonts(error):
            raise not_printable(error) from error
        raise
