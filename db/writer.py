"""One thread that writes: work items wait together for the commit that holds them."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from db import companies, sources
from db.engine import Database
from techwire.errors import DatabaseError

T = TypeVar("T")
V = TypeVar("V")
log = logging.getLogger(__name__)

GROUP = 200  # work items in one transaction at most: bounds what a crash undoes and readers wait
# Shared work waits for more of its kind while there is a lot of it: in a crawl of 400 articles that
# halved the CPU of writing (docs/benchmarks.md). All in seconds.
LINGER = 1.0  # so long at most
GAP = 0.15  # and no longer than this for the next one: the last pages of a crawl wait so long
BUSY = 4  # pieces of shared work within ``LINGER`` that are a lot
PAUSES = (0.1, 0.5, 2.0, 5.0)  # seconds before a group is tried again that the database refused


@dataclass(frozen=True, slots=True)
class _Item:
    work: Callable[..., Any]
    future: Future[Any]
    value: Any = None
    is_shared: bool = False  # ``work`` takes the values of several items

    def alone(self, connection: Connection) -> Any:
        """Does this item and no other."""
        return self.work(connection, [self.value])[0] if self.is_shared else self.work(connection)


class Writer:
    """Writes to a database on behalf of every other thread.

    While one group is being committed the next gathers, so that a busy crawl shares each
    ``fsync`` and a quiet one does not wait. Shared work (``submit_to``) that comes in quick
    succession waits a moment for more; work of one's own (``submit``) takes along what waits.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._closing = threading.Lock()
        self._closed = False
        self._lately: deque[float] = deque([-LINGER] * BUSY, maxlen=BUSY)
        self._thread = threading.Thread(target=self._run, name="techwire-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        """Runs ``work`` in the writer's thread; the future is resolved once it is committed.

        An exception of ``work`` undoes what it wrote, and nothing else, and is the future's. Work
        may run twice, when the connection was lost: it writes to the database and nowhere else.
        """
        return cast("Future[T]", self._queued(_Item(work, Future())))

    def submit_to(
        self, together: Callable[[Connection, Sequence[V]], Sequence[T]], value: V
    ) -> Future[T]:
        """Runs ``together`` for this and the other values that wait for it by then.

        It gives a result for each value, in their order. When it fails, each value is done alone,
        so that only those that cannot be done hear of it.
        """
        return cast("Future[T]", self._queued(_Item(together, Future(), value, is_shared=True)))

    def _queued(self, item: _Item) -> Future[Any]:
        with self._closing:
            if self._closed:
                raise RuntimeError("the writer is closed")
            self._queue.put(item)
        return item.future

    def close(self) -> None:
        """Writes what was submitted, then ends the thread."""
        with self._closing:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        while True:
            group, is_last = self._gather()
            if group:
                self._write(group)
            if is_last:
                return

    def _gather(self) -> tuple[list[_Item], bool]:
        """The next group, as many as wait by now or come soon; True when nothing comes after it."""
        group: list[_Item] = []
        limit: float | None = None  # of waiting for more, on the monotonic clock
        item = self._queue.get()
        while item is not None:
            if item.future.set_running_or_notify_cancel():
                group.append(item)
                limit = self._patience(item, limit)
            if len(group) >= GROUP:
                return group, False
            try:
                rest = min((limit or 0.0) - time.monotonic(), GAP)
                item = self._queue.get(timeout=rest) if rest > 0 else self._queue.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _patience(self, item: _Item, limit: float | None) -> float:
        """Until when the group waits for more now that ``item`` is in it; ``limit``: before."""
        if not item.is_shared:
            return 0.0
        now = time.monotonic()
        self._lately.append(now)
        if limit is not None:
            return limit
        return now + LINGER if now - self._lately[0] < LINGER else 0.0

    def _write(self, group: list[_Item]) -> None:
        pauses = list(PAUSES)
        ends: list[_Done | BaseException] | None = None
        while ends is None:
            try:
                ends = self._commit(group)
            except DatabaseError as problem:
                if pauses and _may_pass(problem):
                    pause = pauses.pop(0)
                    log.warning("%s; trying again in %.1f s", problem, pause)
                    time.sleep(pause)
                else:
                    ends = [problem] * len(group)
            except BaseException as problem:  # noqa: BLE001  (waiting futures must hear of it)
                ends = [problem] * len(group)
        for item, end in zip(group, ends, strict=True):
            if isinstance(end, _Done):
                item.future.set_result(end.value)
            else:
                item.future.set_exception(end)

    def _commit(self, group: list[_Item]) -> list[_Done | BaseException]:
        """Runs the group in one transaction; an item that fails is undone, the others stand."""
        try:
            with self._database.writing() as connection:
                return _attempt_all(connection, group)
        except _Undone as undone:
            if len(group) == 1:
                return [undone.problem]
            failed = undone.work
        with self._database.writing() as connection:
            ends: dict[int, _Done | BaseException] = {}
            tried = [failed]  # shared work, done or to be done one by one
            for place, item in enumerate(group):
                if item.is_shared and item.work not in tried:
                    tried.append(item.work)
                    places, values = _sharing(group, item.work)
                    ends |= _attempt_shared(connection, item.work, places, values)
                if place not in ends:
                    ends[place] = _attempt(connection, item.alone)
            return [ends[place] for place in range(len(group))]


@dataclass(frozen=True, slots=True)
class _Done:
    value: Any


class _Undone(Exception):
    """``work`` of a group failed, and all the group was rolled back."""

    def __init__(self, problem: Exception, work: Callable[..., Any]) -> None:
        super().__init__()
        self.problem, self.work = problem, work


def _attempt_all(connection: Connection, group: Sequence[_Item]) -> list[_Done | BaseException]:
    """Does the group without a savepoint: that costs SQLite a copy of every page that changes,
    half of all it writes. _Undone when an item fails."""
    ends: dict[int, _Done] = {}
    for place, item in enumerate(group):
        if place in ends:
            continue
        try:
            if item.is_shared:
                places, values = _sharing(group, item.work)
                results = item.work(connection, values)
                ends |= {n: _Done(r) for n, r in zip(places, results, strict=True)}
            else:
                ends[place] = _Done(item.work(connection))
        except Exception as problem:
            if _is_of_all(problem):
                raise
            raise _Undone(problem, item.work) from problem
    return [ends[place] for place in range(len(group))]


def _sharing(group: Sequence[_Item], work: Callable[..., Any]) -> tuple[list[int], list[Any]]:
    """The places of the items of ``group`` that share ``work``, and their values."""
    places = [n for n, item in enumerate(group) if item.is_shared and item.work == work]
    return places, [group[place].value for place in places]


def _attempt_shared(
    connection: Connection,
    work: Callable[..., Any],
    places: Sequence[int],
    values: Sequence[Any],
) -> dict[int, _Done | BaseException]:
    """Does at once the items of a group that share ``work``; empty when that fails."""
    if len(places) == 1:
        return {}
    end = _attempt(connection, lambda c: work(c, values))
    if not isinstance(end, _Done):
        return {}
    return {place: _Done(result) for place, result in zip(places, end.value, strict=True)}


def _attempt(connection: Connection, work: Callable[[Connection], Any]) -> _Done | BaseException:
    connection.exec_driver_sql("SAVEPOINT item")
    try:
        end: _Done | BaseException = _Done(work(connection))
    except Exception as problem:
        if _is_of_all(problem):
            raise
        end = problem
    if not isinstance(end, _Done):
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT item")
        sources.forget(connection)
        companies.forget(connection)
    connection.exec_driver_sql("RELEASE SAVEPOINT item")
    return end


def _is_of_all(problem: Exception) -> bool:
    """This is not an item's fault: the whole group goes again, or hears of it."""
    return isinstance(problem, DBAPIError) and (
        problem.connection_invalidated or _is_storage(problem) or _is_crossed(problem)
    )


_STORAGE = ("disk is full", "disk I/O error", "malformed", "readonly database", "No space left")


def _is_storage(problem: DBAPIError) -> bool:
    """The database itself is ill; SQLite may have rolled the transaction back by itself."""
    return any(words in str(problem.orig) for words in _STORAGE)


def _is_crossed(problem: DBAPIError) -> bool:
    """Another process and we waited for each other, and the server chose us to go again."""
    return "deadlock detected" in str(problem.orig)


def _may_pass(problem: DatabaseError) -> bool:
    """A lock, a server being restarted: worth another try."""
    cause = problem.__cause__
    if not isinstance(cause, DBAPIError):
        return False
    return bool(cause.connection_invalidated) or any(words in str(cause.orig) for words in _PASSING)


_PASSING = ("is locked", "is busy", "connection", "starting up", "shutting down", "deadlock")
