"""``techwire export``: everything that is stored, as files for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from techwire.cli import files
from techwire.cli.desk import Desk, pass_desk
from techwire.errors import TechwireError

KINDS = ("articles", "tags", "mentions", "stories")

output_option = click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Default: stdout.",
)


@click.group()
def export() -> None:
    """Write articles, tags, mentions or stories to a file; a company's news as Atom."""


def _rows_command(kind: str) -> click.Command:
    @click.command(kind, help=f"All {kind}, in the order in which they arrived.")
    @click.option("--format", "shape", type=click.Choice(files.FORMATS), default="jsonl")
    @click.option("--since", metavar="WHEN", help="Published since: 7d, 2026-01-01 …")
    @click.option("--company", metavar="NAME", help="About this company, its brands included.")
    @output_option
    @pass_desk
    def command(
        desk: Desk, shape: str, since: str | None, company: str | None, path: Path | None
    ) -> None:
        from db import queries
        from db.export import EXPORTS, Wanted

        chosen = EXPORTS[kind]
        moment = desk.since(since)
        written = 0
        with desk.database(read_only=True) as database, database.reading() as connection:
            ids = queries.company(connection, company).ids if company else None
            wanted = Wanted(moment, ids)
            with (
                _progress(desk, kind, lambda: chosen.count(connection, wanted), path) as step,
                files.writing(path, shape, chosen.columns) as write,
            ):
                for row in chosen.rows(connection, wanted):
                    write(row)
                    written += 1
                    step(1)
        if path is not None:
            desk.say(f"{written} {kind} in {path}")

    return command


for _kind in KINDS:
    export.add_command(_rows_command(_kind))


@contextmanager
def _progress(
    desk: Desk, kind: str, count: Callable[[], int], path: Path | None
) -> Iterator[Callable[[int], None]]:
    """A bar on stderr when a person looks at it, and the rows do not go to the same screen."""
    if desk.quiet or not sys.stderr.isatty() or (path is None and sys.stdout.isatty()):
        yield lambda _: None
        return
    with click.progressbar(length=count(), label=kind, file=sys.stderr) as bar:
        yield bar.update


@export.command("feed")
@click.option("--company", metavar="NAME", required=True, help="Whose news; its brands included.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--lang", metavar="CODE", help="In this language only (ISO 639-1).")
@output_option
@pass_desk
def atom_feed(desk: Desk, company: str, limit: int, lang: str | None, path: Path | None) -> None:
    """The newest articles about a company as an Atom feed.

    Copies are left out."""
    from db import queries
    from db.places import places
    from techwire.atom import FeedEntry, feed

    with desk.database(read_only=True) as database, database.reading() as connection:
        chosen = queries.company(connection, company)
        found = queries.of_companies(connection, chosen.ids, limit=limit, language=lang)
        there = places(connection, {article.id: article.url for article in found})
    if not found:
        raise TechwireError(f"no article about {chosen.name}")
    entries = [
        FeedEntry(
            url=article.url,
            place=there[article.id],
            title=article.title,
            published_at=article.published_at,
            updated_at=article.first_seen_at,
            author=article.source,
            summary=article.summary,
            categories=tuple(tag.name for tag in article.companies),
            language=article.language,
        )
        for article in found
        if not article.is_copy
    ]
    text = feed(
        title=f"{chosen.name} in the tech press",
        identity=f"tag:techwire,2026:company/{chosen.id}",
        updated_at=max((entry.updated_at for entry in entries), default=datetime.now(UTC)),
        entries=entries,
    )
    _put(text, path)


@export.command("datasette-metadata")
@output_option
@pass_desk
def datasette_metadata(desk: Desk, path: Path | None) -> None:
    """Titles, units and questions for Datasette.

    datasette techwire.db -m FILE"""
    from db.datasette import metadata
    from db.engine import parse_url

    name = Path(parse_url(desk.config.database.url).database or "techwire").stem
    _put(json.dumps(metadata(name), ensure_ascii=False, indent=2) + "\n", path)


def _put(text: str, path: Path | None) -> None:
    if path is None:
        click.echo(text, nl=False)
        return
    with files.whole_file(path) as part:
        part.write_text(text, encoding="utf-8")
