"""The figures of a database in the text format of Prometheus, read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from db import counts
from db.alarms import noted

Sample = tuple[dict[str, str], float]


def text(connection: Connection, now: datetime) -> str:
    """All families; names and labels are kept stable."""
    totals = counts.counts(connection)
    sources = counts.status(connection)
    alarms = noted(connection)
    due = [s for s in sources if s.next_due_at and s.next_due_at <= now and not s.paused_at]
    families: list[tuple[str, str, str, Iterable[Sample]]] = [
        ("articles", "gauge", "Articles stored", [({}, totals.articles)]),
        ("stories", "gauge", "Stories told by them", [({}, totals.stories)]),
        (
            "addresses",
            "gauge",
            "Article addresses by state",
            [({"state": state}, count) for state, count in totals.states.items()],
        ),
        (
            "pages_total",
            "counter",
            "Pages by how they ended",
            [({"outcome": o.value}, n) for o, n in totals.outcomes.items()],
        ),
        ("sources_due", "gauge", "Sources that wait for their visit", [({}, len(due))]),
        (
            "source_articles",
            "gauge",
            "Articles stored, by source",
            [({"source": s.slug}, s.articles) for s in sources],
        ),
        (
            "source_failures",
            "gauge",
            "Visits failed in a row",
            [({"source": s.slug}, s.failures) for s in sources],
        ),
        (
            "source_waiting",
            "gauge",
            "Addresses still to fetch or to read",
            [({"source": s.slug}, s.waiting) for s in sources],
        ),
        (
            "source_alarm",
            "gauge",
            "1 while a source fails, is silent or has lost a field",
            [({"source": a.source, "kind": a.kind, "field": a.field}, 1) for a in alarms],
        ),
        (
            "source_visit_age_seconds",
            "gauge",
            "Since the last good visit",
            [
                ({"source": s.slug}, (now - s.last_success_at).total_seconds())
                for s in sources
                if s.last_success_at
            ],
        ),
        (
            "source_article_age_seconds",
            "gauge",
            "Since the latest article was published",
            [
                ({"source": s.slug}, (now - s.last_published_at).total_seconds())
                for s in sources
                if s.last_published_at
            ],
        ),
    ]
    return "".join(_family(*family) for family in families)


def _family(name: str, kind: str, meaning: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP techwire_{name} {meaning}", f"# TYPE techwire_{name} {kind}"]
    for labels, value in samples:
        inside = ",".join(f'{key}="{_escaped(label)}"' for key, label in labels.items())
        lines.append(f"techwire_{name}{f'{{{inside}}}' if inside else ''} {value:g}")
    return "\n".join(lines) + "\n"


def _escaped(label: str) -> str:
    return label.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
