"""Lists of articles: the options that choose them, and how one row looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from techwire.cli import show
from techwire.cli.desk import Desk

if TYPE_CHECKING:
    from db.answers import Listed

F = TypeVar("F", bound=Callable[..., Any])

COLUMNS = (
    "id",
    "published_at",
    "source",
    "language",
    "title",
    "companies",
    "url",
    "summary",
    "first_seen_at",
    "published_origin",
    "story_id",
    "copy_of_id",
    "revisions",
    "snippet",
    "rank",
)
TABLE = ("published", "source", "title", "companies")
MOST_COMPANIES = 4  # in a table's cell; the other formats give all


def choosing(command: F) -> F:
    """The options every list of articles has."""
    for option in (
        show.format_option,
        click.option("--source", metavar="SLUG", help="Of this source only."),
        click.option("--lang", metavar="CODE", help="In this language only (ISO 639-1)."),
        click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True),
        click.option("--since", metavar="WHEN", help="7d, 24h, today, 2026-01-01 …"),
    ):
        command = option(command)
    return command


def print_articles(
    desk: Desk,
    found: Sequence[Listed],
    shape: str,
    *,
    columns: Sequence[str] = TABLE,
    narrow: Sequence[str] | None = None,
) -> None:
    """The articles on stdout; ``narrow`` names the columns of a narrow terminal."""
    rows = [_row(desk, article, shape) for article in found]
    show.rows(COLUMNS, rows, shape=shape, table=columns, narrow=narrow)


def _row(desk: Desk, article: Listed, shape: str) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(article, name, None) for name in COLUMNS}
    names = [tag.name for tag in article.companies]
    if shape in ("table", "markdown"):
        more = len(names) - MOST_COMPANIES
        names = names[:MOST_COMPANIES] + ([f"+{more}"] if more > 0 else [])
        row["published"] = show.moment(desk, article.published_at, shape)
        marks = [word for word, holds in _marks(article) if holds]
        row["title"] = article.title + (f" ({', '.join(marks)})" if marks else "")
        row["companies"] = ", ".join(names)
        row["article"] = f"{row['title']}\n{row['snippet'] or ''}".rstrip()
    elif shape == "csv":
        row["companies"] = "; ".join(names)
    else:
        row["companies"] = [
            {"id": tag.id, "name": tag.name, "level": tag.level.value, "relevance": tag.relevance}
            for tag in article.companies
        ]
    return row


def _marks(article: Listed) -> list[tuple[str, bool]]:
    return [("copy", article.is_copy), ("edited", article.revisions > 0)]
