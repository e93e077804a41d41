"""Says which companies an article is about, and shows the words that say so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pipelines.companies import Catalogue, Kind
from pipelines.tag_masks import Masks
from pipelines.tag_names import Hit, Matcher
from pipelines.tag_text import fold, untwin
from techwire.types import Level, Mention, Tag, Zone

_matchers: dict[str, Matcher] = {}  # catalogue version → its matcher; building one costs ~50 ms


def matcher_of(catalogue: Catalogue) -> Matcher:
    """The matcher of a catalogue, built at its first use in a process."""
    if (matcher := _matchers.get(catalogue.version)) is None:
        while len(_matchers) > 3:  # a daemon that reloads its catalogue must not pile them up
            del _matchers[next(iter(_matchers))]
        matcher = _matchers[catalogue.version] = Matcher(catalogue)
    return matcher


@dataclass(slots=True)
class _Found:
    mentions: list[Mention] = field(default_factory=list)


def tag(
    title: str,
    summary: str | None,
    body: str,
    *,
    language: str | None,
    catalogue: Catalogue,
    source_name: str = "",
    on: date | None = None,
) -> tuple[Tag, ...]:
    """The companies of an article, best first.

    ``language`` is ISO 639-1 or None; ``source_name`` is the publisher, never tagged for naming
    itself; ``on`` is the day of the article (None: today) and decides owners.
    """
    matcher = matcher_of(catalogue)
    found: dict[str, list[Mention]] = {}
    for zone, text in ((Zone.TITLE, title), (Zone.SUMMARY, summary or ""), (Zone.BODY, body)):
        plain = untwin(text)
        for hit in matcher.find(plain, fold(plain), Masks(plain), german=language == "de", on=on):
            company = _company(hit)
            if company is not None and catalogue.companies[company].name != source_name:
                surface = text[hit.start : hit.end]
                rule = str(hit.spellings[0].kind)
                mention = Mention(
                    zone=zone, start=hit.start, end=hit.end, surface=surface, rule=rule
                )
                found.setdefault(company, []).append(mention)
    tags = [
        _tag(catalogue, company, mentions, len(body), on) for company, mentions in found.items()
    ]
    return tuple(sorted(tags, key=lambda t: (-t.relevance, t.company)))


def _company(hit: Hit) -> str | None:
    sure = [spelling for spelling in hit.spellings if not spelling.ambiguous]
    if sure:
        return sure[0].company
    named = [spelling for spelling in hit.spellings if spelling.kind is Kind.NAME]
    return named[0].company if named else None


def _tag(
    catalogue: Catalogue, company: str, mentions: list[Mention], size: int, on: date | None
) -> Tag:
    in_title = any(m.zone is Zone.TITLE for m in mentions)
    first = min(m.start if m.zone is Zone.BODY else 0 for m in mentions)
    early = 1 - first / max(size, 1)
    relevance = round(min(1.0, 0.45 * in_title + 0.25 * early + 0.06 * len(mentions)), 3)
    level = (
        Level.PRIMARY
        if relevance >= 0.6
        else Level.SECONDARY
        if relevance >= 0.3
        else Level.PASSING
    )
    return Tag(
        company=company,
        name=catalogue.companies[company].name,
        owner=catalogue.owner(company, on),
        relevance=relevance,
        level=level,
        confidence=0.9,
        mentions=tuple(mentions),
    )
