"""The pool of processes that read pages, so that the network never waits for a parser.

Workers are warm before the first page, and replaceable: one that dies or takes too long is ended
and started anew; its page is tried once more, then given up as UNREADABLE.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from crawler.identity import settled
from crawler.process import Prepare, Read, Worker, WorkerLost, can_fork, settle_memory
from crawler.turns import Turns
from techwire.config import Config
from techwire.types import Article, Outcome, Page, Rejected, Source

if TYPE_CHECKING:
    from pipelines.companies import Catalogue

__all__ = ["Inline", "Pool", "Prepare", "Read", "Reader", "WorkerLost", "preparation"]

T = TypeVar("T")

TRIES = 2


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
    from pipelines import companies

    return reading(companies.load(*own), spacy=spacy)


def reading(catalogue: Catalogue, *, spacy: str | None = None) -> Read:
    """``pipelines.read`` with a catalogue that is loaded already."""
    import pipelines
    from pipelines.tag_ner import witness

    asked = witness(spacy) if spacy else None

    def read(page: Page, source: Source) -> Article | Rejected:
        return settled(pipelines.read(page, source, catalogue, asked), page)

    return read


def prepare_worker(*own: Path, spacy: str | None = None) -> Read:
    """``prepare_pipelines`` with nothing left to import when the first page comes: a quarter of a
    second and 20 MiB, which a command that reads a handful of pages in its own process saves."""
    _warm()
    return prepare_pipelines(*own, spacy=spacy)


def _warm() -> None:
    # trafilatura imports it where it is installed, to guess languages, which it is not asked for:
    # numpy comes with it, 11 MiB, 0.15 s of CPU, and threads, after which nothing can be forked
    sys.modules.setdefault("py3langid", None)  # type: ignore[arg-type]
    from pipelines.body import warm

    warm()


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
        self._workers = [Worker(prepare, timeout) for _ in range(workers)]
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="reading")
        self._turns = Turns(self._workers)

    def fork(self, catalogue: Catalogue) -> None:
        """Start the workers as copies of this process, which gets ready to read for all of them.

        Nothing happens where a copy might not be whole (see ``can_fork``): ``warm`` spawns them."""
        if not can_fork():
            return
        logging.disable()  # trafilatura complains of the page it is warmed with
        try:
            _warm()
        finally:
            logging.disable(logging.NOTSET)
        read = reading(catalogue)
        settle_memory()
        if can_fork():  # no library has started a thread meanwhile
            for place, worker in enumerate(self._workers):
                worker.fork(read, self._workers[:place])

    async def warm(self) -> None:
        """Start the workers that do not run, and wait until they can read."""
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
