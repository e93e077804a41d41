"""``techwire db``: upgrade, check, back up, copy, slim a database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from techwire.cli import show
from techwire.cli.desk import Desk, pass_desk
from techwire.cli.words import counted
from techwire.errors import DatabaseError, UsageError


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@pass_desk
def upgrade(desk: Desk) -> None:
    """Create the tables, or bring those of an older version up to date."""
    from db.revisions import HEAD

    with desk.database() as database:
        if database.is_new:
            click.echo(f"{database.url}: created, schema {HEAD}")
        elif database.upgraded_from:
            click.echo(f"{database.url}: schema {database.upgraded_from} → {HEAD}")
        else:
            click.echo(f"{database.url}: schema {HEAD}, nothing to do")


@db.command()
@pass_desk
def check(desk: Desk) -> None:
    """Is the database sound? Files, references, index, counts."""
    from db import upkeep

    with desk.database(read_only=True) as database, database.reading() as connection:
        problems = upkeep.problems(connection)
        url = database.url
    for problem in problems:
        click.echo(problem)
    if problems:
        raise DatabaseError(f"{url}: {counted(len(problems), 'problem')}")
    click.echo(f"{url}: sound")


@db.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="FILE")
@pass_desk
def backup(desk: Desk, target: Path) -> None:
    """Copy the SQLite database into FILE.

    Also while the daemon writes to it."""
    from db import upkeep

    with desk.database(read_only=True) as database:
        upkeep.backup(database, target)
    desk.say(f"{target}: {target.stat().st_size} bytes")


@db.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@show.format_option
@pass_desk
def copy(desk: Desk, source: str, target: str, shape: str) -> None:
    """Copy everything FROM one database TO an empty one.

    Either may be SQLite or PostgreSQL. Every count and checksum is verified."""
    from db import connect, transfer

    if source == target:
        raise UsageError("db copy: both are the same database")
    with (
        connect(source, read_only=True) as old,
        connect(target) as new,
        _progress(desk, lambda: transfer.length(old)) as told,
    ):
        moved = transfer.copy(old, new, told)
    rows = [{"table": m.table, "rows": m.rows, "checksum": m.checksum} for m in moved]
    show.rows(("table", "rows", "checksum"), rows, shape=shape)
    desk.say("every count and checksum is the same on both sides")


@contextmanager
def _progress(desk: Desk, count: Callable[[], int]) -> Iterator[Callable[[str, int], None]]:
    """A bar on stderr when a person looks at it; it is full when verifying begins."""
    if desk.quiet or not sys.stderr.isatty():
        yield lambda _table, _rows: None
        return
    with click.progressbar(
        length=count(),
        label="copying",
        file=sys.stderr,
        item_show_func=lambda table: table,
    ) as bar:
        done: dict[str, int] = {}

        def told(table: str, rows: int) -> None:
            bar.update(rows - done.get(table, 0), table)
            done[table] = rows

        yield told


@db.command()
@pass_desk
def vacuum(desk: Desk) -> None:
    """Give free space back to the disk.

    Nobody else can write meanwhile."""
    from db import upkeep

    with desk.database() as database:
        with database.reading() as connection:
            before = upkeep.size(connection)
        upkeep.vacuum(database)
        with database.reading() as connection:
            after = upkeep.size(connection)
    click.echo(f"{database.url}: {before} → {after} bytes")


@db.command()
@pass_desk
def reindex(desk: Desk) -> None:
    """Make the full-text index anew.

    As after an upgrade of the stemmer."""
    from db import upkeep

    with desk.database() as database, database.writing() as connection:
        done = upkeep.reindex(connection)
    click.echo(f"{counted(done, 'article')} indexed")
