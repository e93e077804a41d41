"""One crawl for all the sources given, on the running asyncio reactor."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic

from scrapy.crawler import AsyncCrawlerRunner, Crawler

from crawler import guard
from crawler.heard import Heard
from crawler.memory import give_back_now_and_then
from crawler.proxies import endpoint
from crawler.settings import for_scrapy
from crawler.spiders.watch import Watch
from crawler.tools import Tools
from crawler.visits import Log
from techwire.errors import TechwireError
from techwire.types import Source, Visit, VisitOutcome

__all__ = ["Progress", "Tools", "crawl"]

OPENING_SECONDS = 0.01  # between two looks at an engine that is being opened

Progress = Callable[[Visit, bool], None]
"""Called with the account of a source so far whenever it moves, and with True when it is over."""


async def crawl(
    sources: Sequence[Source],
    tools: Tools,
    *,
    on_progress: Progress | None = None,
    stop: asyncio.Event | None = None,
    spider: type[Watch] = Watch,
    **arguments: object,
) -> list[Visit]:
    """Visit ``sources`` and finish what earlier runs left of them; returns their visits, in order.

    Never raises for one source's sake; a database that fails ends the crawl and is raised. When
    ``stop`` is set nothing new is asked for, what is under way ends, and visits that were not over
    are INTERRUPTED. ``arguments`` go to the ``spider``."""
    if not sources:
        return []
    quieten()
    guard.install(tools.guard)
    for source in sources:
        if source.proxy:
            tools.guard.permit(*endpoint(source.proxy))
    await tools.reader.warm()
    deadline = monotonic() + tools.network.visit_seconds
    logs = [Log(source, tools.now(), deadline, tools.now, on_progress) for source in sources]
    runner = AsyncCrawlerRunner(for_scrapy(tools.network))
    crawler = runner.create_crawler(spider)
    crawler.signals = Heard(crawler)
    task = runner.crawl(crawler, tools=tools, logs=logs, **arguments)
    beside = [asyncio.create_task(give_back_now_and_then())]
    if stop is not None:
        beside.append(asyncio.create_task(_stop_when(stop, runner, crawler, task)))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await _stopped(runner, crawler, task)
        await task
        raise
    finally:
        for other in beside:
            other.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await other
    problem = getattr(crawler.spider, "problem", None)
    if problem is not None:
        raise problem
    is_stopped = stop is not None and stop.is_set()
    return _marked([log.visit(interrupted=is_stopped) for log in logs], sources)


async def _stop_when(
    stop: asyncio.Event, runner: AsyncCrawlerRunner, crawler: Crawler, task: asyncio.Future[None]
) -> None:
    await stop.wait()
    await _stopped(runner, crawler, task)


async def _stopped(
    runner: AsyncCrawlerRunner, crawler: Crawler, task: asyncio.Future[None]
) -> None:
    """Stop the crawl. Scrapy forgets a stop that comes before its engine runs, and such a crawl
    would never end: it is told only then."""
    while not task.done() and not _runs(crawler):  # noqa: ASYNC110 - no signal tells of it
        await asyncio.sleep(OPENING_SECONDS)
    await runner.stop()


def _runs(crawler: Crawler) -> bool:
    engine = crawler._engine  # None until it is made; the public name would raise
    return engine is not None and engine.running


def _marked(visits: list[Visit], sources: Sequence[Source]) -> list[Visit]:
    """Several sites and not one answer: that is our network, and no source's fault."""
    is_offline = len({source.url for source in sources}) > 1 and all(
        visit.outcome is VisitOutcome.NETWORK and visit.bytes_received == 0 for visit in visits
    )
    return [replace(visit, is_offline=True) for visit in visits] if is_offline else visits


def quieten() -> None:
    """Scrapy and Twisted speak up only about what is broken in the program."""
    for name in ("scrapy", "twisted", "asyncio"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.ERROR)
    logging.getLogger("scrapy.core.scraper").addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """Not what ``crawl`` raises and its caller says in one line: a lost database, a lost lease."""
    return not (record.exc_info and isinstance(record.exc_info[1], TechwireError))
