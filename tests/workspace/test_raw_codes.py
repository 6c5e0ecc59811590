"""No page shows people a code that programs know a state, a deed, a role or a place by."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from backfill.tenancy.models import Company
from backfill.workspace.code_words import deed_of, surface_of, words_of
from ledger.documents.types import document_types
from ledger.models import ApprovalStatus, EntryStatus, LineTaxRole, Period
from tests.factories import make_customer, make_member
from tests.receivables.pages import routes as sales
from tests.translations.catalogues import PLACES
from tests.translations.literals import python_files
from tests.workspace import routes

_SILENT = {"script", "style", "pre", "code", "datalist"}
_EMPTY = {"input", "br", "img", "link", "meta", "hr", "col"}
_SNAKE = re.compile(r"(?<![\w@./:-])[a-z]+(?:_[a-z]+)+(?![\w@/:-]|\.\w)")
_ENGLISH = re.compile(
    r"\W*(admin|api|command|task|mail|draft|open|void|posted|paid|sent|applied|approved|rejected|pending|overdue|"
    r"manual|booking|opening|closing|reversal|payment|invoice|sale|return|count|base|self assessed|"
    r"created|edited|confirmed|submitted|reversed|active|inactive|expired|stopped|revoked|owner|viewer|bookkeeper|"
    r"asset|liability|equity|revenue|expense|good|service|exclusive|inclusive|(?:finance|journal|\w+):(?:read|write))\W*",
    re.IGNORECASE,
)


class _Texts(HTMLParser):
    """The texts of a page that are seen, one by one; names of icons and what is meant for programs are not words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        is_silent = self.silent or tag in _SILENT or {"mono", "material-symbols-outlined"} & set(classes)
        if is_silent and tag not in _EMPTY:
            self.silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.found.append(" ".join(data.split()))


def raw_codes(page: str) -> list[str]:
    """Return the texts of a German page that are codes or English states."""
    parser = _Texts()
    parser.feed(page)
    parser.close()
    found = [text for text in parser.found if text != "API"]  # German has no other word for it
    return [text for text in found if _SNAKE.search(text) or _ENGLISH.fullmatch(text)]


@pytest.mark.parametrize(
    "text",
    [
        "<td>partially_paid</td>",
        "<small>(command)</small>",
        "<b>Open</b>",
        "<td>journal:read</td>",
        "<p>Is_it is_void</p>",
    ],
)
def test_finds_codes(text: str) -> None:
    assert raw_codes(text)


@pytest.mark.parametrize(
    "text",
    ["<td>Offen</td>", '<td class="mono">journal:read</td>', "<a>me_too@example.com</a>", "<td>API-Schlüssel</td>"],
)
def test_passes_words(text: str) -> None:
    assert not raw_codes(text)


@pytest.fixture
def german(company: Company) -> Client:
    member = make_member(company)
    member.user.language = "de"
    member.user.save()
    client = Client()
    client.force_login(member.user)
    return client


@pytest.mark.django_db
def test_no_page_shows_a_code(company: Company, german: Client) -> None:
    ids: dict[str, object] = {**routes.records(company), **sales.records(company, make_customer(company, name="Hafen"))}
    looks = {name: kind for name, (kind, _roles) in routes.RECORD_PAGES.items()}
    looks |= {
        name: kind for name, kind in (sales.LOOKS | sales.CHANGES).items() if not name.startswith(("print", "sent"))
    }
    pages = [(name, []) for name in routes.PAGES] + [(name, [ids[kind]]) for name, kind in looks.items()]
    found = {}
    for name, arguments in pages:
        answer = german.get(reverse(f"admin:{name}", args=arguments))
        if "html" in answer.headers.get("Content-Type", "") and (codes := raw_codes(answer.content.decode())):
            found[name] = codes
    assert not found


# --- Every code that the programs write down -----------------------------------------------------------------------


_KINDS = {("EntryDraft", "kind"), ("entry_of", "kind"), ("StockEffect", "reason"), ("replace", "kind")}


def calls() -> Iterator[ast.Call]:
    for name, place in PLACES.items():
        for path in python_files(place.folder) if name != "templates" else ():
            if "api" in path.parts:
                continue
            yield from (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def codes_in(values: Iterable[ast.expr]) -> set[str]:
    """Return the constants among values, those of `a if x else b` and of tuples (document, verb, facts) included."""
    found = set()
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            found.add(value.value)
        elif isinstance(value, ast.IfExp):
            found |= codes_in([value.body, value.orelse])
        elif isinstance(value, ast.List | ast.Tuple):
            found |= codes_in(value.elts)
        elif isinstance(value, ast.ListComp):
            found |= codes_in([value.elt])
    return found


def keyword(*names: str) -> set[str]:
    return codes_in(one.value for call in calls() for one in call.keywords if one.arg in names)


def written_to_trails() -> set[str]:
    found = keyword("verb")
    for call in calls():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in {"record", "_record", "record_period", "_write"}:
            found |= codes_in(call.args)
        if name == "record_reminder":
            found |= {f"reminder_{verb}" for verb in codes_in(call.args)}
    return found


def left_english(codes: Iterable[str], words: Callable[[str], str]) -> list[str]:
    with translation.override("de"):
        return [one for one in sorted(codes) if words(one).lower() in {one, one.replace("_", " ")}]


def test_says_every_state_in_german() -> None:
    states = {*EntryStatus.values, *ApprovalStatus.values, *Period.Status.values, *LineTaxRole.values}
    states |= {one for doc_type in document_types() for one in doc_type.statuses.values}
    assert left_english(states, words_of) == []


def test_says_every_deed_in_german() -> None:
    deeds = written_to_trails()
    assert {"confirmed", "reversed", "lock_requested", "file_attached", "reminder_sent", "applied"} <= deeds
    assert left_english(deeds, deed_of) == []


def test_says_every_kind_of_entry_and_movement_in_german() -> None:
    """The kind of an entry and why stock moved: `EntryDraft(kind=…)`, `StockEffect(reason=…)`."""
    kinds = codes_in(
        one.value for call in calls() for one in call.keywords if (getattr(call.func, "id", ""), one.arg) in _KINDS
    )
    assert {"invoice", "credit_memo", "return"} <= kinds
    assert left_english(kinds - {"import"}, words_of) == []


def test_says_every_place_where_changes_come_in() -> None:
    surfaces = keyword("surface")
    assert {"admin", "command", "task"} <= surfaces
    assert left_english(surfaces - {"api"}, surface_of) == []
