"""``techwire story ID``: one event, its articles in the order in which they appeared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from techwire.cli import show
from techwire.cli.desk import Desk, pass_desk
from techwire.durations import format_duration

COLUMNS = (
    "id",
    "published_at",
    "source",
    "language",
    "title",
    "url",
    "copy_of_id",
    "after_seconds",
)
TABLE = ("after", "published", "source", "language", "title")
NARROW = ("after", "published", "source", "title")


@click.command()
@click.argument("story_id", type=show.ID, metavar="ID")
@show.format_option
@pass_desk
def story(desk: Desk, story_id: int, shape: str) -> None:
    """Who told the event ID (see `techwire stories`) first, who followed, and when."""
    from db import events

    with desk.database(read_only=True) as database, database.reading() as connection:
        told = events.story(connection, story_id)
    first = told.story.first_published_at
    rows: list[dict[str, Any]] = []
    for article in told.articles:
        row: dict[str, Any] = {name: getattr(article, name, None) for name in COLUMNS}
        lag = article.published_at - first
        row["after_seconds"] = round(lag.total_seconds())
        row["after"] = "first" if lag == timedelta(0) else f"+ {format_duration(lag)}"
        row["published"] = show.moment(desk, article.published_at, shape)
        if shape in ("table", "markdown") and article.is_copy:
            row["title"] = f"{article.title} (copy)"
        rows.append(row)
    if shape in ("table", "markdown"):
        desk.say(f"{told.story.title}\n{told.story.url}")
    show.rows(COLUMNS, rows, shape=shape, table=TABLE, narrow=NARROW)
