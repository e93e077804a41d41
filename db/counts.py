"""How much is stored, how pages ended, how each source is doing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Subquery, bindparam, func, select

from db.answers import Counts, SourceStatus
from db.tables import (
    AddressRow,
    ArticleRow,
    MentionRow,
    PageRow,
    RevisionRow,
    SourceRow,
    StoryRow,
    TagRow,
    VisitOutcomeRow,
)
from techwire.types import Outcome


def counts(connection: Connection) -> Counts:
    """How much is stored, and how pages have ended: the last line of a run."""

    def rows_of(table: Any, *where: Any) -> Any:
        return select(func.count()).select_from(table).where(*where).scalar_subquery()

    row = connection.execute(
        select(
            rows_of(SourceRow, SourceRow.is_active).label("sources"),
            rows_of(AddressRow).label("addresses"),
            rows_of(PageRow).label("pages"),
            rows_of(ArticleRow).label("articles"),
            rows_of(ArticleRow, ArticleRow.copy_of_id.is_not(None)).label("copies"),
            rows_of(RevisionRow).label("revisions"),
            rows_of(StoryRow).label("stories"),
            select(func.count(TagRow.company_id.distinct())).scalar_subquery().label("companies"),
            rows_of(TagRow).label("tags"),
            rows_of(MentionRow).label("mentions"),
            select(func.min(ArticleRow.published_at)).scalar_subquery().label("first"),
            select(func.max(ArticleRow.published_at)).scalar_subquery().label("last"),
        )
    ).one()
    states = connection.execute(
        select(AddressRow.state, func.count().label("pages"))
        .group_by(AddressRow.state)
        .order_by(AddressRow.state)
    )
    outcomes = connection.execute(
        select(VisitOutcomeRow.outcome, func.sum(VisitOutcomeRow.pages).label("pages"))
        .group_by(VisitOutcomeRow.outcome)
        .order_by(VisitOutcomeRow.outcome)
    )
    return Counts(
        sources=row.sources,
        addresses=row.addresses,
        pages=row.pages,
        articles=row.articles,
        copies=row.copies,
        revisions=row.revisions,
        stories=row.stories,
        companies=row.companies,
        tags=row.tags,
        mentions=row.mentions,
        states={row.state: row.pages for row in states},
        outcomes={Outcome(row.outcome): int(row.pages) for row in outcomes},
        first_published_at=row.first,
        last_published_at=row.last,
    )


def waiting_pages() -> Subquery:
    """How many pages of each source are still to fetch or to read."""
    return (
        select(AddressRow.source_id, func.count().label("waiting"))
        .where(AddressRow.state.in_(("new", "fetched")))
        # the same once more: in SQLite's statistics one state is as frequent as any other, and it
        # would read every address; of a range it has no such prejudice, and takes the index
        .where(AddressRow.state.between("fetched", "new"))
        .group_by(AddressRow.source_id)
        .subquery()
    )


def status(connection: Connection, slugs: Sequence[str] | None = None) -> list[SourceStatus]:
    """How each source is doing, by slug; all of them unless ``slugs`` says which."""
    values = {} if slugs is None else {"slugs": list(slugs)}
    rows = connection.execute(_status(is_chosen=slugs is not None), values)
    return [SourceStatus(**row) for row in rows.mappings()]


@cache
def _status(*, is_chosen: bool) -> Select[*tuple[Any, ...]]:
    """What ``status`` asks; made once, which costs as much as to run it for a few sources."""
    # counted source by source, in an index: for three sources, only theirs
    of_it = ArticleRow.source_id == SourceRow.id
    articles = select(func.count()).select_from(ArticleRow).where(of_it).scalar_subquery()
    newest = select(func.max(ArticleRow.published_at)).where(of_it).scalar_subquery()
    waiting = waiting_pages()
    columns = [
        getattr(SourceRow, name)
        for name in SourceStatus.__dataclass_fields__
        if hasattr(SourceRow, name)
    ]
    statement = (
        select(
            *columns,
            articles.label("articles"),
            newest.label("last_published_at"),
            func.coalesce(waiting.c.waiting, 0).label("waiting"),
        )
        .outerjoin(waiting, waiting.c.source_id == SourceRow.id)
        .order_by(SourceRow.slug)
    )
    if is_chosen:
        return statement.where(SourceRow.slug.in_(bindparam("slugs", expanding=True)))
    return statement.where(SourceRow.is_active)
