"""Running the parts of one installation on one machine: started together, restarted alone, stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

POLL_SECONDS = 0.25
PATIENCE_SECONDS = 15
RESTARTS = 5
RESTART_WINDOW_SECONDS = 60
PR_SET_PDEATHSIG = 1

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One program. `hurry` is the signal that makes it give its work back when it did not end in time."""

    name: str
    command: list[str]
    hurry: signal.Signals = signal.SIGTERM


@dataclass(slots=True)
class _Running:
    part: Part
    process: "subprocess.Popen[bytes]"
    failures: list[float] = field(default_factory=list)


class Supervisor:
    def __init__(self, parts: list[Part], *, environment: dict[str, str], folder: Path, announce: Announce) -> None:
        self.parts = parts
        self.environment = environment
        self.folder = folder
        self.announce = announce
        self.stopping = Event()
        self.signals = 0

    def run(self, *, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> bool:
        """Run until a signal comes and return True, or False when a part keeps failing."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        running = [_Running(part, self._start(part)) for part in self.parts]
        try:
            ready = False
            while not self.stopping.wait(POLL_SECONDS):
                if not all(self._keep_up(one) for one in running):
                    return False
                if not ready and is_ready():
                    ready = True
                    when_ready()
            return True
        finally:
            self._stop(running)

    def _note_signal(self, _number: int, _frame: object) -> None:
        self.signals += 1
        self.stopping.set()

    def _start(self, part: Part) -> "subprocess.Popen[bytes]":
        # A session of its own, so that Ctrl-C reaches the supervisor alone and it decides how the parts end.
        return subprocess.Popen(  # noqa: S603
            part.command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has no other threads
        )

    def _keep_up(self, one: _Running) -> bool:
        """Restart the part if it ended; False when it ended too often."""
        status = one.process.poll()
        if status is None:
            return True
        now = time.monotonic()
        one.failures = [*(at for at in one.failures if now - at < RESTART_WINDOW_SECONDS), now]
        if len(one.failures) > RESTARTS:
            self.announce(f"{one.part.name} ends again and again (status {status}); see its messages above.")
            return False
        self.announce(f"{one.part.name} ended with status {status}; starting it again")
        _kill_group(one.process)  # what it started may outlive it and hold the port
        time.sleep(len(one.failures) - 1)
        one.process = self._start(one.part)
        return True

    def _stop(self, running: list[_Running]) -> None:
        for one in running:
            _signal(one.process, signal.SIGTERM)
        if not self._wait(running, PATIENCE_SECONDS):
            for one in running:
                _signal(one.process, one.part.hurry)
            self._wait(running, PATIENCE_SECONDS)
        for one in running:
            _kill_group(one.process)

    def _wait(self, running: list[_Running], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        signals = self.signals
        while any(one.process.poll() is None for one in running):
            if time.monotonic() > deadline or self.signals > signals:  # a second Ctrl-C means now
                return False
            time.sleep(0.05)
        return True


def _end_with_parent() -> None:
    """Ask Linux to end this process when the supervisor is killed, or it would keep the port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(number)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    """End what is left of the part and its own child processes."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
