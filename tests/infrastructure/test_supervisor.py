"""The supervisor with parts that are small programs: what it does when they, or signals, come at the wrong moment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# A supervisor of the parts that are named: `steady` runs, `crashes` ends at once, `stubborn` ignores SIGTERM.
PROGRAM = """
import os, sys
from pathlib import Path
from backfill.local.supervisor import Part, Servers, Supervisor

KINDS = {
    "steady": "import time; print('steady began', flush=True); time.sleep(600)",
    "crashes": "print('crashes began', flush=True); raise SystemExit(3)",
    "stubborn": "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
                " print('stubborn began', flush=True); time.sleep(600)",
}
folder = Path(sys.argv[1])
ready = sys.argv[2] == "ready"
down = folder / "down"
REVIVE = "import os; print('reviving', flush=True); os.path.exists('broken') and exit(1); os.remove('down')"
supervisor = Supervisor(
    [Part(kind, [sys.executable, "-c", KINDS[kind]], hurry=9) for kind in sys.argv[3:]],
    environment=dict(os.environ), folder=folder, announce=lambda line: print(line, flush=True),
    servers=Servers(
        missing=lambda: ["PostgreSQL"] if down.exists() else [],
        revive=[sys.executable, "-c", REVIVE],
    ),
)
print("lasted", supervisor.run(is_ready=lambda: ready, when_ready=lambda: print("up", flush=True)), flush=True)
"""


class Supervised:
    def __init__(self, folder: Path, *parts: str, ready: bool = True) -> None:
        self.output = folder / "output"
        with self.output.open("w") as stream:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, folder, "ready" if ready else "never", *parts],
                cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def lines(self) -> list[str]:
        return self.output.read_text().splitlines()

    def wait_for(self, line: str, times: int = 1, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if sum(line in one for one in self.lines()) >= times:
                return
            time.sleep(0.02)
        raise AssertionError(f"{line!r} was not said {times} times: {self.lines()}")

    def end(self, seconds: float = 10) -> list[str]:
        try:
            self.process.wait(timeout=seconds)
        finally:
            self.process.kill()
        return self.lines()


def test_ends_on_two_signals_however_close(tmp_path: Path) -> None:
    """Signals in bursts, so that some arrive while the one before is being handled."""
    for attempt in range(8):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        one = Supervised(folder, "steady")
        one.wait_for("steady began")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) * 5:
            if one.process.poll() is None:
                os.kill(one.process.pid, number)
        lines = one.end()
        assert lines[-1] == "lasted True"
        assert one.process.returncode == 0


def test_says_that_it_stops(tmp_path: Path) -> None:
    one = Supervised(tmp_path, "steady")
    one.wait_for("steady began")
    one.process.terminate()
    assert "Stopping, when what is under way is done; Ctrl-C again stops at once" in one.end()


def test_stops_a_stubborn_part_at_once_when_asked_again(tmp_path: Path) -> None:
    one = Supervised(tmp_path, "stubborn", "steady")
    one.wait_for("stubborn began")
    one.process.send_signal(signal.SIGINT)
    one.wait_for("Stopping, when")
    began = time.monotonic()
    one.process.send_signal(signal.SIGINT)
    lines = one.end()
    assert "Stopping at once: stubborn" in lines
    assert time.monotonic() - began < 5  # and not the 15 seconds of patience


def test_keeps_the_others_when_one_crashes_often(tmp_path: Path) -> None:
    one = Supervised(tmp_path, "crashes", "steady")
    one.wait_for("crashes began", times=5)  # after pauses of 0, 1, 2 and 4 seconds
    assert one.process.poll() is None
    one.process.terminate()
    lines = one.end()
    assert lines.count("steady began") == 1
    assert [line for line in lines if line.startswith("crashes ended")][:4] == [
        "crashes ended with status 3; starting it again now",
        "crashes ended with status 3; starting it again in 1 seconds",
        "crashes ended with status 3; starting it again in 2 seconds",
        "crashes ended with status 3; starting it again in 4 seconds",
    ]


def test_does_not_let_one_part_wait_for_another(tmp_path: Path) -> None:
    one = Supervised(tmp_path, "crashes", "steady")
    one.wait_for("starting it again in 4 seconds")
    steady = _children_with(one.process.pid, "steady began")
    os.kill(steady, signal.SIGKILL)
    began = time.monotonic()
    one.wait_for("steady began", times=2)
    assert time.monotonic() - began < 2
    one.process.terminate()
    one.end()


def test_gives_up_when_nothing_ever_worked(tmp_path: Path) -> None:
    one = Supervised(tmp_path, "crashes", "steady", ready=False)
    lines = one.end(seconds=40)
    assert lines[-2:] == ["It ends again and again; see its messages above.", "lasted False"]


def test_starts_servers_that_are_gone(tmp_path: Path) -> None:
    one = Supervised(tmp_path, "steady")
    one.wait_for("up")
    (tmp_path / "down").touch()
    one.wait_for("PostgreSQL ended; starting again")
    deadline = time.monotonic() + 5
    while (tmp_path / "down").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (tmp_path / "down").exists()
    one.process.terminate()
    assert one.end().count("steady began") == 1


def test_goes_on_trying_to_start_servers(tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    one = Supervised(tmp_path, "steady")
    one.wait_for("up")
    (tmp_path / "down").touch()
    one.wait_for("reviving", times=3)
    one.wait_for("The servers did not start; trying again in")
    (tmp_path / "broken").unlink()
    one.wait_for("reviving", times=4)
    one.process.terminate()
    one.end()
    assert not (tmp_path / "down").exists()


def _children_with(parent: int, text: str) -> int:
    for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if text.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            return int(pid)
    raise AssertionError(text)
