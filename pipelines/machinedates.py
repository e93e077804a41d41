"""Dates as machines are given them: ISO 8601 in all its misspellings, RFC 2822, epoch, Java's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

from pipelines.dateline import MAX_LENGTH
from pipelines.dates import read_moment
from pipelines.moment import EARLIEST_YEAR, Moment, build, zone_named

# "Fri Apr 28 19:20:36 CEST 2023": weekday, month, day, time, zone and year as Java's Date prints them.
_JAVA = re.compile(
    r"([A-Z][a-z]{2}) ([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d) ([A-Z]{1,5}(?:[+-]\d\d:?\d\d)?) (\d{4})"
)
_ISO = re.compile(
    r"(?P<y>(?:19|20)\d{2})-(?P<mo>\d{1,2})-(?P<d>\d{1,2})"
    r"(?:(?:\s*[Tt]\s*|[\s_,]+)(?P<h>\d{1,2})[:.h](?P<mi>\d{2})(?:[:.](?P<s>\d{2})(?:[.,:]\d+)?)?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<z>[Zz]|UTC|GMT|[A-Z]{2,4}\b|[+\-−]\s?\d{1,2}(?::?\d{2})?)?)?"
)


def read_machine(value: object, zone: tzinfo, now: datetime | None = None) -> Moment | None:
    """A date of JSON-LD or ``<meta>``, aware; in ``zone`` when it names none. Epoch seconds or
    milliseconds, too; at last whatever ``read_date`` understands. None: no date."""
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
        at = build(year, month, day, hour, minute, 0, UTC if match.group(7) else zone)
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


def _iso(match: re.Match[str], zone: tzinfo) -> Moment | None:
    hour, minute, second = (int(match[k] or 0) for k in ("h", "mi", "s"))
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    given = zone_named(match["z"].lower(), zone) if match["z"] else None
    at = build(
        int(match["y"]), int(match["mo"]), int(match["d"]), hour, minute, second, given or zone
    )
    return Moment(at, match["h"] is not None, given is not None) if at else None
