"""Where an installation keeps its things (`BACKFILL_HOME`), and the secrets generated there."""

import json
import os
import secrets
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from environs import Env

from backfill.embedded.account import Account, can_enter, server_account
from backfill.embedded.errors import EmbeddedError

SECRETS_FILE = "embedded.json"
SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes on Linux and 104 on macOS
ROOT_HOME = Path("/var/lib/backfill")


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
    beside = str(Path(__file__).resolve().parent.parent.parent / ".env")
    named = env.str("BACKFILL_ENV", default="")
    try:
        if named and not env.read_env(named, recurse=False):
            raise EmbeddedError(f"BACKFILL_ENV names {named}, which is not there.")
        env.read_env(beside, recurse=False)
    except OSError as error:
        raise EmbeddedError(f"{error.filename} with the settings cannot be read: {error.strerror}.") from error
    return env


def home_location(env: Env) -> Path:
    """Return BACKFILL_HOME; by default a folder of the user's data directory, or of /var/lib for root."""
    given = env.str("BACKFILL_HOME", default="")
    if given:
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return ROOT_HOME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "backfill"
    return Path(env.str("XDG_DATA_HOME", default="") or Path.home() / ".local" / "share") / "backfill"


def generated(home: Path) -> Generated | None:
    """Return what was generated in this home, or None when nothing was started there yet."""
    file = home / SECRETS_FILE
    try:
        return Generated(**json.loads(file.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise EmbeddedError(f"{file} is damaged. Restore it, or move {home} away to start anew.") from error
    except OSError as error:
        raise EmbeddedError(f"{file} cannot be read: {error.strerror}.") from error


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
        return known
    if (home / "postgres").exists():
        raise EmbeddedError(f"{home} holds a database but {SECRETS_FILE} with its passwords is gone. Restore the file.")
    servers = _servers_folder(home, server_account(home / "postgres"))
    made = Generated(
        secret_key=secrets.token_urlsafe(50),
        superuser_password=secrets.token_hex(24),
        database_password=secrets.token_hex(24),
        redis_password=secrets.token_hex(24),
        servers=str(servers),
        sockets=str(_sockets_folder(servers)),
    )
    write_private(home / SECRETS_FILE, json.dumps(asdict(made), indent=1))
    return made


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
    folder = ROOT_HOME / "elsewhere" / secrets.token_hex(6)
    for parent in (ROOT_HOME, folder.parent, folder):
        open_home(parent)
    if not can_enter(folder, account):
        raise EmbeddedError(
            f"{account.name} (PostgreSQL does not run as root) can enter neither {home} nor {folder}. "
            "Set BACKFILL_HOME to a folder it can enter."
        )
    return folder


def _sockets_folder(servers: Path) -> Path:
    inside = servers / "run"
    if len(os.fsencode(inside / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT:
        return inside
    return Path("/tmp") / f"backfill-{secrets.token_hex(8)}"  # noqa: S108 - its name is unguessable and its owner checked
