"""One process that reads pages, and the pipe to it.

It is forked from a parent that is ready to read, or spawned: a new interpreter that gets ready
itself, which takes a second of CPU. A fork is made only where nothing can be torn: on Linux, from
the only thread, before anything is opened. Whatever ends a process, its next errand spawns another.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from crawler.parcel import pack
from techwire.types import Article, Outcome, Page, Rejected, Source

Read = Callable[[Page, Source], Article | Rejected]
Prepare = Callable[[], Read]  # must be picklable: it runs in each spawned process

WARM_UP_SECONDS = 120.0  # a worker imports parsers and builds the catalogue's automaton
NAME = "techwire-reading"


class WorkerLost(Exception):
    """A worker died, or took too long and was ended."""


class Worker:
    """One process and the pipe to it; used by one thread at a time."""

    def __init__(self, prepare: Prepare, timeout: float) -> None:
        """``timeout``: seconds that an errand may take."""
        self._prepare, self._timeout = prepare, timeout
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    @property
    def pid(self) -> int | None:
        """Its process id, while it has one."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process unless it runs. Raises WorkerLost when it cannot get ready."""
        if self._process is not None and self._process.is_alive():
            return
        self.stop()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._prepare), name=NAME, daemon=True
        )
        with _ctrl_c_blocked():
            self._process.start()
        theirs.close()
        self._receive(WARM_UP_SECONDS)

    def fork(self, read: Read, others: Sequence[Worker]) -> None:
        """Start the process as a copy of this one, which reads with ``read``.

        ``others`` were forked before: their pipes are open here, and not the copy's to hold."""
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        not_its = [pipe for worker in (*others, self) if (pipe := worker._pipe) is not None]
        self._process = context.Process(
            target=_serve_forked, args=(theirs, read, not_its), name=NAME, daemon=True
        )
        with _ctrl_c_blocked():
            self._process.start()
        theirs.close()

    def ask(self, errand: object) -> object:
        """Have a page read, or a piece of work done (see _serve). Raises WorkerLost; the next call
        starts a new process."""
        self.start()
        assert self._pipe is not None  # noqa: S101 - for the type checker: start has set it
        try:
            self._pipe.send_bytes(pack(errand))
        except OSError:
            self.stop()
            raise WorkerLost("the reading process died") from None
        return self._receive(self._timeout)

    def _receive(self, timeout: float) -> object:
        assert self._pipe is not None  # noqa: S101
        try:
            if self._pipe.poll(timeout):
                answer: object = self._pipe.recv()
                if isinstance(answer, BaseException):
                    self.stop()
                    raise WorkerLost(f"{type(answer).__name__}: {answer}")
                return answer
        except (EOFError, OSError):
            self.stop()
            raise WorkerLost("the reading process died") from None
        self.stop()
        raise WorkerLost(f"not read within {timeout:g} s")

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            with contextlib.suppress(ValueError):
                self._process.kill()
                self._process.join(5)
                self._process.close()
            self._process = None


def can_fork() -> bool:
    """Whether a copy of this process would be whole: on Linux, and while it has but one thread.

    macOS's own libraries do not survive a fork, Windows has none."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1  # also those of libraries
    except OSError:
        return False


def settle_memory() -> None:
    """Leave what there is out of every later garbage collection, so that copies of this process
    share its memory for longer.

    It is not looked through before: of eight hundred thousand objects that a start leaves, fifty
    are garbage, and finding them takes a tenth of a second."""
    gc.freeze()


@contextlib.contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """What is started here never hears Ctrl-C: the terminal sends it to every process of a command,
    and a worker that heard it while it imports would print a traceback. We end our workers."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _done(work: Callable[[], object]) -> object:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the border of the process: told to the parent
        return RuntimeError(f"{type(error).__name__}: {error}")


def _serve_forked(pipe: Connection, read: Read, not_ours: Sequence[Connection]) -> None:
    """The forked worker. It lets go of the parent's ends: a pipe closes when all who hold it do."""
    for other in not_ours:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable()  # what a parser says of a page is no line of the parent's log
    with contextlib.suppress(BrokenPipeError):
        _read_on(pipe, read)


def _serve(pipe: Connection, prepare: Prepare) -> None:
    """The spawned worker: gets ready, then reads page after page until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who holds the pipe
    with contextlib.suppress(BrokenPipeError):  # who holds the pipe was killed
        try:
            read = prepare()
        except Exception as error:  # noqa: BLE001 - the border of the process: told to the parent
            pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))
            return
        pipe.send("ready")
        _read_on(pipe, read)


def _read_on(pipe: Connection, read: Read) -> None:
    while True:
        try:
            errand = pipe.recv()
        except (EOFError, OSError):
            return
        if callable(errand):
            pipe.send(_done(errand))
            continue
        page, source = errand
        try:
            answer: object = read(page, source)
        except Exception as error:  # noqa: BLE001 - the page's border
            answer = Rejected(
                url=page.url,
                source=page.source,
                outcome=Outcome.UNREADABLE,
                detail=f"{type(error).__name__}: {error}"[:200],
                fetched_at=page.fetched_at,
            )
        pipe.send_bytes(pack(answer))
