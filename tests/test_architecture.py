"""Style that a test can check: layers, sizes, and no float where money is."""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = [
    name
    for name in ("backfill", "ledger", "receivables", "payables", "banking", "reporting")
    if (ROOT / name / "__init__.py").is_file()
]
MONEY = ("ledger", "receivables", "payables", "banking", "reporting")
BANNED_NAMES = {"utils", "helpers", "common", "mixins", "signals"}
MODULE_LINES = 500
FUNCTION_LINES = 50


MODULES = [
    file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")) if "migrations" not in file.parts
]


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_package_is_under_the_layers_contract() -> None:
    configuration = (ROOT / "pyproject.toml").read_text()
    roots = next(line for line in configuration.splitlines() if line.startswith("root_packages"))
    assert all(f'"{package}"' in roots for package in PACKAGES)


def test_modules_are_small_and_well_named() -> None:
    long = {name_of(file): lines for file in MODULES if (lines := len(file.read_text().splitlines())) > MODULE_LINES}
    assert not long, "split them by noun"
    assert not [name_of(file) for file in MODULES if file.stem in BANNED_NAMES]


def test_functions_are_short() -> None:
    long = {
        f"{name_of(file)}: {node.name}": lines
        for file in MODULES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and (lines := _lines_of_code(node)) > FUNCTION_LINES
    }
    assert not long


def test_money_never_meets_a_float() -> None:
    files = [file for file in MODULES if file.relative_to(ROOT).parts[0] in MONEY]
    assert not [f"{name_of(file)}:{line}" for file in files for line in _lines_with_float(ast.parse(file.read_text()))]


def _lines_with_float(tree: ast.Module) -> list[int]:
    asked = {
        id(name)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
        for name in ast.walk(node)  # to ask whether something is a float is how it is kept out
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "float" and id(node) not in asked)
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Attribute) and node.attr == "FloatField")
    ]


def _lines_of_code(function: ast.FunctionDef) -> int:
    """Return the length of the function without its docstring, which may be as long as it needs to be."""
    first = function.body[0]
    docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    start = first.end_lineno if docstring and first.end_lineno else function.lineno
    return (function.end_lineno or start) - start


def test_readme_names_places_that_are_there() -> None:
    page = (ROOT / "README.md").read_text().partition("## Where things are")[2].partition("\n## ")[0]
    rooms = {name for line in re.findall(r"^ {4,}\S.*$", page, re.MULTILINE) for name in re.findall(r"\b\w+/", line)}
    assert {"open_items/", "documents/", "types/"} <= rooms
    assert {room for room in rooms if not any(ROOT.glob(f"*/{room}")) and not (ROOT / room).is_dir()} == set()
    named = re.findall(r"`([\w/.]+)`", page)
    assert len(named) > 8
    assert [name for name in named if not (ROOT / name).exists()] == []
