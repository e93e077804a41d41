"""Hours in which nobody is told anything: ``22:00-07:00``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

from techwire.errors import UsageError

_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")


def parse(text: str) -> tuple[time, time]:
    """Beginning and end; UsageError when they cannot be read, or are the same."""
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"--quiet-hours {text!r}: write 22:00-07:00")
    begin = time(int(found[1]), int(found[2]))
    end = time(int(found[3]), int(found[4]))
    if begin == end:
        raise UsageError(f"--quiet-hours {text!r}: that is the whole day")
    return begin, end


def until(text: str | None, now: datetime, zone: tzinfo) -> datetime | None:
    """When the quiet hours end that ``now`` lies in, UTC; None when one may speak."""
    if text is None:
        return None
    begin, end = parse(text)
    there = now.astimezone(zone)
    clock = there.time()
    is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not is_quiet:
        return None
    day = there.date() + timedelta(days=1 if clock >= end else 0)
    # in the night that has an hour twice, the end that follows
    return datetime.combine(day, end.replace(fold=there.fold), zone).astimezone(UTC)
