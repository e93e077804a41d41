"""When a source is looked at again, and why then."""

from bisect import bisect
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from techwire import cadence
from techwire.cadence import next_cron, next_visit, patience_for, plan
from techwire.types import Source

NOW = datetime(2026, 9, 14, 18, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SPAN = (5 * MINUTE, DAY)


def source(**changes: object) -> Source:
    return Source(slug="gazette", name="La Gazette", url="https://gazette.example/", **changes)  # type: ignore[arg-type]


def test_a_fixed_interval_is_kept_within_its_jitter() -> None:
    found = plan(source(every_seconds=900), now=NOW)
    assert abs(found.at - NOW - 15 * MINUTE) <= 2 * MINUTE
    assert found.reason == "every 15 min"


def test_two_sources_with_one_interval_drift_apart() -> None:
    other = Source(slug="heures", name="Heures", url="https://heures.example/", every_seconds=900)
    assert plan(source(every_seconds=900), now=NOW).at != plan(other, now=NOW).at


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        # Europe/Paris: winter begins on 2026-10-25 at 03:00, summer on 2026-03-29 at 02:00
        pytest.param("0 9 * * 0", "2026-09-14T18:00", "2026-09-20T07:00", id="0 is Sunday"),
        pytest.param("30 2 * * *", "2026-10-24T12:00", "2026-10-25T00:30", id="autumn night"),
        pytest.param("30 2 * * *", "2026-10-25T00:30", "2026-10-26T01:30", id="autumn: only once"),
        pytest.param("30 2 * * *", "2026-03-28T12:00", "2026-03-29T01:00", id="spring: 03:00"),
        pytest.param("@hourly", "2026-09-14T18:20", "2026-09-14T19:00", id="a name"),
    ],
)
def test_cron_means_what_cron_means(expression: str, after: str, expected: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert next_cron(expression, moment, "Europe/Paris").isoformat()[:16] == expected


def test_what_is_no_cron_expression_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="no cron expression"):
        next_cron("every tuesday", NOW, "Europe/Paris")


def test_a_source_that_publishes_more_is_visited_more_often() -> None:
    busy = [NOW - n * 10 * MINUTE for n in range(30, 0, -1)]
    calm = [NOW - n * DAY for n in range(30, 0, -1)]
    soon = next_visit(busy, NOW - HOUR, NOW, 600, 5 * MINUTE, DAY)
    late = next_visit(calm, NOW - HOUR, NOW, 600, 5 * MINUTE, DAY)
    assert NOW + 5 * MINUTE <= soon < late <= NOW + DAY


def test_a_failing_source_gets_slower_and_is_never_dropped() -> None:
    waits = [plan(source(every_seconds=3600), now=NOW, failures=n).at - NOW for n in range(30)]
    assert waits[1] < waits[3] < waits[6]
    assert max(waits) <= 8 * DAY


def test_a_server_hint_is_a_floor() -> None:
    found = plan(source(every_seconds=900), now=NOW, hint=2 * HOUR)
    assert found.at == NOW + 2 * HOUR
    assert "server" in found.reason


def test_the_same_question_has_the_same_answer_whatever_was_asked_before() -> None:
    history = [NOW - n * 47 * MINUTE for n in range(200, 0, -1)]
    bounds = (600, 5 * MINUTE, DAY)
    fresh = next_visit(history, None, NOW, *bounds)
    for shorter in (history[:50], history[:120], [history[0], *history[5:]], history):
        next_visit(shorter, None, NOW, *bounds)
    assert next_visit(history, None, NOW, *bounds) == fresh


def test_more_patience_means_a_later_visit() -> None:
    history = [NOW - n * 3 * HOUR for n in range(60, 0, -1)]
    waits = [next_visit(history, None, NOW, p, 5 * MINUTE, DAY) for p in (1, 50, 500, 5000)]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def test_without_any_history_a_visit_is_still_planned() -> None:
    assert NOW < next_visit([], None, NOW, 600, 5 * MINUTE, DAY) <= NOW + DAY


def test_a_date_in_the_future_teaches_nothing() -> None:
    history = [NOW - n * 3 * HOUR for n in range(60, 0, -1)]
    wrong = [*history, NOW + 400 * DAY]
    bounds = (600, 5 * MINUTE, DAY)
    assert next_visit(wrong, None, NOW, *bounds) == next_visit(history, None, NOW, *bounds)


def test_patience_is_the_waiting_a_visit_leaves() -> None:
    # ten posts a day, evenly: T with 10/1440 · T²/2 = patience
    random = Random(2)
    history = sorted(NOW - random.uniform(0, 60) * DAY for _ in range(600))
    found = next_visit(history, None, NOW, 50, 5 * MINUTE, DAY) - NOW
    assert 80 * MINUTE < found < 200 * MINUTE  # 120 minutes, and what the profile makes of it


def press(number: int, days: int) -> list[list[datetime]]:
    """When each of ``number`` papers publishes: office hours, weekends, rates from 1 to 30 a day;
    two weeks before ``NOW`` and ``days`` after it."""
    papers = []
    for paper in range(number):
        random, rate = Random(paper), 1 + 29 * paper / number
        hours = [h for h in range(24 * (14 + days)) if _is_work(NOW - 14 * DAY + h * HOUR)]
        share = rate * (14 + days) / len(hours)
        posts = [h * HOUR + random.random() * HOUR for h in hours if random.random() < share % 1]
        posts += [h * HOUR + random.random() * HOUR for h in hours for _ in range(int(share))]
        papers.append(sorted(NOW - 14 * DAY + post for post in posts))
    return papers


def _is_work(moment: datetime) -> bool:
    return moment.weekday() < 5 and 7 <= moment.hour < 19


@pytest.mark.parametrize("budget", [8, 24])
def test_as_many_visits_are_made_as_the_budget_has(budget: int) -> None:
    days, made, end = 7, 0, NOW + 7 * DAY
    papers = press(5, days)
    found = patience_for([[p for p in posts if p <= NOW] for posts in papers], NOW, budget, *SPAN)
    for posts in papers:
        at = NOW
        while (at := next_visit(posts[: bisect(posts, at)], None, at, found, *SPAN)) < end:
            made += 1
    assert made / days / len(papers) == pytest.approx(budget, rel=0.1)


def test_a_larger_budget_means_less_patience() -> None:
    papers = [[p for p in posts if p <= NOW] for posts in press(5, 0)]
    patience = [patience_for(papers, NOW, budget, *SPAN) for budget in (6, 12, 24, 48)]
    assert patience == sorted(patience, reverse=True)


@pytest.mark.parametrize("histories", [[], [[]], [[]] * 50])
def test_sources_that_say_nothing_have_a_patience_too(histories: list[list[datetime]]) -> None:
    assert 0 < patience_for(histories, NOW, 24, *SPAN) < 1e6


@pytest.fixture
def no_rhythm_known() -> None:
    """What other tests of this process taught, at other hours, is forgotten."""
    cadence._learnt.clear()


@pytest.mark.usefixtures("no_rhythm_known")
def test_a_rhythm_nobody_asked_for_in_a_day_is_forgotten() -> None:
    for days in range(60):  # the window over a source's posts moves on: another one is the first
        now = NOW + days * DAY
        next_visit([now - n * HOUR for n in range(9, 0, -1)], None, now, 9.0, 5 * MINUTE, DAY)
    assert len(cadence._learnt) <= 3


@pytest.mark.usefixtures("no_rhythm_known")
def test_what_was_learnt_before_the_clock_was_set_back_is_forgotten_too() -> None:
    for now in (NOW + 90 * DAY, NOW):
        next_visit([now - n * HOUR for n in range(9, 0, -1)], None, now, 9.0, 5 * MINUTE, DAY)
    assert len(cadence._learnt) == 1
