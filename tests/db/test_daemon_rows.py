"""What a daemon needs of the database: asking, giving back, wrong clocks, alarms, quarantine."""

from datetime import timedelta
from typing import Any

import pytest

from db import Database, articles, lock, metrics, pages, sources
from db.alarms import alarms, note, noted
from db.articles import Saving
from db.freshness import freshness
from db.health import health
from db.quarantine import quarantined, retry
from db.rhythms import rates, rhythms
from techwire.errors import AlreadyRunning
from techwire.types import Outcome, Rejected, Visit, VisitOutcome
from tests.db.build import HOUR, NOW, article, page, tag, with_sources

LEASE = timedelta(minutes=20)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def claimed(database: Database, hours: float = 0) -> list[str]:
    with database.writing() as connection:
        return sources.claim_due(connection, NOW + hours * HOUR, "here:1", LEASE, 10)


def finish(database: Database, visit: Visit) -> None:
    with database.writing() as connection:
        sources.finish(connection, visit, NOW + DAY, "later")


def visited(outcome: VisitOutcome, **more: bool) -> Visit:
    return Visit(source="gazette", started_at=NOW, finished_at=NOW, outcome=outcome, **more)  # type: ignore[arg-type]


def test_one_daemon_holds_the_lock_until_it_lets_go(database: Database) -> None:
    assert not lock.is_held(database)
    held = lock.hold(database)
    assert lock.is_held(database)
    with pytest.raises(AlreadyRunning, match="another daemon"):
        lock.hold(database)
    held.release()
    assert not lock.is_held(database)
    lock.hold(database).release()


def test_who_is_asked_for_is_due_at_once_and_found_again_when_visited(database: Database) -> None:
    with_sources(database)
    assert claimed(database) == ["gazette", "herald"]
    finish(database, visited(VisitOutcome.OK))
    assert claimed(database, hours=1) == ["herald"]
    with database.writing() as connection:
        assert sources.ask(connection, ["gazette", "nobody"], NOW + HOUR) == ["gazette"]
    assert claimed(database, hours=1) == ["gazette"]
    with database.reading() as connection:
        assert [v.source for v in sources.visits_since(connection, ["gazette"], NOW)] == ["gazette"]
        assert sources.visits_since(connection, ["gazette"], NOW + HOUR) == []


def test_what_is_given_back_is_due_still(database: Database) -> None:
    with_sources(database)
    claimed(database)
    with database.writing() as connection:
        sources.give_back(connection, ["gazette"])
    assert claimed(database) == ["gazette"]


@pytest.mark.parametrize(
    ("visit", "failures"),
    [
        pytest.param(visited(VisitOutcome.NETWORK), 1, id="its fault"),
        pytest.param(visited(VisitOutcome.NETWORK, is_offline=True), 0, id="ours: F2"),
        pytest.param(visited(VisitOutcome.INTERRUPTED), 0, id="nobody's: F37"),
    ],
)
def test_only_a_source_s_own_failures_are_counted(
    database: Database, visit: Visit, failures: int
) -> None:
    with_sources(database)
    finish(database, visit)
    with database.reading() as connection:
        assert sources.failures(connection, ["gazette"]) == {"gazette": failures}


def test_plans_of_a_clock_that_stood_in_the_future_are_undone(database: Database) -> None:  # F39
    with_sources(database)
    with database.writing() as connection:
        ahead = NOW + 365 * DAY
        sources.claim(connection, ["herald"], ahead, "here:1", LEASE)
        sources.finish(connection, visited(VisitOutcome.OK), ahead, "every year")
    assert claimed(database) == []
    with database.writing() as connection:
        mended = sources.mend_clock(connection, NOW + 8 * DAY, NOW + 2 * LEASE)
    assert mended == ["gazette", "herald"]
    assert claimed(database) == ["gazette", "herald"]


def test_a_source_that_posts_hourly_and_stopped_is_silent(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        for hours in range(1, 200, 2):
            piece = article(
                f"https://gazette.example/{hours}",
                body=f"Texte {hours}",
                published_at=NOW - hours * HOUR,
            )
            articles.save(connection, piece, NOW - hours * HOUR)
    with database.reading() as connection:
        assert alarms(connection, NOW) == []
        (alarm,) = alarms(connection, NOW + 2 * DAY)
        shares = rates(connection, NOW, 5 * DAY)
    assert (alarm.source, alarm.kind) == ("gazette", "silence")
    assert alarm.text == "no article for 2 d 1 h, usual gap 2 h"
    assert shares["gazette"] == pytest.approx(12, abs=1)
    assert shares["herald"] == 0


GOOD: dict[str, Any] = {
    "authors": ("Ana Roux",),
    "tags": (tag("mozilla", "Mozilla"),),
    "body": "mot " * 400,
}
LOST = [
    ("authors", {"authors": ()}, "authors found on 0% of pages since 2026-03-02"),
    ("title", {"title": "La Gazette"}, "titles of their own found on 0% of pages since 2026-03-02"),
    ("date", {"published_at": None}, "dates found on 0% of pages since 2026-03-02"),
    ("text", {"body": "mot " * 100}, "text of 100 words since 2026-03-02"),
    ("companies", {"tags": ()}, "companies found on 0% of pages since 2026-03-02"),
]


@pytest.mark.parametrize(("field", "changes", "says"), LOST, ids=[field for field, _, _ in LOST])
def test_a_field_that_is_no_longer_found_is_drift(
    database: Database, field: str, changes: dict[str, Any], says: str
) -> None:
    with_sources(database)
    saved = []
    for n in range(44):
        seen = NOW - (10 * DAY if n < 22 else HOUR) + n * MINUTE
        values = GOOD | {"title": f"Titre {n}", "published_at": seen}
        piece = article(f"https://gazette.example/{n}", **(values | (changes if n >= 22 else {})))
        saved.append(Saving(piece, seen, None))
    with database.writing() as connection:
        articles.save_many(connection, saved)
    with database.writing() as connection:
        (drift,) = [alarm for alarm in alarms(connection, NOW) if alarm.kind == "drift"]
        assert note(connection, [drift], NOW) == [drift]
        assert note(connection, [drift], NOW + HOUR) == []  # nothing new
        assert noted(connection) == [drift]
        row = health(connection)["gazette"]
        figures = metrics.text(connection, NOW)
        note(connection, [], NOW)
        assert noted(connection) == []
    assert drift.text.startswith(says)
    assert drift.since_at == NOW - HOUR + 22 * MINUTE
    assert (drift.field, row["drift"], row["silence"]) == (field, drift.text, None)
    assert f'techwire_source_alarm{{source="gazette",kind="drift",field="{field}"}} 1' in figures


def test_freshness_counts_from_publication_to_our_row(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        for minutes in (10, 20, 90):
            published = NOW + minutes * timedelta(minutes=1)
            url = f"https://gazette.example/{minutes}"
            piece = article(url, body=f"Texte {minutes}", published_at=published)
            articles.save(connection, piece, published + minutes * timedelta(minutes=1))
    with database.reading() as connection:
        found = freshness(connection, NOW + DAY, NOW + HOUR)
    assert set(found) == {"gazette"}
    figures = found["gazette"]
    assert (figures.articles, figures.today) == (3, 1)
    assert (figures.p50_minutes, figures.p95_minutes) == (20, 90)


def test_a_page_that_killed_its_readers_is_listed_and_read_again_when_asked(
    database: Database,
) -> None:
    with_sources(database)
    url = "https://gazette.example/killer"
    with database.writing() as connection:
        pages.keep(connection, page(url))
        words = "the reading process died, 2 times"
        end = Rejected(
            url=url, source="gazette", outcome=Outcome.UNREADABLE, detail=words, fetched_at=NOW
        )
        articles.reject(connection, end, NOW)
        assert pages.unread(connection, 10) == []
    with database.reading() as connection:
        (found,) = quarantined(connection)
    assert (found.url, found.detail, found.has_page) == (url, words, True)
    with database.writing() as connection:
        assert retry(connection, "https://gazette.example/other") == 0
        assert retry(connection) == 1
        assert [kept.url for kept in pages.unread(connection, 10)] == [url]
        assert quarantined(connection) == []


def test_metrics_are_lines_of_name_labels_and_value(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        articles.save(connection, article("https://gazette.example/1"), NOW)
    with database.reading() as connection:
        lines = metrics.text(connection, NOW).splitlines()
    assert "techwire_articles 1" in lines
    assert "techwire_sources_due 2" in lines
    assert 'techwire_source_articles{source="gazette"} 1' in lines
    assert 'techwire_source_article_age_seconds{source="gazette"} 3600' in lines
    names = {line.split("{")[0].split()[0] for line in lines if not line.startswith("#")}
    assert names <= {line.split()[2] for line in lines if line.startswith("# TYPE")}


def test_what_a_rhythm_is_learnt_from_begins_at_the_same_moment_for_a_while(
    database: Database,
) -> None:
    with_sources(database)
    moments = [NOW - timedelta(minutes=20) * step for step in range(30, -1, -1)]
    savings = [
        articles.Saving(article(f"https://gazette.example/{n}", published_at=moment), NOW)
        for n, moment in enumerate(moments)
    ]
    with database.writing() as connection:
        articles.save_many(connection, savings[:-1])
        before = rhythms(connection, ["gazette", "herald"], 20)
        articles.save_many(connection, savings[-1:])
        after = rhythms(connection, ["gazette"], 20)
        everything = rhythms(connection, ["gazette"], 100)
    assert before["gazette"].published == tuple(moments[12:-1])
    assert after["gazette"].published == tuple(moments[12:])
    assert everything["gazette"].published == tuple(moments)
    assert before["herald"].published == ()
