"""What a source's page counts is what one counts by hand, on either engine."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from db import Database
from db.pulse import JUDGED, SPARK, Signs, listed, pulse, signs
from db.tables import ArticleRow, SourceRow
from tests.web.news import NOW


def test_each_day_of_a_source_holds_what_it_published(news: Database) -> None:
    with news.reading() as connection:
        found = pulse(connection, NOW, listed(connection, "", 1_000))
        rows = connection.execute(
            select(SourceRow.slug, ArticleRow.published_at).join(
                ArticleRow, ArticleRow.source_id == SourceRow.id
            )
        ).all()
    counted = Counter((slug, published.date()) for slug, published in rows)
    days = [NOW.date() - timedelta(days=SPARK - 1 - n) for n in range(SPARK)]
    assert len(found) > 1
    for one in found:
        slug = one.status.slug
        assert one.days == tuple((day, counted[slug, day]) for day in days)
        assert one.status.articles == sum(n for (name, _), n in counted.items() if name == slug)


def test_signs_are_counted_no_further_than_it_takes(news: Database) -> None:
    with news.reading() as connection:
        found = signs(connection, NOW)
        rows = connection.execute(
            select(SourceRow.slug, ArticleRow.published_at, ArticleRow.published_origin)
            .join(ArticleRow, ArticleRow.source_id == SourceRow.id)
            .order_by(ArticleRow.published_at.desc())
        ).all()
    assert found
    for one in found:
        of_it = [row for row in rows if row.slug == one.slug]
        dated = sum(row.published_origin != "first_seen" for row in of_it[:JUDGED])
        assert one.judged == min(JUDGED, len(of_it))
        assert one.dated == min(JUDGED // 2, dated)
        assert one.last_published_at == max((row.published_at for row in of_it), default=None)
        is_quiet = bool(of_it) and one.last_published_at < NOW - timedelta(days=1)  # type: ignore[operator]
        recent = sum(row.published_at > NOW - timedelta(days=SPARK) for row in of_it)
        assert one.articles == (recent if is_quiet else None)


@pytest.mark.parametrize(
    ("judged", "dated", "is_undated"),
    [(0, 0, False), (1, 0, True), (1, 1, False), (20, 9, True), (20, 10, False), (19, 10, False)],
)
def test_a_source_is_undated_when_fewer_than_half_of_its_articles_say_when(
    judged: int, dated: int, is_undated: bool
) -> None:
    found = Signs(
        slug="gazette",
        name="Gazette",
        paused_at=None,
        failures=0,
        waiting=0,
        articles=None,
        last_published_at=None,
        judged=judged,
        dated=dated,
    )
    assert found.is_undated is is_undated
