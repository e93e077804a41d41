"""What a template made alike, looked at as one: most of what is no text is ruled out here.

The paragraphs of an article are kin, and so are the comments below it and the teasers beside it:
the same tags and classes, here and one above. A page of a hundred segments has fifteen kins. A
small forest says which of them are no text beyond doubt; their segments never get a row of
features (``pipelines.features``) and score 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.rows import HEADINGS, KIN_CLASSES, KIN_TAGS, OWN_TAGS, Part
from pipelines.segments import CLASS_GROUPS, TAG_BITS, Element, Segment, Segments

MIN_PROSE = 0.25  # share of a page's text that reads like prose; with less it is an unusual page
FEW = 12  # segments: asking them all costs less than ruling some out
MANY_KINDS = 2000  # kinds of elements remembered from page to page
_PLACES = {name: place for place, (name, _) in enumerate(CLASS_GROUPS)}
_CLASS_PLACES = tuple(_PLACES[name] for name in KIN_CLASSES)
_TAG_BITS = tuple(TAG_BITS[name] for name in KIN_TAGS)
_KINDS: dict[tuple[str, int, int, int, int], Part] = {}


@dataclass(slots=True)
class Kin:
    """The segments whose elements a template made alike, in reading order."""

    element: int  # that of the first
    members: list[Segment] = field(default_factory=list)
    parents: set[int] = field(default_factory=set)  # the elements around theirs
    alike: Part | None = None  # once worked out; see ``alike_of``

    def is_lone_prose(self) -> bool:
        """Whether it is one segment, which reads like sentences."""
        return len(self.members) == 1 and self.members[0].prose


def kins_of(page: Segments) -> dict[int, Kin]:
    """By element that holds text itself, its kin."""
    elements = page.elements
    found: dict[int, Kin] = {}
    known: dict[tuple[str, str], Kin] = {}
    for segment in page.segments:
        index = segment.element
        kin = found.get(index)
        if kin is None:
            element = elements[index]
            above = elements[element.parent].signature if element.parent >= 0 else ""
            key = (above, element.signature)
            kin = known.get(key)
            if kin is None:
                kin = known[key] = Kin(index)
            found[index] = kin
            kin.parents.add(element.parent if element.parent >= 0 else index)
        kin.members.append(segment)
    return found


def alike_of(kin: Kin, page_chars: int) -> Part:
    """How many segments a kin has, their mean length, share of links and share of the page."""
    if kin.alike is None:
        count = len(kin.members)
        chars = sum([len(s.text) for s in kin.members])
        links = sum([s.link_chars for s in kin.members])
        kin.alike = (
            min(count, 100),
            chars / count,
            min(1.0, links / max(1, chars)),
            min(1.0, chars / page_chars),
        )
    return kin.alike


def kin_row(
    kin: Kin, elements: Sequence[Element], votes: Mapping[int, float], best_vote: float
) -> Part:
    """What the small forest is told of a kin: ``rows.KIN_NAMES``."""
    voted = 0.0
    for parent in kin.parents:
        above = votes.get(elements[parent].parent, 0.0)
        voted = max(voted, votes.get(parent, 0.0), above)
    element = elements[kin.element]
    kind = (element.tag, element.own, element.near, element.all, element.tags)
    return (
        *alike_of(kin, max(1, elements[0].chars)),
        len(kin.members) / len(kin.parents),
        voted / best_vote,
        *(_KINDS.get(kind) or _kind_part(kind)),
    )


def _kind_part(kind: tuple[str, int, int, int, int]) -> Part:
    """What the tag and classes of a kin, and those around it, say."""
    if len(_KINDS) > MANY_KINDS:
        _KINDS.clear()
    tag, own, near, every, tags = kind
    part = _KINDS[kind] = (
        OWN_TAGS.get(tag, 0),
        HEADINGS.get(tag, 0),
        *[1 if tags & bit else 0 for bit in _TAG_BITS],
        *[((own >> g) & 1) + ((near >> g) & 1) + ((every >> g) & 1) for g in _CLASS_PLACES],
    )
    return part
