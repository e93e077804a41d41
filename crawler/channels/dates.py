"""Dates of feeds and sitemaps: RFC 822 as people write it, ISO 8601, and the months of Europe."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

FIRST_YEAR = 1990  # the web is younger; earlier years are placeholders ("0001", "1970")
LAST_YEAR = 2100

# Hours from UTC. Where a name means several zones, the one of the news sites we read.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1,
    "mez": 1, "hnec": 1,
    "cest": 2, "mest": 2, "mesz": 2, "heec": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3,
    "trt": 3, "ist": 5.5, "pkt": 5, "sgt": 8, "hkt": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5,
    "aest": 10, "acdt": 10.5, "aedt": 11, "nzst": 12, "nzdt": 13, "ndt": -2.5, "brt": -3, "art": -3,
    "adt": -3, "nst": -3.5, "ast": -4, "clt": -4, "edt": -4, "est": -5, "cdt": -5, "cot": -5,
    "pet": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8, "akdt": -8, "akst": -9,
    "hst": -10,
}  # fmt: skip

_MONTH_WORDS = (
    "jan january janvier janv januar jaen enero ene gennaio gen janeiro januari",
    "feb february fevrier fevr fev februar febrero febbraio fevereiro februari",
    "mar march mars marz maerz mrz marzo marco maart",
    "apr april avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei",
    "jun june juin juni junio giugno giu junho",
    "jul july juillet juil juli julio luglio lug julho",
    "aug august aout aou agosto ago augustus",
    "sep sept september septembre septiembre settembre set setembro",
    "oct october octobre oktober okt octubre ottobre ott outubro out",
    "nov november novembre noviembre novembro",
    "dec december decembre dezember dez diciembre dic dicembre dezembro",
)
_MONTHS = {word: n for n, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}

_USUAL = re.compile(
    r"(?:[A-Za-z]{3},? )?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) "
    r"(?:GMT|UTC|Z|([+\-])(0\d|1[0-4])([0-5]\d))$"
)
_ISO = re.compile(
    r"^(\d{4})-?(\d{2})-?(\d{2})"
    r"(?:(?:[T_ ]|\s+at\s+)\s*(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?\s*(.*))?$",
    re.IGNORECASE,
)
_ISO_SHORT = re.compile(r"^(\d{4})-(\d{2})$|^(\d{4})$")
_ISO_DAY = re.compile(r"^(\d{4})-?(?:W([0-5]\d)-?([1-7])|([0-3]\d\d))$", re.IGNORECASE)
_LOOSE = re.compile(r"^(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})(?!\d)[T_ ]*")
_REGION = re.compile(r"\b((?:africa|america|asia|australia|europe|pacific)/[a-z_]+)", re.IGNORECASE)
_WORDS = re.compile(
    r"(?:^|[^\d])(\d{1,2})(?:st|nd|rd|th|er|\.|o)?[\s\-./]*(?:de\s+)?([^\W\d_]{3,10})\.?,?[\s\-./]*"
    r"(?:de\s+)?(\d{4}|\d{2})(?!\d)"
)
_WORDS_US = re.compile(r"([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_ASCTIME = re.compile(r"([^\W\d_]{3,10})\.?\s+(\d{1,2})\s+(\d{1,2}:\d{2}.*?)\s+(\d{4})$")
_SLASHED = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?!\d)")
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})\s?(?::|h|\bh\b|\.(?=\d\d\.\d\d\b))\s?(\d{1,2})(?!\d)"
    r"(?:\s?(?::|m|min|\.)\s?(\d{1,2})(?!\d))?(?:[.,]\d+)?"
    r"\s*(?:uhr\b)?\s*([ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:gmt|utc)?\s*([+\-\u2212])\s?(\d{1,2}):?(\d{2})?\b", re.IGNORECASE)
_ZONE_WORD = re.compile(r"\b([a-z]{1,5})\b\.?(?:\s*\(.*\))?\s*$", re.IGNORECASE)


def parse(text: str | None, zone: str | None = None) -> datetime | None:
    """``text`` in UTC. A time without zone is read in ``zone`` (IANA; None: UTC).

    None when it is no date, or one that cannot be meant."""
    if not text:
        return None
    text = " ".join(text[:200].split())[:100]
    try:
        moment = (
            _usual(text)
            or _iso(text, zone)
            or _in_words(text, zone)
            or _slashed(text, zone)
            or _loose(text, zone)
            or _unix(text)
        )
        if moment is None:
            return None
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else None


def _usual(text: str) -> datetime | None:
    """The form nearly all feeds use, read without ado."""
    if not (found := _USUAL.match(text)):
        return None
    day, word, year, hour, minute, second, sign, hours, minutes = found.groups()
    month = _MONTHS.get(word.lower())
    if month is None or int(hour) > 23 or int(second) > 59:
        return None
    moment = datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    if sign is None:
        return moment
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return moment - offset if sign == "+" else moment + offset


def _iso(text: str, zone: str | None) -> datetime | None:
    if found := _ISO.match(text):
        year, month, day, hour, minute, second, fraction, rest = found.groups()
        return _moment(
            (int(year), int(month), int(day)),
            (int(hour or 0), int(minute or 0), int(second or 0)),
            _zone_of(rest or "", zone),
            microsecond=int((fraction or "0")[:6].ljust(6, "0")),
        )
    if found := _ISO_SHORT.match(text):
        year_alone = found.group(3)
        year, month = (year_alone, "1") if year_alone else (found.group(1), found.group(2))
        return _moment((int(year), int(month), 1), (0, 0, 0), _tz(zone))
    if found := _ISO_DAY.match(text):
        whole, week, weekday, ordinal = found.groups()
        if week:
            day = date.fromisocalendar(int(whole), int(week), int(weekday))
        else:
            day = date(int(whole), 1, 1) + timedelta(days=int(ordinal) - 1)
        return _moment((day.year, day.month, day.day), (0, 0, 0), _tz(zone))
    return None


def _in_words(text: str, zone: str | None) -> datetime | None:
    plain = _folded(text)
    if (found := _ASCTIME.search(plain)) and (month := _MONTHS.get(found.group(1))):
        day = (int(found.group(4)), month, int(found.group(2)))
        return _moment(day, *_clock(found.group(3), zone))
    for found in _WORDS.finditer(plain):
        if month := _MONTHS.get(found.group(2)):
            day = (_year(found.group(3)), month, int(found.group(1)))
            return _moment(day, *_clock(_around(plain, found), zone))
    for found in _WORDS_US.finditer(plain):
        if month := _MONTHS.get(found.group(1)):
            day = (int(found.group(3)), month, int(found.group(2)))
            return _moment(day, *_clock(_around(plain, found), zone))
    return None


def _around(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + " " + text[found.end() :]


def _year(text: str) -> int:
    """Two digits mean 1950 to 2049 (RFC 2822 §4.3)."""
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 50 else 1900)


def _slashed(text: str, zone: str | None) -> datetime | None:
    """05/03/2024: the day comes first, as in Europe, unless it cannot."""
    if not (found := _SLASHED.match(text)):
        return None
    day, month, year = (int(part) for part in found.groups())
    if month > 12:
        day, month = month, day
    return _moment((year, month, day), *_clock(_folded(text[found.end() :]), zone))


def _loose(text: str, zone: str | None) -> datetime | None:
    """2026/3/5 8:00: the year first, the rest as it comes."""
    if not (found := _LOOSE.match(text)):
        return None
    year, month, day = (int(part) for part in found.groups())
    return _moment((year, month, day), *_clock(_folded(text[found.end() :]), zone))


def _unix(text: str) -> datetime | None:
    if re.fullmatch(r"\d{10}(?:\d{3})?", text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    return None


def _clock(rest: str, zone: str | None) -> tuple[tuple[int, int, int], tzinfo]:
    found = _CLOCK.search(rest)
    if not found:
        return (0, 0, 0), _zone_of(rest, zone)
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if half := found.group(4):
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return (hour, minute, second), _zone_of(rest[found.end() :], zone)


def _moment(
    day: tuple[int, int, int], clock: tuple[int, int, int], zone: tzinfo, microsecond: int = 0
) -> datetime:
    hour, minute, second = clock
    if hour > 24 or (hour == 24 and minute):
        raise ValueError(f"no hour: {hour}:{minute:02}")
    extra = timedelta(days=1) if hour == 24 else timedelta()  # midnight at the end of the day
    at = datetime(*day, hour % 24, minute, min(second, 59), microsecond, tzinfo=zone)
    return at + extra


def _zone_of(rest: str, zone: str | None) -> tzinfo:
    rest = rest.strip()
    if found := _OFFSET.search(rest):
        sign = 1 if found.group(1) == "+" else -1
        hours, minutes = int(found.group(2)), int(found.group(3) or 0)
        if hours <= 14 and minutes < 60:
            return timezone(sign * timedelta(hours=hours, minutes=minutes))
    if found := _REGION.search(rest):
        return _tz("/".join(part.title() for part in found.group(1).split("/")))
    if found := _ZONE_WORD.search(rest):
        word = found.group(1).lower()
        if word in _ZONES:
            return timezone(timedelta(hours=_ZONES[word]))
        if len(word) == 1:  # military letters were misdefined: no zone known (RFC 2822 §4.3)
            return UTC
    return _tz(zone)


@lru_cache(maxsize=64)
def _tz(zone: str | None) -> tzinfo:
    try:
        return ZoneInfo(zone) if zone else UTC
    except (KeyError, ValueError, OSError):
        return UTC


def _folded(text: str) -> str:
    """Lower case without accents; "ä" as "ae" is spelled "a" here, as in the lists above."""
    bare = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in bare if not unicodedata.combining(c))
