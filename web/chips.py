"""The small things of which a page has a hundred, as HTML: chips of companies, visits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from db.pulse import VisitLine
from web.links import link
from web.wording import Wording

HUES = 16  # colours, as style.css has them
REMEMBERED = 4_096  # chips, of half a kilobyte


@lru_cache(REMEMBERED)
def hue(company: str) -> str:
    """The colour of a company's chip: the same on every page, of every version."""
    return f"h{hashlib.blake2b(company.encode(), digest_size=2).digest()[0] % HUES}"


def chip(company: Any, words: Wording) -> Markup:
    """The chip of a company that has ``id`` and ``name``; ``level`` and ``known`` where that is
    told, which makes it fainter and marks it."""
    level, known = getattr(company, "level", None), getattr(company, "known", True)
    return _chip(company.id, company.name, level, bool(known), words.language)


@lru_cache(REMEMBERED)
def _chip(key: str, name: str, level: str | None, known: bool, language: str) -> Markup:
    words = Wording(language)
    faint = "" if level in (None, "primary", "secondary") else " faint"
    title = "" if level is None else f' title="{escape(words(level))}"'
    mark = "" if known else f'<span class="unknown" title="{escape(words("known not"))}">?</span>'
    place = escape(link("/company", key))
    return Markup(  # noqa: S704  (each piece is escaped)
        f'<a class="chip {hue(key)}{faint}" href="{place}"{title}>{escape(name)}{mark}</a>'
    )


def visits(lines: Sequence[VisitLine], words: Wording) -> Markup:
    """How the visits of a source ended, each with its time on hover, a space after it."""
    return Markup("").join(_visit(line, words) for line in lines)


def _visit(line: VisitLine, words: Wording) -> Markup:
    kind = "good" if line.outcome in ("ok", "unchanged", "empty") else "bad"
    title = words.time(line.started_at) + (f": {escape(line.detail)}" if line.detail else "")
    fresh = f" +{line.fresh}" if line.fresh else ""
    return Markup(  # noqa: S704  (each piece is escaped, or ours)
        f'<span class="visit {kind}" title="{title}">{escape(words.outcome(line.outcome))}'
        f"{fresh}</span> "
    )
