"""The pool of processes that read pages, so that the network never waits for a parser.

Workers are spawned, warm before the first page, and replaceable: one that dies or takes too long is
ended and started anew; its page is tried once more, then given up as UNREADABLE.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Protocol, TypeVar

from crawler.identity import settled
from crawler.turns import Turns
from techwire.config import Config
from techwire.types import Article, Outcome, Page, Rejected, Source

T = TypeVar("T")
Read = Callable[[Page, Source], Article | Rejected]
Prepare = Callable[[], Read]  # must be picklable: it runs in each worker

TRIES = 2
WARM_UP_SECONDS = 120.0  # a worker imports parsers and builds the catalogue's automaton


class Reader(Protocol):
    """Reads pages, somewhere."""

    async def read(self, page: Page, source: Source) -> Article | Rejected:
        """An article, or why it is none. Never raises for the page's sake."""

    async def call(self, work: Callable[[], T], source: str) -> T:
        """The result of ``work`` (picklable), done where it stops nobody, as a turn of the source
        of that slug."""

    async def warm(self) -> None:
        """Get ready before the first page."""

    def close(self) -> None:
        """No more pages."""


def prepare_pipelines(*own: Path, spacy: str | None = None) -> Read:
    """``pipelines.read`` with the shipped catalogue and the user's ``own`` files.

    ``spacy``: a pipeline that is asked about names nobody knows. ConfigError when it is not there.
    """
    import pipelines
    from pipelines import companies
    from pipelines.tag_ner import witness

    catalogue = companies.load(*own)
    asked = witness(spacy) if spacy else None

    def read(page: Page, source: Source) -> Article | Rejected:
        return settled(pipelines.read(page, source, catalogue, asked), page)

    return read


def prepare_worker(*own: Path, spacy: str | None = None) -> Read:
    """``prepare_pipelines`` with nothing left to import when the first page comes: a quarter of a
    second and 20 MiB, which a command that reads a handful of pages in its own process saves."""
    from pipelines.body import warm

    warm()
    return prepare_pipelines(*own, spacy=spacy)


def preparation(config: Config, *, in_worker: bool = False) -> Prepare:
    """What a reading process has to prepare under a configuration.

    ConfigError when it asks for a spaCy pipeline that is not installed: known before any starts."""
    own = [config.companies_path] if config.companies_path.exists() else []
    if config.spacy:
        from pipelines.tag_ner import check

        check(config.spacy)
    prepare = prepare_worker if in_worker else prepare_pipelines
    return partial(prepare, *own, spacy=config.spacy)


class Inline:
    """Reads in this process: for tests and a handful of pages."""

    def __init__(self, prepare: Prepare) -> None:
        self._prepare = prepare
        self._read: Read | None = None

    async def warm(self) -> None:
        """See Reader."""
        if self._read is None:
            self._read = self._prepare()

    async def read(self, page: Page, source: Source) -> Article | Rejected:
        """See Reader."""
        await self.warm()
        assert self._read is not None  # noqa: S101 - for the type checker: warm has set it
        return self._read(page, source)

    async def call(self, work: Callable[[], T], source: str) -> T:
        """See Reader."""
        return await asyncio.to_thread(work)

    def close(self) -> None:
        """See Reader."""


class Pool:
    """Reads in ``workers`` processes, each page in at most ``timeout`` seconds."""

    def __init__(self, prepare: Prepare, *, workers: int = 2, timeout: float = 20.0) -> None:
        self._workers = [_Worker(prepare, timeout) for _ in range(workers)]
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="reading")
        self._turns = Turns(self._workers)

    async def warm(self) -> None:
        """Start the workers and wait until they can read."""
        loop = asyncio.get_running_loop()
        await asyncio.gather(
            *(loop.run_in_executor(self._threads, worker.start) for worker in self._workers)
        )

    async def read(self, page: Page, source: Source) -> Article | Rejected:
        """See Reader."""
        problem = ""
        for _ in range(TRIES):
            try:
                answer = await self._asked((page, source), source.slug)
            except WorkerLost as lost:
                problem = str(lost)
            else:
                assert isinstance(answer, Article | Rejected)  # noqa: S101 - see _serve
                return answer
        return Rejected(
            url=page.url,
            source=page.source,
            outcome=Outcome.UNREADABLE,
            detail=f"{problem}, {TRIES} times",
            fetched_at=page.fetched_at,
        )

    async def call(self, work: Callable[[], T], source: str) -> T:
        """See Reader. Raises WorkerLost."""
        answer: Any = await self._asked(work, source)
        result: T = answer
        return result

    async def _asked(self, errand: object, source: str) -> object:
        worker, began = await self._turns.take(source)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, worker.ask, errand)
        finally:
            self._turns.give_back(source, worker, began)

    def close(self) -> None:
        """End the workers."""
        for worker in self._workers:
            worker.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def processes(self) -> list[int]:
        """The process ids of the workers that run."""
        return [pid for worker in self._workers if (pid := worker.pid) is not None]


@contextlib.contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """What is started here never hears Ctrl-C: the terminal sends it to every process of a command,
    and a worker that heard it while it imports would print a traceback. We end our workers."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class WorkerLost(Exception):
    """A worker died, or took too long and was ended."""


class _Worker:
    """One process and the pipe to it; used by one thread at a time."""

    def __init__(self, prepare: Prepare, timeout: float) -> None:
        self._prepare, self._timeout = prepare, timeout
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process unless it runs. Raises WorkerLost when it cannot get ready."""
        if self._process is not None and self._process.is_alive():
            return
        self.stop()
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._prepare), name="techwire-reading", daemon=True
        )
        with _ctrl_c_blocked():
            self._process.start()
        theirs.close()
        self._receive(WARM_UP_SECONDS)

    def ask(self, errand: object) -> object:
        """Have a page read, or a piece of work done (see _serve). Raises WorkerLost; the next call
        starts a new process."""
        self.start()
        assert self._pipe is not None  # noqa: S101 - for the type checker: start has set it
        try:
            self._pipe.send(errand)
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


def _done(work: Callable[[], object]) -> object:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the border of the process: told to the parent
        return RuntimeError(f"{type(error).__name__}: {error}")


def _serve(pipe: Connection, prepare: Prepare) -> None:
    """The worker: gets ready, then reads page after page until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who holds the pipe
    with contextlib.suppress(BrokenPipeError):  # who holds the pipe was killed
        _read_on(pipe, prepare)


def _read_on(pipe: Connection, prepare: Prepare) -> None:
    try:
        read = prepare()
    except Exception as error:  # noqa: BLE001 - the border of the process: told to the parent
        pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))
        return
    pipe.send("ready")
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
        pipe.send(answer)
