"""The catalogues of translations: what stands in the code, what is translated, and the compiled files.

One catalogue per app for its Python, and one for everything under templates/. Python is read by Babel, templates by
Django's own `templatize`; neither xgettext nor msgfmt is needed.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = "de"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """\
msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: de\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)  # so that the same translations compile to the same bytes
Key = tuple[str, str]  # context and singular


@dataclass(frozen=True)
class Place:
    """A catalogue: the folder that has a `locale`, and what it is made of."""

    folder: Path
    pattern: str

    @property
    def po(self) -> Path:
        return self.folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")

    @property
    def sources(self) -> list[Path]:
        return [path for path in sorted(self.folder.rglob(self.pattern)) if "migrations" not in path.parts]


PLACES = {
    **{
        name: Place(ROOT / name, "*.py")
        for name in ("backfill", "ledger", "receivables", "payables", "banking", "reporting")
        if (ROOT / name / "__init__.py").is_file()
    },
    "templates": Place(ROOT / "templates", "*.[ht][tx][mt]*"),
}


def key_of(message: Message) -> Key:
    return (message.context or "", message.id if isinstance(message.id, str) else message.id[0])


def found_in(place: Place) -> Catalog:
    """Return what stands in the sources, untranslated."""
    catalogue = Catalog(locale=LANGUAGE, fuzzy=False)
    for path in place.sources:
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
        for _line, words, _comments, context in extract("python", BytesIO(text.encode()), keywords=KEYWORDS):
            catalogue.add(words, context=context)
    return catalogue


def stored(place: Place) -> Catalog:
    """Return the catalogue as it lies in the repository."""
    if not place.po.is_file():
        return Catalog(locale=LANGUAGE, fuzzy=False)
    with place.po.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def merged(place: Place) -> tuple[Catalog, int]:
    """Return what stands in the sources with the translations that there are, and how many are missing."""
    catalogue, known = found_in(place), {key_of(message): message.string for message in stored(place) if message.id}
    missing = 0
    for message in catalogue:
        if not message.id:
            continue
        string = known.get(key_of(message), "")
        if message.pluralizable and isinstance(string, str):
            string = ("", "")
        message.string = string if message.pluralizable or isinstance(string, str) else string[0]
        missing += not is_translated(message)
    return catalogue, missing


def is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def written(catalogue: Catalog) -> bytes:
    """Return the text of the `.po`: sorted, without places in the code, so that changes of two people seldom meet."""
    out = BytesIO()
    write_po(out, catalogue, width=116, no_location=True, omit_header=True, sort_output=True)
    return HEADER.encode() + out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """Return the `.mo` of a catalogue that was read from a `.po`."""
    catalogue.creation_date = catalogue.revision_date = _NEVER
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()
