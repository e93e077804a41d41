"""``techwire run [SOURCE …]``: visit sources now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.cli.progress import NAMES, lines, summary
from techwire.errors import NotFound, TechwireError
from techwire.types import Source, Visit

if TYPE_CHECKING:
    from scheduler import Office


@click.command()
@click.argument("slugs", metavar="[SOURCE]...", nargs=-1)
@click.option("--once", is_flag=True, help="Visit every source once, due or not.")
@click.option("--strict", is_flag=True, help="Exit 1 if any source failed.")
@pass_desk
def run(desk: Desk, slugs: tuple[str, ...], once: bool, strict: bool) -> None:
    """Visit the sources named (all of them with --once) now, and show what came of it.

    Exit code 1 when no source answered."""
    if not slugs and not once:
        raise click.UsageError("name a source, or say --once for all of them")
    import scheduler

    sources = desk.sources()
    _check_names(slugs, sources)
    with scheduler.open_office(desk.config, sources) as office:
        _warn_of_missing_contact(desk, sources)
        visits = visit_all(desk, office, slugs or [source.slug for source in sources])
        desk.say(summary(visits))
    failed = [visit for visit in visits if not visit.outcome.is_success]
    if visits and len(failed) == len(visits):
        raise TechwireError(f"none of {len(visits)} sources answered; nothing new was stored")
    if strict and failed:
        raise TechwireError(f"{len(failed)} of {len(visits)} sources failed")


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


def _check_names(slugs: Sequence[str], sources: Sequence[Source]) -> None:
    import difflib

    known = [source.slug for source in sources]
    for slug in slugs:
        if slug not in known:
            raise NotFound("source", slug, difflib.get_close_matches(slug, known, n=3, cutoff=0.4))


def _warn_of_missing_contact(desk: Desk, sources: Sequence[Source]) -> None:
    public = any(source.url and not source.url.endswith(".example/") for source in sources)
    if public and not desk.config.contact and not desk.config.network.host_map:
        desk.say(
            'note: no contact in techwire.toml; with one (contact = "you@example.org") '
            "sites can reach you instead of blocking you"
        )
