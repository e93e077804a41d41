"""Dates counted back from now: "il y a 2 heures", "gestern um 18 Uhr", "last Monday"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from pipelines.clock import beside
from pipelines.dateline import FILLER, stands_alone
from pipelines.dateshapes import any_of
from pipelines.datewords import DAY_WORDS, FULL_WEEKDAYS, NOW_WORDS, NUMBERS, UNITS
from pipelines.moment import TOLERANCE, Moment, build, zone_named

_NUMBER = rf"(?P<n>\d{{1,3}}|{any_of(NUMBERS)})"
_UNIT = rf"(?P<unit>{any_of(UNITS)})(?![^\W\d_])\.?"
_MORE = (
    rf"(?:,?\s*(?:and|&|und|y|e)?\s*(?P<n2>\d{{1,2}})\s*(?P<unit2>{any_of(UNITS)})?"
    r"(?![^\W\d_])\.?)?"
)
_ABOUT = (
    r"(?:about|around|over|almost|nearly|less than|more than|environ|près d'|près de|moins d'|"
    r"moins de|plus d'|plus de|etwa|ca\.|circa|rund|fast|über|knapp|unos|unas|aproximadamente|"
    r"casi|más de|menos de|quasi|oltre|meno di|più di|~)?\s*"
)
_RELATIVE: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_ABOUT}(?<!\w){_NUMBER}\s*{_UNIT}{_MORE}\s*(?:ago\b|fa\b)",
        rf"(?<!\w)(?:il y a|ya|vor|hace)\s+{_ABOUT}{_NUMBER}\s*{_UNIT}{_MORE}",
    )
)
_FRACTIONS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (minutes, re.compile(pattern))
    for minutes, pattern in (
        (15, r"a quarter of an hour ago|il y a un quart d'heure|vor einer viertelstunde|hace un cuarto de hora|un quarto d'ora fa"),
        (30, r"half an hour ago|il y a une demi-heure|vor einer halben stunde|hace media hora|mezz'ora fa"),
        (45, r"three quarters of an hour ago|il y a trois quarts d'heure|vor einer dreiviertelstunde|hace tres cuartos de hora|tre quarti d'ora fa"),
        (90, r"an hour and a half ago|il y a une heure & demie|vor (?:anderthalb|eineinhalb) stunden|hace (?:una )?hora y media|un'ora e mezza fa"),
    )
)  # fmt: skip
_AND_A_HALF = re.compile(
    rf"(?<!\w){_NUMBER}\s?and a half hours ago|il y a {_NUMBER.replace('<n>', '<fr>')} heures & demie"
    rf"|vor {_NUMBER.replace('<n>', '<de>')}einhalb stunden|hace {_NUMBER.replace('<n>', '<es>')} horas y media"
    rf"|(?<!\w){_NUMBER.replace('<n>', '<it>')} ore e mezz[ao] fa"
)
_LAST_WEEK = re.compile(
    r"last week|la semaine dernière|letzte woche|la semana pasada|la settimana scorsa"
)
_DAYWORD = re.compile(rf"(?<!\w)(?P<word>{any_of(DAY_WORDS)})(?!\w)")
_NOWWORD = re.compile(rf"(?<!\w)(?:{any_of(NOW_WORDS)})(?!\w)")
_WEEKDAY = re.compile(
    rf"(?<!\w)(?:last |letzten |am letzten |el pasado |lo scorso |el )?(?P<weekday>{any_of(FULL_WEEKDAYS)})"
    r"(?!\w)(?P<last> dernier| passé| pasado| scorso)?"
)


def read_relative(line: str, zone: tzinfo, now: datetime) -> Moment | None:
    """The moment a folded line counts back from ``now``; None when it does not."""
    here = now.astimezone(zone)
    for pattern in _RELATIVE:
        match = pattern.search(line)
        if match and stands_alone(line, *match.span()):
            years = UNITS[match["unit"]] == "year"  # "Ten years ago, …" opens many a sentence
            rest = FILLER.sub(" ", line[: match.start()] + line[match.end() :])
            return None if years and re.search(r"[^\W_]", rest) else _ago(match, here)
    if (minutes := _broken_hours(line)) is not None:
        return Moment(_minus(here, minutes=minutes), True, True)
    if (match := _LAST_WEEK.search(line)) and stands_alone(line, *match.span()):
        return Moment(here - timedelta(days=7), False, True)
    if (match := _NOWWORD.search(line)) and stands_alone(line, *match.span()):
        return Moment(here, True, True)
    if match := _DAYWORD.search(line):
        return _on_day(line, match, DAY_WORDS[match["word"]], here, zone)
    if match := _WEEKDAY.search(line):
        back = (here.weekday() - FULL_WEEKDAYS[match["weekday"]]) % 7
        named_last = match["last"] is not None or match.group().startswith(
            ("last", "letz", "am l", "lo s", "el p")
        )
        return _on_day(line, match, back, here, zone, weekday=True, last=named_last)
    return None


def _broken_hours(line: str) -> int | None:
    """The minutes of "half an hour ago", "vor anderthalb Stunden", "il y a deux heures & demie"."""
    for minutes, pattern in _FRACTIONS:
        if (match := pattern.search(line)) and stands_alone(line, *match.span()):
            return minutes
    if (match := _AND_A_HALF.search(line)) and stands_alone(line, *match.span()):
        written = next(group for group in match.groups() if group)
        return 60 * (int(written) if written.isdigit() else NUMBERS[written]) + 30
    return None


def _minus(here: datetime, *, minutes: int) -> datetime:
    """``here`` so many minutes earlier, by the clock on no wall: DST nights do not stretch it."""
    return (here.astimezone(UTC) - timedelta(minutes=minutes)).astimezone(here.tzinfo)


def _ago(match: re.Match[str], here: datetime) -> Moment | None:
    written = match["n"]
    count = int(written) if written.isdigit() else NUMBERS[written]
    unit = UNITS[match["unit"]]
    more = int(match["n2"]) if match["n2"] else 0
    if more and not match["unit2"] and unit != "hour":
        return None
    if unit in ("second", "minute", "hour"):
        seconds = count * {"second": 1, "minute": 60, "hour": 3600}[unit]
        seconds += more * (60 if unit == "hour" else 1)
        at = (here.astimezone(UTC) - timedelta(seconds=seconds)).astimezone(here.tzinfo)
        return Moment(at, True, True)
    if unit in ("day", "week"):
        days = count * (7 if unit == "week" else 1)
        return Moment(here - timedelta(days=days), False, True)
    months = count * (12 if unit == "year" else 1)
    year, month = divmod(here.year * 12 + here.month - 1 - months, 12)
    for day in range(here.day, here.day - 4, -1):
        at_day = build(
            year, month + 1, day, here.hour, here.minute, here.second, here.tzinfo or UTC
        )
        if at_day:
            return Moment(at_day, False, True)
    return None


def _on_day(
    line: str,
    match: re.Match[str],
    back: int,
    here: datetime,
    zone: tzinfo,
    *,
    weekday: bool = False,
    last: bool = False,
) -> Moment | None:
    start, end = match.span()
    clock, start, end = beside(line, start, end)
    if not stands_alone(line, start, end) or (weekday and clock is None and not last):
        return None
    given = (zone_named(clock.zone, zone) if clock and clock.zone else None) or zone
    day = here.date() - timedelta(days=7 if last and back == 0 else back)
    hour, minute, second = clock[:3] if clock else (0, 0, 0)
    at = build(day.year, day.month, day.day, hour, minute, second, given)
    if at and weekday and at > here + TOLERANCE:
        at = at - timedelta(days=7)
    if at is None or at > here + TOLERANCE:
        return None
    return Moment(at, clock is not None, False)
