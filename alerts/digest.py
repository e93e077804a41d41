"""The news of a day or a week in one text: stories, not copies, one paragraph each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from html import escape

from db import Database, front
from db.companies import find
from db.front import Choice, StoryCard
from db.places import places

STORIES = 40  # in one digest: what one reads over a coffee
LOOKED_AT = 400  # newest stories of the period that the largest are chosen from
PARAGRAPH = 320  # characters of a story's lead: two or three sentences
BARS = 8  # companies in the chart
LANGUAGES = ("en", "fr")  # of what is said around the stories, which stay as they were written
_SAID: Mapping[str, Mapping[str, str]] = {
    "en": {
        "one": "1 story",
        "many": "{0} stories",
        "span": "{0}, {1} to {2}.",
        "more": "And {0} more.",
    },
    "fr": {
        "one": "1 histoire",
        "many": "{0} histoires",
        "span": "{0}, du {1} au {2}.",
        "more": "Et {0} de plus.",
    },
}
_SENTENCE = re.compile(r"(?<=[.!?…»”])\s+(?=[\"«“A-ZÀ-ÖØ-Þ0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What is told, the most told story first."""

    title: str
    since: datetime
    until: datetime
    stories: tuple[StoryCard, ...]
    left_out: int  # stories of the period that did not fit
    companies: tuple[tuple[str, int], ...]  # name, stories; most first


def gather(
    database: Database,
    since: datetime,
    until: datetime,
    zone: tzinfo,
    companies: Sequence[str] = (),
    limit: int = STORIES,
) -> Digest:
    """The stories from ``since`` to ``until`` about any of ``companies`` (names; none: all).

    NotFound when nobody is called so."""
    with database.reading() as connection:
        named = [find(connection, name) for name in companies]
        ids = [key for one in named for key in one.ids]
        choice = Choice(companies=ids or None, since=since, until=until)
        found = front.stories(connection, choice, LOOKED_AT)
        found.sort(
            key=lambda card: (-card.outlets, -card.articles, -card.last_published_at.timestamp())
        )
        told = {t.id: t.url for card in found[:limit] for t in card.tellings}
        there = places(connection, told)
    counted = Counter(
        company.name
        for card in found
        for company in card.companies
        if company.level in ("primary", "secondary")
    )
    about = ", ".join(one.name for one in named)
    day = until.astimezone(zone).strftime("%Y-%m-%d")
    return Digest(
        title=f"{about}: {day}" if about else f"techwire, {day}",
        since=since,
        until=until,
        stories=tuple(_placed(card, there) for card in found[:limit]),
        left_out=max(0, len(found) - limit),
        companies=tuple(counted.most_common(BARS)),
    )


def _placed(card: StoryCard, there: Mapping[int, str]) -> StoryCard:
    """The card with the addresses at which its articles were found."""
    return replace(card, tellings=tuple(replace(t, url=there[t.id]) for t in card.tellings))


def paragraph(card: StoryCard) -> str:
    """The first sentences of a story's lead, as they were written."""
    text = " ".join((card.lead or "").split())
    if len(text) <= PARAGRAPH:
        return text
    said = ""
    for sentence in _SENTENCE.split(text):
        if said and len(said) + len(sentence) > PARAGRAPH:
            break
        said = f"{said} {sentence}".strip()
    return said if len(said) <= PARAGRAPH else said[:PARAGRAPH].rsplit(maxsplit=1)[0] + " …"


def who(card: StoryCard) -> str:
    """Who told it, the first one first, once each."""
    names = list(dict.fromkeys(telling.source_name for telling in card.tellings))
    more = f" +{len(names) - 4}" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more


def language_of(environ: Mapping[str, str]) -> str:
    """The language of a digest where nobody chose one: that of the locale (POSIX: LC_ALL stands
    before LC_MESSAGES and LANG), if we speak it; else English."""
    names = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    spoken = next((name for name in names if name), "")[:2].lower()
    return spoken if spoken in LANGUAGES else LANGUAGES[0]


def markdown(digest: Digest, zone: tzinfo, language: str = "en") -> str:
    """Markdown; also the plain text of the e-mail."""
    return "\n".join(_markdown(digest, zone, language)) + "\n"


def _markdown(digest: Digest, zone: tzinfo, language: str) -> Iterator[str]:
    yield f"# {_plain(digest.title)}"
    yield ""
    yield _span(digest, zone, language)
    for card in digest.stories:
        yield ""
        yield f"## {_plain(card.title)}"
        yield ""
        if lead := paragraph(card):
            yield _plain(lead)
            yield ""
        names = ", ".join(_plain(company.name) for company in card.companies[:5])
        yield f"{_plain(who(card))}{f' · {names}' if names else ''} · <{_address(card)}>"
    if digest.left_out:
        yield ""
        yield _SAID[language]["more"].format(digest.left_out)


def _plain(text: str) -> str:
    """``text`` so that Markdown and the HTML in it leave it as it is."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))


def html(digest: Digest, zone: tzinfo, language: str = "en") -> str:
    """One self-contained page, that mail programs show too: styles inline, no image, no script."""
    pieces = [
        "<!doctype html>",
        '<html><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(digest.title)}</title></head>",
        '<body style="font:16px/1.5 sans-serif;max-width:42em;margin:1em auto;padding:0 1em;'
        'color:#1d2326;background:#fbfaf7">',
        f"<h1>{escape(digest.title)}</h1>",
        f"<p>{_span(digest, zone, language)}</p>",
        *_bars(digest),
        *(_html_story(card) for card in digest.stories),
    ]
    if digest.left_out:
        pieces.append(f"<p>{_SAID[language]['more'].format(digest.left_out)}</p>")
    return "\n".join([*pieces, "</body></html>"]) + "\n"


def _bars(digest: Digest) -> Iterator[str]:
    """Stories per company, as a table whose cells are the bars: mail programs draw no SVG."""
    if not digest.companies:
        return
    most = digest.companies[0][1]
    yield '<table role="presentation" style="border-collapse:collapse;width:100%">'
    for name, stories in digest.companies:
        yield (
            f'<tr><td style="width:9em;padding:2px 8px 2px 0">{escape(name)}</td><td>'
            f'<div style="background:#9cc3c9;width:{round(100 * stories / most)}%;'
            f'min-width:1.6em;padding:0 6px;box-sizing:border-box">{stories}</div></td></tr>'
        )
    yield "</table>"


def _html_story(card: StoryCard) -> str:
    names = ", ".join(escape(company.name) for company in card.companies[:5])
    lead = paragraph(card)
    return (
        f'<h2 style="font-size:1.15em;margin:1.4em 0 .2em"><a href="{escape(_address(card))}" '
        f'style="color:#0f5666">{escape(card.title)}</a></h2>'
        + (f'<p style="margin:.2em 0">{escape(lead)}</p>' if lead else "")
        + f'<p style="margin:.2em 0;color:#566067;font-size:.9em">{escape(who(card))}'
        + (f" · {names}" if names else "")
        + "</p>"
    )


def _address(card: StoryCard) -> str:
    """The address of its first article."""
    url = next((t.url for t in card.tellings if t.id == card.first_article_id), "")
    return url if url.startswith(("https://", "http://")) else "#"


def _span(digest: Digest, zone: tzinfo, language: str) -> str:
    """How many stories of which time."""
    said, count = _SAID[language], len(digest.stories)
    told = said["one"] if count == 1 else said["many"].format(count)
    return said["span"].format(told, _moment(digest.since, zone), _moment(digest.until, zone))


def _moment(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
