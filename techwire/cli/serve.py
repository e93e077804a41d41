"""``techwire serve``: the web page over the database, read-only."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.errors import UsageError

if TYPE_CHECKING:
    from web.settings import Settings


@click.command()
@click.option("--host", help="Address to listen on (default: 127.0.0.1, this machine only).")
@click.option("--port", type=click.IntRange(0, 65_535), help="Default: 8765; 0 takes a free one.")
@pass_desk
def serve(desk: Desk, host: str | None, port: int | None) -> None:
    """Show the news in a browser: today, companies, articles, sources, trends; until Ctrl-C.

    Beyond this machine a password is needed (TECHWIRE_WEB_PASSWORD), or a reverse proxy that asks
    who it is (TECHWIRE_WEB_PROXY_HEADER names the header it sets)."""
    run(desk, host, port)


def run(desk: Desk, host: str | None = None, port: int | None = None) -> None:
    """Serve the desk's database until told to stop; a port that is taken is a UsageError."""
    try:
        from web import server
    except ModuleNotFoundError as missing:
        raise UsageError(
            f"serve needs {missing.name}: install it with pip install 'techwire[web]'"
        ) from None
    settings = _settings(desk, host, port)
    taken = server.listen(settings)
    where = server.address(settings, taken)
    with taken, desk.database(read_only=True) as database:
        server.serve(
            database, settings, taken, lambda: desk.say(f"techwire on {where} (Ctrl-C ends it)")
        )


def _settings(desk: Desk, host: str | None, port: int | None) -> Settings:
    from web.settings import Settings

    asked = desk.config.web
    settings = Settings(
        host=asked.host,
        port=asked.port,
        zone=desk.config.zone,
        password=asked.password,
        proxy_header=asked.proxy_header,
    )
    if host is not None:
        settings = replace(settings, host=host)
    if port is not None:
        settings = replace(settings, port=port)
    return settings
