"""``techwire why URL``: the life of an address, and the reasons for what is stored of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from techwire.cli.desk import Desk, pass_desk
from techwire.cli.show import as_json
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
        click.echo(as_json(asdict(life)))
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


def _told(desk: Desk, life: Life) -> Iterator[str]:
    yield life.url
    yield _line("found", f"{desk.local(life.first_seen_at)} in {life.found_in or 'no channel'}")
    if life.entry and life.entry.title:
        dated = f", {desk.local(life.entry.published_at)}" if life.entry.published_at else ""
        yield _line("announced", f"{life.entry.title}{dated}")
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
    yield _line("next", _next(desk, life))
    if life.article:
        yield from _article(desk, life.article)


def _next(desk: Desk, life: Life) -> str:
    """When the address is asked for again, and why then."""
    if life.paused_at:
        visit = f"when {life.source} is resumed (paused since {desk.local(life.paused_at)})"
    elif life.visit_due_at is None:
        visit = f"when {life.source} is listed in sources.toml again"
    else:
        why_then = f" ({life.visit_reason})" if life.visit_reason else ""
        visit = f"at the next visit of {life.source}, {desk.local(life.visit_due_at)}{why_then}"
    if life.state == "new":
        return f"fetched {visit}"
    if life.state == "fetched":
        return f"read from the stored page {visit}"
    if life.next_try_at:
        tries = "once" if life.tries == 1 else f"{life.tries} times"
        return f"tried again from {desk.local(life.next_try_at)} on; failed {tries} so far"
    if life.state == "stored":
        return "fetched again when its entry in the channel changes"
    return "not again: that is final"


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
    told = "told by this article alone"
    if article.story_articles > 1:
        told = f"{article.story_articles} articles: {article.story_title}"
    yield _line("story", f"{article.story_id}, {told}")
    for version in article.versions:
        replaced = desk.local(version.replaced_at)
        yield _line("was", f"{version.title} (version {version.number}, until {replaced})")
    yield ""
    if not article.tags:
        yield "no company is named in it (--company NAME says why not that one)"
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
