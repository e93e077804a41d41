"""The product's own code under the signatures the scorers call, in the calling process."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from crawler.entries import read_channel
from crawler.politeness import retry_after as wait_asked
from crawler.robots import parse as parse_robots
from pipelines import companies, story
from pipelines.body import warm
from pipelines.companies import Catalogue
from pipelines.dates import read_date
from pipelines.decode import decode
from pipelines.extract import extract as take_apart
from pipelines.tag import FORMER
from pipelines.tag import tag as tag_article
from techwire import urls
from techwire.types import ChannelKind, Level, Source, Tag

warm()  # imports are not measured
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


def entries(body: bytes, url: str, content_type: str | None) -> list[dict[str, object]]:
    """The entries of a feed or sitemap: ``url``, ``title`` and ``published`` (or changed, when
    that is all it says; aware ISO 8601 or None)."""
    found = read_channel(body, url, content_type or None, ChannelKind.FEED)
    shown: list[dict[str, object]] = []
    for entry in found.entries:
        at = entry.published_at or entry.modified_at
        published = at.isoformat() if at else None
        shown.append({"url": entry.url, "title": entry.title, "published": published})
    for child in found.children:  # of a sitemap index
        published = child.modified_at.isoformat() if child.modified_at else None
        shown.append({"url": child.url, "title": None, "published": published})
    return shown


def canonical(url: str) -> str:
    """The identity of an address."""
    return urls.canonical(url)


def robots_allows(robots: bytes, user_agent: str, url: str) -> bool:
    """Whether a robots.txt lets ``user_agent`` ask for ``url``."""
    return parse_robots(robots, user_agent).allows(url)


def retry_after(value: str, now: str) -> float | None:
    """Seconds that a Retry-After header asks for; None when it says nothing. ``now``: ISO 8601."""
    wait = wait_asked(value, datetime.fromisoformat(now))
    return wait.total_seconds() if wait is not None else None


class StoryIndex:
    """The stories of headlines, one at a time."""

    def __init__(self) -> None:
        self._index = story.StoryIndex()
        self._count = 0

    def add(self, title: str, host: str, unix_seconds: int) -> int:
        """The label of the story this headline tells: final, and the future is not known."""
        self._count += 1
        return self._index.add(story.Item(title, host, float(unix_seconds)), self._count)


@cache
def shipped_catalogue() -> Catalogue:
    """The catalogue that comes with techwire, loaded once."""
    return companies.load()


def tag(title: str, text: str, lang: str) -> list[dict[str, object]]:
    """The companies of an article, best first: ``company`` (display name), ``surface``, ``score``.

    ``lang`` may be empty. Press that is only quoted as a source is no company of the article.
    """
    found = tag_article(title, None, text, language=lang or None, catalogue=shipped_catalogue())
    return shown(found)


def shown(tags: Iterable[Tag]) -> list[dict[str, object]]:
    """Tags as the scorers take them; press that is only quoted left out."""
    return [
        {"company": _named(tag), "surface": tag.mentions[0].surface, "score": tag.relevance}
        for tag in tags
        if tag.level is not Level.SOURCE_ONLY
    ]


def _named(tag: Tag) -> str:
    """The display name; a former one where the article knows no other."""
    former = all(mention.rule == FORMER for mention in tag.mentions)
    return tag.mentions[0].surface if former else tag.name
