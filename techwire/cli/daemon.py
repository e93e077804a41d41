"""``techwire daemon``: visit sources when they are due, until told to stop. ``reload`` it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.errors import TechwireError, UsageError

if TYPE_CHECKING:
    from db.engine import Database
    from pipelines.companies import Catalogue
    from techwire.config import Config
    from techwire.types import Source


@click.command()
@click.option(
    "--dispatch",
    type=click.Choice(["procrastinate"]),
    help="Visit nothing here: put what is due into a queue for techwire worker (PostgreSQL).",
)
@pass_desk
def daemon(desk: Desk, dispatch: str | None) -> None:
    """Watch the sources: visit each on its own rhythm until SIGTERM or Ctrl-C.

    SIGHUP (techwire reload) takes over changed files. Exit code 4 when the database has a daemon
    already; daemons that dispatch may be several."""
    import scheduler
    from techwire.logs import configure

    configure(desk.config.log, verbose=desk.verbose, quiet=desk.quiet)

    def load() -> tuple[Config, list[Source], Catalogue]:
        fresh = Desk(config_path=desk.config_path, database_url=desk.database_url)
        return fresh.config, fresh.sources(), fresh.catalogue()

    run = fleet_room("dispatch").run_dispatcher if dispatch else scheduler.run_daemon
    raise SystemExit(run(desk.config, desk.sources(), load=load))


def fleet_room(name: str) -> Any:
    """A module of ``fleet``; UsageError when what it needs is not installed."""
    try:
        return importlib.import_module(f"fleet.{name}")
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.split(".")[0] != "procrastinate":
            raise
        raise UsageError(
            "Procrastinate is not installed: pip install 'techwire[distributed]'"
        ) from None


@click.command()
@pass_desk
def reload(desk: Desk) -> None:
    """Have the running daemon take over changed files; a broken one is refused here.

    The daemon logs what it took over."""
    import signal

    desk.sources()
    desk.catalogue()
    with desk.database(read_only=True) as database:
        if not call(database, signal.SIGHUP):
            raise TechwireError("no daemon of this machine watches with this database")
    desk.say("asked the daemon to reload")


def call(database: Database, number: int) -> bool:
    """Send a signal to the daemon of ``database``; False unless one runs on this machine."""
    import os
    import socket
    from contextlib import suppress

    from db import lock

    host, _, process = (lock.holder(database) or "").rpartition(":")
    if not lock.is_held(database) or host != socket.gethostname():
        return False
    with suppress(ProcessLookupError):  # it has ended just now
        os.kill(int(process), number)
        return True
    return False
