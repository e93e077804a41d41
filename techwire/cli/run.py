"""``techwire run [SOURCE …]``: visit sources now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.errors import NotFound, TechwireError
from techwire.types import Outcome, Source, Visit

if TYPE_CHECKING:
    from scheduler import Office

NAMES = 18  # characters a source's name may take in a line


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
    """Visit ``slugs`` in one crawl with a line per source as each ends."""
    import scheduler
    from crawler import reactor

    def told(visit: Visit, is_over: bool) -> None:
        if is_over:
            desk.say(line_of(visit))

    async def main() -> list[Visit]:
        held = await scheduler.claim(slugs, office)
        for slug in sorted(set(slugs) - set(held)):
            desk.say(f"{slug:<{NAMES}} another process is visiting it")
        return await scheduler.visit(held, office, on_progress=told)

    return reactor.run(main)


def line_of(visit: Visit) -> str:
    """One visit in a line: ``gazette  ok  12 found, 10 new, 1 copy``."""
    pieces = [f"{visit.found} found"] if visit.found else []
    if visit.not_modified:
        pieces.append(f"{visit.not_modified} answered 304")
    pieces += [f"{count} {outcome}" for outcome, count in _ordered(visit)]
    if visit.detail and not visit.outcome.is_success:
        pieces.append(visit.detail)
    seconds = (visit.finished_at - visit.started_at).total_seconds()
    return f"{visit.source:<{NAMES}} {visit.outcome:<12} {seconds:5.1f} s  {', '.join(pieces)}"


def _ordered(visit: Visit) -> list[tuple[Outcome, int]]:
    return [(outcome, visit.counts[outcome]) for outcome in Outcome if visit.counts.get(outcome)]


def summary(visits: Sequence[Visit]) -> str:
    """All visits in a line: new, updated, unchanged, copies, rejected by reason; known, failed."""
    counts = dict.fromkeys(Outcome, 0)
    for visit in visits:
        for outcome, count in visit.counts.items():
            counts[outcome] += count
    stored = [f"{counts[outcome]} {word}" for outcome, word in _STORED_WORDS.items()]
    others = [f"{n} {o}" for o, n in counts.items() if n and not o.is_stored]
    listed = sum(visit.found for visit in visits)
    failed = [visit.source for visit in visits if not visit.outcome.is_success]
    line = f"{len(visits)} sources, {listed} entries listed: {', '.join(stored)}"
    if others:
        line += f"; not stored: {', '.join(others)}"
    if not_modified := sum(visit.not_modified for visit in visits):
        line += f"; {not_modified} feeds answered 304"
    if failed:
        line += f"; failed: {', '.join(failed)}"
    return line


_STORED_WORDS = {
    Outcome.NEW: "new",
    Outcome.UPDATED: "updated",
    Outcome.UNCHANGED: "unchanged",
    Outcome.COPY: "copies",
}


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
