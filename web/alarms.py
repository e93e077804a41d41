"""What is wrong with a source, in words: the lines that stand out on its page."""

from __future__ import annotations

from datetime import datetime

from db.pulse import SPARK, Signs
from web.wording import Wording

FAILED = 3  # visits in a row; fewer is the weather of the net
SILENT = 5  # times the usual gap between two articles, and a day at least
WAITING = 500  # pages; more than a visit or two leave over


def alarms(found: Signs, *, until: datetime, words: Wording) -> list[str]:
    """One sentence for each thing that is wrong; none of a source that was paused by hand."""
    if found.paused_at is not None:
        return []
    said = []
    if found.failures >= FAILED:
        said.append(words("alarm failing", found.failures))
    if found.articles and found.articles >= 2 and found.last_published_at is not None:
        gap = SPARK * 86_400 / found.articles
        silence = (until - found.last_published_at).total_seconds()
        if silence > max(SILENT * gap, 86_400):
            said.append(words("alarm silent", words.span(silence), words.span(gap)))
    if found.waiting >= WAITING:
        said.append(words("alarm waiting", words.number(found.waiting)))
    if found.is_undated:
        said.append(words("alarm undated"))
    return said
