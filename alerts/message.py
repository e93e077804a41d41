"""What an alert says: one headline, one text, one JSON object for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from db.deliveries import Due

_LEADS = {
    "primary": "{company}",
    "secondary": "{company}",
    "mention": "{company}, named",
    "first": "{company}, for the first time",
    "spike": "{company}, more than usual",
    "edited": "{company}, edited",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The same for every way of sending."""

    id: str  # of the alert: the same at every try, so that a receiver can drop doubles
    title: str
    text: str
    payload: dict[str, Any]  # JSON


def message(alert: Due, zone: tzinfo) -> Message:
    """The message of an alert; times for people are in ``zone``."""
    seen, watch = alert.seen, alert.watch
    lead = _LEADS[watch.rule].format(company=alert.company_name)
    when = seen.published_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    lines = [seen.title, f"{seen.source}, {when}", alert.place]
    if seen.summary:
        lines.insert(1, seen.summary)
    return Message(
        id=f"techwire-{alert.id}",
        title=" ".join(f"{lead}: {seen.title}".split()),
        text="\n".join(lines) + f"\n\n(watch {watch.name})\n",
        payload={
            "id": f"techwire-{alert.id}",
            "watch": watch.name,
            "rule": watch.rule,
            "occasion": seen.occasion,
            "company": {"id": watch.company, "name": alert.company_name},
            "story_id": seen.story_id,
            "article": {
                "id": seen.article_id,
                "title": seen.title,
                "summary": seen.summary,
                "url": seen.url,
                "source": seen.source,
                "published_at": seen.published_at.isoformat().replace("+00:00", "Z"),
            },
        },
    )
