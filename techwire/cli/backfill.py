"""``techwire backfill SOURCE --since DAY``: fetch what a site published before we watched it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from techwire.cli.desk import Desk, named, pass_desk
from techwire.cli.progress import line_of
from techwire.errors import TechwireError, UsageError
from techwire.types import Visit

if TYPE_CHECKING:
    from scheduler import Office

SLOWER = 2.0  # times the spacing of ordinary visits: the past can wait
LEASE = timedelta(hours=6)  # a backfill takes long; a killed one is freed at the next start
FOREVER = 7 * 86400.0  # seconds


@click.command()
@click.argument("slug", metavar="SOURCE")
@click.option("--since", required=True, help="The first day wanted, such as 2026-01-01 or 90d.")
@pass_desk
def backfill(desk: Desk, slug: str, since: str) -> None:
    """Fetch what SOURCE has published since a day, through sitemaps and older pages.

    Slower than ordinary visits. Stopped and run again, it goes on where it was."""
    import scheduler
    from crawler import reactor

    first = desk.since(since)
    if first is None:
        raise UsageError("--since is empty")
    known = desk.sources()
    named(slug, known)
    begun = scheduler.begin(desk.config)
    with scheduler.open_office(desk.config, known, begun=begun) as office:
        visit = reactor.run(lambda: _fetch(desk, office, slug, first))
    desk.say(line_of(visit))
    if not visit.outcome.is_success:
        raise TechwireError(f"{slug}: {visit.outcome}; {visit.detail or 'nothing was found'}")


async def _fetch(desk: Desk, office: Office, slug: str, since: datetime) -> Visit:
    from crawler.backfill import Backfill
    from crawler.run import crawl
    from db import sources as source_rows

    tools, writer = office.tools, office.writer
    moment = tools.now()
    held = await asyncio.wrap_future(
        writer.submit(lambda c: source_rows.claim(c, [slug], moment, office.holder, LEASE))
    )
    if not held:
        raise TechwireError(f"another process is visiting {slug}; try again later")
    source = office.sources[slug]
    spacing = source.delay_seconds
    spacing = tools.network.delay_seconds if spacing is None else spacing
    slow = replace(source, delay_seconds=spacing * SLOWER, max_articles=10**9)
    tools.network = replace(tools.network, visit_seconds=FOREVER, max_wait_seconds=86400.0)

    def told(visit: Visit, is_over: bool) -> None:
        if not is_over and visit.pages and visit.pages % 50 == 0:
            desk.say(line_of(visit))

    (visit,) = await crawl([slow], tools, on_progress=told, spider=Backfill, since=since)
    await asyncio.wrap_future(
        writer.submit(lambda c: source_rows.finish(c, visit, visit.finished_at, "after a backfill"))
    )
    return visit
