"""WHEN: the daemon. What is due is visited, and what happened is noted.

The plan lives in the database (``source.next_due_at`` and a lease), not in APScheduler, which only
ticks: a restart, a second process or a clock that jumps cannot lose or double a visit.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import db
from crawler.office import (
    LEASE,
    Office,
    begin,
    budget,
    claim,
    new_pool,
    note,
    open_office,
    release_the_dead,
    visit,
    written,
)
from crawler.pool import Pool
from db import alarms, copies, lock, metrics
from db import pages as page_rows
from db import sources as source_rows
from db.companies import sync as sync_companies
from techwire import systemd, vitals
from techwire.cadence import FAILING_AT_MOST
from techwire.errors import AlreadyRunning, DatabaseError, TechwireError
from techwire.types import Source

if TYPE_CHECKING:
    from db.engine import Database
    from pipelines.companies import Catalogue
    from techwire.config import Config

__all__ = ["Daemon", "Office", "begin", "claim", "open_office", "run_daemon", "visit"]

log = logging.getLogger(__name__)

Load = Callable[[], "tuple[Config, list[Source], Catalogue]"]

IN_ONE_CRAWL = 200  # sources: a tick that finds more due leaves the rest to the next
CRAWLS = 40  # under way at most: one a tick of 15 s, as long as the longest visit takes (600 s)
CLOCK_JUMP = timedelta(minutes=2)
HOUSEKEEPING_SECONDS = 3600.0
TELL_SECONDS = 60.0  # between two looks at what people want to be told of
LAST_SECONDS = 5.0  # after the grace period, for crawls to close what they have opened
LATE_TICKS = 8  # ticks missed in a row before the daemon calls itself ill


class Daemon:
    """Ticks, claims what is due, visits it; until it is told to stop."""

    def __init__(self, office: Office, *, load: Load | None = None) -> None:
        """``load`` reads configuration, sources and catalogue anew for a reload."""
        self.office = office
        self.ticked_at: datetime | None = None  # the last tick that reached the database
        self._load = load
        self._stopping = asyncio.Event()
        self._crawls: dict[asyncio.Task[None], set[str]] = {}  # under way → the sources visited
        self._clocks = (office.tools.now(), monotonic())
        self._kept_at = monotonic()
        self.held: lock.Lock | None = None  # what makes us the daemon, seen to at every tick

    def stop(self) -> None:
        """Claim nothing more; what is in flight may end."""
        self._stopping.set()

    def nudge(self) -> None:
        """Tick now: somebody has asked for a visit."""
        if self._ticker is not None:
            self._ticker.modify_job("tick", next_run_time=datetime.now(UTC))

    _ticker: Any = None

    async def run(self) -> None:
        """Live until ``stop``; then wait for what is in flight, as long as the grace period."""
        # here: ``techwire run`` has no use for it, and starts sooner
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        schedule = self.office.config.schedule
        self._ticker = ticker = AsyncIOScheduler(timezone=UTC)
        ticker.add_job(
            self.tick,
            "interval",
            id="tick",
            seconds=schedule.tick_seconds,
            next_run_time=datetime.now(UTC),
            coalesce=True,  # ticks missed in a suspend are one tick
            max_instances=1,
            misfire_grace_time=None,  # a late tick is a tick
        )
        ticker.add_job(
            self._tell_in_time,
            "interval",
            id="tell",
            seconds=TELL_SECONDS,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        ticker.start()
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that is late is no news
        log.info("watching %d sources", len(self.office.sources))
        try:
            await self._stopping.wait()
        finally:
            systemd.notify("STOPPING=1")
            ticker.shutdown(wait=False)
            await self._finish(schedule.grace_seconds)

    async def _tell_in_time(self) -> None:
        try:
            await self.tell()
        except DatabaseError as problem:
            log.error("%s; people are told a minute later", problem)

    async def tell(self) -> None:
        """Tell people what they asked to be told of."""
        from alerts.telling import tell  # a minute after the start at the earliest

        office = self.office
        await asyncio.to_thread(tell, office.database, office.config, office.tools.now())

    async def tick(self) -> None:
        """Start a crawl for the sources that are due and whose hosts no other crawl is asking."""
        try:
            await self._tick()
        except DatabaseError as problem:
            # a tick's border: a database that is away for a while is no reason to end
            log.error("%s; the next tick tries again", problem)
        except AlreadyRunning as problem:  # the server was restarted, and another was faster
            log.error("%s; this one ends", problem)
            self.stop()
        except asyncio.CancelledError:
            if not self._stopping.is_set():  # at the end the ticker lets go of a tick under way
                raise

    async def _tick(self) -> None:
        office, moment = self.office, self.office.tools.now()
        self._watch_clock(moment)
        if self.held is not None:
            await asyncio.to_thread(self.held.keep)
        due = await self.start_due(moment)
        if monotonic() - self._kept_at > HOUSEKEEPING_SECONDS:
            await self._keep_house(moment)
        if self.ticked_at is None:
            systemd.notify("READY=1")
        self.ticked_at = moment
        systemd.notify("WATCHDOG=1", f"STATUS={len(office.sources)} sources, {due} due")

    async def start_due(self, moment: datetime) -> int:
        """Start a crawl for what is due; returns how many sources that are, visited or not."""
        office = self.office
        if visited := sorted(set().union(*self._crawls.values())):
            until = moment + LEASE
            await written(office, lambda c: source_rows.extend(c, office.holder, visited, until))
        due = [] if self._is_busy else await self._claim_due(moment)
        busy = {host for slugs in self._crawls.values() for host in self._hosts(slugs)}
        ready = [slug for slug in due if slug in office.sources]
        now_free = [slug for slug in ready if not self._hosts([slug]) & busy]
        if self._stopping.is_set():
            now_free = []
        if waiting := sorted(set(due) - set(now_free)):
            await written(office, lambda c: source_rows.give_back(c, waiting))
        if now_free:
            task = asyncio.create_task(self._visit(now_free), name="visit")
            self._crawls[task] = set(now_free)
            task.add_done_callback(lambda done: self._crawls.pop(done, None))
        return len(due)

    @property
    def _is_busy(self) -> bool:
        """Whether another crawl would only wait, in memory, for those under way."""
        return self.office.tools.backlog.is_full or len(self._crawls) >= CRAWLS

    async def _claim_due(self, moment: datetime) -> list[str]:
        office = self.office
        return await written(
            office, lambda c: source_rows.claim_due(c, moment, office.holder, LEASE, IN_ONE_CRAWL)
        )

    def _watch_clock(self, moment: datetime) -> None:
        """Notice a clock that was set, or a machine that slept; plans from a wrong future go."""
        before, then = self._clocks
        self._clocks = (moment, monotonic())
        jump = moment - before - timedelta(seconds=monotonic() - then)
        if abs(jump) > CLOCK_JUMP:
            log.warning("the clock moved %+.0f s (set, or the machine slept)", jump.total_seconds())
            far = moment + FAILING_AT_MOST * 1.2
            self.office.writer.submit(lambda c: source_rows.mend_clock(c, far, moment + LEASE * 2))

    async def _keep_house(self, moment: datetime) -> None:
        """Once an hour: the budget anew, leases of the dead, what is kept no longer."""
        self._kept_at = monotonic()
        office = self.office
        storage = office.config.storage
        office.patience = await written(office, lambda c: budget(c, office))
        await written(office, release_the_dead)
        await written(office, lambda c: page_rows.prune(c, moment - storage.keep_pages))
        await written(office, lambda c: copies.prune(c, moment))
        before = moment - storage.keep_visits
        await written(office, lambda c: source_rows.prune_visits(c, before))
        found = await asyncio.to_thread(self._look_round, moment)
        for alarm in await written(office, lambda c: alarms.note(c, found, moment)):
            log.warning("%s: %s", alarm.source, alarm.text, extra={"source": alarm.source})

    def _look_round(self, moment: datetime) -> list[alarms.Alarm]:
        """What is wrong with the sources; a second of work for two hundred of them."""
        with self.office.database.reading() as connection:
            return alarms.alarms(connection, moment)

    async def reload(self) -> None:
        """Take over changed files; anything wrong in them changes nothing and is said."""
        if self._load is None:
            return
        systemd.notify("RELOADING=1", f"MONOTONIC_USEC={int(monotonic() * 1e6)}")
        office = self.office
        try:
            config, sources, catalogue = await asyncio.to_thread(self._load)
        except TechwireError as problem:
            log.error("not reloaded, going on as before: %s", problem)
        else:
            if config.database.url != office.config.database.url:
                log.warning("a changed database takes effect at the next start")
            known = list(catalogue.companies.values())
            now_listed = {source.slug: source for source in sources}
            await written(office, lambda c: source_rows.sync(c, sources, office.tools.now()))
            await written(office, lambda c: sync_companies(c, known, catalogue.version))
            await self._read_anew(config)
            office.config, office.sources = config, now_listed
            log.info("reloaded: watching %d sources", len(sources))
        systemd.notify("READY=1")

    async def _read_anew(self, config: Config) -> None:
        """New readers with the new catalogue; crawls under way keep theirs until they end."""
        old, tools = self.office.tools.reader, self.office.tools
        if isinstance(old, Pool):
            fresh = new_pool(config)
            await fresh.warm()
            tools.reader = fresh
            crawls = set(self._crawls)
            if crawls:
                await asyncio.wait(crawls)
            old.close()

    def _hosts(self, slugs: Iterable[str]) -> set[str]:
        """The hosts that visits of ``slugs`` ask, as far as they are known beforehand."""
        sources = self.office.sources
        return set().union(*(_hosts(sources[slug]) for slug in slugs if slug in sources))

    async def _visit(self, slugs: list[str]) -> None:
        try:
            for done in await visit(slugs, self.office, stop=self._stopping):
                note(log, done)
        except DatabaseError as problem:
            # nothing is lost: every step so far is committed, and the lease runs out
            log.error("%s; the visit of %s is made up for later", problem, ", ".join(slugs))
        except Exception:
            # a tick's border: the sources stay leased and are due again when the lease runs out
            log.exception("the visit of %s failed", ", ".join(slugs))

    async def _finish(self, grace: float) -> None:
        if self._crawls:
            log.info("stopping: %d crawls have %g s to end", len(self._crawls), grace)
            _, late = await asyncio.wait(list(self._crawls), timeout=grace)
            for task in late:
                task.cancel()
            if late:  # pages that wait for a reader are stored, and read by the next run
                await asyncio.wait(late, timeout=LAST_SECONDS)


def _hosts(source: Source) -> set[str]:
    """The hosts a visit of ``source`` asks, as far as they are known beforehand."""
    channels = (source.url, *source.feeds, *source.sitemaps, *source.listings)
    return {host for url in channels if (host := urlsplit(url).hostname)}


def run_daemon(
    config: Config,
    sources: Sequence[Source],
    *,
    load: Load | None = None,
    kind: type[Daemon] = Daemon,
    hold: Callable[[Database], lock.Lock] = lock.hold,
) -> int:
    """``techwire daemon``: live until SIGTERM (exit 0); a second signal aborts (exit 130).

    SIGHUP reloads, SIGUSR1 ticks at once. AlreadyRunning when the database has a daemon. ``kind``
    and ``hold``: another daemon, and what it takes to be one (see ``fleet.dispatch``)."""
    from crawler import reactor

    visits_here = kind is Daemon
    begun = begin(config) if visits_here else None
    with db.connect(config.database.url) as database:
        held = hold(database)
        try:
            with open_office(config, sources, begun=begun, inline=not visits_here) as office:
                signals = Signals(office)
                daemon = kind(office, load=load)
                daemon.held = held
                reactor.run(partial(_live, daemon, signals), on_signal=signals.received)
        finally:
            held.release()
    return 0


class Stoppable(Protocol):
    """What the first signal stops."""

    def stop(self) -> None:
        """Begin nothing more; what is in flight may end."""


@dataclass(slots=True)
class Signals:
    """What a second SIGTERM needs to know: that it is the second, and whom not to orphan."""

    office: Office
    daemon: Stoppable | None = None
    count: int = 0

    def received(self, _: signal.Signals) -> None:
        """The first: stop. The second: at once, with the readers."""
        self.count += 1
        if self.count > 1:
            for number in getattr(self.office.tools.reader, "processes", []):
                os.kill(number, signal.SIGKILL)
            os._exit(130)
        if self.daemon is not None:
            self.daemon.stop()


async def _live(daemon: Daemon, signals: Signals) -> None:
    signals.daemon, office = daemon, daemon.office
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = loop.create_task(daemon.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    loop.add_signal_handler(signal.SIGUSR1, daemon.nudge)
    listen = office.config.health.listen
    server = await vitals.serve(listen, _pages(daemon)) if listen else None
    try:
        if not signals.count:
            await daemon.run()
    finally:
        if server is not None:
            server.close()


def _pages(daemon: Daemon) -> dict[str, vitals.Page]:
    """What the daemon answers on loopback."""

    def is_well() -> bool:
        late = timedelta(seconds=daemon.office.config.schedule.tick_seconds * LATE_TICKS)
        return daemon.ticked_at is not None and daemon.office.tools.now() - daemon.ticked_at < late

    async def healthz() -> vitals.Answer:
        return (200, "text/plain", "ok\n") if is_well() else (503, "text/plain", "no tick\n")

    async def readyz() -> vitals.Answer:
        try:
            await written(daemon.office, source_rows.holders)
        except DatabaseError as problem:
            return 503, "text/plain", f"{problem}\n"
        return await healthz()

    async def exposed() -> vitals.Answer:
        def read() -> str:
            with daemon.office.database.reading() as connection:
                return metrics.text(connection, daemon.office.tools.now())

        text = await asyncio.to_thread(read)
        return 200, "text/plain; version=0.0.4", text

    return {"/healthz": healthz, "/readyz": readyz, "/metrics": exposed}
