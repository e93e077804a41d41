"""The versions of an article that was edited."""

from __future__ import annotations

from sqlalchemy import Connection, select

from db.answers import Version
from db.tables import ArticleRow, RevisionRow
from techwire.errors import NotFound


def versions(connection: Connection, article_id: int) -> list[Version]:
    """Every version of an article, the first one first; NotFound when there is no such article."""
    now = connection.execute(
        select(
            ArticleRow.revisions,
            ArticleRow.fetched_at,
            ArticleRow.title,
            ArticleRow.summary,
            ArticleRow.body,
        ).where(ArticleRow.id == article_id)
    ).first()
    if now is None:
        raise NotFound("article", str(article_id))
    found = earlier(connection, article_id)
    found.append(
        Version(
            number=now.revisions + 1,
            fetched_at=now.fetched_at,
            replaced_at=None,
            title=now.title,
            summary=now.summary,
            body=now.body,
        )
    )
    return found


def earlier(connection: Connection, article_id: int) -> list[Version]:
    """The versions of an article that were replaced since, the first one first."""
    rows = connection.execute(
        select(
            RevisionRow.number,
            RevisionRow.fetched_at,
            RevisionRow.replaced_at,
            RevisionRow.title,
            RevisionRow.summary,
            RevisionRow.body,
        )
        .where(RevisionRow.article_id == article_id)
        .order_by(RevisionRow.number)
    )
    return [Version(**row._asdict()) for row in rows]
