"""The account the servers run as: our own, or for root (as which PostgreSQL refuses to run) an unprivileged one."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backfill.local.errors import EmbeddedError

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int


def server_account(data: Path) -> Account | None:
    """Return whom the servers run as, None for ourselves. Data that exists keeps its owner."""
    if os.geteuid() != 0:
        return None
    if data.is_dir():
        owner = data.stat()
        if owner.st_uid == 0:
            raise EmbeddedError(
                f"{data} belongs to root, as whom PostgreSQL does not run. Copy it with cp -a, or move it away."
            )
        return Account(_name(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in (os.environ.get("BACKFILL_SERVER_USER"), *CANDIDATES):
        if name and (found := _existing(name)):
            return found
    raise EmbeddedError("PostgreSQL does not run as root. Set BACKFILL_SERVER_USER to an existing unprivileged user.")


def run(command: Sequence[str | Path], account: Account | None) -> subprocess.CompletedProcess[str]:
    """Run a server program with an environment of its own and return what it said on both outputs."""
    return subprocess.run(  # noqa: S603 - the programs are those of the installed wheels
        [str(part) for part in command],
        check=False,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
        umask=0o077,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def can_enter(folder: Path, account: Account) -> bool:
    return run(["/bin/sh", "-c", 'cd "$1"', "sh", folder], account).returncode == 0


def private_folder(folder: Path, account: Account | None) -> Path:
    """Return the folder, made if missing, after checking that nobody but the servers' account owns it."""
    owner = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
            raise EmbeddedError(f"{folder} is not a folder of user {_name(owner)}. Move it away.") from None
    else:
        give(folder, account)
    return folder


def give(path: Path, account: Account | None) -> None:
    if account:
        os.chown(path, account.uid, account.gid)


def reachable(base: Path, parts: Sequence[str], program: str, copy: Path, account: Account | None) -> Path:
    """Return `base`, or a copy of its `parts`, whose `program` the account can run.

    Packages may lie in a folder that the account may not enter, such as a checkout below /root. `parts` are all that
    the program needs, libraries included; they keep their places relative to each other.
    """
    if account is None or _runs(base / program, account):
        return base
    if not copy.is_dir():
        draft = copy.with_name(f".{copy.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        for part in parts:
            shutil.copytree(base / part, draft / part, symlinks=True)
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        draft.rename(copy)
    if not _runs(copy / program, account):
        raise EmbeddedError(f"{account.name} cannot run {copy / program}. Is that folder mounted noexec?")
    return copy


def _runs(program: Path, account: Account) -> bool:
    try:
        return run([program, "--version"], account).returncode == 0
    except OSError:
        return False


def _existing(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid) if entry.pw_uid else None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
