"""``techwire search WORDS``: articles by what they say."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from techwire.cli.articles import choosing, print_articles
from techwire.cli.desk import Desk, pass_desk
from techwire.errors import TechwireError


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--rank", is_flag=True, help="Most relevant first, of the newest 2,000 that match.")
@choosing
@pass_desk
def search(
    desk: Desk,
    words: tuple[str, ...],
    rank: bool,
    since: str | None,
    limit: int,
    lang: str | None,
    source: str | None,
    shape: str,
) -> None:
    """Articles that hold all WORDS, newest first; accents and endings do not matter.

    "a phrase", prefix*, -without, title:word, company:apple, source:slug, lang:fr, since:7d."""
    from db import search as index

    moment = desk.since(since)
    with desk.database(read_only=True) as database, database.reading() as connection:
        found = index.search(
            connection,
            " ".join(words),
            now=datetime.now(UTC),
            zone=desk.config.zone,
            limit=limit,
            since=moment,
            language=lang,
            source=source,
            rank=rank,
        )
    columns = ("published", "source", "title", "snippet")
    narrow = ("published", "source", "article")  # the snippet below the title
    print_articles(desk, found, shape, columns=columns, narrow=narrow)
    if not found:
        raise TechwireError(f"no article says {' '.join(words)!r}")
