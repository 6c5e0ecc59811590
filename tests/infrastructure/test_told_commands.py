"""Commands that people are told run as they are written: with the interpreter that README uses."""

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("backfill", "ledger", "receivables", "reporting", "templates")
TOLD = re.compile(r"(?P<path>(?:[./\w]*python )?)manage\.py (?P<command>[a-z_]+)")


def sources() -> list[Path]:
    files = [ROOT / "manage.py"]
    for folder in FOLDERS:
        files += [file for ending in ("py", "html") for file in (ROOT / folder).rglob(f"*.{ending}")]
    return [file for file in files if "migrations" not in file.parts]


def said(file: Path) -> str:
    """What a file says to people: of a module, its texts without its docstrings and comments."""
    text = file.read_text()
    return re.sub(r'""".*?"""|#[^\n]*', "", text, flags=re.DOTALL) if file.suffix == ".py" else text


def test_every_command_that_is_told_names_its_interpreter() -> None:
    told = [
        (str(file.relative_to(ROOT)), found["path"], found["command"])
        for file in sources()
        for found in TOLD.finditer(said(file))
    ]
    assert len(told) >= 7
    assert [one for one in told if one[1] != ".venv/bin/python "] == []
    assert {command for _file, _path, command in told} <= set(get_commands()) | {"changepassword"}
