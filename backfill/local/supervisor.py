"""Running the parts of one installation on one machine: started together, restarted alone, stopped together.

A part that ends is started again, at once the first time and later after pauses that double up to a minute; the others
go on meanwhile. The embedded servers are no children of this process; when one is gone, a command starts it again.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.25
PATIENCE_SECONDS = 15
STEADY_SECONDS = 60  # who ran for so long begins with a short pause again
LONGEST_PAUSE_SECONDS = 60
FAILURES_BEFORE_READY = 4
PR_SET_PDEATHSIG = 1

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One program. `hurry` is the signal that makes it give its work back when it did not end in time."""

    name: str
    command: list[str]
    hurry: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers that the parts need: `missing` names those that do not run, `revive` ends when they run again."""

    missing: Callable[[], list[str]]
    revive: list[str]


@dataclass(slots=True)
class _Watched:
    """A part with its process, None during the pause before it is started again."""

    part: Part
    process: "subprocess.Popen[bytes] | None" = None
    began: float = 0.0
    failures: int = 0
    due: float = 0.0

    def note_failure(self) -> float:
        """Set when it is due again and return the seconds until then."""
        now = time.monotonic()
        self.failures = 1 if now - self.began > STEADY_SECONDS else self.failures + 1
        pause = 0 if self.failures == 1 else min(2.0 ** (self.failures - 2), LONGEST_PAUSE_SECONDS)
        self.process, self.due = None, now + pause
        return pause


class Supervisor:
    def __init__(
        self,
        parts: list[Part],
        *,
        environment: dict[str, str],
        folder: Path,
        announce: Announce,
        servers: Servers | None = None,
    ) -> None:
        self.watched = [_Watched(part) for part in parts]
        self.environment = environment
        self.folder = folder
        self.announce = announce
        self.servers = servers
        self.revival = _Watched(Part("servers", servers.revive if servers else []))
        # Counted, for an Event takes a lock that the interrupted thread may hold, and two signals would wait forever.
        self.signals = 0

    def run(self, *, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> bool:
        """Run until a signal comes and return True, or False when a part keeps failing before anything was served."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        try:
            ready = False
            while not self.signals:
                self._keep_servers_up()
                for one in self.watched:
                    self._keep_up(one)
                if not ready and any(one.failures > FAILURES_BEFORE_READY for one in self.watched):
                    self.announce("It ends again and again; see its messages above.")
                    return False
                if not ready and is_ready():
                    ready = True
                    when_ready()
                time.sleep(POLL_SECONDS)
            return True
        finally:
            self._stop()

    def _note_signal(self, _number: int, _frame: object) -> None:
        self.signals += 1

    def _start(self, command: list[str]) -> "subprocess.Popen[bytes]":
        # A session of its own, so that Ctrl-C reaches the supervisor alone and it decides how the parts end.
        return subprocess.Popen(  # noqa: S603
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has no other threads
        )

    def _keep_up(self, one: _Watched) -> None:
        """Start the part when it is due."""
        if one.process is not None and (status := one.process.poll()) is not None:
            _kill_group(one.process)  # what it started may outlive it and hold the port
            pause = one.note_failure()
            when = f"in {pause:.0f} seconds" if pause else "now"
            self.announce(f"{one.part.name} ended with status {status}; starting it again {when}")
        if one.process is None and time.monotonic() >= one.due:
            one.began, one.process = time.monotonic(), self._start(one.part.command)

    def _keep_servers_up(self) -> None:
        """Have the missing servers started by a process of its own, since recovery may take minutes."""
        one = self.revival
        if one.process is not None:
            if (status := one.process.poll()) is None:
                return
            one.process = None
            if status:
                pause = max(0, one.due - time.monotonic())
                self.announce(f"The servers did not start; trying again in {pause:.0f} seconds")
        if self.servers and time.monotonic() >= one.due and (missing := self.servers.missing()):
            self.announce(f"{' and '.join(missing)} ended; starting again")
            one.note_failure()
            one.began, one.process = time.monotonic(), self._start(one.part.command)

    def _stop(self) -> None:
        running = [one for one in (*self.watched, self.revival) if one.process is not None]
        if self.signals:
            self.announce("Stopping, when what is under way is done; Ctrl-C again stops at once")
        for one in running:
            _signal(one, signal.SIGTERM)
        if not self._wait(running, PATIENCE_SECONDS):
            late = " and ".join(one.part.name for one in running if _is_alive(one))
            self.announce(f"Stopping at once: {late}")
            for one in running:
                _signal(one, one.part.hurry)
            self._wait(running, PATIENCE_SECONDS)
        for one in running:
            if one.process is not None:
                _kill_group(one.process)

    def _wait(self, running: list[_Watched], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        signals = self.signals
        while any(_is_alive(one) for one in running):
            if time.monotonic() > deadline or self.signals > signals:  # a second Ctrl-C means now
                return False
            time.sleep(0.05)
        return True


def _end_with_parent() -> None:
    """Ask Linux to end this process when the supervisor is killed, or it would keep the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _is_alive(one: _Watched) -> bool:
    return one.process is not None and one.process.poll() is None


def _signal(one: _Watched, number: signal.Signals) -> None:
    if one.process is not None and one.process.poll() is None:
        one.process.send_signal(number)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    """End what is left of the part and its own child processes."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
