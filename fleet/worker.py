"""A worker: takes visits from the queue, makes them, and proves with every write that they are its.

It needs no plan of its own. What it takes is checked again (is the source still due?), what it asks
is borrowed (``crawler.borrowing``), what it writes is fenced (``db.fleet.check``). It survives a
database that is away, and one that took it for dead.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import scheduler
from crawler.borrowing import BorrowedHosts, Loan
from crawler.office import LEASE, Office, begin, note, open_office, visit, written
from crawler.store import DatabaseStore
from crawler.telling import Fence
from crawler.tools import Tools
from db import fleet as rows
from db.engine import connect
from db.fleet import Manners
from fleet.dispatch import check_engine
from fleet.queue import BEAT_SECONDS, Pulse, Queue, pause
from techwire import __version__, systemd
from techwire.errors import DatabaseError, LeaseLost, OtherVersion, TechwireError
from techwire.types import Source

if TYPE_CHECKING:
    from techwire.config import Config

log = logging.getLogger(__name__)

CONCURRENCY = 16  # visits at a time; most of a visit is waiting
BORROW_SECONDS = 45.0  # that a request waits for a host another worker has
SILENCE = 10  # sources in a row that do not answer: it is our network
OFFLINE_SECONDS = 20.0  # that a visit's place stays empty then, for others to take the next
LATE_SECONDS = 10.0  # over the grace period that visits may take to end
AGAIN_SECONDS = 1.0  # before a worker whose database was away begins anew
RELOAD_SECONDS = 30.0  # between two looks into the files for a source that is not there

Files = Callable[[], Sequence[Source]]


class Worker:
    """Makes visits until it is told to stop."""

    def __init__(
        self,
        office: Office,
        *,
        concurrency: int = CONCURRENCY,
        name: str | None = None,
        files: Files | None = None,
    ) -> None:
        """``office`` is a guest's; ``files`` reads the sources anew."""
        self.office = office
        self.name = name or own_name()
        self.refusal: OtherVersion | None = None  # why it has stopped by itself
        office.silence = SILENCE
        self._concurrency = concurrency
        self._files = files
        self._files_read_at = -RELOAD_SECONDS
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()  # of one life as a worker of Procrastinate's
        self.queue = self._new_queue()

    def _new_queue(self) -> Queue:
        return Queue(
            self.office.database.address,
            session(self.name),
            visiting=self.visit,
            registered=self._registered,
        )

    def stop(self) -> None:
        """Take no more visits; those under way may end within the grace period."""
        self._stopping.set()

    async def run(self) -> None:
        """Live until ``stop``; OtherVersion when the daemon's version is another one."""
        await written(self.office, agree)
        while not self._stopping.is_set():
            try:
                async with self.queue.opened():
                    systemd.notify("READY=1")
                    await self._live()
            except DatabaseError as problem:
                log.error("%s; this worker tries again", problem)
            await pause(AGAIN_SECONDS, self._stopping)
        if self.refusal is not None:
            raise self.refusal

    async def _live(self) -> None:
        """One life as a worker: until we stop, the database is away, or we were buried."""
        self._ended = asyncio.Event()
        grace = self.office.config.schedule.grace_seconds
        life = asyncio.create_task(self.queue.work(self._concurrency, self.name, grace))
        await asyncio.sleep(0)  # it has a pulse of its own now
        watch = asyncio.create_task(self._watch(life))
        try:
            await asyncio.wait((life, watch), return_when=asyncio.FIRST_COMPLETED)
            self._ended.set()  # what is under way ends
            life.cancel()
            await asyncio.wait((life,), timeout=grace + LATE_SECONDS)
            self.queue.pulse.is_lost = True  # whoever goes on all the same sends nothing more
            if not life.done():
                log.warning("visits do not end: they are left behind, and can write nothing")
                self.queue = self._new_queue()
            elif not life.cancelled():
                life.result()
        finally:
            watch.cancel()

    async def _watch(self, life: asyncio.Task[None]) -> None:
        """Return when this life is over: told to stop, or taken for dead."""
        while not (self._stopping.is_set() or life.done() or self.queue.pulse.is_over()):
            systemd.notify("WATCHDOG=1")
            await pause(BEAT_SECONDS / 3, self._stopping)
        if self.queue.pulse.is_over():
            log.warning("this worker was taken for dead; it begins anew")

    async def _registered(self, number: int) -> None:
        worker = rows.Worker(
            name=self.name,
            version=__version__,
            concurrency=self._concurrency,
            started_at=self.office.tools.now(),
            silent_seconds=0.0,
            visits=0,
        )
        await written(self.office, lambda c: rows.register(c, number, worker))

    async def visit(self, slug: str, job: int, patience: float) -> None:
        """Visit ``slug`` if that is still to be done; never raises for the visit's sake."""
        holder = f"{self.name}/{job}"
        try:
            if slug not in self.office.sources and not await self._find(slug):
                log.error("%s is not in this machine's sources.toml: all need the same", slug)
                return
            moment = self.office.tools.now()
            if await written(self.office, lambda c: _claim(c, slug, moment, holder)):
                await self._visit(slug, holder, patience)
        except OtherVersion as refusal:
            self.refusal = refusal
            self.stop()
        except (DatabaseError, LeaseLost) as problem:
            # nothing is lost: every step so far is committed, and a daemon frees the lease
            log.error("%s; the visit of %s is made up for", problem, slug)
        except Exception:
            # a visit's border: the source is due again once its lease is swept
            log.exception("the visit of %s failed", slug)

    async def _visit(self, slug: str, holder: str, patience: float) -> None:
        hosts = self._hosts(slug, holder, self.queue.pulse)
        fence = partial(rows.check, holder=holder)
        tools = _equipped(self.office.tools, hosts, fence)
        office = replace(self.office, tools=tools, holder=holder, patience=patience, fence=fence)
        try:
            done = (await visit([slug], office, stop=self._ended))[0]
        finally:
            loans = await hosts.settle()
            back = {n: Manners(m.wait, m.crawl_delay, m.failures) for n, m in loans.items()}
            await written(self.office, lambda c: rows.give_back(c, holder, back))
        note(log, done)
        if done.is_offline:
            await pause(OFFLINE_SECONDS, self._ended)

    def _hosts(self, slug: str, holder: str, pulse: Pulse) -> BorrowedHosts:
        def borrow(connection: Any, name: str) -> Manners | None:
            rows.check(connection, slug, holder)
            return rows.borrow(connection, name, holder)

        async def borrowed(name: str) -> Loan | None:
            found = await written(self.office, partial(borrow, name=name))
            return Loan(found.wait, found.crawl_delay, found.failures) if found else None

        network = self.office.tools.network
        return BorrowedHosts(
            network.delay_seconds,
            backoff=network.backoff_seconds,
            patience=BORROW_SECONDS,
            refused_for=network.max_wait_seconds + 1,  # longer than a visit waits
            borrow=borrowed,
            is_sure=pulse.is_sure,
        )

    async def _find(self, slug: str) -> bool:
        """Look into the files for a source that was added since; True when it is there."""
        loop = asyncio.get_running_loop()
        if self._files is None or loop.time() - self._files_read_at < RELOAD_SECONDS:
            return False
        self._files_read_at = loop.time()
        self.reload()
        return slug in self.office.sources

    def reload(self) -> None:
        """Take over changed sources; broken files change nothing and are said."""
        if self._files is None:
            return
        try:
            listed = self._files()
        except TechwireError as problem:
            log.error("not reloaded, going on as before: %s", problem)
            return
        self.office.sources.clear()
        self.office.sources.update({source.slug: source for source in listed})
        log.info("reloaded: %d sources", len(listed))


def own_name() -> str:
    """This process, as others know it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def session(name: str) -> str:
    """What the server calls the connections of the worker ``name``, all of them, so that a daemon
    can end them; PostgreSQL keeps 63 letters."""
    return f"{rows.SESSION}{name}"[:63]


def agree(connection: Any) -> None:
    """OtherVersion unless the daemon that dispatches is of our version, and the schema is ours."""
    from db.revisions import HEAD

    found = rows.facts(connection)
    theirs = found.get(rows.VERSION)
    if theirs is None:
        raise OtherVersion(
            "no daemon has dispatched with this database yet: start "
            "`techwire daemon --dispatch procrastinate` first"
        )
    if theirs != __version__:
        raise OtherVersion(
            f"this worker is techwire {__version__}, the daemon that dispatches is {theirs}: "
            "install the same version"
        )
    if found["schema"] != HEAD:
        raise OtherVersion(
            f"this worker knows schema {HEAD}, the database has {found['schema']}: "
            "install the same version"
        )


def _claim(connection: Any, slug: str, moment: datetime, holder: str) -> bool:
    agree(connection)
    return rows.claim(connection, slug, moment, holder, LEASE)


def _equipped(tools: Tools, hosts: BorrowedHosts, fence: Fence) -> Tools:
    """The tools of one visit: its own hosts and store, all else shared."""
    own = copy.copy(tools)
    own.hosts = hosts
    assert isinstance(tools.store, DatabaseStore)  # noqa: S101 - an office has no other
    own.store = tools.store.fenced(fence)
    return own


def run_worker(config: Config, files: Files, *, concurrency: int = CONCURRENCY) -> int:
    """``techwire worker``: make visits until SIGTERM (exit 0); a second signal aborts (exit 130).

    SIGHUP reloads the sources. UsageError on SQLite, OtherVersion when the daemon is of another
    version."""
    import signal

    from crawler import reactor

    with connect(config.database.url, upgrade=False) as database:
        check_engine(database)
        with database.reading() as connection:
            agree(connection)
    begun = begin(config)
    own = session(own_name())
    with open_office(config, files(), begun=begun, is_guest=True, session=own) as office:
        signals = scheduler.Signals(office)

        async def live() -> None:
            worker = Worker(office, concurrency=concurrency, files=files)
            signals.daemon = worker
            if signals.count:
                worker.stop()
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, worker.reload)
            await office.tools.reader.warm()
            log.info("%s: at most %d visits at a time", worker.name, concurrency)
            await worker.run()

        reactor.run(live, on_signal=signals.received)
    return 0
