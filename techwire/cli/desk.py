"""What every command finds on its desk: configuration and database, opened when asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from techwire import config as configuration
from techwire.config import Config
from techwire.durations import parse_since
from techwire.errors import NotFound, UsageError

if TYPE_CHECKING:
    from db.engine import Database
    from pipelines.companies import Catalogue
    from pipelines.tag_ner import Witness
    from techwire.types import Source


@dataclass
class Desk:
    """The global options, and what follows from them."""

    config_path: Path | None = None
    database_url: str | None = None
    quiet: bool = False
    verbose: bool = False
    _config: Config | None = field(default=None, init=False)

    @property
    def config(self) -> Config:
        """The configuration in force, read once."""
        if self._config is None:
            self._config = configuration.load(self.config_path, database_url=self.database_url)
        return self._config

    def database(self, *, read_only: bool = False) -> Database:
        """The configured database; created or upgraded when writing is meant."""
        import db

        database = db.connect(self.config.database.url, read_only=read_only)
        if database.upgraded_from is not None:
            self.say(f"database upgraded from schema {database.upgraded_from}")
        return database

    def sources(self) -> list[Source]:
        """The sources of ``sources.toml``."""
        from crawler import sources

        return sources.load(self.config.sources_path)

    def catalogue(self) -> Catalogue:
        """The shipped companies and the user's own."""
        from pipelines import companies

        own = self.config.companies_path
        return companies.load(*([own] if own.exists() else []))

    def witness(self) -> Witness | None:
        """The spaCy pipeline of ``[tagging] spacy``, loaded; None when there is none to ask."""
        if not self.config.spacy:
            return None
        from pipelines.tag_ner import witness

        return witness(self.config.spacy)

    def since(self, text: str | None) -> datetime | None:
        """``--since`` in UTC; UsageError when it cannot be read."""
        if text is None:
            return None
        moment = parse_since(text, now=datetime.now(UTC), zone=self.config.zone)
        if moment is None:
            raise UsageError(
                f"--since {text!r}: write 7d, 24h, today, 2026-01-01 or 2026-01-01T08:00"
            )
        return moment

    def local(self, moment: datetime | None) -> str:
        """A time as people read it: in their zone, with its offset."""
        if moment is None:
            return ""
        there = moment.astimezone(self.config.zone)
        offset = there.strftime("%z")
        return f"{there:%Y-%m-%d %H:%M} {offset[:3]}:{offset[3:]}"

    def confirm(self, question: str, *, default: bool = False) -> bool:
        """The answer to a question with yes or no; UsageError when there is nobody to ask."""
        try:
            return click.confirm(question, default=default, err=True)
        except click.Abort:
            if sys.stdin.isatty():
                raise
            click.echo(err=True)
            raise UsageError("nobody has answered: --yes does not ask") from None

    def say(self, line: str) -> None:
        """Progress, on stderr, unless ``--quiet``."""
        if not self.quiet:
            click.echo(line, err=True)


def named(slug: str, sources: Iterable[Source]) -> Source:
    """The source called ``slug``; NotFound, with the nearest ones, when there is none."""
    from crawler.sources import nearest

    by_slug = {source.slug: source for source in sources}
    if slug not in by_slug:
        raise NotFound("source", slug, nearest(slug, by_slug))
    return by_slug[slug]


pass_desk = click.make_pass_decorator(Desk)
