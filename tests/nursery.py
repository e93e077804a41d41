"""Processes forked from one that has imported everything: they start in milliseconds.

A command of techwire takes one to two seconds of CPU to import what it needs. ``start`` asks a
process kept for that purpose (``python -m tests.nursery``, one per process that asks) to fork: the
child has its own folder, environment, streams and end, like any other process, and has not run a
line of ours before. What is not shared: interpreter options, and LANG, which Python reads once.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NoReturn

ROOT = Path(__file__).parent.parent
REQUEST = 1 << 16  # bytes; a request is shorter
COMMAND = "techwire.cli:main"  # what ``python -m techwire`` calls
LATE = (  # what a crawl imports when it runs
    *("scheduler", "scrapy.core.downloader.handlers.http11", "scrapy.logformatter"),
    *("scrapy.statscollectors", "apscheduler.schedulers.asyncio", "trafilatura"),
)


class Forked:
    """A process that runs; the part of ``subprocess.Popen`` that tests need."""

    def __init__(self, pid: int, control: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stderr: IO[str] | None = None  # for who reads what it says
        self._control = control

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, or minus the signal that ended it. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            self._control.settimeout(timeout)
            try:
                self.returncode = int(self._control.recv(REQUEST) or b"-9")
            except TimeoutError:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0) from None
            self._control.close()
        return self.returncode

    def poll(self) -> int | None:
        """Its exit code, or None while it runs."""
        try:
            return self.wait(0.001)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it, whatever it does."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The process that forks, and the way to it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery", str(theirs.fileno())],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},  # threads do not fork
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is for those who asked
        )
        theirs.close()

    def start(
        self,
        words: Sequence[str],
        *,
        folder: Path,
        environ: Mapping[str, str],
        streams: tuple[int, int, int],
        target: str,
    ) -> Forked:
        """Fork, and call ``target`` ("module:function") with ``words`` there."""
        request = {
            "target": target,
            "words": list(words),
            "folder": str(folder),
            "environ": dict(environ),
        }
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            fds = [*streams, theirs.fileno()]
            socket.send_fds(self._ours, [json.dumps(request).encode()], fds)
        return Forked(int(control.recv(REQUEST)), control)

    def close(self) -> None:
        """Fork no more."""
        self._ours.close()
        self._process.wait()


_nursery: Nursery | None = None


def start(
    words: Sequence[str],
    *,
    folder: Path,
    environ: Mapping[str, str],
    streams: tuple[int, int, int],
    target: str = COMMAND,
) -> Forked:
    """A new process that does what ``python -m techwire WORDS`` does; ``streams`` are its stdin,
    stdout and stderr."""
    global _nursery
    if _nursery is None:
        _nursery = Nursery()
        atexit.register(_nursery.close)
    return _nursery.start(words, folder=folder, environ=environ, streams=streams, target=target)


# The process that forks ──────────────────────────────────────────────────────────────────────────


def _import_everything() -> None:
    """All commands, and what the crawling ones import late."""
    from techwire.cli.commands import COMMANDS

    for place in (one.place for one in COMMANDS.values()):
        importlib.import_module(place.partition(":")[0])
    for name in ("crawler", "pipelines", "db", "alerts", "web"):
        room = importlib.import_module(name)
        for module in pkgutil.walk_packages(room.__path__, f"{name}."):
            if "migrations" not in module.name:
                importlib.import_module(module.name)
    for name in LATE:
        importlib.import_module(name)
    assert "twisted.internet.reactor" not in sys.modules, "a reactor must not be inherited"
    assert len(list(Path("/proc/self/task").glob("*"))) <= 1, "threads are not inherited"


def _serve(asked: socket.socket) -> None:
    _import_everything()
    while True:
        message, fds, _, _ = socket.recv_fds(asked, REQUEST, 4)
        if not message:
            return
        request = json.loads(message)
        importlib.import_module(request["target"].partition(":")[0])  # once, for all its children
        if os.fork() == 0:
            asked.close()
            _watch(request, fds)
        for fd in fds:
            os.close(fd)


def _watch(request: dict[str, Any], fds: list[int]) -> NoReturn:
    """In a process of its own: fork the child, tell its number, wait, tell how it ended."""
    *streams, control = fds
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        os.close(control)
        _become(request, streams)
    for fd in streams:
        os.close(fd)
    with socket.socket(fileno=control) as told:
        told.send(str(child).encode())
        _, status = os.waitpid(child, 0)
        told.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(request: dict[str, Any], streams: list[int]) -> NoReturn:
    """In the child: take over folder, environment and streams, and do what is asked."""
    for number, fd in enumerate(streams):
        os.dup2(fd, number)
        os.close(fd)
    # the parent's text streams know what fd 0 to 2 were there: a file where there is a pipe now
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", closefd=False)  # noqa: SIM115
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environ"])
    time.tzset()
    module, _, name = request["target"].partition(":")
    getattr(sys.modules[module], name)(request["words"])
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that watch need nobody to wait for them
    _serve(socket.socket(fileno=int(sys.argv[1])))
