"""When to look again at a source. Pure: histories and moments go in, a moment comes out."""

from __future__ import annotations

import hashlib
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, log, sqrt
from threading import Lock
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from techwire.durations import format_duration
from techwire.rhythm import Rhythm
from techwire.types import Source

JITTER = 0.1  # of an interval, either way: visits of sources added together drift apart
FAILING_AT_MOST = timedelta(days=7)  # a failing source is never dropped, only asked less often
DEFAULT_PATIENCE = 9.0  # article-minutes of waiting that one visit may leave: 24 visits a day of
# a source that posts seven times a day
LEAST_PACE = 0.01  # posts a day at an hour of the week: less is as good as none
OFFLINE_RETRY = timedelta(minutes=5)  # when nothing answers, it is us: look again soon


@dataclass(frozen=True, slots=True)
class Plan:
    """The next visit of a source, and why then."""

    at: datetime
    reason: str


def plan(
    source: Source,
    *,
    now: datetime,
    history: Sequence[datetime] = (),
    last_visit: datetime | None = None,
    failures: int = 0,
    hint: timedelta | None = None,
    every: timedelta | None = None,
    at_least: timedelta = timedelta(minutes=5),
    at_most: timedelta = timedelta(hours=24),
    patience: float = DEFAULT_PATIENCE,
) -> Plan:
    """When ``source`` is due after a visit that ended ``now``.

    ``history`` holds the publication times seen so far, oldest first; ``failures`` the visits in a
    row that failed; ``hint`` how long the server asks us to stay away (TTL, Retry-After): a floor.
    ``every`` is the configuration's interval for sources that name none of their own."""
    if source.at_least_seconds:
        at_least = timedelta(seconds=source.at_least_seconds)
    if source.at_most_seconds:
        at_most = timedelta(seconds=source.at_most_seconds)
    if source.cron:
        zone = source.timezone or "UTC"
        wanted = Plan(next_cron(source.cron, now, zone), f"cron {source.cron} ({zone})")
    elif interval := timedelta(seconds=source.every_seconds or 0) or every:
        at = now + interval * (1 + _jitter(source.slug, now))
        wanted = Plan(at, f"every {format_duration(interval)}")
    else:
        at = next_visit(history, last_visit, now, patience, at_least, at_most)
        wanted = Plan(at, f"adaptive: {_rhythm(history, now)}")
    if failures:
        wait = min(FAILING_AT_MOST, max(at_least, wanted.at - now) * 2 ** min(failures - 1, 10))
        word = "failure" if failures == 1 else "failures in a row"
        at = now + wait * (1 + abs(_jitter(source.slug, now)))
        wanted = Plan(max(wanted.at, at), f"{failures} {word}: slower")
    if hint is not None and now + hint > wanted.at:
        wanted = Plan(now + hint, f"the server asks for {format_duration(hint)}")
    return wanted


def next_cron(expression: str, now: datetime, zone: str) -> datetime:
    """The next moment of a five-field cron expression after ``now``, in UTC.

    Weekday 0 and 7 are Sunday; a time that a DST night skips happens at the next one that exists,
    a time that happens twice happens once (cronsim). Raises ValueError when it is no expression."""
    try:
        return next(CronSim(_named(expression), now.astimezone(ZoneInfo(zone)))).astimezone(UTC)
    except (CronSimError, StopIteration) as error:
        raise ValueError(f"{expression!r} is no cron expression: {error}") from None


_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
}


def _named(expression: str) -> str:
    return _NAMED.get(expression.strip(), expression)


def next_visit(
    history: Sequence[datetime],
    last_visit: datetime | None,
    now: datetime,
    patience: float,
    at_least: timedelta,
    at_most: timedelta,
) -> datetime:
    """When waiting longer would leave more than ``patience`` article-minutes of staleness.

    ``history`` holds the publication times seen so far, oldest first; ``patience`` is the waiting,
    in article-minutes, that one visit may leave, the same for all sources: visits then go where
    they save most. Posts that come at rate r(t) wait ∫ r(t)·(T - t) dt until a visit after T; the
    visit is due when that reaches ``patience``. r(t) is what ``Rhythm`` has learned."""
    budget = patience * 60.0  # article-seconds
    waiting = posts = waited = 0.0
    longest = at_most.total_seconds()
    if history and history[-1] > now:  # a clock was wrong: what has not happened teaches nothing
        history = [moment for moment in history if moment <= now]
    for seconds, rate in _rhythm_of(history, now).pieces(now.timestamp()):
        after = waiting + posts * seconds + rate * seconds * seconds / 2
        if after >= budget:
            # waiting + posts·x + rate·x²/2 = budget
            root = sqrt(posts * posts + 2 * rate * (budget - waiting))
            waited += 2 * (budget - waiting) / (posts + root)
            break
        waiting, posts, waited = after, posts + rate * seconds, waited + seconds
        if waited >= longest:
            break
    return now + min(at_most, max(at_least, timedelta(seconds=waited)))


def patience_for(
    histories: Sequence[Sequence[datetime]],
    now: datetime,
    visits_per_day: float,
    at_least: timedelta,
    at_most: timedelta,
) -> float:
    """The patience at which sources are visited ``visits_per_day`` times a day on average.

    ``histories``: the publication times of each source, oldest first. At n posts a day a visit is
    due every √(2·patience·1440/n) minutes, in each hour of the week with its own n: a mean rate
    would promise a sixth more visits than hours of much and of little make."""
    paces = _paces([_rhythm_of(h, now).week(now.timestamp()) for h in histories or [()]])
    shortest, longest = at_least / timedelta(minutes=1), at_most / timedelta(minutes=1)
    wanted = visits_per_day * sum(hours for _, hours in paces)
    low, high = 1e-3, 1e8
    for _ in range(60):
        patience = sqrt(low * high)
        spent = sum(
            1440 * hours / min(longest, max(shortest, sqrt(2 * patience * 1440 / pace)))
            for pace, hours in paces
        )
        low, high = (patience, high) if spent > wanted else (low, patience)
    return sqrt(low * high)


def _paces(weeks: Sequence[Sequence[float]]) -> list[tuple[float, int]]:
    """(posts a day, in how many hours of any week), rounded to the next 2 %: few, for many."""
    hours = Counter(round(log(max(pace, LEAST_PACE)) / _STEP) for week in weeks for pace in week)
    return [(exp(step * _STEP), count) for step, count in hours.items()]


_STEP = 0.02
_REMEMBERED = 4096  # sources whose rhythm is kept between two calls
_UNUSED = timedelta(days=1)  # then it is forgotten: its window has moved, or its source is gone


@dataclass(slots=True)
class _Learnt:
    """A rhythm, and by what to know again the posts it was learnt from."""

    rhythm: Rhythm
    mark: int  # hash of the posts: a list of them would be half of what all rhythms take
    used_at: datetime


_learnt: OrderedDict[datetime | None, _Learnt] = OrderedDict()  # by first post; least used first
_lock = Lock()


def _rhythm_of(history: Sequence[datetime], now: datetime) -> Rhythm:
    """The rhythm learned from ``history``: only its new posts are learned when the last call for a
    source saw the others; the result is the same as learning it all again."""
    first = history[0] if history else None
    with _lock:
        learnt = _learnt.pop(first, None)
        rhythm = learnt.rhythm if learnt else Rhythm()
        known = rhythm.count
        if learnt is not None and learnt.mark != hash(tuple(history[:known])):
            rhythm, known = Rhythm(), 0
        rhythm.learn(history[known:])
        _learnt[first] = _Learnt(rhythm, hash(tuple(history)), now)
        _forget_unused(now)
        return rhythm


def _forget_unused(now: datetime) -> None:
    while _learnt:
        first = next(iter(_learnt))
        unused = abs(now - _learnt[first].used_at)  # of a clock set back: as old as it is ahead
        if len(_learnt) <= _REMEMBERED and unused <= _UNUSED:
            return
        del _learnt[first]


def _jitter(slug: str, now: datetime) -> float:
    """A share of the interval in ±JITTER that differs by source and visit, and can be repeated."""
    digest = hashlib.sha256(f"{slug} {now.isoformat()}".encode()).digest()
    return (int.from_bytes(digest[:4]) / 2**32 * 2 - 1) * JITTER


def _rhythm(history: Sequence[datetime], now: datetime) -> str:
    week = sum(1 for moment in history if now - timedelta(days=7) <= moment <= now)
    return (
        f"{week / 7:.1f} articles a day this week" if history else "nothing known of its rhythm yet"
    )
