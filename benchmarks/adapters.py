"""The product's own code under the signatures the scorers call, in the calling process."""

from __future__ import annotations

from datetime import UTC, datetime

from pipelines.dates import read_date
from pipelines.decode import decode
from pipelines.extract import extract as take_apart
from techwire.types import Source

NOBODY = Source(slug="benchmark", name="", url="")  # nothing is known of a benchmark page's site


def extract(html: bytes | str, url: str) -> dict[str, object]:
    """A page's ``text``, ``summary``, ``title``, ``authors``, ``published`` and ``language``.

    ``html`` as str is already decoded. ``published`` is aware ISO 8601 or None.
    """
    text = html if isinstance(html, str) else decode(html).text
    found = take_apart(text, url, NOBODY, datetime.now(UTC))
    metadata = found.metadata
    return {
        "text": found.body.replace("\n\n", "\n"),
        "summary": metadata.summary.value if metadata.summary else None,
        "title": metadata.title.value if metadata.title else None,
        "authors": list(metadata.authors.value) if metadata.authors else [],
        "published": metadata.published.value.at.isoformat() if metadata.published else None,
        "language": found.language,
    }


def visible_date(text: str, language: str, timezone: str, now: str) -> str | None:
    """The moment a visible date string names, as aware ISO 8601; None when it is no date.

    ``timezone`` is the page's (IANA), ``now`` an aware ISO 8601 time: when the page was fetched.
    """
    at = read_date(
        text, language=language or None, timezone=timezone or "UTC", now=datetime.fromisoformat(now)
    )
    return at.isoformat() if at else None
