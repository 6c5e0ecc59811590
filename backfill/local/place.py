"""Where an installation keeps its things (`BACKFILL_HOME`), and the secrets generated there."""

import hashlib
import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from environs import Env

from backfill.local.account import Account, can_enter, server_account
from backfill.local.errors import EmbeddedError

SECRETS_FILE = "embedded.json"
SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes on Linux and 104 on macOS
PROGRAM = Path(__file__).resolve().parent.parent.parent
REMEMBERED = PROGRAM / ".backfill-home"
ROOT_HOME = Path("/var/lib/backfill")
ELSEWHERE = "elsewhere"
SECRETS = ("secret_key", "superuser_password", "database_password", "redis_password")


@dataclass(frozen=True, slots=True)
class Generated:
    """Secrets made once per home, and where its servers keep data and sockets."""

    secret_key: str
    superuser_password: str
    database_password: str
    redis_password: str
    servers: str
    sockets: str

    @property
    def database_url(self) -> str:
        return f"postgres://backfill:{self.database_password}@/backfill?host={quote(self.sockets)}"

    @property
    def redis_url(self) -> str:
        return f"unix://:{self.redis_password}@{quote(self.sockets)}/valkey.sock?db=0"


def environment() -> Env:
    """Return the environment, completed from the file that BACKFILL_ENV names and from `.env` beside manage.py."""
    env = Env()
    beside = str(PROGRAM / ".env")
    named = env.str("BACKFILL_ENV", default="")
    try:
        if named and not env.read_env(named, recurse=False):
            raise EmbeddedError(f"BACKFILL_ENV names {named}, which is not there.")
        env.read_env(beside, recurse=False)
    except OSError as error:
        raise EmbeddedError(f"{error.filename} with the settings cannot be read: {error.strerror}.") from error
    return env


def home_location(env: Env) -> Path:
    """Return BACKFILL_HOME; without it the demo's folder, or one of the user's data directory (root: of /var/lib)."""
    given = env.str("BACKFILL_HOME", default="")
    if given:
        return Path(given).expanduser().absolute()
    return _remembered(env) or _default_home(env)


def _remembered(env: Env) -> Path | None:
    """Return where `make demo` kept its data last, if it is still there and no other server was named."""
    if env.str("DATABASE_URL", default=""):
        return None
    try:
        home = PROGRAM / Path(REMEMBERED.read_text().strip()).expanduser()
        return home if (home / SECRETS_FILE).exists() else None
    except OSError:
        return None


def _default_home(env: Env) -> Path:
    if os.geteuid() == 0:
        return ROOT_HOME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "backfill"
    return Path(env.str("XDG_DATA_HOME", default="") or Path.home() / ".local" / "share") / "backfill"


def generated(home: Path) -> Generated | None:
    """Return what was generated in this home, or None when nothing was started there yet.

    Places follow from where the home lies now, so that a copied or moved one reaches its own servers.
    """
    file = home / SECRETS_FILE
    try:
        kept = json.loads(file.read_text())
        servers = _elsewhere(kept) or home
        known = {name: kept[name] for name in SECRETS}
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise EmbeddedError(f"{file} is damaged. Restore it, or move {home} away to start anew.") from error
    except OSError as error:
        raise EmbeddedError(f"{file} cannot be read: {error.strerror}.") from error
    return Generated(**known, servers=str(servers), sockets=str(_sockets_folder(servers, known["secret_key"])))


def open_home(home: Path) -> None:
    """Make the folder if it is missing: for its owner only, except that root's servers, who are not root, pass."""
    if home.is_dir():
        return
    home.mkdir(parents=True)
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)


def generate(home: Path) -> Generated:
    """Return this home's secrets, making them first when there are none."""
    known = generated(home)
    if known:
        if known.servers != str(home):
            _claim(Path(known.servers), home)
        return known
    if (home / "postgres").exists():
        raise EmbeddedError(f"{home} holds a database but {SECRETS_FILE} with its passwords is gone. Restore the file.")
    servers = _servers_folder(home, server_account(home / "postgres"))
    kept = {
        "secret_key": secrets.token_urlsafe(50),
        "superuser_password": secrets.token_hex(24),
        "database_password": secrets.token_hex(24),
        "redis_password": secrets.token_hex(24),
    }
    if servers != home:
        kept["servers"] = str(servers)
        _claim(servers, home)
    write_private(home / SECRETS_FILE, json.dumps(kept, indent=1))
    return Generated(
        **{name: kept[name] for name in SECRETS},
        servers=str(servers),
        sockets=str(_sockets_folder(servers, kept["secret_key"])),
    )


def _elsewhere(kept: dict[str, str]) -> Path | None:
    """Return the folder of servers outside the home; what older releases wrote of the home itself is void."""
    servers = Path(kept.get("servers", ""))
    return servers if ROOT_HOME / ELSEWHERE in servers.parents else None


def _claim(servers: Path, home: Path) -> None:
    """Note whose servers lie elsewhere; raise EmbeddedError when they belong to what this home is a copy of."""
    note = servers / "home"
    owner = Path(note.read_text()) if note.exists() else home
    secrets_files = [folder / SECRETS_FILE for folder in (owner, home)]
    if owner != home and all(file.exists() for file in secrets_files) and not owner.samefile(home):
        ours, theirs = (file.read_bytes() for file in secrets_files)
        if ours == theirs:
            raise EmbeddedError(
                f"{home} is a copy of {owner} without its database, which lies in {servers}. "
                "Dump that one and restore it in an installation of its own, or move the copy away."
            )
    write_private(note, str(home))


def write_private(file: Path, text: str) -> None:
    """Write a file that its owner alone may read, whole or not at all."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


def _servers_folder(home: Path, account: Account | None) -> Path:
    """Return the folder for the servers' data: the home, unless their account cannot enter it.

    Root's home may lie in a private folder (a `mktemp -d`, say). Permissions of folders that are not ours stay as they
    are, so the data then goes to a folder of its own under /var/lib.
    """
    if account is None or can_enter(home, account):
        return home
    folder = ROOT_HOME / ELSEWHERE / secrets.token_hex(6)
    for parent in (ROOT_HOME, folder.parent, folder):
        open_home(parent)
    if not can_enter(folder, account):
        raise EmbeddedError(
            f"{account.name} (PostgreSQL does not run as root) can enter neither {home} nor {folder}. "
            "Set BACKFILL_HOME to a folder it can enter."
        )
    return folder


def _sockets_folder(servers: Path, secret: str) -> Path:
    inside = servers / "run"
    if len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT:
        return inside
    named = hashlib.sha256(f"{secret}\0{servers}".encode()).hexdigest()[:16]
    return Path("/tmp") / f"backfill-{named}"  # noqa: S108 - its name is unguessable and its owner checked
