"""``techwire reread``: the pages that were kept, read again with the code of today."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from techwire.cli.desk import Desk, named, pass_desk
from techwire.types import Article, Rejected, Source

if TYPE_CHECKING:
    from db.engine import Database
    from db.reread import Change, Kept
    from pipelines.companies import Catalogue

BATCH = 20  # pages read, compared and saved together: an interruption loses at most these
SHOWN = 60  # characters of a title in the list of changes


@dataclass
class Table:
    """What a run has found so far."""

    effects: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)  # of changed articles
    examples: list[str] = field(default_factory=list)

    def count(self, kept: Kept, change: Change, most: int) -> None:
        """Adds one page."""
        effect = change.effect.value
        self.effects[effect] += 1
        self.fields.update(change.fields)
        if effect == "same" or len(self.examples) >= most:
            return
        told = ", ".join(change.fields)
        if change.before != change.after:
            told += f"{'; ' if told else ''}{change.before[:SHOWN]!r} → {change.after[:SHOWN]!r}"
        self.examples.append(f"{effect:<8} {kept.page.url}  {told}")

    def lines(self) -> list[str]:
        """The table as people read it."""
        effects = self.effects
        before = effects["same"] + effects["changed"] + effects["lost"]
        out = [f"{'':<20}{'before':>10}{'after':>10}"]
        out.append(f"{'articles':<20}{before:>10}{before + effects['gained']:>10}")
        out += [f"{effect:<30}{effects[effect]:>10}" for effect in ("gained", "lost", "changed")]
        out += [f"  {name:<28}{count:>10}" for name, count in self.fields.most_common()]
        return out


@click.command()
@click.option("--since", metavar="WHEN", help="Only pages fetched since: 7d, 2026-01-01 …")
@click.option("--source", "slug", metavar="SLUG", help="Only pages of this source.")
@click.option("--yes", is_flag=True, help="Write what changed; without it nothing is written.")
@click.option(
    "--examples",
    metavar="N",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Changes listed.",
)
@pass_desk
def reread(desk: Desk, since: str | None, slug: str | None, yes: bool, examples: int) -> None:
    """Read the kept raw pages again, and show what today's code would change.

    A changed text leaves its old version as a revision. A page that is no article any more keeps
    the one it led to. Interrupted, the same command goes on where it stopped."""
    from db import reread as pages

    by_slug = {source.slug: source for source in desk.sources()}
    if slug is not None:
        named(slug, by_slug.values())
    moment = desk.since(since)
    catalogue = desk.catalogue()
    run = _signature(catalogue.version, since, slug)
    table = Table()
    with desk.database(read_only=not yes) as database:
        with database.reading() as connection:
            after = pages.progress(connection, run) if yes else 0
            keys = pages.waiting(connection, since=moment, source=slug, after=after)
        if after:
            desk.say("going on where an earlier run stopped")
        with click.progressbar(
            length=len(keys), label="reread", file=sys.stderr, hidden=desk.quiet or not keys
        ) as bar:
            for at in range(0, len(keys), BATCH):
                batch = keys[at : at + BATCH]
                _batch(desk, database, batch, by_slug, catalogue, table, examples, run, yes)
                bar.update(len(batch))
        if yes and keys:
            with database.writing() as connection:
                pages.note_progress(connection, run, 0)
    for line in (*table.lines(), *table.examples):
        click.echo(line)
    if not yes and table.effects.total() > table.effects["same"]:
        desk.say("nothing was written: --yes writes it")


def _batch(
    desk: Desk,
    database: Database,
    keys: list[int],
    sources: dict[str, Source],
    catalogue: Catalogue,
    table: Table,
    examples: int,
    run: str,
    yes: bool,
) -> None:
    """Reads some pages, counts what changes, and writes it when that was asked for."""
    from db import reread as pages

    now = datetime.now(UTC)
    with database.reading() as connection:
        kept = pages.read(connection, keys)
    results = [(one, _read(desk, one, sources, catalogue)) for one in kept]
    with database.writing() if yes else database.reading() as connection:
        changes = pages.compare(connection, results, now)
        if yes:
            _write(connection, results, changes, now)
            pages.note_progress(connection, run, keys[-1])
    for one, change in zip(kept, changes, strict=True):
        table.count(one, change, examples)


def _read(
    desk: Desk, one: Kept, sources: dict[str, Source], catalogue: Catalogue
) -> Article | Rejected:
    """The page as a crawl would read it."""
    import pipelines
    from crawler.identity import settled
    from crawler.stages import kept

    slug = one.page.source
    source = sources.get(slug) or Source(slug=slug, name=slug, url=one.page.url)
    found = pipelines.read(one.page, source, catalogue, desk.witness())
    found = settled(found, one.page)
    if isinstance(found, Rejected):
        return found
    return kept(found, desk.config.storage.noarchive)


def _write(
    connection: Any,
    results: list[tuple[Kept, Article | Rejected]],
    changes: list[Change],
    now: datetime,
) -> None:
    """Saves through the crawl's own path: revisions, tags, stories, the ends of addresses."""
    from crawler.telling import Guarded, Telling
    from db import articles
    from db.articles import Saving
    from db.reread import Effect

    savings = []
    for (one, result), change in zip(results, changes, strict=True):
        if change.effect is Effect.LOST and isinstance(result, Rejected):
            articles.reject(connection, result, now)
        elif change.effect is Effect.GAINED and change.article is not None:
            # as it would have been when the page came
            savings.append(Guarded(Saving(change.article, one.page.fetched_at, one.page.url)))
        elif change.effect is Effect.CHANGED and change.article is not None:
            savings.append(Guarded(Saving(change.article, now, one.page.url, is_again=True)))
    if savings:
        Telling().save(connection, savings)


def _signature(catalogue: str, since: str | None, slug: str | None) -> str:
    """What a run is known by: the same code, catalogue and choice of pages."""
    content = hashlib.sha256(f"{catalogue}|{since}|{slug}".encode())
    for path in sorted(Path(str(files("pipelines"))).rglob("*.*")):
        if path.suffix in (".py", ".json", ".toml", ".txt") and path.parent.name != "companies":
            content.update(path.read_bytes())
    return content.hexdigest()[:16]
