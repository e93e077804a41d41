"""The conditions of a search beside its words: companies, sources, languages, times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy import ColumnElement, Connection, or_, select

from db import companies
from db.search_query import Filter, Question
from db.tables import ArticleRow, SourceRow, TagRow
from techwire.errors import NotFound


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The conditions beside the text, as SQL."""

    article: tuple[ColumnElement[bool], ...]  # on source and language
    companies: tuple[tuple[str, ...], ...]  # ids; one of each group tags the article
    not_companies: tuple[str, ...]
    since: datetime | None  # published at or after
    until: datetime | None  # published before

    @property
    def is_narrow(self) -> bool:
        """There is a condition at all."""
        return bool(
            self.article or self.companies or self.not_companies or self.since or self.until
        )

    def on_article(self) -> list[ColumnElement[bool]]:
        """Every condition, as one on ``article``."""
        conditions = [*self.article, *self.in_window(ArticleRow)]
        conditions += [_is_about(ids) for ids in self.companies]
        if self.not_companies:
            conditions.append(~_is_about(self.not_companies))
        return conditions

    def in_window(self, row: type[ArticleRow | TagRow]) -> list[ColumnElement[bool]]:
        """The conditions on the time of publication, which tags hold too."""
        conditions = []
        if self.since is not None:
            conditions.append(row.published_at >= self.since)
        if self.until is not None:
            conditions.append(row.published_at < self.until)
        return conditions


def _is_about(ids: tuple[str, ...]) -> ColumnElement[bool]:
    return (
        select(TagRow.article_id)
        .where(TagRow.article_id == ArticleRow.id, TagRow.company_id.in_(ids))
        .exists()
    )


def narrowed(
    connection: Connection,
    question: Question,
    since: datetime | None,
    language: str | None,
    source: str | None,
    company: Sequence[str] | None,
) -> Narrowed:
    filters = list(question.filters)
    if language:
        filters.append(Filter("lang", (language,)))
    if source:
        filters.append(Filter("source", (source,)))
    conditions: list[ColumnElement[bool]] = []
    groups: list[tuple[str, ...]] = [tuple(company)] if company else []
    without: tuple[str, ...] = ()
    source_ids = _source_ids(connection) if any(f.field == "source" for f in filters) else {}
    for asked in filters:
        if asked.field == "company":
            ids = _company_ids(connection, asked.values)
            if asked.is_negated:
                without += ids
            else:
                groups.append(ids)
            continue
        if asked.field == "lang":
            condition: ColumnElement[bool] = ArticleRow.language.in_(asked.values)
            if asked.is_negated:
                condition = or_(ArticleRow.language.is_(None), ~condition)
        else:
            condition = ArticleRow.source_id.in_(
                [_source_id(source_ids, slug) for slug in asked.values]
            )
            if asked.is_negated:
                condition = ~condition
        conditions.append(condition)
    moments = [moment for moment in (since, question.since) if moment is not None]
    first = max(moments) if moments else None
    return Narrowed(tuple(conditions), tuple(groups), without, first, question.until)


def _source_ids(connection: Connection) -> dict[str, int]:
    rows = connection.execute(select(SourceRow.slug, SourceRow.id))
    return {row.slug: row.id for row in rows}


def _source_id(known: dict[str, int], slug: str) -> int:
    if slug not in known:
        raise NotFound("source", slug, get_close_matches(slug, known, n=3, cutoff=0.4))
    return known[slug]


def _company_ids(connection: Connection, names: Sequence[str]) -> tuple[str, ...]:
    """The companies and the brands they own."""
    found = [companies.find(connection, name) for name in names]
    return tuple(dict.fromkeys(key for one in found for key in (one.id, *one.owned)))
