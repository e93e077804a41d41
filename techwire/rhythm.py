"""What the past posts of a source say about its next ones: rate, hours, weekend, bursts, changes.

The model, learned post by post and from nothing else than their moments:

- a week of 168 hours: an hour-of-day profile times a weekend factor. The profile is a mixture of
  Dirichlet posteriors whose priors are a newsroom's day in each of 24 time zones, a flat day, and
  a day of few hours (publishing in batches); evidence picks among them, counts refine them;
- bursts: a post brings another with probability ``b`` after an exponential pause; what is likely a
  follower counts neither for the rate nor for the profile;
- the rate, as a change-point mixture (Adams and MacKay 2007, "Bayesian online changepoint
  detection") of Gamma posteriors: each hypothesis says since when the rate is what it is now. A
  change of habit, a silence and the return from it are all changes of rate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, log

HOUR, DAY, WEEK = 3600.0, 86_400.0, 604_800.0  # seconds
FIRST_MONDAY = 4 * DAY  # seconds since the epoch: 1970-01-01 was a Thursday

# A newsroom's day in local time, relative to its mean: quiet nights, a long working day.
_OFFICE = (
    *(0.12, 0.10, 0.10, 0.10, 0.12, 0.20, 0.40, 0.75, 1.15, 1.50, 1.70, 1.70),
    *(1.55, 1.55, 1.65, 1.65, 1.60, 1.40, 1.10, 0.85, 0.65, 0.50, 0.30, 0.20),
)
_OFFICE_STRENGTH = 150.0  # posts that the curve weighs as much as
_FLAT_STRENGTH = 150.0
_BATCH_STRENGTH = 2.4  # a tenth of a post for each hour: the counts decide
_BATCH_PRIOR, _FLAT_PRIOR = 0.1, 0.15  # shares of sources; the rest keeps office hours

PRIOR_PER_DAY = 5.0  # posts a day of a source we know nothing of
PRIOR_WEIGHT = 0.5  # posts that this assumption weighs as much as
CHANGES_EVERY = 60 * DAY  # expected time between two changes of habit
CHANGE_WEIGHT = 1.0  # posts that the rate before a change still weighs after it
HYPOTHESES = 6  # of change points kept
WEEKEND_PRIOR, WEEKEND_WEIGHT = 0.5, 4.0  # factor of a weekend day; posts it weighs as much as
BURST_PRIOR, BURST_WEIGHT = 0.2, 8.0  # chance that a post brings another; posts it weighs
PAUSE_PRIOR, PAUSE_WEIGHT = 15 * 60.0, 5.0  # seconds within a burst; pauses it weighs


@dataclass(slots=True)
class _Since:
    """A hypothesis: the rate has been constant since some moment."""

    weight: float  # probability
    posts: float  # Gamma shape
    days: float  # Gamma rate: exposure, in days of average intensity


def _components() -> list[tuple[float, float, tuple[float, ...], int]]:
    """(log prior, strength, hour shares in UTC, hours that local time is ahead of UTC)."""
    total = sum(_OFFICE)
    office = log((1 - _FLAT_PRIOR - _BATCH_PRIOR) / 24)
    found = [
        (office, _OFFICE_STRENGTH, tuple(_OFFICE[(h + zone) % 24] / total for h in range(24)), zone)
        for zone in range(-11, 13)
    ]
    flat = (1 / 24,) * 24
    return [
        *found,
        (log(_FLAT_PRIOR), _FLAT_STRENGTH, flat, 0),
        (log(_BATCH_PRIOR), _BATCH_STRENGTH, flat, 0),
    ]


_COMPONENTS = _components()


class Rhythm:
    """The rhythm of one source, learned from its posts in order."""

    def __init__(self) -> None:
        self.count = 0  # posts taken in
        self._hours = [0.0] * 24  # posts by hour of day in UTC, followers discounted
        self._heads = 0.0  # their sum
        self._week_counts = [0.0] * 168  # the same by hour of the week
        self._evidence = [prior for prior, _, _, _ in _COMPONENTS]
        self._first = self._last = 0.0  # seconds since the epoch
        self._followers = 0.0
        self._pauses = 0.0  # seconds, summed over the followers
        self._exposure = 0.0  # days of average intensity since the first post
        self._since = [_Since(1.0, PRIOR_WEIGHT, PRIOR_WEIGHT / PRIOR_PER_DAY)]
        self._rebuild_at = 1.0  # posts
        self._rebuild()

    # learning ───────────────────────────────────────────────────────────────────────────────────

    def learn(self, posts: Sequence[datetime]) -> None:
        """Take in posts later than those seen, oldest first."""
        for post in posts:
            self._add(post.timestamp())
        self.count += len(posts)

    def _add(self, at: float) -> None:
        if not self._first:
            self._first = self._last = at
            follower = 0.0
        else:
            follower = self._follow(at)
        head = 1.0 - follower
        hour = int(at % DAY // HOUR)
        self._weigh(hour, head)
        self._hours[hour] += head
        self._heads += head
        self._week_counts[_hour_of_week(at)] += head
        self._last = max(at, self._last)
        if self._heads >= self._rebuild_at:
            self._rebuild()
            self._rebuild_at = self._heads + max(1.0, self._heads / 16)

    def _follow(self, at: float) -> float:
        """Take in the pause before a post: the probability that the post before brought it."""
        pause = max(0.0, at - self._last)
        b, mean_pause = self.burst, self.pause
        base = self.rate(self._last, 0.0) * self._shape(at) / DAY * (1 - b)
        excess = self._excess(pause, b, mean_pause) / mean_pause
        follower = excess / (excess + base) if excess + base else 0.0
        self._followers += follower
        self._pauses += follower * pause
        self._change(self.operational(self._last, at), 1.0 - follower, pause)
        return follower

    def _change(self, days: float, head: float, pause: float) -> None:
        """Move the change-point mixture over ``days`` without a post and then (part of) one."""
        self._exposure += days
        hazard = 1 - exp(-pause / CHANGES_EVERY)
        long_run = (self._heads + PRIOR_WEIGHT) / (self._exposure + PRIOR_WEIGHT / PRIOR_PER_DAY)
        fresh = _Since(hazard, CHANGE_WEIGHT, CHANGE_WEIGHT / long_run)
        for since in self._since:
            since.weight *= 1 - hazard
        self._since.append(fresh)
        for since in self._since:
            stays = since.posts * log(since.days / (since.days + days))
            since.days += days
            since.weight *= exp(stays) * (since.posts / since.days) ** head
            since.posts += head
        self._since.sort(key=lambda s: -s.weight)
        del self._since[HYPOTHESES:]
        total = sum(s.weight for s in self._since) or 1e-300
        for since in self._since:
            since.weight /= total

    def _weigh(self, hour: int, head: float) -> None:
        count, total = self._hours[hour], self._heads
        self._evidence = [
            evidence + head * log((strength * shares[hour] + count) / (strength + total))
            for evidence, (_, strength, shares, _) in zip(self._evidence, _COMPONENTS, strict=True)
        ]

    def _rebuild(self) -> None:
        """The week's table from the counts."""
        top = max(self._evidence)
        weights = [exp(e - top) for e in self._evidence]
        total = sum(weights)
        day = [0.0] * 24
        for weight, (_, strength, shares, _) in zip(weights, _COMPONENTS, strict=True):
            if weight < 0.003 * total:
                continue
            scale = weight / total / (strength + self._heads)
            for hour in range(24):
                day[hour] += scale * (strength * shares[hour] + self._hours[hour])
        best = max(range(len(weights)), key=weights.__getitem__)
        ahead = _COMPONENTS[best][3]
        factor = self._weekend_factor(ahead)
        days = [(factor if d >= 5 else 1.0) * 7 / (5 + 2 * factor) for d in range(7)]
        self._week = [day[h % 24] * 24 * days[(h + ahead) // 24 % 7] for h in range(168)]
        mean = sum(self._week) / 168
        self._week = [value / mean for value in self._week]
        self._until = [0.0]
        for value in self._week:
            self._until.append(self._until[-1] + value / 24)

    def _weekend_factor(self, ahead: int) -> float:
        """How much a weekend day has of a working day; Saturday begins at local midnight."""
        weekend = sum(self._week_counts[(h - ahead) % 168] for h in range(120, 168))
        weeks = max((self._last - self._first) / WEEK, 0.5)
        working = (self._heads - weekend + 1.0) / (5 * weeks)
        return (weekend + WEEKEND_WEIGHT * WEEKEND_PRIOR) / (2 * weeks * working + WEEKEND_WEIGHT)

    # asking ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def burst(self) -> float:
        """The chance that a post brings another."""
        posts = self._heads + self._followers
        return (self._followers + BURST_WEIGHT * BURST_PRIOR) / (posts + BURST_WEIGHT)

    @property
    def pause(self) -> float:
        """Mean seconds between two posts of a burst."""
        return (self._pauses + PAUSE_WEIGHT * PAUSE_PRIOR) / (self._followers + PAUSE_WEIGHT)

    def operational(self, start: float, end: float) -> float:
        """The time between two moments in days of average intensity."""
        return self._operational_since_monday(end) - self._operational_since_monday(start)

    def _operational_since_monday(self, at: float) -> float:
        weeks, within = divmod(at - FIRST_MONDAY, WEEK)
        hour, rest = divmod(within, HOUR)
        return weeks * 7 + self._until[int(hour)] + rest / DAY * self._week[int(hour)]

    def _shape(self, at: float) -> float:
        return self._week[_hour_of_week(at)]

    def rate(self, now: float, silent: float) -> float:
        """Posts a day, bursts included, on average over a week, after ``silent`` days of average
        intensity without a post."""
        total = mass = 0.0
        for since in self._since:
            exposure = since.days + silent
            weight = since.weight * (since.days / exposure) ** since.posts
            mass += weight
            total += weight * since.posts / exposure
        # the rate may also have changed since the last post, to next to nothing: half of the chance
        changed = (1 - exp(-max(0.0, now - self._last) / CHANGES_EVERY)) / 2 if silent else 0.0
        mass *= 1 + changed
        return total / mass / (1 - self.burst) if mass else PRIOR_PER_DAY

    @staticmethod
    def _excess(age: float, b: float, pause: float) -> float:
        """The probability that a burst is still going on ``age`` seconds after its last post."""
        alive = b * exp(-age / pause)
        return alive / (1 - b + alive)

    def week(self, now: float) -> list[float]:
        """Posts a day expected at each hour of the week, at the pace known ``now``."""
        silent = self.operational(self._last, now) if self.count else 0.0
        rate = self.rate(now, silent)
        return [rate * part for part in self._week]

    def pieces(self, now: float) -> Iterator[tuple[float, float]]:
        """From ``now`` on: (seconds, posts a second expected during them), without end."""
        silent = self.operational(self._last, now) if self.count else 0.0
        rate = self.rate(now, silent) / DAY
        b, pause = self.burst, self.pause
        alive = self._excess(now - self._last, b, pause) if self.count else 0.0
        fade = (1 - b) / pause
        hour = _hour_of_week(now)
        left = HOUR - now % HOUR
        while True:
            step = min(left, 600.0) if alive > 0.01 else left
            expected = rate * self._week[hour]
            if alive > 0.01:
                rest = alive * exp(-fade * step)
                expected += (alive - rest) / (1 - b) / step
                alive = rest
            yield step, expected
            left -= step
            if left <= 0:
                hour, left = (hour + 1) % 168, HOUR


def _hour_of_week(at: float) -> int:
    """Hours since Monday 00:00 UTC."""
    return int((at - FIRST_MONDAY) % WEEK // HOUR)
