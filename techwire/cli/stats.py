"""``techwire stats``: how much is stored, and how pages have ended."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from techwire.cli import show
from techwire.cli.desk import Desk, pass_desk

COUNTED = (
    "articles",
    "copies",
    "revisions",
    "stories",
    "companies",
    "tags",
    "mentions",
    "sources",
    "addresses",
    "pages",
)


@click.command()
@show.format_option
@pass_desk
def stats(desk: Desk, shape: str) -> None:
    """How much is stored, from when to when, and how pages have ended."""
    from db import queries
    from db.upkeep import size

    with desk.database(read_only=True) as database, database.reading() as connection:
        counts = queries.counts(connection)
        stored = size(connection)
    rows: list[dict[str, Any]] = [
        {"what": name, "count": number}
        for name, number in asdict(counts).items()
        if name in COUNTED
    ]
    rows.sort(key=lambda row: COUNTED.index(row["what"]))
    rows += [{"what": f"addresses {state}", "count": n} for state, n in counts.states.items()]
    rows += [
        {"what": f"pages {outcome.value}", "count": n} for outcome, n in counts.outcomes.items()
    ]
    rows.append({"what": "bytes", "count": stored})
    if counts.articles:
        rows.append({"what": "bytes per article", "count": round(stored / counts.articles)})
    show.rows(("what", "count"), rows, shape=shape)
    if counts.last_published_at:
        first, last = desk.local(counts.first_published_at), desk.local(counts.last_published_at)
        desk.say(f"published from {first} to {last}")
