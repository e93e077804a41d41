"""``techwire latest``: the newest articles, whoever they are about."""

from __future__ import annotations

import click

from techwire.cli.articles import choosing, print_articles
from techwire.cli.desk import Desk, pass_desk
from techwire.errors import TechwireError


@click.command()
@choosing
@pass_desk
def latest(
    desk: Desk, since: str | None, limit: int, lang: str | None, source: str | None, shape: str
) -> None:
    """The newest articles and the companies they are about."""
    from db.newest import newest

    moment = desk.since(since)
    found = newest(desk.config.database.url, limit, moment, lang, source)
    if found is None:  # PostgreSQL, or something to be said
        from db import queries

        with desk.database(read_only=True) as database, database.reading() as connection:
            found = queries.latest(connection, limit, moment, lang, source)
    print_articles(desk, found, shape)
    if not found and (since or lang or source):
        raise TechwireError("no article is like that")
    if not found:
        raise TechwireError("no article yet; `techwire run --once` fetches some")
