"""``techwire trends``: who rises this week; of one COMPANY how much is written, day by day."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from techwire.cli import show
from techwire.cli.desk import Desk, pass_desk
from techwire.errors import TechwireError

if TYPE_CHECKING:
    from datetime import date

    from db.answers import Day

BLOCKS = " ▏▎▍▌▋▊▉█"  # eighths of a character
RISING = ("company", "company_id", "sector", "this_week", "usual", "score")
MOST_LINES = 62  # of a chart by day; a longer time is drawn by week


@click.command()
@click.argument("name", metavar="[COMPANY]", required=False)
@click.option("--since", metavar="WHEN", default="30d", show_default=True, help="7d, 2026-01-01 …")
@click.option("--exact", is_flag=True, help="Without the brands it owns.")
@show.format_option
@pass_desk
def trends(desk: Desk, name: str | None, since: str, exact: bool, shape: str) -> None:
    """Articles about COMPANY per day, its brands included; per week over a long time.

    Without COMPANY: who rises this week against its own average of the seven weeks before."""
    if name is None:
        _rising(desk, shape)
        return
    from db import queries
    from db.trends import trends as by_day

    now = datetime.now(UTC)
    with desk.database(read_only=True) as database, database.reading() as connection:
        chosen = queries.company(connection, name)
        ids = [chosen.id] if exact else list(chosen.ids)
        days = by_day(connection, ids, desk.since(since) or now, now)
    total = sum(day.articles for day in days)
    if not total:
        raise TechwireError(f"no article about {chosen.name} since {since}")
    if shape != "table":
        columns = ("day", "articles", "originals")
        values = [
            {"day": d.day.isoformat(), "articles": d.articles, "originals": d.originals}
            for d in days
        ]
        show.rows(columns, values, shape=shape)
        return
    for line in chart(days, width=shutil.get_terminal_size((80, 24)).columns):
        click.echo(line)
    copies = total - sum(day.originals for day in days)
    desk.say(f"{chosen.name}: {total} articles in {len(days)} days, {copies} of them copies")


def _rising(desk: Desk, shape: str) -> None:
    """The companies that rise most, of the news or, when it stands still, up to its newest."""
    from db import front, movement

    with desk.database(read_only=True) as database, database.reading() as connection:
        until = front.as_of(connection, datetime.now(UTC))
        found = movement.rising(connection, until)
    rows = [
        {
            "company": riser.name,
            "company_id": riser.id,
            "sector": riser.sector,
            "this_week": riser.this_week,
            "usual": round(riser.usual, 1),
            "score": riser.score,
        }
        for riser in found
    ]
    show.rows(RISING, rows, shape=shape, table=[name for name in RISING if name != "company_id"])
    if not rows:
        raise TechwireError("no company rises this week against its own average")
    desk.say(f"the seven days up to {desk.local(until)}, and a usual week of each")


def chart(days: Sequence[Day], *, width: int) -> list[str]:
    """One bar a day, or a week when there are many days; bars fit into ``width`` characters."""
    weekly = len(days) > MOST_LINES
    counts: dict[date, int] = {}
    for day in days:
        start = day.day - timedelta(days=day.day.weekday()) if weekly else day.day
        counts[start] = counts.get(start, 0) + day.articles
    while len(counts) > MOST_LINES and not counts[first := next(iter(counts))]:
        del counts[first]  # a long time: it begins with the first article
    most = max(counts.values())
    figures = len(str(most))
    room = max(10, width - figures - 19)
    lines = []
    for start, count in counts.items():
        label = f"{start:%G-W%V}" if weekly else f"{start:%a %Y-%m-%d}"
        lines.append(f"{label:<14} {count:>{figures}} {_bar(count, most, room)}".rstrip())
    return lines


def _bar(count: int, most: int, room: int) -> str:
    eighths = round(8 * room * count / most)
    if count and not eighths:
        eighths = 1
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (BLOCKS[rest] if rest else "")
