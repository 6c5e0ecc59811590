"""`make mutate`: change the code in small ways, one at a time, run the nearest tests, and say how many noticed.

    python -m tests.mutation.run [--targets posting guards] [--sample 20] [--seed 1] [--only NUMBER]

Works on a copy of the tree and on a test database of its own. A mutant that no test notices is printed with its place:
write the test that fails for it, or see that it changes nothing.
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.mutation.targets import GUARD_TESTS, TARGETS

ROOT = Path(__file__).resolve().parents[2]
# Mutations that tests of behaviour cannot notice, or that say the same in other words.
SKIPPED = (
    "RemoveDecorator",
    "VariableReplacer",
    "VariableInserter",
    "ExceptionReplacer",
    "ReplaceBinaryOperator_BitOr",
    "ReplaceUnaryOperator_Delete_Not_None",
)
SQL = (
    *((" <> ", " = "), (" = ", " <> "), (" < ", " <= "), (" > ", " >= "), (" >= ", " > "), (" AND ", " OR ")),
    *(
        (" OR ", " AND "),
        ("IS DISTINCT FROM", "IS NOT DISTINCT FROM"),
        ("NOT EXISTS", "EXISTS"),
        (" + 1", ""),
        (" - 1", ""),
    ),
)


@dataclass(frozen=True)
class Mutant:
    """`install` changes the code and returns what undoes it."""

    name: str
    tests: tuple[str, ...]
    install: Callable[[], Callable[[], object]]


def mutants_of_modules(tree: Path, target: str) -> Iterator[Mutant]:
    described = TARGETS[target]
    for module in described.modules:
        path = tree / module
        source = path.read_text(encoding="utf-8")
        nodes = list(ast_nodes(get_ast(source)))
        for name in operator_names():
            if any(skipped in name for skipped in SKIPPED):
                continue
            operator = get_operator(name)()
            places = [place for node in nodes for place in operator.mutation_positions(node)]
            for occurrence, (start, _end) in enumerate(places):
                install = partial(_mutate_file, path, source, name, occurrence)
                yield Mutant(f"{module}:{start[0]} {name.split('/')[-1]}", described.tests, install)


def _mutate_file(path: Path, source: str, operator: str, occurrence: int) -> Callable[[], object]:
    mutated = mutate_code(source, get_operator(operator)(), occurrence)
    assert mutated is not None
    path.write_text(mutated, encoding="utf-8")
    return lambda: path.write_text(source, encoding="utf-8")


def mutants_of_guards(url: str) -> Iterator[Mutant]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND prorettype = 'trigger'::regtype"
            " AND (proname NOT LIKE 'receivables%' OR proname LIKE 'receivables_invoice%')"
            " ORDER BY proname"
        ).fetchall()
    for name, definition in rows:
        begin = definition.index("BEGIN")
        for old, new in SQL:
            for found in re.finditer(re.escape(old), definition[begin:]):
                start, end = begin + found.start(), begin + found.end()
                mutated = definition[:start] + new + definition[end:]
                around = " ".join(definition[max(start - 30, 0) : end + 30].split())
                install = partial(_mutate_function, url, definition, mutated)
                yield Mutant(f"{name}: «{old.strip()}» → «{new.strip()}» in … {around} …", GUARD_TESTS, install)


def _mutate_function(url: str, definition: str, mutated: str) -> Callable[[], object]:
    _execute(url, mutated)
    return lambda: _execute(url, definition)


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def copied_tree() -> Iterator[Path]:
    """A copy of what Git knows of, changes included."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    with tempfile.TemporaryDirectory(prefix="backfill-mutants-") as folder:
        for name in filter(None, names):
            if (ROOT / name).is_file():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, Path(folder) / name)
        yield Path(folder)


def passes(tree: Path, tests: tuple[str, ...]) -> bool:
    return outcome(tree, tests) == ""


def outcome(tree: Path, tests: tuple[str, ...]) -> str:
    """Run tests and return the end of what they say when one fails; nothing when all pass."""
    command = [sys.executable, "-m", "pytest", "--reuse-db", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=tree, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200
        )
    except subprocess.TimeoutExpired:
        return "it does not end"
    return "" if done.returncode == 0 else done.stdout[-2000:]


def score(tree: Path, name: str, mutants: list[Mutant], sample: int, chosen: random.Random) -> None:
    picked = chosen.sample(mutants, min(sample, len(mutants)))
    survived = []
    for number, mutant in enumerate(picked, start=1):
        undo = mutant.install()
        try:
            noticed = not passes(tree, mutant.tests)
        finally:
            undo()
        if not noticed:
            survived.append(mutant.name)
        print(f"{name} {number}/{len(picked)} {'noticed' if noticed else 'SURVIVED'}: {mutant.name}", flush=True)
    print(f"{name}: {len(picked) - len(survived)} of {len(picked)} noticed, of {len(mutants)} possible.", flush=True)


def main() -> None:
    from django.conf import settings

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--targets", nargs="*", default=[*TARGETS, "guards"])
    parser.add_argument("--sample", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ.setdefault("TEST_DATABASE_NAME", "test_mutants")
    database = settings.DATABASES["default"]  # starts the embedded servers, which the runs of the tests share
    given = {"host": database.get("HOST"), "port": database.get("PORT"), "user": database.get("USER")}
    known = {name: str(value) for name, value in {**given, "password": database.get("PASSWORD")}.items() if value}
    url = psycopg.conninfo.make_conninfo(**known, dbname=os.environ["TEST_DATABASE_NAME"])
    chosen = random.Random(options.seed)  # noqa: S311 - which mutants are tried is not a secret
    with copied_tree() as tree:
        for name in options.targets:
            tests = GUARD_TESTS if name == "guards" else TARGETS[name].tests
            if failure := outcome(tree, tests):
                sys.exit(f"{name}: the tests fail without any mutation:\n{failure}")
            found = mutants_of_guards(url) if name == "guards" else mutants_of_modules(tree, name)
            score(tree, name, list(found), options.sample, chosen)


if __name__ == "__main__":
    main()
