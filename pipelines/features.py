"""What the scorer sees of a segment: its words, its place in the tree, its neighbours, its page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from pipelines.forest import Trees
from pipelines.invitations import inviting
from pipelines.kin import FEW, MIN_PROSE, Kin, alike_of, kin_row, kins_of
from pipelines.rows import CLASS_FLAGS, HEADINGS, OWN_TAGS, TAG_FLAGS, Part, Row
from pipelines.segments import (
    BODY_PROP_BIT,
    CLASS_GROUPS,
    HIDDEN_BIT,
    TAG_BITS,
    Element,
    Segment,
    Segments,
)

_ALNUM = re.compile(r"[\W_]+")
_WORDS = re.compile(r"\w+")
_ENDINGS = tuple(".!?…\"”»。”’')")
LONG = 400  # characters beyond which a segment is neither title nor dek
MANY_LINKS = 0.8  # share of a segment inside links from which it is a link and no text
SHORT_SENTENCE = 25  # characters; with a full stop behind it a longer line may be a paragraph
SHORT_LINK = 80  # characters: longer links are read all the same
_PLACES = {name: place for place, (name, _) in enumerate(CLASS_GROUPS)}
_TAG_FLAG_BITS = (*(TAG_BITS[name] for name in TAG_FLAGS), HIDDEN_BIT, BODY_PROP_BIT)
_CLASS_PLACES = tuple(_PLACES[name] for name in CLASS_FLAGS)
_OUT_BITS = TAG_BITS["footer"] | TAG_BITS["aside"] | HIDDEN_BIT
_GOOD_CLASSES = 1 << _PLACES["body"]
_BAD_CLASSES = sum(1 << _PLACES[n] for n in ("comment", "related", "footer", "side", "share"))


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What the page's metadata says of its text."""

    title: str = ""
    description: str = ""


def folded(text: str) -> str:
    """Letters and digits only, lower case: what two spellings of one sentence share."""
    return _ALNUM.sub("", text.casefold())


def is_same(text: str, key: str) -> bool:
    """Whether ``text`` is what ``key``, folded, was made of."""
    return len(key) <= 2 * len(text) <= 4 * len(key) + 40 and folded(text) == key


def features_of(
    page: Segments, witnesses: Witnesses, first: Trees | None = None
) -> list[Row | None]:
    """One row per segment; None for plain links far from the text, and for kins that ``first``
    rules out."""
    if not page.segments:
        return []
    frame = _Frame(page, witnesses)
    asked = [not frame.is_hopeless(segment) for segment in page.segments]
    if first is not None:
        frame.rule_out(asked, first)
    invites = inviting(page.segments, asked)
    offset = 0
    rows: list[Row | None] = []
    for index, segment in enumerate(page.segments):
        if asked[index]:
            own = frame.of_segment(index, segment, offset / frame.page_chars, index in invites)
            rows.append((own, frame.of_element(segment.element)))
        else:
            rows.append(None)
        offset += len(segment.text)
    return rows


def kin_rows_of(page: Segments, witnesses: Witnesses) -> list[Part | None]:
    """By segment what its kin is ruled out by, to train on; None where none is ever ruled out."""
    if not page.segments:
        return []
    frame = _Frame(page, witnesses)
    asked = [not frame.is_hopeless(segment) for segment in page.segments]
    rows = {id(kin): frame.kin_row(kin) for kin in frame.kins_far(asked)}
    found = [rows.get(id(frame.kins[segment.element])) for segment in page.segments]
    return [row if is_asked else None for row, is_asked in zip(found, asked, strict=True)]


_FAR_VOTE = 10  # vote_steps of what the best container does not hold
_NO_VOTE = 30  # vote_steps where nothing was voted for
MANY_KINDS = 4000  # kinds of elements remembered from page to page: a site's templates come again
_KINDS: dict[tuple[str, int, int, int, int, int], Part] = {}


class _Frame:
    """What is worked out once for a page."""

    def __init__(self, page: Segments, witnesses: Witnesses) -> None:
        self.elements, self.segments = page.elements, page.segments
        self.page_prose = max(1, page.elements[0].prose)
        self.page_chars = max(1, page.elements[0].chars)
        self.title = set(_WORDS.findall(witnesses.title.casefold()))
        self.title_key = folded(witnesses.title)
        self.dek = set(_WORDS.findall(witnesses.description.casefold()))
        self.told = self.title | self.dek
        self.dek_key = folded(witnesses.description)[:LONG]
        self.repeats = Counter([s.text for s in page.segments])
        self.siblings = Counter([self.elements[s.element].parent for s in page.segments])
        self.kins = kins_of(page)
        self.title_at = self._title_place()
        self.gap_after = self._gaps()
        self.articles = [e.tag for e in page.elements].count("article")
        self.main = self._main_path()
        title = page.segments[self.title_at].element if self.title_at >= 0 else -1
        self.title_path = self._upwards(title)
        self.votes = self._votes()
        winner = max(self.votes, key=lambda k: self.votes[k]) if self.votes else -1
        self.best_vote = max(1.0, self.votes[winner]) if self.votes else 1.0
        self.vote_path = self._upwards(winner)
        self.winner = winner
        self._far: dict[int, bool] = {}
        self._rows: dict[int | tuple[int, str, int], tuple[Part, ...]] = {}
        self._sums: dict[int, Part] = {}
        share = page.elements[0].prose / self.page_prose
        self._standings = {-1: (0, share, -1, -1.0, -1.0, _NO_VOTE, 0)}  # around the outermost
        if len(_KINDS) > MANY_KINDS:
            _KINDS.clear()

    def is_hopeless(self, segment: Segment) -> bool:
        """Outside of the container the page votes for, and a link, or without prose around it.

        Half of a page's segments; on the development pages they held one token of the true texts
        in two hundred and fifty.
        """
        parent = self.elements[segment.element].parent
        if parent < 0 or self.winner < 0:
            return False
        length = len(segment.text)
        is_link = length < SHORT_LINK and segment.link_chars > MANY_LINKS * length
        is_sentence = length > SHORT_SENTENCE and segment.text[-1] in ".!?"
        if not is_link and (is_sentence or self._has_prose_near(segment.element, parent)):
            return False
        return self._is_far(parent)

    def _is_far(self, index: int) -> bool:
        """Whether an element is outside of the container the page votes for."""
        far = self._far.get(index)
        if far is None:
            at = index
            while at >= 0 and at != self.winner:
                at = self.elements[at].parent
            far = self._far[index] = at < 0
        return far

    def kins_far(self, asked: Sequence[bool]) -> list[Kin]:
        """The kins of the segments asked that may be ruled out: those outside of the container
        voted for. None on a page that is unusual, or short; and a paragraph like no other is
        always heard, for so stand leads and deks."""
        is_usual = self.winner >= 0 and self.page_prose >= MIN_PROSE * self.page_chars
        if not is_usual or sum(asked) < FEW:
            return []
        kins = {
            id(kin): kin for kin in [self.kins[s.element] for s in compress(self.segments, asked)]
        }
        return [
            kin
            for kin in kins.values()
            if not kin.is_lone_prose() and all(map(self._is_far, kin.parents))
        ]

    def kin_row(self, kin: Kin) -> Part:
        """What it may be ruled out by."""
        return kin_row(kin, self.elements, self.votes, self.best_vote)

    def rule_out(self, asked: list[bool], first: Trees) -> None:
        """Asks no segment any more whose kin is no text beyond doubt."""
        out = {id(kin) for kin in self.kins_far(asked) if first.rule_out(self.kin_row(kin))}
        if out:
            for index, segment in enumerate(self.segments):
                if asked[index] and id(self.kins[segment.element]) in out:
                    asked[index] = False

    def _has_prose_near(self, index: int, parent: int) -> bool:
        """Whether the parent holds prose; of a heading, which may be wrapped, two levels up more."""
        elements = self.elements
        if elements[parent].prose or elements[index].tag not in HEADINGS:
            return elements[parent].prose > 0
        for _ in range(2):
            parent = elements[parent].parent
            if parent < 0 or elements[parent].prose:
                return parent >= 0
        return False

    def _main_path(self) -> set[int]:
        """The elements that hold most of the page's prose, from the outside in."""
        best: dict[int, tuple[int, int]] = {}
        for index, element in enumerate(self.elements):
            if element.prose and element.prose > best.get(element.parent, (0, 0))[0]:
                best[element.parent] = (element.prose, index)
        path, at = {0}, 0
        while at in best and best[at][0] * 2 > self.elements[at].prose:
            at = best[at][1]
            path.add(at)
        return path

    def _upwards(self, index: int) -> dict[int, int]:
        """An element and everything above it, with the number of levels up."""
        found: dict[int, int] = {}
        while index >= 0:
            found[index] = len(found)
            index = self.elements[index].parent
        return found

    def _title_place(self) -> int:
        found = -1
        for index, segment in enumerate(self.segments):
            if self.elements[segment.element].tag == "h1":
                if found < 0 or not self.title or self._is_title(segment.text):
                    found = index
            elif found < 0 and self.title_key and self._is_title(segment.text):
                found = index
        return found

    def _is_title(self, text: str) -> bool:
        return is_same(text, self.title_key)

    def _gaps(self) -> list[int]:
        """For each segment, how far the next prose after it is."""
        gaps = []
        following = len(self.segments) + 50
        for index in range(len(self.segments) - 1, -1, -1):
            gaps.append(min(50, following - index))
            if self.segments[index].prose:
                following = index
        gaps.reverse()
        return gaps

    def _votes(self) -> dict[int, float]:
        """Which containers the paragraphs speak for, as the reading views of browsers count."""
        votes: dict[int, float] = {}
        elements = self.elements
        for segment in self.segments:
            if not segment.prose:
                continue
            element = elements[segment.element]
            if element.tags & _OUT_BITS:
                continue
            length = len(segment.text)
            weight = 1 + min(10, segment.text.count(",")) + min(3.0, length / 100)
            weight *= 1 - min(1.0, segment.link_chars / length)
            parent = element.parent if element.parent >= 0 else segment.element
            votes[parent] = votes.get(parent, 0.0) + weight
            above = elements[parent].parent
            if above >= 0:
                votes[above] = votes.get(above, 0.0) + weight / 2
        for index in votes:
            element = elements[index]
            votes[index] *= 1 - element.links / max(1, element.chars)
            if element.own & _GOOD_CLASSES:
                votes[index] += 25
            if element.own & _BAD_CLASSES:
                votes[index] -= 25
        return votes

    def of_segment(
        self, index: int, segment: Segment, char_place: float, invites: bool
    ) -> tuple[Part, ...]:
        text, segments = segment.text, self.segments
        length = len(text)
        next_chars = -1
        if index + 1 < len(segments):
            next_chars = min(1000, len(segments[index + 1].text))
        from_title = -40
        if self.title_at >= 0:
            from_title = max(-30, min(60, index - self.title_at))
        link_chars, bold_chars = segment.link_chars, segment.bold_chars
        return (
            (min(length, 3000), min(text.count(" ") + 1, 500)),
            (
                min(1.0, link_chars / length) if link_chars else 0.0,
                min(1.0, bold_chars / length) if bold_chars else 0.0,
                text.endswith(_ENDINGS),
                invites,
                min(5, segment.images),
                min(5, self.repeats[text]),
            ),
            (
                char_place,
                from_title,
                self.gap_after[index],
                next_chars,
            ),
            self._overlap(text, length),
        )

    def _overlap(self, text: str, length: int) -> Part:
        """The words it shares with the title and with the dek; 2 for the beginning of the latter."""
        title_overlap = dek_overlap = 0.0
        if length < LONG and self.told:
            words = set(_WORDS.findall(text.casefold()))
            if shared := words & self.told:
                of_title = len(shared & self.title)
                title_overlap = of_title / (len(words) + len(self.title) - of_title)
                dek_overlap = len(shared & self.dek) / len(words)
        if length > 30 and self.dek_key and (not text[0].isalnum() or self._begins_dek(text)):
            key = folded(text[:120])[:60]
            if len(key) > 30 and self.dek_key.startswith(key):
                dek_overlap = 2.0
        return (title_overlap, dek_overlap)

    def _begins_dek(self, text: str) -> bool:
        return text[0].casefold()[0] == self.dek_key[0]

    def of_element(self, index: int) -> tuple[Part, ...]:
        """What all text of one element has in common; siblings made alike share one row."""
        element = self.elements[index]
        key: int | tuple[int, str, int] = index
        if (
            element.segments == 1
            and index not in self.main
            and index not in self.title_path
            and index not in self.votes
        ):
            key = (element.parent, element.signature, element.tags)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = self._element_row(index, element)
        return row

    def _element_row(self, index: int, element: Element) -> tuple[Part, ...]:
        elements, sums = self.elements, self._sums
        kind = (element.tag, element.own, element.near, element.all, element.tags, element.depth)
        around: list[Part] = []
        at = index
        for _ in range(3):
            if elements[at].parent >= 0:
                at = elements[at].parent
            around.append(sums.get(at) or self._sums_of(at))
        main_steps, main_share, steps, share, article_share, vote_steps, _ = self._standing(index)
        return (
            _KINDS.get(kind) or _kind_part(kind),
            (min(main_steps, 20), main_share),
            *around,
            (
                min(60, self.siblings[element.parent]),
                *alike_of(self.kins[index], self.page_chars),
            ),
            (
                steps,
                share,
                min(20, self.articles),
                article_share,
                self._voted(index) / self.best_vote,
                vote_steps,
            ),
        )

    def _sums_of(self, index: int) -> Part:
        """What an element holds, as shares of itself and of the page."""
        element = self.elements[index]
        chars = max(1, element.chars)
        part = self._sums[index] = (
            element.prose / chars,
            element.links / chars,
            min(200, element.segments),
            element.prose / self.page_prose,
        )
        return part

    def _standing(self, index: int) -> tuple[int, float, int, float, float, int, int]:
        """Where an element stands: levels up to the path that holds most prose and the share of it
        where they meet; the same for the title's path (-1: none); the share of the ``<article>``
        around it (-1: none); ``vote_steps``, and by how much they grow with each level."""
        elements, known = self.elements, self._standings
        chain: list[int] = []
        at = index
        while at not in known:
            chain.append(at)
            at = elements[at].parent
        standing = known[at]
        while chain:
            at = chain.pop()
            element = elements[at]
            main, main_share, steps, share, article_share, votes, more = standing
            prose = element.prose / self.page_prose
            if at in self.main:
                main, main_share = 0, prose
            else:
                main += 1
            if at in self.title_path:
                steps, share = 0, prose
            elif steps >= 0:
                steps += 1
            if element.tag == "article":
                article_share = prose
            if at in self.vote_path:
                up = self.vote_path[at]
                votes, more = (_FAR_VOTE + up, 0) if up else (0, 1)
            else:
                votes += more
            standing = known[at] = (main, main_share, steps, share, article_share, votes, more)
        return standing

    def _voted(self, index: int) -> float:
        """The best vote for an element or one of the two around it; 0 where nobody votes."""
        voted = 0.0
        for _ in range(3):
            if (vote := self.votes.get(index, 0.0)) > voted:
                voted = vote
            index = self.elements[index].parent
            if index < 0:
                break
        return voted


def _kind_part(kind: tuple[str, int, int, int, int, int]) -> Part:
    """What an element's tag and classes, and those around it, say."""
    tag, own, near, every, tags, depth = kind
    part = _KINDS[kind] = (
        OWN_TAGS.get(tag, 0),
        HEADINGS.get(tag, 0),
        *[1 if tags & bit else 0 for bit in _TAG_FLAG_BITS],
        *[((own >> g) & 1) + ((near >> g) & 1) + ((every >> g) & 1) for g in _CLASS_PLACES],
        min(depth, 40),
    )
    return part
