"""``techwire read FILE|URL``: hold one page in your hand."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from techwire.cli.desk import Desk, named, pass_desk
from techwire.cli.show import as_json
from techwire.errors import TechwireError, UsageError
from techwire.types import Article, Page, Rejected, Source

if TYPE_CHECKING:
    from collections.abc import Sequence


SHOWN = 100  # characters of a block that --explain shows


@click.command()
@click.argument("target", metavar="FILE|URL|-")
@click.option("--url", metavar="URL", help="The address a saved FILE came from.")
@click.option("--source", "slug", metavar="SLUG", help="Read it as a page of this source.")
@click.option("--lang", help="Its language, as a source would say (ISO 639-1).")
@click.option("--timezone", metavar="ZONE", help="For page times without a zone (IANA).")
@click.option("--explain", is_flag=True, help="Block by block: kept or left, and why.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text")
@pass_desk
def read(
    desk: Desk,
    target: str,
    url: str | None,
    slug: str | None,
    lang: str | None,
    timezone: str | None,
    explain: bool,
    shape: str,
) -> None:
    """What the pipeline makes of one page, and which rule gave each field.

    FILE is a saved page (``-``: standard input); a URL is fetched with the manners of a crawl.
    Exit code 1 when the page is no article."""
    import pipelines

    source = _source(desk, slug, lang, timezone)
    page = _fetched(desk, target, source) if "://" in target else _saved(target, url, source)
    if explain:
        _explain(page, source, shape)
        return
    found = pipelines.read(page, source, desk.catalogue(), desk.witness())
    if shape == "json":
        shown = {key: value for key, value in asdict(found).items() if key != "blocks"}
        click.echo(as_json(shown))
    elif isinstance(found, Article):
        _show(desk, found)
    if isinstance(found, Rejected):
        raise TechwireError(f"{target}: no article ({found.outcome}: {found.detail})")


def _explain(page: Page, source: Source, shape: str) -> None:
    """Every block of the page in reading order, with the reason for what became of it."""
    from pipelines.explain import explain_page

    told = explain_page(page, source)
    if isinstance(told, Rejected):
        raise TechwireError(f"no page to read ({told.outcome}: {told.detail})")
    if shape == "json":
        rows = [asdict(row) for row in told.rows]
        click.echo(as_json(rows))
        return
    for row in told.rows:
        click.echo(f"{'+' if row.kept else '-'} {row.score:.2f}  {row.kind:<9} {row.where}")
        click.echo(f"         {row.reason}")
        text = " ".join(row.text.split())
        click.echo(f"         {text[:SHOWN]}{' …' if len(text) > SHOWN else ''}")
    kept = sum(row.kept for row in told.rows)
    click.echo(f"{kept} of {len(told.rows)} blocks kept: {told.verdict or 'an article'}")


def _source(desk: Desk, slug: str | None, lang: str | None, timezone: str | None) -> Source:
    if slug is None:
        return Source(slug="page", name="", url="", language=lang, timezone=timezone)
    return named(slug, desk.sources())


def _saved(target: str, url: str | None, source: Source) -> Page:
    try:
        body = sys.stdin.buffer.read() if target == "-" else Path(target).read_bytes()
    except OSError as error:
        raise TechwireError(f"{target}: {error.strerror}") from error
    if not body.strip():
        raise TechwireError(f"{target}: empty")
    address = url or (source.url or "http://localhost/")
    return Page(
        url=address,
        final_url=address,
        source=source.slug,
        fetched_at=datetime.now(UTC),
        body=body,
        content_type=None,
    )


def _fetched(desk: Desk, url: str, source: Source) -> Page:
    from crawler.once import fetch
    from techwire.urls import fetchable

    if fetchable(url) is None:
        raise UsageError(f"{url} is no web address")
    return fetch(url, source, desk.config)


def _show(desk: Desk, article: Article) -> None:
    """The article as text, then where each field came from."""
    origins = article.origins
    lines: list[tuple[str, str, str]] = [
        ("title", article.title, origins.get("title", "")),
        ("authors", ", ".join(article.authors) or "—", origins.get("authors", "")),
        ("published", desk.local(article.published_at) or "—", article.published_origin or ""),
        ("modified", desk.local(article.modified_at) or "—", origins.get("modified_at", "")),
        ("language", article.language or "—", origins.get("language", "")),
        ("section", article.section or "—", origins.get("section", "")),
        ("image", article.image_url or "—", origins.get("image_url", "")),
        ("address", article.url, origins.get("url", "")),
    ]
    for name, value, origin in lines:
        click.echo(f"{name:<10} {value}" + (f"   [{origin}]" if origin else ""))
    if article.summary:
        click.echo(f"\n{article.summary}   [{origins.get('summary', '')}]")
    click.echo(f"\n{article.body}\n")
    click.echo(f"[body: {origins.get('body', '?')}, {len(article.body.split())} words]\n")
    _show_tags(article.tags)


def _show_tags(tags: Sequence[Any]) -> None:
    if not tags:
        click.echo("no company is named")
        return
    for tag in tags:
        owner = f" → {tag.owner}" if tag.owner else ""
        words = sorted({f"{m.surface!r} ({m.zone}, {m.rule})" for m in tag.mentions})
        new = "" if tag.known else ", not in the catalogue"
        click.echo(
            f"{tag.name}{owner}: {tag.level} {tag.relevance:.2f}, confidence {tag.confidence:.2f}"
            f"{new}; {', '.join(words[:4])}{' …' if len(words) > 4 else ''}"
        )
