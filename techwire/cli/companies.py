"""``techwire companies``: your own companies, and the names that no catalogue knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.cli.own_companies import Addition, append, from_csv, propose
from techwire.cli.show import MOST_ROWS
from techwire.cli.words import counted
from techwire.errors import NotFound, TechwireError, UsageError

if TYPE_CHECKING:
    from db.engine import Database
    from db.retag import Stored

BATCH = 200  # articles read at once while rehearsing


@click.group()
def companies() -> None:
    """Your own companies, and the names that no catalogue knows."""


@companies.command()
@click.argument("name")
@click.option("--id", "id_", metavar="SLUG", help="Stable id (default: made of the name).")
@click.option("--alias", "aliases", multiple=True, metavar="TEXT", help="Another spelling.")
@click.option("--product", "products", multiple=True, metavar="TEXT", help="A product of it.")
@click.option("--owner", metavar="ID", help="Id of the company that owns it.")
@click.option("--country", metavar="CC", help="Two letters.")
@click.option("--ambiguous", is_flag=True, help="The name is also a word: ask for context.")
@click.option("--dry-run", is_flag=True, help="Show what it would find, save nothing.")
@click.option("--yes", is_flag=True, help="Save without asking.")
@pass_desk
def add(
    desk: Desk,
    name: str,
    id_: str | None,
    aliases: tuple[str, ...],
    products: tuple[str, ...],
    owner: str | None,
    country: str | None,
    ambiguous: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Add the company called NAME to companies.toml.

    After a rehearsal on the stored articles, and a question."""
    from pipelines.tag_text import slug

    if not any(letter.isalnum() for letter in name):
        raise UsageError(f"{name!r} is no name")
    given: dict[str, str | list[str] | bool] = {"name": name}
    if chosen := aliases or tuple(propose(name)):
        given["aliases"] = list(chosen)
    if products:
        given["products"] = list(products)
    given |= {key: value for key, value in (("owner", owner), ("country", country)) if value}
    if ambiguous:
        given["ambiguous"] = True
    _offer(desk, Addition(id_ or slug(name), given), dry_run=dry_run, yes=yes)


@companies.command()
@click.option("--since", metavar="WHEN", help="Only in articles published since.")
@click.option("--limit", type=click.IntRange(1, MOST_ROWS), default=30, show_default=True)
@pass_desk
def unknown(desk: Desk, since: str | None, limit: int) -> None:
    """Names of companies that no catalogue knows, the most frequent first."""
    from db import retag as stored

    moment = desk.since(since)
    with desk.database(read_only=True) as database, database.reading() as connection:
        found = stored.unknown(connection, since=moment, limit=limit)
    if not found:
        raise TechwireError("no unknown company in the stored articles")
    click.echo(f"{'articles':>8} {'mentions':>8} {'sure':>5}  name")
    for name in found:
        click.echo(f"{name.articles:>8} {name.mentions:>8} {name.confidence:>5.2f}  {name.name}")


@companies.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Show what it would find, save nothing.")
@click.option("--yes", is_flag=True, help="Save without asking.")
@pass_desk
def adopt(desk: Desk, name: str, dry_run: bool, yes: bool) -> None:
    """Make an unknown company of the stored articles one of your own."""
    from db import retag as stored
    from pipelines.tag_text import key

    with desk.database(read_only=True) as database, database.reading() as connection:
        found = stored.unknown(connection, limit=100_000)
    chosen = next((n for n in found if key(n.name) == key(name) or n.id == name), None)
    if chosen is None:
        import difflib

        near = difflib.get_close_matches(name, [n.name for n in found], 3, 0.5)
        raise NotFound("unknown company", name, near)
    _offer(desk, Addition(chosen.id, {"name": chosen.name}), dry_run=dry_run, yes=yes)


@companies.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check the file, save nothing.")
@pass_desk
def import_(desk: Desk, file: Path, dry_run: bool) -> None:
    """Add the companies of a CSV file.

    Its columns: name, and any of id, aliases, products, owner, country,
    sector, ticker, domain, wikidata. Lists are separated by semicolons."""
    from pipelines.companies import load
    from pipelines.tag_text import slug

    additions = from_csv(file, slug)
    if not additions:
        raise TechwireError(f"{file}: no company in it")
    path = desk.config.companies_path
    if path.exists():
        load(path)  # what is wrong in it is said with its line
    if dry_run:
        click.echo(f"{counted(len(additions), 'company')} would be added to {path}")
        return
    append(path, additions, load)
    click.echo(f"{counted(len(additions), 'company')} added to {path}")
    click.echo("`techwire retag` tags the stored articles with them")


@companies.command()
@pass_desk
def check(desk: Desk) -> None:
    """Read the catalogue; say what is wrong with companies.toml, and where."""
    catalogue = desk.catalogue()
    own = desk.config.companies_path
    ambiguous = sum(spelling.ambiguous for spelling in catalogue.spellings)
    click.echo(
        f"ok: {len(catalogue)} companies, {len(catalogue.spellings)} spellings ({ambiguous} "
        f"ambiguous), version {catalogue.version}; {own if own.exists() else f'no {own.name} yet'}"
    )


def _offer(desk: Desk, addition: Addition, *, dry_run: bool, yes: bool) -> None:
    """Rehearses a company over the stored articles, asks, saves."""
    from pipelines.companies import load
    from techwire.cli.rehearsal import rehearse

    name = str(addition.keys["name"])
    aliases = addition.keys.get("aliases", [])
    spellings = [name, *(aliases if isinstance(aliases, list) else [])]
    known = desk.catalogue().find(name)
    if known is not None and known.id != addition.id:
        click.echo(f"the catalogue has {name!r} already, as {known.name} ({known.id})")
        addition = Addition(known.id, addition.keys)
    with desk.database() as database:
        found = rehearse(spellings, _articles(database))
    click.echo(f"{addition.id}: rehearsed over {counted(found.articles, 'stored article')}")
    for spelling in spellings:
        click.echo(f"  {found.hits[spelling]:>6} articles  {spelling}")
        for example in found.examples.get(spelling, []):
            click.echo(f"           … {example} …")
    if found.alike:
        alike = ", ".join(f"{other} ({times})" for other, times in found.alike.most_common(8))
        click.echo(f"  looks alike, not taken: {alike}")
    path = desk.config.companies_path
    if dry_run:
        click.echo(f"nothing saved; without --dry-run it goes to {path}")
        return
    if not yes and not desk.confirm(f"save to {path}?"):
        raise TechwireError("nothing saved")
    append(path, [addition], load)
    click.echo(f"saved to {path}; `techwire retag --company {addition.id}` tags stored articles")


def _articles(database: Database) -> Iterator[Stored]:
    from db import retag as stored

    with database.reading() as connection:
        ids = stored.waiting(connection, version=None)
        for at in range(0, len(ids), BATCH):
            yield from stored.read(connection, ids[at : at + BATCH])
