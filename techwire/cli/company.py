"""``techwire company NAME``: what was written about one company, and its brands."""

from __future__ import annotations

import click

from techwire.cli.articles import choosing, print_articles
from techwire.cli.desk import Desk, pass_desk
from techwire.errors import TechwireError


@click.command()
@click.argument("name")
@click.option("--exact", is_flag=True, help="Without the brands it owns (Meta without Instagram).")
@choosing
@pass_desk
def company(
    desk: Desk,
    name: str,
    exact: bool,
    since: str | None,
    limit: int,
    lang: str | None,
    source: str | None,
    shape: str,
) -> None:
    """Articles about the company called NAME, newest first; its brands count too."""
    from db import queries

    moment = desk.since(since)
    with desk.database(read_only=True) as database, database.reading() as connection:
        chosen = queries.company(connection, name)
        ids = [chosen.id] if exact else [chosen.id, *chosen.owned]
        found = queries.of_companies(
            connection, ids, limit=limit, since=moment, language=lang, source=source
        )
    print_articles(desk, found, shape)
    if not found:
        raise TechwireError(f"no article about {chosen.name}{' since then' if since else ''}")
