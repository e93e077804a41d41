"""What a rhythm learns from posts, and only from posts."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from techwire.rhythm import DAY, HOUR, Rhythm

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
MINUTE, HOURS = timedelta(minutes=1), timedelta(hours=1)


def learned(posts: list[datetime]) -> Rhythm:
    rhythm = Rhythm()
    rhythm.learn(sorted(posts))
    return rhythm


def expected(rhythm: Rhythm, start: datetime, hours: float) -> float:
    """Posts the rhythm expects between ``start`` and ``hours`` later."""
    total, left = 0.0, hours * HOUR
    for seconds, rate in rhythm.pieces(start.timestamp()):
        total += min(seconds, left) * rate
        left -= seconds
        if left <= 0:
            return total
    raise AssertionError("pieces ended")


def workdays(weeks: int, hours: range, per_hour: int = 1, seed: int = 1) -> list[datetime]:
    """Posts at random minutes of some hours (UTC), Monday to Friday."""
    random = Random(seed)
    return [
        MONDAY + timedelta(weeks=week, days=day, hours=hour, minutes=random.uniform(0, 60))
        for week in range(weeks)
        for day in range(5)
        for hour in hours
        for _ in range(per_hour)
    ]


def test_nothing_known_is_a_few_posts_a_day() -> None:
    assert 1 < expected(Rhythm(), MONDAY, 24) < 20


def test_the_rate_of_a_steady_source_is_found() -> None:
    random = Random(3)
    posts = [MONDAY + random.uniform(0, 28 * 24) * HOURS for _ in range(28 * 12)]
    assert expected(learned(posts), MONDAY + 28 * 24 * HOURS, 168) / 7 == pytest.approx(12, rel=0.2)


def test_nights_and_weekends_are_found_in_any_time_zone() -> None:
    for zone in (-8, 0, 9):
        posts = [post - zone * HOURS for post in workdays(4, range(8, 18))]
        rhythm = learned(posts)
        monday = MONDAY + timedelta(weeks=4) - zone * HOURS
        noon = expected(rhythm, monday + 12 * HOURS, 1)
        assert expected(rhythm, monday + 26 * HOURS, 1) < noon / 5  # two in the night
        assert expected(rhythm, monday + (5 * 24 + 12) * HOURS, 1) < noon / 2  # Saturday noon


def test_a_batch_a_day_is_expected_in_its_hour() -> None:
    rhythm = learned(workdays(3, range(14, 15), per_hour=6))
    day = MONDAY + timedelta(weeks=3)
    assert expected(rhythm, day + 14 * HOURS, 1) > 0.6 * expected(rhythm, day, 24)


def test_after_a_post_another_is_likelier_where_posts_come_in_bursts() -> None:
    random = Random(5)
    posts: list[datetime] = []
    for day in range(28):
        first = MONDAY + timedelta(days=day, hours=random.uniform(0, 24))
        posts += [first, first + 8 * MINUTE, first + 15 * MINUTE]
    rhythm = learned(posts)
    last = posts[-1]
    assert rhythm.burst > 0.4
    soon = expected(rhythm, last + MINUTE, 0.25)
    assert soon > 3 * expected(rhythm, last + 180 * MINUTE, 0.25)


def test_a_source_that_falls_silent_is_expected_less_and_less() -> None:
    random = Random(7)
    posts = [MONDAY + random.uniform(0, 14 * 24) * HOURS for _ in range(14 * 10)]
    rhythm = learned(posts)
    end = max(posts)
    days = [expected(rhythm, end + timedelta(days=n), 24) for n in (0, 2, 7, 30)]
    assert days == sorted(days, reverse=True)
    assert days[2] < days[0] / 4


def test_a_change_of_habit_is_followed_within_days() -> None:
    random = Random(11)
    posts = [MONDAY + random.uniform(0, 21 * 24) * HOURS for _ in range(21 * 3)]
    change = MONDAY + timedelta(days=21)
    posts += [change + random.uniform(0, 3 * 24) * HOURS for _ in range(3 * 15)]
    assert expected(learned(posts), change + timedelta(days=3), 168) / 7 > 9


def test_learning_in_one_go_or_post_by_post_is_the_same() -> None:
    posts = sorted(workdays(3, range(7, 19)))
    one = learned(posts)
    many = Rhythm()
    for post in posts:
        many.learn([post])
    moment = MONDAY + timedelta(weeks=3)
    assert expected(one, moment, 48) == expected(many, moment, 48)


def test_a_week_of_average_intensity_is_seven_days() -> None:
    rhythm = learned(workdays(3, range(7, 19)))
    start = MONDAY.timestamp() + 12_345
    assert rhythm.operational(start, start + 7 * DAY) == pytest.approx(7)
    assert rhythm.operational(start, start + 30 * HOUR) > 0
