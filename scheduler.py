"""WHEN: the daemon. What is due is visited, and what happened is noted.

The plan lives in the database (``source.next_due_at`` and a lease), not in APScheduler, which only
ticks: a restart, a second process or a clock that jumps cannot lose or double a visit.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from apscheduler.schedulers.asyncio import AsyncIOScheduler

import db
from crawler.pool import Inline, Pool, prepare_pipelines
from crawler.run import Progress, crawl
from crawler.settings import network_of
from crawler.tools import Tools, now
from db import sources as source_rows
from db.companies import sync as sync_companies
from db.rhythms import rhythms
from db.writer import Writer
from pipelines import companies
from techwire.cadence import plan
from techwire.types import Source, Visit

if TYPE_CHECKING:
    from db.engine import Database
    from pipelines.companies import Catalogue
    from techwire.config import Config

T = TypeVar("T")
log = logging.getLogger(__name__)

LEASE = timedelta(minutes=20)  # a visit ends in ten (Network.visit_seconds); then it may be redone
IN_ONE_CRAWL = 200  # sources: a tick that finds more due leaves the rest to the next
HISTORY = 300  # publication times of a source that its rhythm is learnt from


@dataclass(slots=True)
class Office:
    """Everything a visit works with, opened once per process."""

    config: Config
    database: Database
    writer: Writer
    tools: Tools
    sources: dict[str, Source]
    holder: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")

    def close(self) -> None:
        """Let go of what we hold, write what waits, stop the readers."""
        self.writer.submit(lambda c: source_rows.release(c, self.holder))
        self.writer.close()
        self.tools.reader.close()
        self.database.close()

    def __enter__(self) -> Office:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_office(
    config: Config,
    sources: Sequence[Source],
    *,
    catalogue: Catalogue | None = None,
    clock: Callable[[], datetime] = now,
    inline: bool = False,
) -> Office:
    """Open database, writer and readers, and make the database follow the files.

    ``inline`` reads pages in this process instead of a pool (for a handful of pages).
    Raises DatabaseError or ConfigError before anything is fetched."""
    own = [config.companies_path] if config.companies_path.exists() else []
    catalogue = catalogue or companies.load(*own)
    database = db.connect(config.database.url)
    writer = Writer(database)
    known = list(catalogue.companies.values())
    writer.submit(lambda c: source_rows.sync(c, sources, clock())).result()
    writer.submit(lambda c: sync_companies(c, known, catalogue.version)).result()
    writer.submit(_release_the_dead).result()
    prepare = partial(prepare_pipelines, *own)
    reading = config.reading
    reader = (
        Inline(prepare)
        if inline
        else Pool(prepare, workers=reading.workers, timeout=reading.timeout_seconds)
    )
    tools = Tools(
        network=network_of(config), reader=reader, database=database, writer=writer, now=clock
    )
    return Office(config, database, writer, tools, {source.slug: source for source in sources})


def _release_the_dead(connection: Any) -> None:
    """Free what processes of this machine held that are no more (killed, crashed)."""
    for holder in source_rows.holders(connection):
        host, _, number = holder.rpartition(":")
        if host == socket.gethostname() and number.isdigit() and not _is_alive(int(number)):
            log.info("process %s is no more: its sources are free again", number)
            source_rows.release(connection, holder)


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def visit(
    slugs: Sequence[str],
    office: Office,
    *,
    on_progress: Progress | None = None,
    stop: asyncio.Event | None = None,
) -> list[Visit]:
    """Visit the claimed sources ``slugs`` in one crawl; note each outcome and its next visit."""
    chosen = [office.sources[slug] for slug in slugs if slug in office.sources]
    visits = await crawl(chosen, office.tools, on_progress=on_progress, stop=stop)
    await _written(office, lambda c: _settle(c, visits, office))
    return visits


async def claim(slugs: Sequence[str], office: Office) -> list[str]:
    """Those of ``slugs`` that no other process is visiting, now held by us."""
    moment = office.tools.now()
    return await _written(
        office, lambda c: source_rows.claim(c, slugs, moment, office.holder, LEASE)
    )


async def _written(office: Office, work: Callable[[Any], T]) -> T:
    return await asyncio.wrap_future(office.writer.submit(work))


def _settle(connection: Any, visits: Sequence[Visit], office: Office) -> None:
    """One transaction: every visit's outcome, and when its source is due again."""
    slugs = [visit.source for visit in visits]
    known = rhythms(connection, slugs, HISTORY)
    channels = source_rows.channels(connection, slugs)
    schedule = office.config.schedule
    for done in visits:
        hints = [c.hint_seconds for c in channels[done.source] if c.hint_seconds]
        hint = timedelta(seconds=max(hints, default=0))
        if done.not_before is not None:
            hint = max(hint, done.not_before - done.finished_at)
        rhythm = known[done.source]
        planned = plan(
            office.sources[done.source],
            now=done.finished_at,
            history=rhythm.published,
            last_visit=rhythm.last_visit_at,
            failures=0 if done.outcome.is_success else rhythm.failures + 1,
            hint=hint or None,
            every=schedule.every,
            at_least=schedule.at_least,
            at_most=schedule.at_most,
        )
        source_rows.finish(connection, done, planned.at, planned.reason)


class Daemon:
    """Ticks, claims what is due, visits it; until it is told to stop."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._stopping = asyncio.Event()
        self._visits: set[asyncio.Task[None]] = set()
        self._hosts: dict[asyncio.Task[None], set[str]] = {}

    def stop(self) -> None:
        """Claim nothing more; what is in flight may end."""
        self._stopping.set()

    async def run(self) -> None:
        """Live until ``stop``; then wait for what is in flight, as long as the grace period."""
        schedule = self.office.config.schedule
        ticker = AsyncIOScheduler(timezone=UTC)
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
        ticker.start()
        log.info("watching %d sources", len(self.office.sources))
        try:
            await self._stopping.wait()
        finally:
            ticker.shutdown(wait=False)
            await self._finish(schedule.grace_seconds)

    async def tick(self) -> None:
        """Start a crawl for the sources that are due and whose hosts no other crawl is asking."""
        moment = self.office.tools.now()
        due = await _written(
            self.office,
            lambda c: source_rows.claim_due(c, moment, self.office.holder, LEASE, IN_ONE_CRAWL),
        )
        busy = set().union(*self._hosts.values()) if self._hosts else set()
        ready = [slug for slug in due if slug in self.office.sources]
        now_free = [slug for slug in ready if not _hosts(self.office.sources[slug]) & busy]
        if now_free and not self._stopping.is_set():
            task = asyncio.create_task(self._visit(now_free), name="visit")
            self._visits.add(task)
            self._hosts[task] = set().union(*(_hosts(self.office.sources[s]) for s in now_free))
            task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._visits.discard(task)
        self._hosts.pop(task, None)

    async def _visit(self, slugs: list[str]) -> None:
        try:
            for done in await visit(slugs, self.office, stop=self._stopping):
                log.info(
                    "%s: %s, %d found, %s",
                    done.source,
                    done.outcome,
                    done.found,
                    ", ".join(f"{n} {o}" for o, n in sorted(done.counts.items())) or "no page",
                    extra={"source": done.source, "outcome": done.outcome.value},
                )
        except Exception:
            # a tick's border: the sources stay leased and are due again when the lease runs out
            log.exception("the visit of %s failed", ", ".join(slugs))

    async def _finish(self, grace: float) -> None:
        if self._visits:
            log.info("stopping: %d crawls have %g s to end", len(self._visits), grace)
            _, late = await asyncio.wait(self._visits, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def _hosts(source: Source) -> set[str]:
    """The hosts a visit of ``source`` asks, as far as they are known beforehand."""
    channels = (source.url, *source.feeds, *source.sitemaps, *source.listings)
    return {host for url in channels if (host := urlsplit(url).hostname)}


def run_daemon(config: Config, sources: Sequence[Source]) -> int:
    """``techwire daemon``: live until SIGTERM (exit 0); a second signal aborts (exit 130)."""
    from crawler import reactor

    with open_office(config, sources) as office:
        running: list[Daemon] = []

        async def main() -> None:
            running.append(Daemon(office))
            await running[0].run()

        signals = 0

        def on_signal(_: signal.Signals) -> None:
            nonlocal signals
            signals += 1
            if signals > 1:
                os._exit(130)
            for daemon in running:
                daemon.stop()

        reactor.run(main, on_signal=on_signal)
    return 0
