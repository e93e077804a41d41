"""Runs a command and tells what it cost: CPU of the whole process tree, peak memory of each."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LOOK_SECONDS = 0.2  # between two looks at the memory of a run
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_NOW = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)


@dataclass(slots=True)
class Cost:
    """What one run came to."""

    cpu: float  # seconds, user and system, of the process and every child it waited for
    wall: float  # seconds
    main_mib: float  # peak resident memory of the process itself
    worker_mib: float  # of the largest of its children; 0 without any
    code: int
    stdout: str
    stderr: str
    resident: list[tuple[float, float, float]] = field(default_factory=list)
    """Over time: seconds, MiB of the process, MiB of its largest child."""


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Runs ``command`` in ``folder`` to its end; its CPU is the kernel's account (wait4)."""
    out, err = folder / "stdout.txt", folder / "stderr.txt"
    began = time.monotonic()
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            list(command),
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdout=stdout,
            stderr=stderr,
        )
        watch = _Watch(process.pid, began)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        watch.over.set()
        watch.join()
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=time.monotonic() - began,
        main_mib=watch.main,
        worker_mib=max(watch.children.values(), default=0.0),
        code=process.returncode,
        stdout=out.read_text(errors="replace"),
        stderr=err.read_text(errors="replace"),
        resident=watch.resident,
    )


class _Watch(threading.Thread):
    """Looks at the memory of a process and its children until it is over."""

    def __init__(self, process: int, began: float) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self.main = 0.0
        self.children: dict[int, float] = {}
        self.resident: list[tuple[float, float, float]] = []
        self._process, self._began = process, began

    def run(self) -> None:
        while not self.over.wait(LOOK_SECONDS):
            peak, now = memory(self._process)
            self.main = max(self.main, peak)
            largest = 0.0
            for child in children(self._process):
                peak, resident = memory(child)
                self.children[child] = max(self.children.get(child, 0.0), peak)
                largest = max(largest, resident)
            self.resident.append((time.monotonic() - self._began, now, largest))


def memory(process: int) -> tuple[float, float]:
    """MiB of a process's resident memory: the most it had, and what it has; zeros if it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0, 0.0
    peak, now = _PEAK.search(status), _NOW.search(status)
    return tuple(int(found[1]) / 1024 if found else 0.0 for found in (peak, now))  # type: ignore[return-value]


def children(process: int) -> list[int]:
    """The processes that ``process`` has started, in any of its threads, and that still run."""
    found: list[int] = []
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, thread.read_text().split())
    return found


def cpu_of(process: int) -> float:
    """CPU seconds, user and system, that a running process has spent, its children's apart."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
