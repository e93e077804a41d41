"""``techwire worker``: make the visits that daemons elsewhere put into the queue."""

from __future__ import annotations

import click

from techwire.cli.daemon import fleet_room
from techwire.cli.desk import Desk, pass_desk


@click.command()
@click.option(
    "--concurrency",
    metavar="N",
    type=click.IntRange(1, 500),
    default=16,
    show_default=True,
    help="Visits at a time.",
)
@pass_desk
def worker(desk: Desk, concurrency: int) -> None:
    """Make the visits that `techwire daemon --dispatch procrastinate` asks for, until SIGTERM.

    On as many machines as you like, each with the same configuration, sources and companies.
    SIGHUP takes over changed sources. Exit code 3 when the daemon is of another version."""
    from techwire.logs import configure

    configure(desk.config.log, verbose=desk.verbose, quiet=desk.quiet)
    run = fleet_room("worker").run_worker
    raise SystemExit(run(desk.config, desk.sources, concurrency=concurrency))
