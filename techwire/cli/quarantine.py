"""``techwire quarantine``: pages that could not be read, and another try for them."""

from __future__ import annotations

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.cli.words import counted
from techwire.errors import NotFound


@click.command()
@click.option("--retry", is_flag=True, help="Read them (or URL) again at the next visit.")
@click.argument("url", required=False)
@pass_desk
def quarantine(desk: Desk, retry: bool, url: str | None) -> None:
    """Pages whose reading failed twice; with --retry they get another chance."""
    from db.quarantine import quarantined
    from db.quarantine import retry as read_again
    from techwire.urls import canonical

    identity = canonical(url) if url else None
    with desk.database(read_only=not retry) as database:
        if retry:
            with database.writing() as connection:
                count = read_again(connection, identity)
            if url and not count:
                raise NotFound("page in quarantine", url)
            desk.say(
                f"to be read again at the next visit of their source: {counted(count, 'page')}"
            )
            return
        with database.reading() as connection:
            pages = quarantined(connection)
    pages = [page for page in pages if identity in (None, page.url)]
    if url and not pages:
        raise NotFound("page in quarantine", url)
    for page in pages:
        click.echo(f"{desk.local(page.ended_at)}  {page.source}  {page.url}  {page.detail}")
    desk.say(f"{counted(len(pages), 'page')} in quarantine")
