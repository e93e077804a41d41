"""The time of day that stands beside a date: "à 9 h 12", "um 18 Uhr", "3:45 pm ET"."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipelines.dateshapes import any_of
from pipelines.datewords import WEEKDAYS, ZONES

_NOON = {"noon", "midi", "mittag", "mediodía", "mezzogiorno", "12 uhr mittags"}
_MIDNIGHT = {"midnight", "minuit", "mitternacht", "medianoche", "mezzanotte"}
_TIME = (
    r"(?:(?P<hour>[01]?\d|2[0-4])(?:"
    r"\s?:\s?(?P<m1>[0-5]\d)(?:\s?:\s?(?P<sec>[0-5]\d)(?:[.,]\d+)?)?(?:\s?(?:uhr|hrs?|heures?|horas?|ore|h)\b)?"
    r"|\s?(?:h|heures?|hrs?)\s?(?P<m2>[0-5]\d)(?:\s?(?:min|mn|m)\b)?(?!\d)"
    r"|\s?uhr(?:\s(?P<m5>[0-5]\d)(?!\d))?"
    r"|\s?h(?:eures?)?(?![^\W\d_])"
    r"|\.(?P<m3>[0-5]\d)(?=\s?(?:uhr|hs?\b|hrs\b|horas\b|am\b|pm\b|a\.\s?m|p\.\s?m))(?:\s?(?:uhr|hs?|hrs|horas)\b)?"
    r"|(?<=[\d])(?=\s?(?:[ap]\.?\s?m\b))"
    r"|(?<=[0-2]\d)(?P<m6>[0-5]\d)(?=\s(?:gmt|utc|et|est|edt|hkt|bst|cet)\b)"
    r"|(?P<dotted>\.)(?P<m4>[0-5]\d)(?![\d.])"
    r")\s?(?P<half>(?<!uhr )(?<!uhr)[ap]\.?\s?m\b\.?)?"
    rf"|(?P<word>{any_of(_NOON | _MIDNIGHT)}))"
)
_ZONE = (
    r"(?:\s?\(?(?P<zone>(?:utc|gmt)\s?[+-]\s?\d{1,2}(?::?\d{2})?|[+-]\d{2}:?\d{2}|"
    + any_of(ZONES)
    + r")(?![^\W\d_])\)?)?"
)
# What may stand between a date and its time.
_LINK = (
    r"(?:\s*(?:[,;|·•@/–—(-]|\bà\b|\bal?\b|\bh\b\.?|\bat\b|\bum\b|\balle(?: ore)?\b|\bore\b|\bora\b|\ba las?\b"
    r"|\bkl\.?|\bvers\b|\bgegen\b|\bden\b|\bel\b|\bon\b|\ble\b|\bil\b|\bam\b(?! \d)|\bdel?\b|\bde\b|\bt\b)\s*)*\s*"
)
_AFTER = re.compile(rf"{_LINK}{_TIME}{_ZONE}")
_BARE_HOUR = re.compile(
    r"[\s,;|–—-]*(?:alle ore|alle|ore|a las?|um|à|at)\s(?P<hour>[01]?\d|2[0-3])(?![\d:.,h%])(?!\s?[^\W\d_])"
)
_MARKED = re.compile(r"(?:\bh\.?|um|alle|ore|a las?|at|à|kl\.?|,)\s*$")
_BEFORE = re.compile(
    rf"(?<![\d.:/-]){_TIME}{_ZONE}(?: \(\d{{4}} [a-z]{{2,4}}\))?{_LINK}"
    rf"(?:(?:{any_of(WEEKDAYS)})(?![^\W\d_])\.?,?\s*)?(?:(?:den|the|le|el|il|am)\s)?$"
)


class Clock(NamedTuple):
    """A time of day. ``zone`` is as written, None when the text names none."""

    hour: int
    minute: int
    second: int
    zone: str | None


def beside(line: str, start: int, end: int) -> tuple[Clock | None, int, int]:
    """The time behind the date at ``start:end`` of ``line``, else before it; and the span of both."""
    before, after = line[:start], line[end:]
    if (found := _AFTER.match(after)) and (clock := _clock(found, after)):
        return clock, start, end + found.end()
    if found := _BARE_HOUR.match(after):
        return Clock(int(found["hour"]), 0, 0, None), start, end + found.end()
    if (found := _BEFORE.search(before)) and (clock := _clock(found, before)):
        return clock, found.start(), end
    return None, start, end


def _clock(found: re.Match[str], text: str) -> Clock | None:
    zone = found["zone"]
    if found["word"]:
        return Clock(12 if found["word"] in _NOON else 0, 0, 0, zone)
    if found["dotted"] and not zone and not _MARKED.search(text[: found.start("hour")]):
        return None  # "5 mars 2024 12.50 €": a dot alone makes no time
    hour = int(found["hour"])
    minute = int(
        found["m1"] or found["m2"] or found["m3"] or found["m4"] or found["m5"] or found["m6"] or 0
    )
    if found["half"]:
        if hour > 12 and found["half"].startswith("a"):
            return None
        if hour <= 12:
            hour = hour % 12 + (12 if found["half"].startswith("p") else 0)
    if hour == 24:
        hour = 0
    return Clock(hour, minute, int(found["sec"] or 0), zone)
