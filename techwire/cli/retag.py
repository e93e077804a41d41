"""``techwire retag``: stored articles tagged again with the catalogue of today."""

from __future__ import annotations

import gc
import sys
from time import process_time
from typing import TYPE_CHECKING

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.cli.words import counted

if TYPE_CHECKING:
    from db.retag import Counts
    from pipelines.companies import Catalogue

BATCH = 100  # articles read, tagged and saved together: an interruption loses at most these


@click.command()
@click.option("--since", metavar="WHEN", help="Only articles published since: 7d, 2026-01-01 …")
@click.option("--company", metavar="NAME", help="Only articles that name this company.")
@click.option("--all", "everything", is_flag=True, help="Also those this catalogue has tagged.")
@pass_desk
def retag(desk: Desk, since: str | None, company: str | None, everything: bool) -> None:
    """Tag the stored articles again with the catalogue in force.

    Articles that this catalogue has tagged already are left out, so a run that was interrupted
    goes on where it stopped."""
    from db import companies
    from db import retag as stored
    from pipelines.tag import tag

    catalogue, witness = desk.catalogue(), desk.witness()
    gc.freeze()  # the catalogue's objects live to the end: looking at them costs a tenth
    moment = desk.since(since)
    chosen, names = _chosen(catalogue, company)
    with desk.database() as database:
        with database.writing() as connection:
            companies.sync(connection, list(catalogue.companies.values()), catalogue.version)
            before = stored.counts(connection)
            version = None if everything else catalogue.version
            ids = stored.waiting(
                connection, version=version, since=moment, company=chosen, names=names
            )
        partial = 0
        began = process_time()
        with click.progressbar(
            length=len(ids), label="retag", file=sys.stderr, hidden=desk.quiet or not ids
        ) as bar:
            for at in range(0, len(ids), BATCH):
                with database.writing() as connection:
                    tagged = []
                    for article in stored.read(connection, ids[at : at + BATCH]):
                        if not article.is_whole:
                            partial += 1
                            continue
                        tags = tag(
                            article.title,
                            article.summary,
                            article.body,
                            language=article.language,
                            catalogue=catalogue,
                            source_name=article.source_name,
                            on=article.published_at.date(),
                            witness=witness,
                        )
                        tagged.append((article, tags))
                    stored.replace(connection, tagged, catalogue.version)
                bar.update(min(BATCH, len(ids) - at))
        spent = process_time() - began
        with database.reading() as connection:
            after = stored.counts(connection)
    _report(before, after)
    done = len(ids) - partial
    desk.say(
        f"{counted(done, 'article')} tagged again in {spent:.1f} s of CPU"
        + (f"; {partial} left as they were: only a part of their text was kept" if partial else "")
    )


def _chosen(catalogue: Catalogue, company: str | None) -> tuple[str | None, list[str]]:
    """Id and spellings of the company that was asked for."""
    if company is None:
        return None, []
    from techwire.errors import NotFound

    found = catalogue.find(company)
    if found is None:
        raise NotFound("company", company, catalogue.nearest(company))
    return found.id, [s.text for s in catalogue.spellings if s.company == found.id]


def _report(before: Counts, after: Counts) -> None:
    click.echo(f"{'':<20}{'before':>10}{'after':>10}")
    for label, old, new in (
        ("articles", before.articles, after.articles),
        ("companies", before.companies, after.companies),
        ("tags", before.tags, after.tags),
        ("of unknown names", before.unknown, after.unknown),
        ("mentions", before.mentions, after.mentions),
    ):
        click.echo(f"{label:<20}{old:>10}{new:>10}")
