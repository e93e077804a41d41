"""Visible date strings in five languages.

``read_date`` reads what stands on a page ("mardi 5 mars 2024 à 9 h 12", "vor 3 Stunden"). A string
that is no date is None.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from pipelines.clock import beside
from pipelines.dateline import folded_line, stands_alone
from pipelines.dateshapes import DEADLINE, NUMBERED, RANGE_AFTER, RANGE_BEFORE, SHAPES, WEAK_SHAPES
from pipelines.datewords import MONTHS
from pipelines.moment import EARLIEST_YEAR, TOLERANCE, Moment, build, zone_named, zone_of
from pipelines.relative import read_relative

_WINTER = frozenset({"est", "cst", "mst", "pst"})  # standard time, by name


def read_date(
    text: str, *, language: str | None = None, timezone: str = "UTC", now: datetime | None = None
) -> datetime | None:
    """The moment a visible string names, aware, in the zone it was written in; None: no date.

    ``timezone`` (IANA) is the page's, for times without one; a date alone is midnight there.
    ``now`` (aware) anchors "il y a 2 heures" and missing years, and bars the future; without it
    such strings are None. ``language`` only settles 03/04/2024: with ``en`` and an American
    zone the month comes first. On DST nights a time that happens twice is the first one.
    """
    moment = read_moment(text, language=language, zone=zone_of(timezone), now=now)
    return moment.at if moment else None


def read_moment(
    text: str, *, language: str | None, zone: tzinfo, now: datetime | None
) -> Moment | None:
    """Like ``read_date``, and says whether the text gave a time and a zone."""
    line = folded_line(text)
    if not line or (not any(c.isdigit() for c in line) and now is None):
        return None
    month_first = _month_first(language, zone)
    for shape, pattern in SHAPES:
        for match in pattern.finditer(line):
            moment = _calendar(line, match, shape, zone, month_first, now, weak=False)
            if moment:
                return moment
    if now is not None:
        moment = read_relative(line, zone, now)
        if moment:
            return moment
    for shape, pattern in WEAK_SHAPES:
        for match in pattern.finditer(line):
            moment = _calendar(line, match, shape, zone, month_first, now, weak=True)
            if moment:
                return moment
    return None


def _month_first(language: str | None, zone: tzinfo) -> bool:
    name = getattr(zone, "key", "")
    return (language or "en")[:2] == "en" and (
        name.startswith(("America/", "US/")) or name == "UTC"
    )


def _calendar(
    line: str,
    match: re.Match[str],
    shape: str,
    zone: tzinfo,
    month_first: bool,
    now: datetime | None,
    *,
    weak: bool,
) -> Moment | None:
    before, after = line[: match.start()], line[match.end() :]
    if RANGE_BEFORE.search(before) or RANGE_AFTER.match(after) or DEADLINE.search(before):
        return None
    if shape in ("numbers", "ymd") and match["sep"] == "." and NUMBERED.search(before):
        return None
    day_month = _day_and_month(match, shape, month_first)
    if day_month is None:
        return None
    day, month = day_month
    clock, start, end = beside(line, *match.span())
    if weak and not stands_alone(line, start, end):
        return None
    hour, minute, second = clock[:3] if clock else (0, 0, 0)
    given = zone_named(clock.zone, zone) if clock and clock.zone else None
    year = _year(match["year"], day, month, hour, minute, given or zone, now)
    at = build(year, month, day, hour, minute, second, given or zone) if year else None
    if at and clock and clock.zone in _WINTER and at.replace(fold=1).utcoffset() != at.utcoffset():
        at = at.replace(fold=1)  # the hour that happens twice, and the text says which
    if at is None or (now is not None and at > now + TOLERANCE):
        return None
    return Moment(at, clock is not None, given is not None)


def _day_and_month(match: re.Match[str], shape: str, month_first: bool) -> tuple[int, int] | None:
    if shape == "ymd":
        return int(match["day"]), int(match["m"])
    if shape != "numbers":
        return int(match["day"]), MONTHS[match["month"]]
    a, b = int(match["a"]), int(match["b"])
    if match["sep"] == "." and b > 12 and len(match["year"]) < 4:
        return None  # with dots the day comes first, everywhere
    if (month_first and match["sep"] != "." and a <= 12) or b > 12:
        a, b = b, a
    return (a, b) if 1 <= b <= 12 else None


def _year(
    written: str | None,
    day: int,
    month: int,
    hour: int,
    minute: int,
    zone: tzinfo,
    now: datetime | None,
) -> int | None:
    if written:
        year = int(written)
        if year < 100:
            year += 2000 if year < 70 else 1900
        return year if year >= EARLIEST_YEAR else None
    if now is None:
        return None
    for year in (now.astimezone(zone).year, now.astimezone(zone).year - 1):
        at = build(year, month, day, hour, minute, 0, zone)
        if at and at <= now + TOLERANCE:
            return year
    return None
