"""The geometry of the charts: pure numbers, which a template writes as SVG.

Horizontal places are per cent of the width, so that a chart is as wide as the page, with letters
of one size on a telephone and on a large screen; vertical ones are pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

POINTED_AT = 120  # bars; more are narrower than a finger and a third of the page's weight
MARK_ROOM = 5.5  # per cent between the middles of two marks: a mark's 16 px on a telephone
WINDOW = 7  # days of the moving average: a press week, so that week-ends do not show as dips


@dataclass(frozen=True, slots=True)
class Bar:
    """One day."""

    x: float  # per cent, left edge
    width: float  # per cent
    height: float  # per cent of the plot's height
    day: date
    value: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A day with a number on it, explained beside the chart."""

    number: int
    x: float  # per cent, middle of the day
    level: int  # 0 stands on the plot, the others above marks that are too near


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars per day, a smoothed line, and marks. What a template does not draw is not computed."""

    days: tuple[tuple[date, int], ...]  # the oldest first
    top: int  # value at the upper edge, a round number
    marks: tuple[Mark, ...]

    @property
    def first(self) -> date:
        """The oldest day."""
        return self.days[0][0]

    @property
    def last(self) -> date:
        """The newest day."""
        return self.days[-1][0]

    @property
    def levels(self) -> int:
        """How many rows the marks stand in; nought of no marks."""
        return max((mark.level + 1 for mark in self.marks), default=0)

    @property
    def is_long(self) -> bool:
        """Too many days for each to be a thing one can point at."""
        return sum(1 for _, value in self.days if value) > POINTED_AT

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The days that are not nought."""
        return tuple(Bar(x, width, height, *self.days[n]) for n, x, width, height in self._places())

    @property
    def outline(self) -> str:
        """All bars as one SVG path: a tenth of the bytes, where no bar needs a name."""
        return "".join(
            f"M{x:g} 100v-{height:g}h{width:g}v{height:g}z"
            for _, x, width, height in self._places()
        )

    @property
    def line(self) -> str:
        """Points of the average: "x,y …" in a box of 100 by 100, y downwards."""
        step = 100 / len(self.days)
        mean = smoothed([value for _, value in self.days])
        return " ".join(
            f"{_short((n + 0.5) * step)},{_short(100 - 100 * value / self.top)}"
            for n, value in enumerate(mean)
        )

    def _places(self) -> Iterator[tuple[int, float, float, float]]:
        """Number, left edge, width and height of each bar."""
        step = 100 / len(self.days)
        width = _short(step * 0.8)
        for n, (_, value) in enumerate(self.days):
            if value:
                yield n, _short(n * step + step * 0.1), width, _short(100 * value / self.top)


def chart(days: Sequence[tuple[date, int]], marked: Sequence[date] = ()) -> Chart:
    """The chart of one value per day, the oldest first; ``days`` holds one day at least."""
    step = 100 / len(days)
    places = {day: number for number, (day, _) in enumerate(days)} if marked else {}
    marks = _apart(
        [(n, _short((places[d] + 0.5) * step)) for n, d in enumerate(marked, 1) if d in places]
    )
    return Chart(tuple(days), rounded_up(max(value for _, value in days)), marks)


def _apart(marked: Sequence[tuple[int, float]]) -> tuple[Mark, ...]:
    """Marks that do not cover each other: number and place of each, from left to right."""
    marks: list[Mark] = []
    for number, x in marked:
        near = {mark.level for mark in marks if abs(mark.x - x) < MARK_ROOM}
        marks.append(Mark(number, x, min(set(range(len(near) + 1)) - near)))
    return tuple(marks)


def smoothed(values: Sequence[int], window: int = WINDOW) -> list[float]:
    """The mean of ``window`` values around each; fewer at the ends."""
    half = window // 2
    sums = [0, *accumulate(values)]
    found = []
    for n in range(len(values)):
        first, after = max(0, n - half), min(len(values), n + half + 1)
        found.append((sums[after] - sums[first]) / (after - first))
    return found


def rounded_up(value: int) -> int:
    """The next of 1, 2, 3, 4, 5, 6, 8, 10, 15, 20 … that is not less: an axis people can read."""
    size = 1
    while True:
        for step in (1, 1.5, 2, 3, 4, 5, 6, 8):
            candidate = step * size
            if candidate == int(candidate) and candidate >= value:
                return int(candidate)
        size *= 10


def _short(value: float) -> float:
    """Two decimals: a hundredth of a per cent is less than a pixel."""
    return round(value, 2)
