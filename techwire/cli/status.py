"""``techwire status``: how each source is doing, when it is visited next and why then."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.durations import format_duration

if TYPE_CHECKING:
    from db.answers import SourceStatus
    from db.freshness import Freshness

REFRESH_SECONDS = 2.0


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
    yield (
        f"{'source':<18} {'last visit':<22} {'next visit':<10} {'today':>5} {'all':>7} "
        f"{'p50':>6} {'p95':>6}  why then"
    )
    for source in sources:
        yield _line(source, fresh.get(source.slug), now)
    for alarm in alarms:
        if alarm.kind != "failing":  # the source's own line says so
            yield f"!! {alarm.source}: {alarm.text}"
    failing = sum(1 for source in sources if source.failures)
    yield f"{len(sources)} sources, {failing} failing, {sum(s.waiting for s in sources)} pages wait"


def _line(source: SourceStatus, fresh: Freshness | None, now: datetime) -> str:
    if source.last_visit_at is None:
        last = "never"
    else:
        ago = format_duration(now - source.last_visit_at)
        last = f"{source.last_outcome}, {ago} ago"
    if source.paused_at:
        due = "paused"
    elif source.leased_by:
        due = "now"
    elif source.next_due_at is None or source.next_due_at <= now:
        due = "due"
    else:
        due = f"in {format_duration(source.next_due_at - now)}"
    p50, p95 = (
        (f"{fresh.p50_minutes:.0f}m", f"{fresh.p95_minutes:.0f}m")
        if fresh and fresh.p50_minutes is not None and fresh.p95_minutes is not None
        else ("—", "—")
    )
    why = source.due_reason or ""
    if source.failures and source.last_detail:
        why = f"{why}: {source.last_detail}"
    today = fresh.today if fresh else 0
    return (
        f"{source.slug:<18} {last:<22} {due:<10} {today:>5} {source.articles:>7} "
        f"{p50:>6} {p95:>6}  {why}"
    ).rstrip()
