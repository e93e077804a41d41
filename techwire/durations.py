"""Durations and moments as people write them: ``15m``, ``1h30``, ``7d``, ``2026-01-01``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}  # seconds
LONGEST = timedelta(days=36_525)  # a hundred years: more, and calendars end
_PIECE = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|m|h|d|w)", re.IGNORECASE)
_CLOCKED = re.compile(r"(\d\s*h\s*\d{1,2})\s*$", re.IGNORECASE)  # "1h30": the rest is minutes


def parse_duration(text: str) -> timedelta | None:
    """``"15m"``, ``"1h30"``, ``"2 d"`` as a timedelta; None when it is none, or not positive, or
    longer than LONGEST."""
    text = _CLOCKED.sub(r"\1m", text)
    rest = _PIECE.sub("", text)
    if rest.strip() or not text.strip():
        return None
    seconds = sum(float(n) * _UNITS[unit.lower()] for n, unit in _PIECE.findall(text))
    return timedelta(seconds=seconds) if 0 < seconds <= LONGEST.total_seconds() else None


def format_duration(span: timedelta) -> str:
    """The two largest units of a span: ``"2 d 3 h"``, ``"40 min"``, ``"12 s"``."""
    seconds = round(abs(span.total_seconds()))
    pieces = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            pieces.append(f"{count} {unit}")
    return " ".join(pieces[:2]) or "0 s"


def parse_since(text: str, *, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment ``--since`` means, in UTC; None when it cannot be read, or no calendar has it.

    ``7d`` counts back from ``now``; ``2026-01-01`` and ``2026-01-01T08:00`` are read in ``zone``
    unless they name their own."""
    text = text.strip()
    if text in ("today", "yesterday"):
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return (midnight - timedelta(days=text == "yesterday")).astimezone(UTC)
    try:
        if span := parse_duration(text):
            return now - span
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
