"""Every place in a sentence is filled: what `.format(…)` is given has all names that the translated string has."""

import ast
import re
from collections.abc import Iterable, Iterator
from string import Formatter

import pytest

from tests.translations.catalogues import PLACES, ROOT
from tests.translations.literals import python_files

_TRANSLATES = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (0,)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (1,)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (1, 2)),
}


def places_in(text: str) -> set[str]:
    """Return the names of the places in a string: `{invoice.number}` is invoice."""
    return {re.split(r"[.\[]", name)[0] for _text, name, _spec, _how in Formatter().parse(text) if name is not None}


def strings_of(call: ast.Call) -> list[str]:
    """Return the strings that a call translates: two where there is a plural."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    arguments = [call.args[index] for index in _TRANSLATES.get(name, ()) if index < len(call.args)]
    return [one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def parts_of(value: ast.AST) -> list[ast.expr]:
    """Return what an expression may be instead: both sides of a choice, the values of a dict, what is indexed."""
    match value:
        case ast.IfExp():
            return [value.body, value.orelse]
        case ast.Dict():
            return list(value.values)
        case ast.Tuple() | ast.List():
            return list(value.elts)
        case ast.Subscript() | ast.Call(func=ast.Attribute(attr="get")):
            held = value.func if isinstance(value, ast.Call) else value
            return [held.value]  # type: ignore[attr-defined]
        case ast.Call(func=ast.Name(id="str"), args=[argument]):
            return [argument]
    return []


class Scope:
    """The names of a module or function, and what is assigned to them on which line."""

    def __init__(self, nodes: Iterable[ast.AST], outer: "Scope | None" = None) -> None:
        self.outer = outer
        self.assigned: list[tuple[int, str, ast.expr]] = []
        self.formatted: list[tuple[int, str]] = []
        for node in nodes:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                self.assigned += [(node.lineno, one.id, node.value) for one in targets if isinstance(one, ast.Name)]
            if is_format(node) and isinstance(node.func.value, ast.Name):  # type: ignore[attr-defined]
                self.formatted.append((node.lineno, node.func.value.id))  # type: ignore[attr-defined]

    def said_in(self, value: ast.AST, line: int) -> list[str]:
        """Return the strings that an expression may be, as far as its module shows."""
        if isinstance(value, ast.Call) and (strings := strings_of(value)):
            return strings
        if isinstance(value, ast.Name):
            return self.named(value.id, line)
        return [text for one in parts_of(value) for text in self.said_in(one, line)]

    def named(self, name: str, line: int) -> list[str]:
        """Return what a name may say on a line: what was assigned since it was last formatted, in either branch."""
        if self.outer is None:
            return [text for _line, one, value in self.assigned if one == name for text in self.said_in(value, 0)]
        before = max((at for at, one in self.formatted if one == name and at < line), default=0)
        own = [value for at, one, value in self.assigned if one == name and before < at <= line]
        return [text for one in own for text in self.said_in(one, 0)] if own else self.outer.named(name, line)


def is_format(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def unfilled(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines of Python and the places that their `.format` leaves empty."""
    tree = ast.parse(text)
    module = Scope(tree.body)
    seen: set[ast.AST] = set()
    for scope in [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)] + [tree]:
        names = module if scope is tree else Scope(ast.walk(scope), module)
        for node in ast.walk(scope):
            if is_format(node) and node not in seen and isinstance(node, ast.Call):
                seen.add(node)
                yield from _left_empty(node, names)


def _left_empty(call: ast.Call, names: Scope) -> Iterator[tuple[int, str]]:
    given = {one.arg for one in call.keywords}
    if call.args or None in given:  # positions, or **facts: what they hold is not seen here
        return
    for said in names.said_in(call.func.value, call.lineno):  # type: ignore[attr-defined]
        if missing := places_in(said) - given:
            yield call.lineno, f"{sorted(missing)} of «{said}»"


def test_every_place_is_filled() -> None:
    left = {
        f"{path.relative_to(ROOT)}:{line}": words
        for name, place in PLACES.items()
        if name != "templates"
        for path in python_files(place.folder)
        for line, words in unfilled(path.read_text())
    }
    assert not left


@pytest.mark.parametrize(
    "text",
    [
        '_("{a} of {b}").format(a=1)',
        '_X = gettext_lazy("{percent} %")\ndef f():\n    return _X.format(other=1)',
        'def f():\n    words = _("{a}") if x else _("{b}")\n    return words.format(a=1)',
        '_X = {"a": gettext_lazy("{n}")}\ndef f(key):\n    return str(_X[key]).format(m=1)',
        'ngettext("{n} of {all}", "{n} of {all}", 2).format(n=2)',
    ],
)
def test_finds_what_is_left_empty(text: str) -> None:
    assert list(unfilled(text))


@pytest.mark.parametrize(
    "text",
    [
        '_("{a} of {b.c}").format(a=1, b=2)',
        '_("{a}").format(**facts)',
        '_X = {"a": gettext_lazy("{n}")}\ndef f(key):\n    return _X.get(key).format(n=1)',
        '_("{percent:f} %").format(percent=1)',
    ],
)
def test_passes_what_is_filled(text: str) -> None:
    assert not list(unfilled(text))
