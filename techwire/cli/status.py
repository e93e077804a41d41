"""``techwire status``: how each source is doing, when it is visited next and why then."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.cli.words import counted
from techwire.durations import format_duration

if TYPE_CHECKING:
    from db.answers import SourceStatus
    from db.freshness import Freshness

REFRESH_SECONDS = 2.0
HEAD = ("source", "last visit", "next visit", "today", "all", "p50", "p95", "why then")
FIGURES = frozenset({"today", "all", "p50", "p95"})


@click.command()
@click.option("--watch", is_flag=True, help="Refresh every two seconds until Ctrl-C.")
@pass_desk
def status(desk: Desk, watch: bool) -> None:
    """Each source: last visit and outcome, next visit and why then, articles, freshness."""
    while True:
        lines = list(_shown(desk))
        if watch:
            click.clear()
        click.echo("\n".join(lines))
        if not watch:
            return
        time.sleep(REFRESH_SECONDS)


def _shown(desk: Desk) -> Iterator[str]:
    from db import lock, queries
    from db.alarms import noted
    from db.freshness import freshness

    now = datetime.now(UTC)
    midnight = now.astimezone(desk.config.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with desk.database(read_only=True) as database:
        running = lock.holder(database) if lock.is_held(database) else None
        with database.reading() as connection:
            sources = queries.status(connection)
            fresh = freshness(connection, now, midnight.astimezone(UTC))
            alarms = noted(connection)
    yield f"daemon: {f'running ({running})' if running else 'not running'}"
    rows = [HEAD, *(_row(source, fresh.get(source.slug), now) for source in sources)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    failed = {source.slug for source in sources if source.failures}
    for row in rows:
        cells = [
            f"{cell:>{width}}" if name in FIGURES else f"{cell:<{width}}"
            for name, cell, width in zip(HEAD, row, widths, strict=True)
        ]
        line = "  ".join(cells).rstrip()
        yield line if row[0] in failed else _cut(line)  # why one fails is told to the end
    for alarm in alarms:
        if alarm.kind != "failing":  # the source's own line says so
            yield f"!! {alarm.source}: {alarm.text}"
    waiting = sum(source.waiting for source in sources)
    wait = f"{counted(waiting, 'page')} waiting"
    yield f"{counted(len(sources), 'source')}, {len(failed)} failing, {wait}"


def _row(source: SourceStatus, fresh: Freshness | None, now: datetime) -> tuple[str, ...]:
    """A source in the columns of HEAD."""
    if source.last_visit_at is None:
        last = "never"
    else:
        last = f"{source.last_outcome}, {_roughly(now - source.last_visit_at)} ago"
    if source.paused_at:
        due = "paused"
    elif source.leased_by:
        due = "now"
    elif source.next_due_at is None or source.next_due_at <= now:
        due = "due"
    else:
        due = f"in {_roughly(source.next_due_at - now)}"
    p50, p95 = (
        (f"{fresh.p50_minutes:.0f}m", f"{fresh.p95_minutes:.0f}m")
        if fresh and fresh.p50_minutes is not None and fresh.p95_minutes is not None
        else ("—", "—")
    )
    why = source.due_reason or ""
    if source.failures and source.last_detail:
        why = f"{why}: {source.last_detail}"
    today = fresh.today if fresh else 0
    return source.slug, last, due, str(today), str(source.articles), p50, p95, why


def _roughly(span: timedelta) -> str:
    """The largest unit alone: ``14 h``."""
    return " ".join(format_duration(span).split()[:2])


def _cut(line: str) -> str:
    """A line that does not wrap on a terminal; piped it is whole."""
    if not sys.stdout.isatty():
        return line
    room = shutil.get_terminal_size().columns
    return line if len(line) <= room else f"{line[: room - 1]}…"
