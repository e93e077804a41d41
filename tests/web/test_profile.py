"""A company's days and peaks are those one counts by hand, its brands' articles once each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from db import Database
from db.profile import profile, timeline
from db.tables import StoryRow, TagRow
from tests.web.news import NOW


@pytest.mark.parametrize("days", [1, 7, 90, 365])
@pytest.mark.parametrize("ids", [("apple",), ("meta", "instagram"), ("nobody",)])
def test_each_day_holds_what_was_published_on_it(
    news: Database, ids: Sequence[str], days: int
) -> None:
    with news.reading() as connection:
        found = timeline(connection, ids, NOW, days)
        tags = connection.execute(select(TagRow).where(TagRow.company_id.in_(ids))).all()
    assert [one.day for one in found] == [
        NOW.date() - timedelta(days=days - 1 - n) for n in range(days)
    ]
    for one in found:
        of_it = [tag for tag in tags if tag.published_at.date() == one.day]
        assert one.articles == len({tag.article_id for tag in of_it})
        assert one.stories == len({tag.story_id for tag in of_it})
        assert one.mentions == sum(tag.mention_count for tag in of_it)


def test_a_peak_names_the_story_most_outlets_told_that_day(news: Database) -> None:
    with news.reading() as connection:
        found = profile(connection, "apple", NOW, 30)
        (told,) = connection.execute(select(StoryRow).where(StoryRow.outlets == 2)).all()
    assert [(peak.day, peak.stories, peak.story_id, peak.outlets) for peak in found.peaks] == [
        (date(2026, 3, 2), 1, told.id, 2)
    ]


def test_no_more_than_three_days_are_peaks_and_they_stand_in_order(news: Database) -> None:
    with news.reading() as connection:
        peaks = profile(connection, "meta", NOW, 90).peaks
    assert len(peaks) == 3
    assert [peak.day for peak in peaks] == sorted(peak.day for peak in peaks)
