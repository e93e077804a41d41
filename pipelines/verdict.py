"""Is a page that was taken apart an article? If not, the word for what it is."""

from __future__ import annotations

import re

from pipelines.document import ARTICLE_TYPES, types_of
from pipelines.extract import Extract
from pipelines.kind import live_blog, without_text
from techwire.types import Outcome

MIN_TEXT = 250  # characters; shorter pages are teasers
PAYWALL_STUB = 700  # characters; with less, what a paywall leaves free is no article
VIDEO_TEXT = 700  # characters; with less, the text is the player's caption
LISTING_TEXT = 1200  # characters of text an index may have above its links
LISTING_LINKS = 15  # segments that are nothing but a link of headline length
HEADLINE = 25  # characters from which a link may be a headline

_LISTING_TYPES = frozenset(["CollectionPage", "SearchResultsPage", "ProfilePage"])
_ERRORS = re.compile(
    r"^\W*(?:(?:error|erreur|fehler)?\s*(?:40[034]|410|50[023])\b(?!\s*\w)|not found|access denied|"
    r"page (?:not found|introuvable|non trouvée)|accès refusé|seite nicht gefunden|"
    r"página no encontrada|pagina non trovata|"
    r"just a moment|attention required|are you a robot|log ?in$|sign in$|connexion$|anmelden$)",
    re.IGNORECASE,
)


def judge(found: Extract) -> tuple[Outcome, str] | None:
    """What the page is instead of an article, with a line for people; None: it is an article."""
    metadata, length = found.metadata, len(found.body)
    if metadata.title is None:
        return Outcome.NOT_ARTICLE, "no title"
    if _ERRORS.match(metadata.title.value):
        return Outcome.NOT_ARTICLE, f"titled {metadata.title.value[:60]!r}"
    if live := live_blog(found.document, metadata.title.value):
        return live.outcome, live.detail
    if length < VIDEO_TEXT and (other := without_text(found.document)):
        return other.outcome, other.detail
    if (reason := _listing(found)) is not None:
        return Outcome.LISTING, reason
    if length < PAYWALL_STUB and metadata.is_free and not metadata.is_free.value:
        return Outcome.PAYWALL, f"{length} characters are free"
    if length < MIN_TEXT:
        return Outcome.TOO_SHORT, f"{length} characters"
    return None


def _listing(found: Extract) -> str | None:
    """Links with headlines, no date, and nothing that says it is one article."""
    document = found.document
    says_article = bool(types_of(document.article) & ARTICLE_TYPES) or (
        (document.meta("og:type") or "").lower() == "article"
    )
    if says_article or len(found.body) > LISTING_TEXT:
        return None
    segments = found.reader.page.segments
    links = sum(1 for s in segments if len(s.text) >= HEADLINE and s.link_chars > 0.8 * len(s.text))
    declared = any(types_of(n) & _LISTING_TYPES for n in document.linked_data[:10])
    if links >= LISTING_LINKS and (declared or found.metadata.published is None):
        return f"{links} headlines that are links, {len(found.body)} characters of text"
    return None
