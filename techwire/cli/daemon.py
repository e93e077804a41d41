"""``techwire daemon``: visit sources when they are due, until told to stop."""

from __future__ import annotations

import click

from techwire.cli.desk import Desk, pass_desk


@click.command()
@pass_desk
def daemon(desk: Desk) -> None:
    """Watch the sources: visit each on its own rhythm until SIGTERM or Ctrl-C."""
    import scheduler
    from techwire.logs import configure

    configure(desk.config.log, verbose=desk.verbose, quiet=desk.quiet)
    raise SystemExit(scheduler.run_daemon(desk.config, desk.sources()))
