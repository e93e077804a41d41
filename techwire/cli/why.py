"""``techwire why URL``: the life of an address, and the reasons for what is stored of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.errors import TechwireError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from db.answers import ArticleFacts, Life
    from db.retag import Stored


@click.command()
@click.argument("url")
@click.option("--company", metavar="NAME", help="Why it is tagged with this company, or why not.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
@pass_desk
def why(desk: Desk, url: str, company: str | None, shape: str) -> None:
    """Where URL was found, when it was fetched, how it ended, and why it is tagged as it is."""
    from db import retag
    from db.why import why as life_of

    with desk.database(read_only=True) as database, database.reading() as connection:
        life = life_of(connection, url)
        if company is not None:
            if life.article is None:
                raise TechwireError(f"{life.url}: no article is stored of it")
            (stored,) = retag.read(connection, [life.article.id])
            _explain(desk, stored, company)
            return
    if shape == "json":
        click.echo(json.dumps(asdict(life), ensure_ascii=False, indent=1, default=_json))
        return
    for line in _told(desk, life):
        click.echo(line)


def _explain(desk: Desk, article: Stored, company: str) -> None:
    """What the tagger thinks of one company in the stored text, with the catalogue of today."""
    from pipelines.tag_explain import explain

    told = explain(
        article.title,
        article.summary,
        article.body,
        language=article.language,
        catalogue=desk.catalogue(),
        company=company,
        source_name=article.source_name,
        on=article.published_at.date(),
    )
    for line in told.lines():
        click.echo(line)


def _json(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else str(value)


def _told(desk: Desk, life: Life) -> Iterator[str]:
    yield life.url
    yield _line("found", f"{desk.local(life.first_seen_at)} in {life.found_in or 'no channel'}")
    yield _line("source", life.source)
    if life.page:
        page = life.page
        yield _line(
            "fetched",
            f"{desk.local(page.fetched_at)}: {page.status}, {page.content_type or 'no type'}, "
            f"{page.size:,} bytes"
            + (f", at {page.final_url}" if page.final_url != life.url else ""),
        )
    ended = f" at {desk.local(life.ended_at)}" if life.ended_at else ""
    outcome = f"{life.outcome}{f' ({life.detail})' if life.detail else ''}{ended}"
    yield _line("outcome", outcome if life.outcome else f"none yet: {life.state}")
    if life.next_try_at:
        yield _line("next try", f"{desk.local(life.next_try_at)}, after {life.tries} tries")
    if life.article:
        yield from _article(desk, life.article)


def _article(desk: Desk, article: ArticleFacts) -> Iterator[str]:
    origins = article.origins
    yield ""
    yield _line("title", article.title, origins.get("title"))
    yield _line("authors", ", ".join(article.authors) or "—", origins.get("authors"))
    yield _line("published", desk.local(article.published_at), article.published_origin)
    if article.modified_at:
        yield _line("modified", desk.local(article.modified_at), origins.get("modified_at"))
    yield _line("language", article.language or "—", origins.get("language"))
    yield _line("text", f"{article.words} words", origins.get("body"))
    if article.copy_of_url:
        yield _line("copy of", article.copy_of_url)
    for version in article.versions:
        replaced = desk.local(version.replaced_at)
        yield _line("was", f"{version.title} (version {version.number}, until {replaced})")
    yield ""
    if not article.tags:
        yield "no company is named in it"
    for tag in article.tags:
        owner = f" → {tag.owner}" if tag.owner else ""
        unknown = "" if tag.known else ", not in the catalogue"
        yield (
            f"{tag.name}{owner}: {tag.level} (relevance {tag.relevance:.2f}, "
            f"confidence {tag.confidence:.2f}{unknown})"
        )
        for mention in tag.mentions[:3]:
            place = f"{mention.zone} {mention.start}–{mention.end}"
            yield f"    {mention.surface!r} in {place}, by {mention.rule}"
        if len(tag.mentions) > 3:
            yield f"    and {len(tag.mentions) - 3} more"


def _line(name: str, value: str, origin: str | None = None) -> str:
    return f"{name:<10} {value}" + (f"   [{origin}]" if origin else "")
