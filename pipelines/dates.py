"""Visible date strings in five languages, and machine dates as publishers spell them.

``read_date`` reads what stands on a page ("mardi 5 mars 2024 à 9 h 12", "vor 3 Stunden");
``read_machine`` what stands in JSON-LD and ``<meta>``. A string that is no date is None.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed_zone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipelines.datewords import (
    DAY_WORDS,
    FULL_WEEKDAYS,
    MONTHS,
    NOW_WORDS,
    NUMBERS,
    UNITS,
    WEEKDAYS,
    ZONES,
)

EARLIEST_YEAR = 1990  # the Web's first year of news; older "dates" are history or nonsense
TOLERANCE = timedelta(hours=1)  # a page may be this far ahead of our clock (DESIGN: fetch + 1 h)
MAX_LENGTH = 400  # characters looked at; a date line is never longer

_WINTER = frozenset({"est", "cst", "mst", "pst"})  # standard time, by name
_NOON = {"noon", "midi", "mittag", "mediodía", "mezzogiorno", "12 uhr mittags"}
_MIDNIGHT = {"midnight", "minuit", "mitternacht", "medianoche", "mezzanotte"}


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


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


_MONTH = rf"(?P<month>{_any_of(MONTHS)})(?![^\W\d_])\.?"
_TIME = (
    r"(?:(?P<hour>[01]?\d|2[0-4])(?:"
    r"\s?:\s?(?P<m1>[0-5]\d)(?:\s?:\s?(?P<sec>[0-5]\d)(?:[.,]\d+)?)?(?:\s?(?:uhr|hrs?|heures?|horas?|ore|h)\b)?"
    r"|\s?(?:h|heures?|hrs?)\s?(?P<m2>[0-5]\d)(?:\s?(?:min|mn|m)\b)?(?!\d)"
    r"|\s?uhr(?:\s(?P<m5>[0-5]\d)(?!\d))?"
    r"|\s?h(?:eures?)?(?![^\W\d_])"
    r"|\.(?P<m3>[0-5]\d)(?=\s?(?:uhr|h\b|am\b|pm\b|a\.\s?m|p\.\s?m))(?:\s?(?:uhr|h)\b)?"
    r"|(?<=[\d])(?=\s?(?:[ap]\.?\s?m\b))"
    r"|(?P<dotted>\.)(?P<m4>[0-5]\d)(?![\d.])"
    r")\s?(?P<half>(?<!uhr )(?<!uhr)[ap]\.?\s?m\b\.?)?"
    rf"|(?P<word>{_any_of(_NOON | _MIDNIGHT)}))"
)
_ZONE = (
    r"(?:\s?\(?(?P<zone>(?:utc|gmt)\s?[+-]\s?\d{1,2}(?::?\d{2})?|[+-]\d{2}:?\d{2}|"
    + _any_of(ZONES)
    + r")(?![^\W\d_])\)?)?"
)
# What may stand between a date and its time.
_LINK = (
    r"(?:\s*(?:[,;|·•@/–—-]|\bà\b|\bat\b|\bum\b|\balle(?: ore)?\b|\bore\b|\bora\b|\ba las?\b"
    r"|\bkl\.?|\bvers\b|\bgegen\b|\bden\b|\bel\b|\bon\b|\ble\b|\bil\b|\bam\b(?! \d)|\bdel?\b|\bde\b|\bt\b)\s*)*\s*"
)
_AFTER = re.compile(rf"{_LINK}{_TIME}{_ZONE}")
_BARE_HOUR = re.compile(
    r"[\s,;|–—-]*(?:alle ore|alle|ore|a las?|um|à)\s(?P<hour>[01]?\d|2[0-3])(?![\d:.,h%])(?!\s?[^\W\d_])"
)
_MARKED = re.compile(r"(?:um|alle|ore|a las?|at|à|kl\.?|,)\s*$")
_BEFORE = re.compile(
    rf"(?<![\d.:/-]){_TIME}{_ZONE}{_LINK}"
    rf"(?:(?:{_any_of(WEEKDAYS)})(?![^\W\d_])\.?,?\s*)?(?:(?:den|the|le|el|il|am)\s)?$"
)
_GUARD = r"(?<![\d.,:/+-])(?<![^\W\d_])"
_DAY = r"(?P<day>[0-3]?\d)"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "ymd",
        re.compile(
            r"(?<![\d.,/+-])(?<!\d:)(?P<year>(?:19|20)\d{2})\s?(?P<sep>[-/.年])\s?(?P<m>[01]?\d)\s?(?:(?P=sep)|月)"
            r"\s?(?P<day>[0-3]?\d)(?![\d])(?![./-]\d)日?t?"
        ),
    ),
    (
        "d month y",
        re.compile(
            rf"{_GUARD}{_DAY}(?:er|st|nd|rd|th|°|[oa](?![^\W\d_]))?\.?(?:\s*(?:de|d'|of|[/-])\s*|\s*){_MONTH}"
            r"(?:\s*(?:del?(?: año)?|,|[/-])\s*|\s*'?\s*)(?P<year>(?:19|20)\d{2})(?![\d])"
        ),
    ),
    (
        "month d y",
        re.compile(
            rf"(?<![^\W\d_]){_MONTH}[\s/-]*{_DAY}(?:st|nd|rd|th)?(?:\s*[,/-]\s*|\s+|\s*de(?:l)?\s+)"
            r"(?P<year>(?:19|20)\d{2})(?![\d])"
        ),
    ),
    (
        "numbers",
        re.compile(
            r"(?<![\d.,:/+-])(?<![^\W\d_])(?P<a>[0-3]?\d)\s?(?P<sep>[./-])\s?(?P<b>[0-3]?\d)\s?(?P=sep)\s?"
            r"(?P<year>(?:19|20)\d{2})(?![\d])(?![./-]\d)"
        ),
    ),
)
# Weaker shapes: believed only when nothing else stands in their part of the line.
_WEAK_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "numbers",
        re.compile(
            r"(?<![\d.,:/+-])(?<![^\W\d_])(?P<a>[0-3]?\d)(?P<sep>[./-])(?P<b>[0-3]?\d)(?P=sep)(?P<year>\d{2})"
            r"(?![\d])(?![./-]\d)"
        ),
    ),
    (
        "d month y",
        re.compile(
            rf"{_GUARD}{_DAY}(?:er|st|nd|rd|th|°|[oa](?![^\W\d_]))?\.?(?:\s*(?:de|d'|of|[/-])\s*|\s*){_MONTH}"
            r"\s*(?:de\s|[/-])?\s*'?(?P<year>\d{2})(?!\d)(?!\s?[:h.]\s?\d)(?!\s?(?:h|uhr|am|pm)\b)"
        ),
    ),
    (
        "d month y",
        re.compile(
            rf"{_GUARD}{_DAY}(?:er|st|nd|rd|th|°|[oa](?![^\W\d_]))?\.?(?:\s*(?:de|d'|of|[/-])\s*|\s*){_MONTH}(?P<year>)"
        ),
    ),
    (
        "month d y",
        re.compile(
            rf"(?<![^\W\d_]){_MONTH}\s*{_DAY}(?:st|nd|rd|th)?(?P<year>)(?!\d)(?!\s?[:.]\d)(?!\s?[ap]\.?m)"
        ),
    ),
    (
        "numbers",
        re.compile(
            r"(?<![\d.,:/+-])(?P<a>[0-3]?\d)(?P<sep>[./])(?P<b>[0-3]?\d)\.?(?P<year>)(?![\d/])"
            r"(?=\s*(?:,|um|à|alle|ore|a las?|-|–|\|)?\s*(?:[01]?\d|2[0-3])\s?(?:[:h]|(?:\.\d\d)?\s?uhr))"
        ),
    ),
)
_NUMBER = rf"(?P<n>\d{{1,3}}|{_any_of(NUMBERS)})"
_UNIT = rf"(?P<unit>{_any_of(UNITS)})(?![^\W\d_])\.?"
_MORE = (
    rf"(?:,?\s*(?:and|et|und|y|e)?\s*(?P<n2>\d{{1,2}})\s*(?P<unit2>{_any_of(UNITS)})?"
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
_HALF_HOUR = re.compile(
    r"half an hour ago|il y a une demi-heure|vor einer halben stunde|hace media hora|mezz'ora fa"
)
_LAST_WEEK = re.compile(
    r"last week|la semaine dernière|letzte woche|la semana pasada|la settimana scorsa"
)
_DAYWORD = re.compile(rf"(?<!\w)(?P<word>{_any_of(DAY_WORDS)})(?!\w)")
_NOWWORD = re.compile(rf"(?<!\w)(?:{_any_of(NOW_WORDS)})(?!\w)")
_WEEKDAY = re.compile(
    rf"(?<!\w)(?:last |letzten |am letzten |el pasado |lo scorso |el )?(?P<weekday>{_any_of(FULL_WEEKDAYS)})"
    r"(?!\w)(?P<last> dernier| passé| pasado| scorso)?"
)
_FILLER = re.compile(
    r"(?<!\w)(?:"
    r"first|published|posted|publié(?:e|s)?|publication|parue?|mise? en ligne|mise? à jour|modifiée?|"
    r"créée?|écrite?|rédigée?|updated?|last|modified|created|added|issued|released|written|submitted|"
    r"date|veröffentlicht|erschienen|aktualisiert|stand|erstellt|publiziert|online seit|geändert|"
    r"publicado|publicada|actualizado|actualizada|creado|fecha|pubblicato|pubblicata|aggiornato|"
    r"aggiornata|data|ultimo aggiornamento|última actualización|dernière|letzte aktualisierung|"
    r"le|la|on|am|at|à|vom|den|der|dem|el|il|del|de|the|of|um|a las|alle|alle ore|ore|lo|in|"
    r"posté|postée|article|news|" + _any_of(WEEKDAYS) + r")(?!\w)"
)
_EDGES = re.compile(r"[|·•—–;()\[\]]|\s-\s|,\s(?=[^\d])")
_RANGE_BEFORE = re.compile(
    r"(?<![\dh:.])\d{1,2}\.?\s*(?:-|–|—|/|au|to|bis(?: zum)?|al|a|y|et|und|and|&)\s*$"
)
_RANGE_AFTER = re.compile(
    r"^\s*(?:-|–|—|au|to|bis(?: zum)?|al)\s*\d{1,2}(?:er|\.)?\s*(?:de\s)?"
    r"(?!h|uhr|heures?|hrs?|horas|ore|[ap]\.?\s?m\b)[^\W\d_]{3}"
)
_DEADLINE = re.compile(
    r"(?<![^\W\d_])(?:jusqu'au|jusqu'à|avant le|à partir du|dès le|d'ici(?: au| le)?|until|till|before|by|from|starting|"
    r"starts|ends|expires?(?: on)?|valid(?: until)?|due|since|born(?: on)?|née? le|bis(?: zum)?|ab(?: dem)?|"
    r"vor dem|seit(?: dem)?|geboren am|hasta(?: el)?|antes del?|desde(?: el)?|a partir del?|"
    r"fino al|entro il|dal|prima del|scade il|expire le|sortie(?: le)?|release date|due date|rendez-vous le|"
    r"save the date|copyright|©|offre valable|nato il|nacido el)\s*:?\s*$"
)


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
    line = _folded(text)
    if not line or (not any(c.isdigit() for c in line) and now is None):
        return None
    month_first = _month_first(language, zone)
    for shape, pattern in _SHAPES:
        for match in pattern.finditer(line):
            moment = _calendar(line, match, shape, zone, month_first, now, weak=False)
            if moment:
                return moment
    if now is not None:
        moment = _relative(line, zone, now)
        if moment:
            return moment
    for shape, pattern in _WEAK_SHAPES:
        for match in pattern.finditer(line):
            moment = _calendar(line, match, shape, zone, month_first, now, weak=True)
            if moment:
                return moment
    return None


def read_machine(value: object, zone: tzinfo, now: datetime | None = None) -> Moment | None:
    """A date as machines are given it: ISO 8601 in all its misspellings, RFC 2822, epoch seconds
    or milliseconds; at last whatever ``read_date`` understands."""
    text = str(value).strip() if value is not None else ""
    if not 4 < len(text) <= MAX_LENGTH:
        return None
    if re.fullmatch(r"1\d{9}(?:\d{3})?", text):
        return Moment(datetime.fromtimestamp(int(text[:10]), UTC), True, True)
    if match := _ISO.match(text):
        return _iso(match, zone)
    if match := re.fullmatch(
        r"((?:19|20)\d{2})(\d{2})(\d{2})(?:t?(\d{2})(\d{2})(\d{2})?(z)?)?", text.lower()
    ):
        year, month, day, hour, minute = (int(g or 0) for g in match.groups()[:5])
        at = _build(year, month, day, hour, minute, 0, UTC if match.group(7) else zone)
        return Moment(at, match.group(4) is not None, match.group(7) is not None) if at else None
    if match := _JAVA.fullmatch(text):
        text = f"{match[3]} {match[2]} {match[6]} {match[4]} {match[5]}"
        return read_moment(text, language="en", zone=zone, now=now)
    if re.match(r"[A-Za-z]{3},? \d|\d{1,2} [A-Za-z]{3} \d{4} \d\d:", text):
        try:
            parsed = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            parsed = None
        if parsed and parsed.year >= EARLIEST_YEAR:
            known = parsed.tzinfo is not None
            return Moment(parsed if known else parsed.replace(tzinfo=zone), ":" in text, known)
    return read_moment(text, language="en", zone=zone, now=now)


# "Fri Apr 28 19:20:36 CEST 2023": weekday, month, day, time, zone and year as Java's Date prints them.
_JAVA = re.compile(
    r"([A-Z][a-z]{2}) ([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d) ([A-Z]{1,5}(?:[+-]\d\d:?\d\d)?) (\d{4})"
)
_ISO = re.compile(
    r"(?P<y>(?:19|20)\d{2})-(?P<mo>\d{1,2})-(?P<d>\d{1,2})"
    r"(?:(?:\s*[Tt]\s*|[\s_,]+)(?P<h>\d{1,2})[:.h](?P<mi>\d{2})(?:[:.](?P<s>\d{2})(?:[.,:]\d+)?)?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<z>[Zz]|UTC|GMT|[A-Z]{2,4}\b|[+\-−]\s?\d{1,2}(?::?\d{2})?)?)?"
)


def _iso(match: re.Match[str], zone: tzinfo) -> Moment | None:
    hour, minute, second = (int(match[k] or 0) for k in ("h", "mi", "s"))
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    given = _zone_named(match["z"].lower(), zone) if match["z"] else None
    at = _build(
        int(match["y"]), int(match["mo"]), int(match["d"]), hour, minute, second, given or zone
    )
    return Moment(at, match["h"] is not None, given is not None) if at else None


def _folded(text: str) -> str:
    line = unicodedata.normalize("NFKC", text[: MAX_LENGTH * 2])[:MAX_LENGTH].lower()
    line = line.replace("’", "'").replace("‘", "'").replace("−", "-").replace("i̇", "i")
    line = re.sub(r"[\u200b-\u200f\u202a-\u202e\ufeff\u00ad]", "", line)
    return re.sub(r"\s+", " ", line).strip()


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
    if _RANGE_BEFORE.search(before) or _RANGE_AFTER.match(after) or _DEADLINE.search(before):
        return None
    day_month = _day_and_month(match, shape, month_first)
    if day_month is None:
        return None
    day, month = day_month
    start, end = match.span()
    clock = _clock(_AFTER.match(after), after) or _bare_hour(after)
    if clock:
        end += clock[3]
    else:
        earlier = _BEFORE.search(before)
        clock = _clock(earlier, before) if earlier and earlier.end() > earlier.start() else None
        if clock and earlier:
            start = earlier.start()
    if weak and not _stands_alone(line, start, end):
        return None
    hour, minute, second = clock[:3] if clock else (0, 0, 0)
    given = _zone_named(clock[4], zone) if clock and clock[4] else None
    year = _year(match["year"], day, month, hour, minute, given or zone, now)
    at = _build(year, month, day, hour, minute, second, given or zone) if year else None
    if at and clock and clock[4] in _WINTER and at.replace(fold=1).utcoffset() != at.utcoffset():
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
    if (month_first and match["sep"] != "." and a <= 12) or b > 12:
        a, b = b, a
    return (a, b) if 1 <= b <= 12 else None


def _clock(found: re.Match[str] | None, text: str) -> tuple[int, int, int, int, str | None] | None:
    """(hour, minute, second, characters used, zone as written), or None."""
    if found is None:
        return None
    zone = found["zone"]
    if found["word"]:
        return (12 if found["word"] in _NOON else 0, 0, 0, found.end(), zone)
    if found["dotted"] and not zone and not _MARKED.search(text[: found.start("hour")]):
        return None  # "5 mars 2024 12.50 €": a dot alone makes no time
    hour = int(found["hour"])
    minute = int(found["m1"] or found["m2"] or found["m3"] or found["m4"] or found["m5"] or 0)
    if found["half"]:
        if hour > 12 and found["half"].startswith("a"):
            return None
        if hour <= 12:
            hour = hour % 12 + (12 if found["half"].startswith("p") else 0)
    if hour == 24:
        hour = 0
    return (hour, minute, int(found["sec"] or 0), found.end(), zone)


def _bare_hour(after: str) -> tuple[int, int, int, int, str | None] | None:
    """The hour of "alle 18", "a las 9", as ``_clock`` gives it."""
    found = _BARE_HOUR.match(after)
    return (int(found["hour"]), 0, 0, found.end(), None) if found else None


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
        at = _build(year, month, day, hour, minute, 0, zone)
        if at and at <= now + TOLERANCE:
            return year
    return None


def _relative(line: str, zone: tzinfo, now: datetime) -> Moment | None:
    here = now.astimezone(zone)
    for pattern in _RELATIVE:
        match = pattern.search(line)
        if match and _stands_alone(line, *match.span()):
            years = UNITS[match["unit"]] == "year"  # "Ten years ago, …" opens many a sentence
            rest = _FILLER.sub(" ", line[: match.start()] + line[match.end() :])
            return None if years and re.search(r"[^\W_]", rest) else _ago(match, here)
    if (match := _HALF_HOUR.search(line)) and _stands_alone(line, *match.span()):
        return Moment(now_minus(here, minutes=30), True, True)
    if (match := _LAST_WEEK.search(line)) and _stands_alone(line, *match.span()):
        return Moment(here - timedelta(days=7), False, True)
    if (match := _NOWWORD.search(line)) and _stands_alone(line, *match.span()):
        return Moment(here, True, True)
    if match := _DAYWORD.search(line):
        return _on_day(line, match, DAY_WORDS[match["word"]], here, zone)
    if match := _WEEKDAY.search(line):
        back = (here.weekday() - FULL_WEEKDAYS[match["weekday"]]) % 7
        named_last = match["last"] is not None or match.group().startswith(
            ("last", "letz", "am l", "lo s")
        )
        return _on_day(line, match, back, here, zone, weekday=True, last=named_last)
    return None


def now_minus(here: datetime, *, minutes: int) -> datetime:
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
        at_day = _build(
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
    after, before = line[end:], line[:start]
    clock = _clock(_AFTER.match(after), after) or _bare_hour(after)
    if clock:
        end += clock[3]
    elif earlier := _BEFORE.search(before):
        clock = _clock(earlier, before)
        start = earlier.start() if clock else start
    if not _stands_alone(line, start, end) or (weekday and clock is None and not last):
        return None
    given = (_zone_named(clock[4], zone) if clock and clock[4] else None) or zone
    day = here.date() - timedelta(days=7 if last and back == 0 else back)
    hour, minute, second = clock[:3] if clock else (0, 0, 0)
    at = _build(day.year, day.month, day.day, hour, minute, second, given)
    if at and weekday and at > here + TOLERANCE:
        at = at - timedelta(days=7)
    if at is None or at > here + TOLERANCE:
        return None
    return Moment(at, clock is not None, False)


def _stands_alone(line: str, start: int, end: int) -> bool:
    """Nothing but words that introduce dates stands in the same part of the line."""
    edges = [m.end() for m in _EDGES.finditer(line[:start])]
    left = line[edges[-1] if edges else 0 : start]
    right_edge = _EDGES.search(line[end:])
    right = line[end:][: right_edge.start()] if right_edge else line[end:]
    rest = _FILLER.sub(" ", f"{left} {right}")
    return not re.search(r"[^\W_]", rest)


def _build(
    year: int, month: int, day: int, hour: int, minute: int, second: int, zone: tzinfo
) -> datetime | None:
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        return at.astimezone(UTC).astimezone(zone)  # a time that DST skips becomes the one shown
    except (ValueError, OverflowError):
        return None


def _zone_named(name: str, page_zone: tzinfo) -> tzinfo | None:
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
