"""``techwire sql "select …"``: people's own questions, read-only and within a time."""

from __future__ import annotations

import sys

import click

from techwire.cli import show
from techwire.cli.desk import Desk, pass_desk


@click.command()
@click.argument("statement", metavar="SELECT")
@click.option("--seconds", type=click.FloatRange(0.1, 86_400), default=10, show_default=True)
@click.option(
    "--limit",
    type=click.IntRange(1, show.MOST_ROWS),
    default=1_000,
    show_default=True,
    help="Rows.",
)
@show.format_option
@pass_desk
def sql(desk: Desk, statement: str, seconds: float, limit: int, shape: str) -> None:
    """Run one SELECT ("-" reads it from stdin); docs/queries.md has forty to start from."""
    from db import plain_sql

    if statement == "-":
        statement = sys.stdin.read()
    with desk.database(read_only=True) as database:
        result = plain_sql.run(database, statement, seconds=seconds, most=limit)
    rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
    show.rows(result.columns, rows, shape=shape)
    if result.is_cut:
        desk.say(f"the first {limit} rows; --limit shows more")
