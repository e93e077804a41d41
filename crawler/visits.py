"""The account of one visit: what was listed, asked for, received, and how each page ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from crawler.twins import Twins
from techwire.types import Outcome, Source, Visit, VisitOutcome

_BEST_FIRST = (
    VisitOutcome.OK,
    VisitOutcome.UNCHANGED,
    VisitOutcome.EMPTY,
    VisitOutcome.UNREADABLE,
    VisitOutcome.BUSY,
    VisitOutcome.BLOCKED,
    VisitOutcome.ROBOTS,
    VisitOutcome.HTTP_ERROR,
    VisitOutcome.TIMEOUT,
    VisitOutcome.NETWORK,
    VisitOutcome.INSECURE,
    VisitOutcome.TOO_LARGE,
    VisitOutcome.FORBIDDEN_ADDRESS,
    VisitOutcome.GONE,
)


@dataclass(slots=True)
class Log:
    """A visit under way. ``told`` is called whenever a number moves, and once at the end."""

    source: Source
    started_at: datetime
    deadline: float  # monotonic clock: after it no more requests
    clock: Callable[[], datetime]
    told: Callable[[Visit, bool], None] | None = None
    found: int = 0
    fresh: int = 0
    requests: int = 0
    bytes_received: int = 0
    not_modified: int = 0
    postponed: int = 0  # addresses left for another visit
    twins: Twins = field(default_factory=Twins)  # where pages have answered
    counts: Counter[Outcome] = field(default_factory=Counter)
    channels: list[tuple[VisitOutcome, str | None]] = field(default_factory=list)
    not_before: datetime | None = None
    finished_at: datetime | None = None
    _open: int = 0

    def begin(self) -> None:
        """Something is under way: a channel, a page."""
        self._open += 1

    def end(self) -> None:
        """It has ended; with the last one the visit is over."""
        self._open -= 1
        self.finished_at = self.clock()
        self._tell(is_over=self._open == 0)

    def count(self, outcome: Outcome) -> None:
        """One page has ended."""
        self.counts[outcome] += 1

    def channel(self, outcome: VisitOutcome, detail: str | None = None) -> None:
        """One feed, sitemap or listing has answered, or not."""
        self.channels.append((outcome, detail))

    def visit(self, *, interrupted: bool = False) -> Visit:
        """The account so far."""
        outcome, detail = self._verdict()
        if interrupted and (self._open > 0 or self.postponed):
            outcome, detail = VisitOutcome.INTERRUPTED, detail
        return Visit(
            source=self.source.slug,
            started_at=self.started_at,
            finished_at=self.finished_at or self.clock(),
            outcome=outcome,
            detail=detail,
            found=self.found,
            fresh=self.fresh,
            requests=self.requests,
            bytes_received=self.bytes_received,
            not_modified=self.not_modified,
            counts=dict(self.counts),
            not_before=self.not_before,
        )

    def _verdict(self) -> tuple[VisitOutcome, str | None]:
        """The best of the channels' outcomes; the detail tells of the worst."""
        if not self.channels:
            return VisitOutcome.UNCHANGED, "no channel to ask"
        ranked = sorted(self.channels, key=lambda channel: _BEST_FIRST.index(channel[0]))
        details = [detail for outcome, detail in ranked if detail and not outcome.is_success]
        details += [detail for outcome, detail in ranked if detail and outcome.is_success]
        if self.postponed:
            details.append(f"{self.postponed} pages left for another visit")
        return ranked[0][0], "; ".join(dict.fromkeys(details))[:500] or None

    def _tell(self, *, is_over: bool) -> None:
        if self.told is not None:
            self.told(self.visit(), is_over)
