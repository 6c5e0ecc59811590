"""Finds words for people that are not translated: in templates by their text and attributes, in Python by the places
from which pages take words. What serializers, models' help texts, logs and commands say is for programs and operators.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

# --- Templates -------------------------------------------------------------------------------------------------------

NAMES = {  # of products, standards and keys, the same in every language
    *("Backfill", "CSV", "PDF", "Excel", "DATEV", "IBAN", "BIC", "SEPA", "API", "XML", "JSON", "XRechnung", "Factur-X"),
    *(
        "Ctrl",
        "K",
        "Esc",
        "UTC",
        "QR",
        "EU",
        "ECB",
        "BMF",
        "SKR03",
        "SKR04",
        "ZUGFeRD",
        "search",
        "close",
        "menu",
        "OK",
    ),
}
ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "data-label", "content-title", "summary", "data-question"}
_COMMENTS = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
_CLASS = re.compile(r"\{% block page_class %\}.*?\{% endblock %\}")
_TRANSLATED = re.compile(r"\{% blocktrans(?:late)?\b.*?%\}.*?\{% endblocktrans(?:late)? %\}", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_ARGUMENT = re.compile(r"""(?<!_\()(?:(?<=[\s=:,(])|^)"([^"]*)"|(?<!_\()(?<=[\s=:,])'([^']*)'""")
_STATEMENT = re.compile(
    r"\{% ?(?:extends|load|url|static|translate|trans|block|endblock|form_keys|allows|now|lorem|get_\w+)\b"
)
_WORD = re.compile(r"[^\W\d_]{2,}")


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.silent += tag in {"script", "style", "pre"}
        self.found += [value for name, value in attrs if name in ATTRIBUTES and value]
        if tag == "input" and values.get("type") in {"submit", "button"}:
            self.found.append(values.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style", "pre"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def untranslated_in_template(text: str) -> list[str]:
    """Return the words that stand in a template as they are."""
    text = re.sub(r"<span[^>]*material-symbols-outlined[^>]*>[^<{]*</span>", "", _COMMENTS.sub("", text))
    text = _TRANSLATED.sub("", _CLASS.sub("", text))
    found = [word for tag in _TAG.findall(text) for word in _arguments(tag)]
    parser = _Texts()
    parser.feed(_TAG.sub(" ", text))
    parser.close()
    return found + [" ".join(one.split()) for one in parser.found if _says_something(one)]


def _arguments(tag: str) -> Iterator[str]:
    """Yield the words a tag passes on: `with title="Two words"`, `|yesno:"Yes,No"`, `|pluralize`."""
    if _STATEMENT.match(tag):
        return
    if "|pluralize" in tag:
        yield tag
    for one, other in _ARGUMENT.findall(tag):
        words = one or other
        if (re.match(r"[A-Z][a-z]", words) or re.search(r"[a-z] [a-z]", words)) and _says_something(words):
            yield words


def _says_something(text: str) -> bool:
    return any(word not in NAMES for word in _WORD.findall(re.sub(r"https?://\S+", "", text)))


# --- Python ----------------------------------------------------------------------------------------------------------

_SHOWN = {"label", "help_text", "empty_label", "error_messages", "title", "button", "explanation"}
_ATTRIBUTES = {"title", "button", "explanation", "intro", "index_title", "empty", "done", "note", "message"}
_MESSAGES = {"success", "error", "warning", "info"}
_MARKED = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "pgettext",
    "pgettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "npgettext",
}


def untranslated_in_python(text: str, refusals: set[str]) -> list[tuple[int, str]]:
    """Return lines and words that people read and nothing translates; `refusals` are names of DomainErrors."""
    tree = ast.parse(text)
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += _of_call(node, refusals)
        elif isinstance(node, ast.ClassDef):
            found += _of_class(node)
        elif isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and one.id == "message" for one in node.targets
        ):
            found.append(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name in {"submit", "questions", "page_title", "act"}:
            found += [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None]
    lines = {(one.lineno, words) for value in found for one, words in _literals(value)}
    return sorted(lines)


def _of_call(call: ast.Call, refusals: set[str]) -> list[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    holder = getattr(getattr(call.func, "value", None), "id", "")
    arguments = list(call.args)
    if name in refusals or (name == "ValidationError" and holder in {"forms", ""}):
        return arguments[:1]
    if (holder == "messages" and name in _MESSAGES) or name == "add_error":
        return arguments[1:2]
    if name in {"closed", "message"} and holder == "self":
        return [*arguments, *(one.value for one in call.keywords if one.arg == "title")]
    if holder == "forms" or (name.endswith("Field") and holder not in {"models", "serializers"} and name[:1].isupper()):
        return [one.value for one in call.keywords if one.arg in _SHOWN or one.arg == "choices"]
    if name in {"Item", "Crumb", "Panel", "QuickAction", "Action", "Step", "Tab"}:
        return [*arguments, *(one.value for one in call.keywords if one.arg in _SHOWN)]
    return []


def _of_class(node: ast.ClassDef) -> list[ast.expr]:
    bases = " ".join(ast.unparse(base) for base in node.bases)
    if not re.search(r"Page|Form|View|Site|Action|Step", bases) or "Api" in bases:
        return []
    pairs = [(one.target, one.value) for one in node.body if isinstance(one, ast.AnnAssign)]
    pairs += [(one.targets[0], one.value) for one in node.body if isinstance(one, ast.Assign)]
    return [value for target, value in pairs if value and isinstance(target, ast.Name) and target.id in _ATTRIBUTES]


def _literals(value: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """Yield the words in an expression that are not an argument of a translating function."""
    if isinstance(value, ast.Call):
        yield from _of_inner_call(value)
    elif isinstance(value, ast.Constant):
        if isinstance(value.value, str) and _is_prose(value.value):
            yield value, value.value
    elif isinstance(value, ast.JoinedStr):
        words = "".join(str(one.value) for one in value.values if isinstance(one, ast.Constant))
        if _WORD.search(words):
            yield value, ast.unparse(value)
    else:
        for child in _parts(value):
            yield from _literals(child)


def _parts(value: ast.expr) -> list[ast.expr]:
    if not isinstance(value, ast.BinOp | ast.IfExp | ast.Tuple | ast.List | ast.Dict | ast.BoolOp):
        return []
    test = getattr(value, "test", None)
    return [child for child in ast.iter_child_nodes(value) if isinstance(child, ast.expr) and child is not test]


def _of_inner_call(call: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in _MARKED:
        if not (call.args and isinstance(call.args[0], ast.Constant)):
            yield call, f"not a constant: {ast.unparse(call)}"
    elif isinstance(call.func, ast.Attribute) and name in {"format", "join"}:
        yield from _literals(call.func.value)


def _is_prose(text: str) -> bool:
    if re.fullmatch(r"[a-z0-9_.:/{}\-]*", text) or not re.search(r"[^\W\d_]{2,}", text):
        return False
    return text not in NAMES


def python_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]
