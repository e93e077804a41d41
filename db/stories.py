"""Stories: articles about the same event. Which story an article tells is decided by the caller."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, case, delete, func, select, true

from db.dialects import chunks
from db.rows import KEY, change, write
from db.tables import ArticleRow, SourceRow, StoryRow, TagRow
from techwire.types import Article

PART = 1_000  # articles read at once: of 27,000 the half would be as large as the index of them


class StoryChoice(Protocol):
    """Decides which story an article tells, as ``pipelines.story`` does."""

    def __call__(self, article: Article, article_id: int, published_at: datetime) -> int:
        """The id of a story told before, or ``article_id`` itself: this article opens a new one.

        Called once per new article, in the order of arrival. A call whose transaction fails
        afterwards is not taken back: a story that has no row by then is opened by the next article.
        """
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """An article as far as stories are concerned."""

    id: int
    story_id: int
    title: str
    source: str  # slug
    published_at: datetime
    language: str | None
    lead: str  # summary, and where the body begins; "" of a story that is not told any more
    companies: tuple[str, ...]  # ids of those it is about
    fingerprint: int
    words: int


def told_lately(
    connection: Connection,
    now: datetime,
    window: timedelta,
    *,
    lead: int,
    relevance: float,
    lately: timedelta,
    after: int = 0,
) -> Iterator[Told]:
    """The articles of the last ``window``, oldest first: an index of stories is rebuilt from them.

    The window ends with the latest article (an archive may end long ago), or ``now`` if that comes
    first (dates may lie). ``lead`` is how many characters of the body are wanted, ``relevance``
    from which a company counts; ``after`` leaves out articles up to that id. Without it only the
    stories told within ``lately`` of the window's end have leads: there are ten times as many
    articles, whose texts take most of the time to read and of the memory. Three statements, however
    many articles."""
    latest = connection.scalar(select(func.max(ArticleRow.published_at)))
    end = min(latest or now, now)
    since = end - window
    recent = (ArticleRow.published_at >= since) & (ArticleRow.id > after)
    companies: dict[int, list[str]] = {}
    tags = select(TagRow.article_id, TagRow.company_id).where(
        TagRow.relevance >= relevance,
        # not by their own times, which are indexed by company: that is a walk through all tags
        TagRow.article_id.in_(select(ArticleRow.id).where(recent)),
    )
    for article_id, company in connection.execute(tags).all():
        companies.setdefault(article_id, []).append(company)
    is_told = StoryRow.last_published_at >= end - lately if after == 0 else true()
    opening = func.coalesce(ArticleRow.summary, "") + " " + func.substr(ArticleRow.body, 1, lead)
    rows = connection.execute(
        select(
            ArticleRow.id,
            ArticleRow.story_id,
            ArticleRow.title,
            SourceRow.slug,
            ArticleRow.published_at,
            ArticleRow.language,
            case((is_told, opening), else_="").label("lead"),
            ArticleRow.fingerprint,
            ArticleRow.words,
        )
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .join(StoryRow, StoryRow.id == ArticleRow.story_id)
        .where(recent)
        .order_by(ArticleRow.published_at, ArticleRow.id)
    )
    for part in rows.partitions(PART):
        for key, story, title, slug, at, language, said, bits, words in part:
            about = tuple(companies.pop(key, ()))
            yield Told(key, story, title, slug, at, language, said, about, bits, words)


def open_for(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Makes the story of each new article (a row of ``article``) unless it is there.

    Call it before the articles are written; ``refresh`` the stories it returns afterwards: those
    that more than one article tells.
    """
    elsewhere = [row["story_id"] for row in rows if row["story_id"] != row["id"]]
    there: set[int] = set()
    for part in chunks(elsewhere):
        there.update(connection.scalars(select(StoryRow.id).where(StoryRow.id.in_(part))))
    opened = {row["story_id"]: row for row in reversed(rows) if row["story_id"] not in there}
    if opened:
        write(
            connection,
            StoryRow,
            [
                {
                    "id": story_id,
                    "title": row["title"],
                    "first_article_id": row["id"],
                    "first_source_id": row["source_id"],
                    "first_published_at": row["published_at"],
                    "last_published_at": row["published_at"],
                    "articles": 1,
                    "outlets": 1,
                    "languages": row["language"] or "",
                    "lag_seconds": None,
                }
                for story_id, row in opened.items()
            ],
        )
    return list(dict.fromkeys(elsewhere))


def refresh(connection: Connection, story_ids: Collection[int]) -> None:
    """Counts the articles of stories anew; drops a story when none is left."""
    told: dict[int, list[Any]] = {key: [] for key in story_ids}
    for part in chunks(list(told)):
        for row in connection.execute(_TOLD, {"keys": part}):
            told[row.story_id].append(row)
    empty = [{"key": key} for key, rows in told.items() if not rows]
    if empty:
        connection.execute(_DROP, empty)
    change(connection, StoryRow, [_counted(key, rows) for key, rows in told.items() if rows])


_TOLD = (
    select(
        ArticleRow.story_id,
        ArticleRow.id,
        ArticleRow.source_id,
        ArticleRow.published_at,
        ArticleRow.language,
        ArticleRow.title,
    )
    .where(ArticleRow.story_id.in_(bindparam("keys", expanding=True)))
    .order_by(ArticleRow.published_at, ArticleRow.id)
)
_DROP = delete(StoryRow).where(StoryRow.id == bindparam("key"))


def _counted(story_id: int, rows: Sequence[Any]) -> dict[str, Any]:
    """What a story's row says of its articles, given in their order."""
    first = rows[0]
    second = next((row for row in rows if row.source_id != first.source_id), None)
    return {
        KEY: story_id,
        "title": first.title,
        "first_article_id": first.id,
        "first_source_id": first.source_id,
        "first_published_at": first.published_at,
        "last_published_at": rows[-1].published_at,
        "articles": len(rows),
        "outlets": len({row.source_id for row in rows}),
        "languages": ",".join(sorted({row.language for row in rows if row.language})),
        "lag_seconds": _seconds(first.published_at, second and second.published_at),
    }


def _seconds(first: datetime, second: datetime | None) -> int | None:
    return None if second is None else round((second - first).total_seconds())
