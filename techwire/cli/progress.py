"""A live line per source while a crawl works; plain lines as each ends off a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

import click

from techwire.cli.words import counted
from techwire.types import Outcome, Visit

NAMES = 18  # characters a source's name may take in a line
REFRESH_SECONDS = 0.1

Told = Callable[[Visit, bool], None]


@contextmanager
def lines(slugs: Sequence[str], *, quiet: bool) -> Iterator[Told]:
    """Yields what a crawl tells its progress to; the lines go to stderr."""
    if quiet:
        yield lambda _visit, _is_over: None
    elif sys.stderr.isatty():
        with _live(slugs) as told:
            yield told
    else:
        yield lambda visit, is_over: click.echo(line_of(visit), err=True) if is_over else None


@contextmanager
def _live(slugs: Sequence[str]) -> Iterator[Told]:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(stderr=True, highlight=False)
    working: dict[str, str] = {slug: f"{slug:<{NAMES}} …" for slug in slugs}
    drawn_at = 0.0

    with Live(console=console, auto_refresh=False, transient=True) as live:

        def draw() -> None:
            room = max(1, console.height - 2)  # more sources than lines: the first ones show
            live.update(Text("\n".join(list(working.values())[:room])), refresh=True)

        def told(visit: Visit, is_over: bool) -> None:
            nonlocal drawn_at
            if is_over and visit.source in working:
                del working[visit.source]
                console.print(Text(line_of(visit)), soft_wrap=True)
            elif visit.source in working:
                working[visit.source] = line_of(visit, under_way=True)
            if is_over or monotonic() - drawn_at >= REFRESH_SECONDS:
                drawn_at = monotonic()
                draw()

        draw()
        yield told


def line_of(visit: Visit, *, under_way: bool = False) -> str:
    """One visit in a line: ``gazette  ok  2.1 s  12 found, 10 new, 1 copy``."""
    pieces = [f"{visit.found} found"] if visit.found else []
    if visit.not_modified:
        pieces.append(f"{visit.not_modified} answered 304")
    pieces += [f"{visit.counts[o]} {o}" for o in Outcome if visit.counts.get(o)]
    if visit.detail and not visit.outcome.is_success and not under_way:
        pieces.append(visit.detail)
    seconds = (visit.finished_at - visit.started_at).total_seconds()
    word = "…" if under_way else visit.outcome
    return f"{visit.source:<{NAMES}} {word:<12} {seconds:5.1f} s  {', '.join(pieces)}".rstrip()


def summary(visits: Sequence[Visit]) -> str:
    """All visits in a line: new, updated, unchanged, copies; rejected by reason; 304s; failures."""
    counts = dict.fromkeys(Outcome, 0)
    for visit in visits:
        for outcome, count in visit.counts.items():
            counts[outcome] += count
    stored = [f"{counts[outcome]} {outcome}" for outcome in _STORED]
    others = [f"{n} {o}" for o, n in counts.items() if n and not o.is_stored]
    listed = sum(visit.found for visit in visits)
    failed = [visit.source for visit in visits if not visit.outcome.is_success]
    line = (
        f"{counted(len(visits), 'source')}, {counted(listed, 'entry')} listed: {', '.join(stored)}"
    )
    if others:
        line += f"; not stored: {', '.join(others)}"
    if not_modified := sum(visit.not_modified for visit in visits):
        line += f"; {counted(not_modified, 'feed')} answered 304"
    if failed:
        line += f"; failed: {', '.join(failed)}"
    return line


_STORED = (Outcome.NEW, Outcome.UPDATED, Outcome.UNCHANGED, Outcome.COPY)
