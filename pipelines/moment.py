"""A moment as a page gives it: aware, with or without a time, with or without a zone of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipelines.datewords import ZONES

EARLIEST_YEAR = 1990  # the Web's first year of news; older "dates" are history or nonsense
TOLERANCE = timedelta(hours=1)  # a page may be this far ahead of our clock: clocks differ


@dataclass(frozen=True, slots=True)
class Moment:
    """A date read from text. ``at`` is aware, midnight in its zone when ``has_time`` is False;
    ``has_zone`` says whether the text itself named the zone."""

    at: datetime
    has_time: bool
    has_zone: bool


def is_vague(moment: Moment) -> bool:
    """Counted back in days or more ("4 months ago"): nothing beside a date."""
    return moment.has_zone and not moment.has_time


def build(
    year: int, month: int, day: int, hour: int, minute: int, second: int, zone: tzinfo
) -> datetime | None:
    """That time in ``zone``; None when the calendar has no such day."""
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        return at.astimezone(UTC).astimezone(zone)  # a time that DST skips becomes the one shown
    except (ValueError, OverflowError):
        return None


def zone_named(name: str, page_zone: tzinfo) -> tzinfo | None:
    """The zone a text names ("gmt+2", "cest", "heure de paris"); None when it is none.

    ``page_zone`` settles abbreviations that two countries share."""
    name = name.strip().lower()
    offset = re.fullmatch(r"(?:utc|gmt)?\s?([+\-−])\s?(\d{1,2}):?(\d{2})?", name)
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        if minutes > 14 * 60:
            return None
        return fixed_zone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    known = ZONES.get(name)
    if known is None:
        return None
    if name == "ist" and getattr(page_zone, "key", "").startswith("Europe/Dublin"):
        return page_zone
    return zone_of(known) if isinstance(known, str) else fixed_zone(timedelta(minutes=known))


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name; UTC when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
