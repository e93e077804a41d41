"""From scores to an article: which segments are its text, decided together, not one by one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipelines.features import folded, is_same
from pipelines.rows import HEADINGS
from pipelines.segments import CLASS_GROUPS, TAG_BITS, Segments

KEEP = 0.55  # score from which a segment is text of the article
LOW = 250  # characters; with less, the page is an unusual one and the bar is lowered
LOW_SHARE = 0.55  # of the best score: the lowered bar
GROUP_SAY = 0.6  # how much the rest of its list or table says about an item
NEVER = 0.01  # score of an item that its group does not rescue: a table may lay out the whole page
BRIDGE = 0.3  # score that is enough between two segments of the same kind that are kept
WRAPPED_BRIDGE = 0.35  # the same where one of the three stands in a wrapper of its own
HEADING_BRIDGE = 0.2  # the same of a heading: what stands between two paragraphs is theirs
ALL_LINKS = 0.9  # share of a segment inside links that leaves nothing else
MIN_QUOTE = 25  # characters of a line that can be told from a chance repetition
_LABELS = frozenset(  # what stands above an advertisement, folded
    ("publicité", "advertisement", "advertising", "anzeige", "werbung", "publicidad", "pubblicità")
)
LUMP, MIN_PART = 600, 80  # characters of a segment that repeats others, and of these
MAX_LABEL = 40  # characters, with what decorates it
QUOTE_BIT = 1 << [name for name, _ in CLASS_GROUPS].index("quote")
TAIL_BESIDE = 0.15  # the same where both stand in one container
TAIL = 0.25  # score that is enough right after the last one, for a sentence made like it
_GROUPED = frozenset({"li", "td", "th", "dd", "dt"})


def choose(page: Segments, scores: Sequence[float], title: str = "") -> list[int]:
    """Indexes of the segments that make the article's text, in reading order."""
    joint = _together(page, scores)
    kept = [i for i, score in enumerate(joint) if score >= KEEP]
    if sum(len(page.segments[i].text) for i in kept) < LOW and joint:
        bar = min(KEEP, max(joint) * LOW_SHARE)
        kept = [i for i, score in enumerate(joint) if score >= bar]
    kept = [i for i in kept if not _is_link_list(page, i)]
    kept = _bridged(page, joint, kept)
    kept = [i for i in kept if not _is_label(page.segments[i].text)]
    return _without_repeats(page, kept, title)


def _is_label(text: str) -> bool:
    return len(text) <= MAX_LABEL and folded(text) in _LABELS


def _together(page: Segments, scores: Sequence[float]) -> list[float]:
    """Scores where the items of one list, and the cells of one table, agree."""
    groups: dict[int, list[int]] = {}
    for index, segment in enumerate(page.segments):
        element = page.elements[segment.element]
        at = -1
        if element.tag in _GROUPED:
            at = element.parent
            if element.tag in ("td", "th"):
                while at >= 0 and page.elements[at].tag not in ("table", "div", "article"):
                    at = page.elements[at].parent
        elif element.parent >= 0 and page.elements[element.parent].tag == "li":
            at = page.elements[element.parent].parent
        if at >= 0:
            groups.setdefault(at, []).append(index)
    joint = list(scores)
    for members in groups.values():
        if len(members) > 1:
            total = sum(len(page.segments[i].text) for i in members)
            mean = sum(scores[i] * len(page.segments[i].text) for i in members) / total
            for i in members:
                if scores[i] > NEVER:
                    joint[i] = GROUP_SAY * mean + (1 - GROUP_SAY) * scores[i]
    return joint


def _bridged(page: Segments, scores: Sequence[float], kept: list[int]) -> list[int]:
    """Fills small gaps between two kept neighbours in the same container."""
    chosen = set(kept)
    for before, after in pairwise(kept):
        if 1 < after - before <= 3:
            homes = [_around(page, i) for i in range(before, after + 1)]
            shared = set(homes[0]).intersection(homes[-1])
            for i, home in enumerate(homes[1:-1], before + 1):
                beside = homes[0][:1] == homes[-1][:1] == home[:1]
                bar = BRIDGE if beside else WRAPPED_BRIDGE
                if page.elements[page.segments[i].element].tag in HEADINGS:
                    bar = HEADING_BRIDGE
                if scores[i] >= bar and not shared.isdisjoint(home):
                    chosen.add(i)
    if kept and (last := kept[-1] + 1) < len(page.segments):
        element = page.elements[page.segments[last].element]
        before_it = page.elements[page.segments[kept[-1]].element]
        alike = element.signature == before_it.signature and element.depth == before_it.depth
        beside = element.parent == before_it.parent and element.tag == before_it.tag
        closing = page.segments[last]
        ends = closing.text.endswith((".", "!", "?", "…", "”", "»"))
        bar = TAIL_BESIDE if beside else TAIL if alike else 1.0
        if ends and scores[last] >= bar and not closing.link_chars:
            chosen.add(last)  # a short last paragraph, made like the one before
    return sorted(chosen)


def _around(page: Segments, index: int) -> list[int]:
    """The three elements around a segment's own: a paragraph may have a wrapper to itself."""
    at, found = page.segments[index].element, []
    for _ in range(3):
        at = page.elements[at].parent
        if at < 0:
            break
        found.append(at)
    return found


def _is_link_list(page: Segments, index: int) -> bool:
    """Several links and nothing else: a menu, or teasers on lines of their own."""
    segment = page.segments[index]
    return segment.link_count > 2 and segment.link_chars > ALL_LINKS * len(segment.text)


def _is_pulled(page: Segments, index: int, texts: dict[int, str]) -> bool:
    """A line set large in the margin that stands in a paragraph, too."""
    text = texts[index].strip(' “”"«»„.')
    element = page.elements[page.segments[index].element]
    apart = element.tags & (TAG_BITS["aside"] | TAG_BITS["blockquote"]) or element.near & QUOTE_BIT
    if not apart or not MIN_QUOTE <= len(text) < LOW:
        return False
    return any(i != index and len(t) > len(text) + 3 and text in t for i, t in texts.items())


def _without_repeats(page: Segments, kept: list[int], title: str) -> list[int]:
    """Without the title, what was said already, and lumps that repeat several other segments."""
    texts = {i: page.segments[i].text for i in kept}
    title_key = folded(title)
    lumps = _lumps(texts)
    result: list[int] = []
    seen: dict[str, int] = {}
    for i in kept:
        text = texts[i]
        is_title = title_key and len(text) < 300 and is_same(text, title_key)
        if i in lumps or is_title or _is_pulled(page, i, texts):
            continue
        if len(text) >= 60:
            parent = page.elements[page.segments[i].element].parent
            if seen.setdefault(text, parent) != parent:
                continue
        result.append(i)
    return result


def _lumps(texts: dict[int, str]) -> set[int]:
    """Long segments that hold at least two of the others."""
    long = [i for i, text in texts.items() if len(text) > LUMP]
    parts = [text for text in texts.values() if len(text) > MIN_PART] if long else []
    return {
        i for i in long if sum(len(part) < len(texts[i]) and part in texts[i] for part in parts) > 1
    }
