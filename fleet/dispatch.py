"""The daemon's side: what is due is put into the queue, and what dead workers left comes back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import scheduler
from crawler.office import Office, written
from db import fleet as rows
from db import lock
from fleet import queue as queues
from fleet.queue import Queue
from techwire import __version__
from techwire.errors import DatabaseError, OtherVersion, UsageError
from techwire.types import Source

if TYPE_CHECKING:
    from db.engine import Database
    from techwire.config import Config

log = logging.getLogger(__name__)

IN_QUEUE = 5_000  # jobs that wait at most: a long queue is only an older plan
REAP_SECONDS = 2.0  # between two looks for dead workers


class Dispatcher(scheduler.Daemon):
    """A daemon that has others make the visits. Several may run on one database."""

    def __init__(self, office: Office, *, load: scheduler.Load | None = None) -> None:
        super().__init__(office, load=load)
        self.queue = Queue(office.database.address, f"techwire daemon {office.holder}")

    async def run(self) -> None:
        """Live until ``stop``."""
        async with self.queue.opened():
            reaper = asyncio.create_task(self._reap_for_ever(), name="reaper")
            try:
                await super().run()
            finally:
                reaper.cancel()
                with suppress(asyncio.CancelledError):
                    await reaper

    async def start_due(self, moment: datetime) -> int:
        """Put the sources that are due into the queue."""
        office = self.office

        def look(connection: Any) -> list[str]:
            waiting = rows.queue(connection, moment).waiting
            return rows.due(connection, moment, max(0, IN_QUEUE - waiting))

        due = await written(office, look)
        visits = [
            (slug, first_host(office.sources[slug])) for slug in due if slug in office.sources
        ]
        return await self.queue.put(visits, office.patience)

    async def reap(self) -> list[str]:
        """Take the visits of dead workers from them and put them back; returns their sources."""
        office, silent = self.office, queues.SILENT_SECONDS
        if await written(office, lambda c: rows.has_just_begun(c, silent)):
            return []
        stalled = await self.queue.stalled()
        if names := await written(office, lambda c: rows.cut_off(c, silent)):
            log.warning("no sign of life from %s", ", ".join(names))
        ended = await self.queue.end(stalled)
        pause = office.tools.network.delay_seconds
        freed = await written(office, lambda c: rows.sweep(c, pause))
        await self.queue.again(ended)
        if names:
            await self.queue.bury()
        left = sorted({str(job.task_kwargs["source"]) for job in ended})
        if left:
            log.warning("visited again, by others: %s", ", ".join(left))
        return sorted({*left, *freed})

    async def _reap_for_ever(self) -> None:
        while True:
            try:
                await self.reap()
            except DatabaseError as problem:
                log.error("%s; dead workers are looked for again", problem)
            except Exception:
                # a look's border: whatever it was, the next look must come
                log.exception("dead workers could not be looked for")
            await asyncio.sleep(REAP_SECONDS)

    async def tell(self) -> None:
        """Tell people what they asked to be told of, unless another daemon is just doing it."""
        turn = await asyncio.to_thread(lock.turn, self.office.database)
        if turn is not None:
            try:
                await super().tell()
            finally:
                await asyncio.to_thread(turn.release)


def first_host(source: Source) -> str:
    """The host that a visit of ``source`` asks first."""
    channels = (*source.feeds, *source.sitemaps, *source.listings, source.url)
    return next((host for url in channels if (host := urlsplit(url).hostname)), source.slug)


def run_dispatcher(
    config: Config, sources: Sequence[Source], *, load: scheduler.Load | None = None
) -> int:
    """``techwire daemon --dispatch procrastinate``: enqueue until SIGTERM; returns the exit code.

    UsageError on SQLite, AlreadyRunning beside a daemon that visits by itself, OtherVersion beside
    one that dispatches and is of another version."""
    return scheduler.run_daemon(config, sources, load=load, kind=Dispatcher, hold=hold)


def hold(database: Database) -> lock.Lock:
    """Become one of the daemons that dispatch with ``database``; its queue is ready afterwards."""
    check_engine(database)
    is_first = not lock.is_held(database)
    held = lock.hold(database, is_shared=True)
    try:
        with database.writing() as connection:
            found = rows.facts(connection)
            if not is_first and found.get(rows.VERSION, __version__) != __version__:
                raise OtherVersion(
                    f"this is techwire {__version__}, and {found[rows.VERSION]} dispatches with "
                    f"{database.url}: stop that first"
                )
            scripts, schema = queues.scripts(found.get(rows.QUEUE_SCHEMA))
            rows.run_scripts(connection, scripts)
            rows.state(connection, rows.QUEUE_SCHEMA, schema)
            rows.state(connection, rows.VERSION, __version__)
    except BaseException:
        held.release()
        raise
    return held


def check_engine(database: Database) -> None:
    """UsageError, with the way out, unless ``database`` is PostgreSQL."""
    if database.dialect != "postgresql":
        raise UsageError(
            f"work is shared through PostgreSQL, and this is {database.url}: move with "
            f"`techwire db copy {database.url} postgresql://user:password@host/techwire`, then set "
            "[database] url"
        )
