"""``techwire run [SOURCE …]``: visit sources now."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from techwire.cli.daemon import call
from techwire.cli.desk import Desk, named, pass_desk
from techwire.cli.progress import NAMES, lines, summary
from techwire.errors import TechwireError
from techwire.types import Source, Visit

if TYPE_CHECKING:
    from scheduler import Office

FOLLOW_SECONDS = 0.5  # between two looks at what the daemon has done


@click.command()
@click.argument("slugs", metavar="[SOURCE]...", nargs=-1)
@click.option("--once", is_flag=True, help="Visit every source once, due or not; no paused one.")
@click.option("--strict", is_flag=True, help="Exit 1 if any source failed.")
@pass_desk
def run(desk: Desk, slugs: tuple[str, ...], once: bool, strict: bool) -> None:
    """Visit the sources named now, all of them with --once, and show what came of it.

    A running daemon is asked to, and followed; without one the visit happens here. Exit code 1
    when no source answered."""
    if not slugs and not once:
        raise click.UsageError("name a source, or say --once for all of them")
    import scheduler

    sources = desk.sources()
    for slug in slugs:
        named(slug, sources)
    wanted = slugs or _not_paused(desk, [source.slug for source in sources])
    visits = _by_the_daemon(desk, wanted)
    if visits is None:
        begun = scheduler.begin(desk.config)
        with scheduler.open_office(desk.config, sources, begun=begun) as office:
            _warn_of_missing_contact(desk, sources)
            visits = visit_all(desk, office, wanted)
    desk.say(summary(visits))
    failed = [visit for visit in visits if not visit.outcome.is_success]
    if visits and len(failed) == len(visits):
        raise TechwireError(f"none of {len(visits)} sources answered; nothing new was stored")
    if strict and failed:
        raise TechwireError(f"{len(failed)} of {len(visits)} sources failed")


def _not_paused(desk: Desk, slugs: Sequence[str]) -> tuple[str, ...]:
    """``slugs`` without those that wait to be resumed, which are said; a name visits them still."""
    from db import sources as source_rows

    with desk.database() as database, database.reading() as connection:
        left_out = sorted(source_rows.paused(connection).intersection(slugs))
    if left_out:
        desk.say(f"paused, left out: {', '.join(left_out)}")
    return tuple(slug for slug in slugs if slug not in left_out)


def _by_the_daemon(desk: Desk, slugs: Sequence[str]) -> list[Visit] | None:
    """What the running daemon's visits came to; None when there is no daemon."""
    from db import lock
    from db import sources as source_rows

    with desk.database() as database:
        if not lock.is_held(database):
            return None
        asked_at = datetime.now(UTC)
        with database.writing() as connection:
            resumed = sorted(source_rows.paused(connection).intersection(slugs))
            known = set(source_rows.ask(connection, slugs, asked_at))
        if unknown := sorted(set(slugs) - known):
            raise TechwireError(f"the daemon does not know {', '.join(unknown)}: techwire reload")
        desk.say(f"asked the running daemon ({lock.holder(database)})")
        if resumed:
            desk.say(f"no longer paused: {', '.join(resumed)}")
        call(database, signal.SIGUSR1)  # on this machine it looks at once
        done: dict[str, Visit] = {}
        with lines(slugs, quiet=desk.quiet) as told:
            while len(done) < len(known):
                time.sleep(FOLLOW_SECONDS)
                with database.reading() as connection:
                    ended = source_rows.visits_since(connection, slugs, asked_at)
                for visit in ended:
                    if visit.source not in done:
                        done[visit.source] = visit
                        told(visit, True)
                if len(done) < len(known) and not lock.is_held(database):
                    raise TechwireError("the daemon ended meanwhile; its next start goes on")
        return list(done.values())


def visit_all(desk: Desk, office: Office, slugs: Sequence[str]) -> list[Visit]:
    """Visit ``slugs`` in one crawl, a line on stderr for each."""
    import scheduler
    from crawler import reactor

    async def main() -> list[Visit]:
        held = await scheduler.claim(slugs, office)
        for slug in sorted(set(slugs) - set(held)):
            desk.say(f"{slug:<{NAMES}} another process is visiting it")
        with lines(held, quiet=desk.quiet) as told:
            return await scheduler.visit(held, office, on_progress=told)

    return reactor.run(main)


def _warn_of_missing_contact(desk: Desk, sources: Sequence[Source]) -> None:
    public = any(source.url and not source.url.endswith(".example/") for source in sources)
    if public and not desk.config.contact and not desk.config.network.host_map:
        desk.say(
            'note: no contact in techwire.toml; with one (contact = "you@example.org") '
            "sites can reach you instead of blocking you"
        )
