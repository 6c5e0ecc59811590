"""The operators' page tells of every setting, and of none that is not there."""

import re
from pathlib import Path

from django.conf import settings

ROOT: Path = settings.BASE_DIR
NAME = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`")


def described() -> set[str]:
    table = (ROOT / "docs" / "OPERATING.md").read_text().split("## Settings")[1]
    return {name for row in table.splitlines() if row.startswith("|") for name in NAME.findall(row.split("|")[1])}


def test_describes_every_setting_of_the_environment() -> None:
    code = (ROOT / "backfill" / "settings.py").read_text()
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', code))
    assert described() == read | {"BACKFILL_ENV", "BACKFILL_HOME"}
