"""The newest articles of an SQLite file, asked for by hand: ``techwire latest`` without SQLAlchemy,
whose import alone costs more CPU (0.4 s) than starting Python and asking this.

The answers are those of ``queries.latest``, to the letter; a test compares them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.answers import Listed, TaggedCompany
from db.revisions import HEAD
from techwire.types import Level

_LISTED = """
SELECT a.id, a.url, s.slug, a.title, a.summary, a.language, a.published_at, a.published_origin,
       a.first_seen_at, a.story_id, a.copy_of_id, a.revisions
FROM article a JOIN source s ON s.id = a.source_id
WHERE {conditions}
ORDER BY a.published_at DESC, a.id DESC LIMIT :limit
"""
_TAGGED = """
SELECT t.article_id, t.company_id, c.name, t.relevance, t.level, t.confidence, t.known,
       t.mention_count
FROM tag t JOIN company c ON c.id = t.company_id
WHERE t.article_id IN ({marks})
ORDER BY t.article_id, t.relevance DESC, t.company_id
"""
MOST = 5_000
"""Articles asked for at once, of which SQLite takes the numbers as parameters."""


def newest(
    address: str,
    limit: int,
    since: datetime | None = None,
    language: str | None = None,
    source: str | None = None,
) -> list[Listed] | None:
    """Articles of the database at ``address``, newest first, as ``queries.latest`` has them.

    None when this is no SQLite file of today's schema, the source is unknown, or anything is out
    of the ordinary: then ask ``queries.latest``, which knows what to say of it.
    """
    path = _path(address)
    if path is None or limit > MOST or not path.is_file():
        return None
    conditions, values = ["1"], {"limit": limit, "language": language, "source": source}
    if since is not None:
        conditions.append("a.published_at >= :since")
        values["since"] = since.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"
    if language is not None:
        conditions.append("a.language = :language")
    if source is not None:
        conditions.append("a.source_id = (SELECT id FROM source WHERE slug = :source)")
    try:
        with closing(_opened(path)) as connection:
            if not _is_ours(connection, source):
                return None
            rows = connection.execute(
                _LISTED.format(conditions=" AND ".join(conditions)), values
            ).fetchall()
            tags = _tags(connection, [row[0] for row in rows])
    except sqlite3.Error:
        return None
    return [_listed(row, tags.get(row[0], ())) for row in rows]


def _path(address: str) -> Path | None:
    if "://" not in address:
        return Path(address.strip()).expanduser()
    scheme, _, rest = address.partition(":///")
    is_plain = scheme in ("sqlite", "sqlite+pysqlite") and not any(mark in rest for mark in "?%")
    return Path(rest) if is_plain and rest else None


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None
    )
    connection.execute("BEGIN")  # one view of the database for all the statements
    return connection


def _is_ours(connection: sqlite3.Connection, source: str | None) -> bool:
    if connection.execute("SELECT version_num FROM alembic_version").fetchall() != [(HEAD,)]:
        return False
    known = "SELECT count(*) FROM source WHERE slug = ?"
    return source is None or connection.execute(known, (source,)).fetchone() == (1,)


def _tags(
    connection: sqlite3.Connection, articles: Sequence[int]
) -> dict[int, tuple[TaggedCompany, ...]]:
    marks = ", ".join("?" * len(articles))
    found: dict[int, tuple[TaggedCompany, ...]] = {}
    for row in connection.execute(_TAGGED.format(marks=marks), articles):
        article, company, name, relevance, level, confidence, known, mentions = row
        tag = TaggedCompany(
            id=company,
            name=name,
            relevance=relevance,
            level=Level(level),
            confidence=confidence,
            known=bool(known),
            mentions=mentions,
        )
        found[article] = (*found.get(article, ()), tag)
    return found


def _listed(row: Sequence[Any], companies: tuple[TaggedCompany, ...]) -> Listed:
    number, url, source, title, summary, language, published, origin, seen, *rest = row
    story, copy_of, revisions = rest
    return Listed(
        id=number,
        url=url,
        source=source,
        title=title,
        summary=summary,
        language=language,
        published_at=datetime.fromisoformat(published),
        published_origin=origin,
        first_seen_at=datetime.fromisoformat(seen),
        story_id=story,
        copy_of_id=copy_of,
        revisions=revisions,
        companies=companies,
    )
