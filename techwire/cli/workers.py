"""``techwire workers``: who makes the visits, what waits for them, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from techwire.cli import show
from techwire.cli.daemon import fleet_room
from techwire.cli.desk import Desk, pass_desk
from techwire.cli.words import counted
from techwire.durations import format_duration

COLUMNS = ("worker", "version", "since", "heartbeat_seconds", "visits", "of", "visiting")


@click.command()
@show.format_option
@pass_desk
def workers(desk: Desk, shape: str) -> None:
    """The workers, what each is visiting, and how much waits in the queue."""
    from db import fleet

    check_engine = fleet_room("dispatch").check_engine
    with desk.database(read_only=True) as database:
        check_engine(database)
        with database.reading() as connection:
            if fleet.QUEUE_SCHEMA not in fleet.facts(connection):
                desk.say("no daemon has dispatched with this database yet")
                return
            now = datetime.now(UTC)
            known = fleet.workers(connection)
            queue = fleet.queue(connection, now)
            visiting: dict[str, list[str]] = {}
            for slug, holder in fleet.under_way(connection):
                visiting.setdefault(holder.rpartition("/")[0], []).append(slug)
    rows = [
        {
            "worker": worker.name,
            "version": worker.version,
            "since": show.moment(desk, worker.started_at, shape),
            "heartbeat_seconds": round(worker.silent_seconds, 1),
            "visits": worker.visits,
            "of": worker.concurrency,
            "visiting": ", ".join(visiting.get(worker.name, ())),
        }
        for worker in known
    ]
    show.rows(COLUMNS, rows, shape=shape)
    lag = format_duration(timedelta(seconds=queue.lag_seconds))
    desk.say(
        f"{counted(len(known), 'worker')}; {counted(queue.running, 'visit')} under way, "
        f"{queue.waiting} waiting; {counted(queue.due, 'source')} due, the longest for {lag}"
    )
