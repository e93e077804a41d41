"""Everything a visit works with, opened once per process; and a visit, from claim to plan."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import db
from crawler.pool import Inline, Pool, Reader, preparation
from crawler.run import Progress, crawl
from crawler.settings import network_of
from crawler.store import DatabaseStore
from crawler.telling import Fence, Telling
from crawler.tools import Tools, now
from db import sources as source_rows
from db.companies import sync as sync_companies
from db.rhythms import Rhythm, rates, rhythms
from db.writer import Writer
from pipelines import companies
from techwire.cadence import DEFAULT_PATIENCE, OFFLINE_RETRY, Plan, patience_for, plan
from techwire.types import Source, Visit, VisitOutcome

if TYPE_CHECKING:
    from db.engine import Database
    from pipelines.companies import Catalogue
    from techwire.config import Config

T = TypeVar("T")
log = logging.getLogger(__name__)

LEASE = timedelta(minutes=20)  # a visit ends in ten (Network.visit_seconds); then it may be redone
RATES_FROM = timedelta(days=14)  # that the budget of visits is shared out by
OFFLINE_LEAST = 3  # sources that must all fail to answer before it can be our network
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
    patience: float = DEFAULT_PATIENCE  # follows from schedule.visits_per_day (see _budget)
    unanswered: set[str] = field(default_factory=set)  # sources that failed since any answered
    silence: int | None = None  # so many of them mean that we are offline; None: most of all
    fence: Fence | None = None  # stands before what is written of a visit (see ``crawler.store``)

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


@dataclass(frozen=True, slots=True)
class Begun:
    """What an office is opened with: made first, while this process has no thread and nothing open,
    so that its readers can be forked from it."""

    catalogue: Catalogue
    reader: Reader


def begin(config: Config) -> Begun:
    """The catalogue, and readers that know it. Raises ConfigError."""
    catalogue = companies.load(*_own_companies(config))
    reader: Reader = new_pool(config)
    if isinstance(reader, Pool) and not config.spacy:  # spaCy's own libraries start threads
        reader.fork(catalogue)
    return Begun(catalogue, reader)


def open_office(
    config: Config,
    sources: Sequence[Source],
    *,
    begun: Begun | None = None,
    catalogue: Catalogue | None = None,
    clock: Callable[[], datetime] = now,
    inline: bool = False,
    is_guest: bool = False,
    session: str = "techwire",
) -> Office:
    """Open database, writer and readers, and make the database follow the files.

    ``begun``: what was made before anything was opened. ``catalogue``: another one to store.
    ``inline`` reads pages in this process instead of a pool (for a handful of pages). A guest takes
    the database as the daemon keeps it, and shares it with others that save articles. ``session``:
    see ``db.connect``.
    Raises DatabaseError or ConfigError before anything is fetched."""
    if catalogue is None:
        catalogue = begun.catalogue if begun else companies.load(*_own_companies(config))
    database = db.connect(config.database.url, upgrade=not is_guest, session=session)
    writer = Writer(database)
    if not is_guest:
        known = list(catalogue.companies.values())
        writer.submit(lambda c: source_rows.sync(c, sources, clock())).result()
        writer.submit(lambda c: sync_companies(c, known, catalogue.version)).result()
        writer.submit(release_the_dead).result()
    if begun is not None:
        reader = begun.reader
    else:
        reader = Inline(preparation(config)) if inline else new_pool(config)
    tools = Tools(
        noarchive=config.storage.noarchive,
        network=network_of(config),
        reader=reader,
        database=database,
        writer=writer,
        now=clock,
        store=DatabaseStore(writer, clock, telling=Telling(is_shared=is_guest)),
    )
    office = Office(config, database, writer, tools, {source.slug: source for source in sources})
    if not is_guest:
        office.patience = writer.submit(lambda c: budget(c, office)).result()
    return office


def _own_companies(config: Config) -> list[Path]:
    return [config.companies_path] if config.companies_path.exists() else []


def new_pool(config: Config) -> Pool:
    reading = config.reading
    prepare = preparation(config, in_worker=True)
    return Pool(prepare, workers=reading.workers, timeout=reading.timeout_seconds)


def budget(connection: Any, office: Office) -> float:
    """The patience that spends ``schedule.visits_per_day``, from what sources published lately."""
    schedule = office.config.schedule
    moment = office.tools.now()
    adaptive = [
        slug
        for slug in rates(connection, moment, RATES_FROM)  # of sources in use
        if (source := office.sources.get(slug)) and not source.cron and not source.every_seconds
    ]
    known = rhythms(connection, adaptive, HISTORY)
    return patience_for(
        [known[slug].published for slug in adaptive],
        moment,
        schedule.visits_per_day,
        schedule.at_least,
        schedule.at_most,
    )


def release_the_dead(connection: Any) -> None:
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
    await written(office, lambda c: _settle(c, visits, office))
    return visits


def note(log: logging.Logger, done: Visit) -> None:
    """A finished visit as a line of a daemon's or a worker's log."""
    log.info(
        "%s: %s, %d found, %s",
        done.source,
        done.outcome,
        done.found,
        ", ".join(f"{n} {o}" for o, n in sorted(done.counts.items())) or "no page",
        extra={"source": done.source, "outcome": done.outcome.value},
    )


async def claim(slugs: Sequence[str], office: Office) -> list[str]:
    """Those of ``slugs`` that no other process is visiting, now held by us."""
    moment = office.tools.now()
    return await written(
        office, lambda c: source_rows.claim(c, slugs, moment, office.holder, LEASE)
    )


async def written(office: Office, work: Callable[[Any], T]) -> T:
    return await asyncio.wrap_future(office.writer.submit(work))


def _settle(connection: Any, visits: Sequence[Visit], office: Office) -> None:
    """One transaction: every visit's outcome, and when its source is due again."""
    visits = [_judged(visit, office) for visit in visits]
    slugs = [visit.source for visit in visits]
    if (fence := office.fence) is not None:
        for slug in slugs:
            fence(connection, slug)
    known = rhythms(connection, slugs, HISTORY)
    channels = source_rows.channels(connection, slugs)
    for done in visits:
        hints = [c.hint_seconds for c in channels[done.source] if c.hint_seconds]
        planned = _planned(done, known[done.source], max(hints, default=0), office)
        source_rows.finish(connection, done, planned.at, planned.reason)


def _judged(visit: Visit, office: Office) -> Visit:
    """Marked offline when this source and most of the others have not answered of late."""
    if visit.outcome in (VisitOutcome.NETWORK, VisitOutcome.TIMEOUT) and not visit.bytes_received:
        office.unanswered.add(visit.source)
    elif visit.outcome is not VisitOutcome.INTERRUPTED:
        office.unanswered.clear()
    others = len(office.unanswered)
    enough = len(office.sources) / 2 if office.silence is None else office.silence
    is_offline = others >= OFFLINE_LEAST and others > enough
    return replace(visit, is_offline=True) if is_offline else visit


def _planned(done: Visit, rhythm: Rhythm, hint_seconds: int, office: Office) -> Plan:
    """When the source of a finished visit is due again, and why then."""
    if done.outcome is VisitOutcome.INTERRUPTED:
        return Plan(done.finished_at, "the visit was interrupted")
    if done.is_offline:
        return Plan(done.finished_at + OFFLINE_RETRY, "nothing answers: we are offline")
    hint = timedelta(seconds=hint_seconds)
    if done.not_before is not None:
        hint = max(hint, done.not_before - done.finished_at)
    schedule = office.config.schedule
    return plan(
        office.sources[done.source],
        now=done.finished_at,
        history=rhythm.published,
        last_visit=rhythm.last_visit_at,
        failures=0 if done.outcome.is_success else rhythm.failures + 1,
        hint=hint or None,
        every=schedule.every,
        at_least=schedule.at_least,
        at_most=schedule.at_most,
        patience=office.patience,
    )
