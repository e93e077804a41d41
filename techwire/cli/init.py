"""``techwire init``: write a commented configuration and a first list of sources."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.config import FILE_NAME
from techwire.errors import UsageError

if TYPE_CHECKING:
    from db.engine import Database

TEMPLATES = resources.files("techwire") / "templates"


@click.command()
@click.option("--contact", metavar="MAIL", help="Put into the User-Agent, so that sites reach you.")
@click.option(
    "--groups", metavar="LIST", help="Sources of the catalogue's groups, such as fr,startups."
)
@click.option("--force", is_flag=True, help="Overwrite the files that exist.")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@pass_desk
def init(
    desk: Desk, contact: str | None, groups: str | None, force: bool, folder: Path | None
) -> None:
    """Write techwire.toml and sources.toml into FOLDER, and create the database.

    With --db, that database is named in the configuration; with --config, that is the file.
    Nothing that exists is overwritten."""
    config_path = _place(desk, folder)
    text = (TEMPLATES / "techwire.toml").read_text("utf-8")
    if contact:
        text = text.replace(
            '# contact = "you@example.org"  # e.g.', f"contact = {_quoted(contact)}"
        )
    if desk.database_url:
        text = text.replace('url = "sqlite:///techwire.db"', f"url = {_quoted(desk.database_url)}")
    sources = _sources(groups)
    config_path.parent.mkdir(parents=True, exist_ok=True)
    if not _write(config_path, text, force=force) and (contact or desk.database_url):
        click.echo(f"note  {config_path} does not get --contact and --db: it was kept", err=True)
    _write(config_path.with_name("sources.toml"), sources, force=force)
    fresh = Desk(config_path=config_path, quiet=desk.quiet)
    with fresh.database() as database:
        _fill(fresh, database)
        click.echo(f"database {database.url}", err=True)
    click.echo("next: techwire run --once, then techwire latest", err=True)


def _place(desk: Desk, folder: Path | None) -> Path:
    """The configuration to write: --config, or techwire.toml in the folder named or this one."""
    if desk.config_path and folder:
        raise UsageError("init: name a FOLDER or a --config FILE, not both")
    place = desk.config_path or (folder or Path()) / FILE_NAME
    if place.parent.exists() and not place.parent.is_dir():
        raise UsageError(f"init: {place.parent} is a file, not a folder")
    return place


def _sources(groups: str | None) -> str:
    """The first sources.toml: a few well-known sites, or the catalogue's groups asked for."""
    if groups is None:
        return (TEMPLATES / "sources.toml").read_text("utf-8")
    from crawler import listed

    return listed.chosen(name.strip() for name in groups.split(",") if name.strip())


def _fill(desk: Desk, database: Database) -> None:
    """Sources and companies are in the database from the first minute."""
    from db import companies, sources

    catalogue = desk.catalogue()
    with database.writing() as connection:
        sources.sync(connection, desk.sources(), datetime.now(UTC))
        companies.sync(connection, list(catalogue.companies.values()), catalogue.version)


def _quoted(text: str) -> str:
    if "\n" in text or '"' in text or "\\" in text:
        raise UsageError(f"{text!r} cannot stand in techwire.toml; edit the file by hand")
    return f'"{text}"'


def _write(path: Path, text: str, *, force: bool) -> bool:
    """False when the file exists and is kept."""
    if path.exists() and not force:
        click.echo(f"kept  {path} (it exists; --force overwrites)", err=True)
        return False
    path.write_text(text, "utf-8")
    click.echo(f"wrote {path}", err=True)
    return True
