"""Durations and moments mean what people mean by them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from techwire.durations import format_duration, parse_duration, parse_since

NOW = datetime(2026, 9, 14, 18, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15m", 900),
        ("1h30m", 5400),
        ("2 d", 172800),
        ("90s", 90),
        ("1w", 604800),
        ("5min", 300),
        ("1h30", 5400),
        ("2 h 05", 7500),
    ],
)
def test_a_duration_is_number_and_unit(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "15", "m", "-5m", "0s", "5 parsecs", "101 parsecs", "99999999d", "9" * 400 + "d"],
)
def test_anything_else_is_no_duration(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("2026-01-01", datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("2026-07-01T08:00", datetime(2026, 7, 1, 6, tzinfo=UTC)),
        ("2026-07-01T08:00Z", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("today", datetime(2026, 9, 13, 22, tzinfo=UTC)),
        ("yesterday", datetime(2026, 9, 12, 22, tzinfo=UTC)),
        ("tomorrowish", None),
        ("9999999d", None),
        ("0001-01-01", None),
    ],
)
def test_since_is_read_in_the_readers_zone(text: str, moment: datetime | None) -> None:
    assert parse_since(text, now=NOW, zone=PARIS) == moment


def test_a_span_is_told_in_its_two_largest_units() -> None:
    assert format_duration(timedelta(days=2, hours=3, minutes=4)) == "2 d 3 h"
    assert format_duration(timedelta(seconds=40 * 60)) == "40 min"
    assert format_duration(timedelta(0)) == "0 s"
