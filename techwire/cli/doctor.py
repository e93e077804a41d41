"""``techwire doctor`` and ``techwire healthcheck``: is anything wrong, in words or as exit code."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.cli.words import counted
from techwire.durations import format_duration
from techwire.errors import TechwireError

LATE = timedelta(minutes=15)  # overdue by more, a source waits for a daemon that does not work
LEAST_FREE = 1 << 30  # bytes


@click.command()
@pass_desk
def doctor(desk: Desk) -> None:
    """Check configuration, sources, catalogue, database, daemon, disk, and each source's habits.

    Exit code 1 when something is wrong."""
    wrong = 0
    for is_well, line in _examined(desk):
        wrong += not is_well
        click.echo(f"{'ok ' if is_well else '!! '} {line}")
    if wrong:
        raise TechwireError(
            "one thing wants a look" if wrong == 1 else f"{wrong} things want a look"
        )


def _examined(desk: Desk) -> Iterator[tuple[bool, str]]:
    from db import lock, queries
    from db.alarms import alarms

    now = datetime.now(UTC)
    where = desk.config.path or "built-in defaults"
    yield True, f"configuration: {where}"
    yield True, f"sources: {len(desk.sources())} in {desk.config.sources_path}"
    yield True, f"companies: {len(desk.catalogue().companies):,} in the catalogue"
    if not desk.config.contact:
        yield False, 'no contact in techwire.toml: sites cannot reach you (contact = "…")'
    free = shutil.disk_usage(desk.config.folder).free
    yield free > LEAST_FREE, f"disk: {free / 2**30:.1f} GiB free"
    with desk.database(read_only=True) as database:
        running = lock.holder(database) if lock.is_held(database) else None
        with database.reading() as connection:
            counts = queries.counts(connection)
            statuses = queries.status(connection)
            found = alarms(connection, now)
    yield True, f"database: {counts.articles:,} articles in {database.url}"
    late = [s for s in statuses if s.next_due_at and s.next_due_at < now - LATE and not s.paused_at]
    if running:
        yield True, f"daemon: {running}"
        if late:
            worst = min(s.next_due_at for s in late if s.next_due_at)
            since = format_duration(now - worst)
            yield False, f"overdue: {counted(len(late), 'source')}, the longest by {since}"
    else:
        yield (
            not late,
            "daemon: not running" + (f", {counted(len(late), 'source')} overdue" if late else ""),
        )
    for alarm in found:
        yield False, f"{alarm.source}: {alarm.text}"


@click.command()
@pass_desk
def healthcheck(desk: Desk) -> None:
    """Exit 0 when a daemon runs and keeps up, 1 otherwise. For Docker and monitoring."""
    from db import lock, queries

    now = datetime.now(UTC)
    with desk.database(read_only=True) as database:
        if not lock.is_held(database):
            raise TechwireError("no daemon is running")
        with database.reading() as connection:
            statuses = queries.status(connection)
    waiting = [s for s in statuses if not s.paused_at and not s.leased_by and s.next_due_at]
    late = [s for s in waiting if s.next_due_at and s.next_due_at < now - LATE]
    if late:
        raise TechwireError(f"overdue: {len(late)} of {counted(len(statuses), 'source')}")
    click.echo(f"ok: {counted(len(statuses), 'source')}")
