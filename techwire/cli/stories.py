"""``techwire stories``: events, one line each, whoever told them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from techwire.cli import show
from techwire.cli.desk import Desk, pass_desk
from techwire.durations import format_duration
from techwire.errors import TechwireError

if TYPE_CHECKING:
    from db.answers import StoryListed

COLUMNS = (
    "id",
    "first_published_at",
    "last_published_at",
    "title",
    "first_source",
    "articles",
    "outlets",
    "languages",
    "lag_seconds",
    "companies",
    "url",
)
TABLE = ("id", "first seen", "title", "first", "outlets", "then after", "companies")
NARROW = ("id", "first seen", "title", "first", "outlets")


@click.command()
@click.option("--since", metavar="WHEN", help="With news since then: 7d, today, 2026-01-01 …")
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True)
@click.option("--company", metavar="NAME", help="About this company, its brands included.")
@click.option("--lang", metavar="CODE", help="Told in this language (ISO 639-1).")
@click.option("--outlets", type=click.IntRange(1), default=1, help="Told by this many at least.")
@click.option("--top", is_flag=True, help="The most told first, not the newest.")
@show.format_option
@pass_desk
def stories(
    desk: Desk,
    since: str | None,
    limit: int,
    company: str | None,
    lang: str | None,
    outlets: int,
    top: bool,
    shape: str,
) -> None:
    """Events of the news: who was first, how many followed, and how fast."""
    from db import events, queries

    moment = desk.since(since)
    with desk.database(read_only=True) as database, database.reading() as connection:
        ids = queries.company(connection, company).ids if company else None
        found = events.stories(
            connection,
            limit,
            moment,
            company=ids,
            language=lang,
            at_least=outlets,
            by_outlets=top,
        )
    rows = [row(desk, story, shape) for story in found]
    show.rows(COLUMNS, rows, shape=shape, table=TABLE, narrow=NARROW)
    if not found:
        raise TechwireError("no such story; `techwire stories` without options lists the newest")


def row(desk: Desk, story: StoryListed, shape: str) -> dict[str, Any]:
    """A story as a row of a list."""
    found: dict[str, Any] = {name: getattr(story, name, None) for name in COLUMNS}
    found["companies"] = [tag.name for tag in story.companies]
    found["languages"] = list(story.languages)
    if shape in ("table", "markdown"):
        found["first seen"] = show.moment(desk, story.first_published_at, shape)
        found["first"] = story.first_source
        lag = story.lag_seconds
        found["then after"] = "" if lag is None else format_duration(timedelta(seconds=lag))
        found["companies"] = ", ".join(found["companies"][:4])
    return found
