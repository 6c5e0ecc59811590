"""Timing in rounds, the contenders taking turns, so that a busy moment of the machine hits all of them alike."""

import gc
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from django.db import connection

Work = Callable[[], object]


def seconds(contenders: Mapping[str, Work], *, rounds: int = 5) -> dict[str, float]:
    """Return the median time of each contender over `rounds`, after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    gc.collect()
    gc.freeze()  # what was there before is not the contenders' to collect
    for turn in range(rounds + 1):
        for name, work in contenders.items():
            start = time.perf_counter()
            work()
            if turn:
                taken[name].append(time.perf_counter() - start)
    gc.unfreeze()
    return {name: median(times) for name, times in taken.items()}


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table, ready for BENCHMARKS.md."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = [
        "| "
        + " | ".join(_aligned(cell, width, i) for i, (cell, width) in enumerate(zip(row, widths, strict=True)))
        + " |"
        for row in cells
    ]
    rule = "|" + "|".join("-" * (width + 1) + (":" if i else "-") for i, width in enumerate(widths)) + "|"
    print(f"\n\n{title}  \n{machine()}\n")
    print("\n".join([lines[0], rule, *lines[1:]]), flush=True)


def per_second(count: int, taken: float) -> str:
    return f"{count / taken:,.0f}"


def milliseconds(taken: float) -> str:
    return f"{taken * 1000:,.1f}" if taken < 0.1 else f"{taken * 1000:,.0f}"


def times(ratio: float) -> str:
    return f"{ratio:,.2f}" if ratio < 10 else f"{ratio:,.0f}"


def machine() -> str:
    """Return one line on where this was measured."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
        settings = {}
        for name in ("fsync", "synchronous_commit", "shared_buffers"):
            cursor.execute(f"SHOW {name}")
            settings[name] = cursor.fetchone()[0]
    said = ", ".join(f"{name} {value}" for name, value in settings.items())
    cores, load = os.cpu_count(), os.getloadavg()[0]
    return f"Python {platform.python_version()}, PostgreSQL {version} ({said}), {cores} cores, load {load:.1f}"


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.rjust(width) if column else cell.ljust(width)
