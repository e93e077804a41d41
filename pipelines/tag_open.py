"""Collects the names of an article that need judging: unknown ones, and ambiguous spellings."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.companies import Spelling
from pipelines.tag_evidence import COORDINATION, LIST_SIZE, Sentences, context
from pipelines.tag_masks import Masks
from pipelines.tag_names import Hit
from pipelines.tag_spans import Span, opens, spans
from pipelines.tag_words import FUNCTION_WORDS, Words, words

PERSON_BEFORE = "=person"  # what stands before a spelling when it is a given name
HEADLINE_CASE = 0.6  # share of capitalised words from which a line is set in headline case
LEGAL = re.compile(
    r",?\s+(?:Inc|Corp|Corporation|Co|Ltd|LLC|LLP|PLC|plc|GmbH|AG|SE|SA|S\.A|SAS|SARL|NV|N\.V|BV|SpA"
    r"|S\.p\.A|AB|ASA|Oyj|Limited|Incorporated|KGaA|KG|Pty|Holdings?|Group|Groupe)\.?$"
)
LEGAL_ENDS = words().cues["suffix"] | {
    "s.a",
    "n.v",
    "s.p.a",
    "holding",
    "holdings",
    "group",
    "groupe",
}
GENERIC = re.compile(  # measures, plurals of acronyms, code
    r"\d+[A-Za-z]{1,4}|[A-Z]{2,5}s|[A-Z]|[A-Z]\d{1,4}|[a-z]{1,2}[A-Z]{2,}\d*|\d+(?:[.,]\d+)*"
)


@dataclass(slots=True)
class Zoned:
    """One zone of an article, prepared."""

    text: str
    folded: str
    sentences: Sentences
    masks: Masks
    sure: list[Hit]  # spellings that mean one company, whatever stands around
    unsure: list[Hit]  # ambiguous ones
    spans: list[Span]
    headlines: list[tuple[int, int]]  # lines in which capitals tell nothing

    def is_headline(self, at: int) -> bool:
        """Whether the text at this place is part of one."""
        if not self.headlines:
            return False
        line = bisect_right(self.headlines, (at, len(self.text))) - 1
        return line >= 0 and at < self.headlines[line][1]


@dataclass(slots=True)
class Name:
    """A name with all its occurrences in an article."""

    key: str
    text: str  # as first written
    places: list[tuple[int, Span]] = field(default_factory=list)  # zone index, span
    cues: Counter[str] = field(default_factory=Counter)
    neighbours: list[str] = field(default_factory=list)  # keys, or a kind for what is settled
    kind: str = ""  # settled: company, person, places, bodies …; "" open
    kinds: set[str] = field(default_factory=set)  # what its neighbours are
    claims: tuple[Spelling, ...] = ()  # of the catalogue, when it is an ambiguous spelling


def prepare(text: str, folded: str, masks: Masks, hits: Sequence[Hit], german: bool) -> Zoned:
    """A zone with its hits sorted by whether they need judging."""
    sure: list[Hit] = []
    unsure: list[Hit] = []
    hidden: list[Hit] = []
    for hit in hits:
        if not hit.spellings:
            hidden.append(hit)
        elif all(spelling.ambiguous for spelling in hit.spellings):
            unsure.append(hit)
        else:
            sure.append(hit)
    found = spans(text, folded, german=german)
    if hidden:
        found = [
            span
            for span in found
            if not any(hit.start <= span.start and span.end <= hit.end for hit in hidden)
        ]
    return Zoned(
        text,
        folded,
        Sentences(text, folded),
        masks,
        sure,
        unsure,
        found,
        _headline_lines(text) if text else [],
    )


class Collector:
    """Walks over the zones of one article and notes every name with its evidence."""

    def __init__(self, zones: Sequence[Zoned], *, german: bool = False) -> None:
        self.zones, self.german = zones, german
        self.lists: Words = words()
        self.names: dict[str, Name] = {}
        self.surnames: set[str] = set()
        self.after_company: set[str] = set()  # "Sentra", where "Nissan Sentra" stands

    def collect(self) -> dict[str, Name]:
        """The names by key; settled ones (persons, places …) are there as neighbours."""
        # The body first: it says which capitalised words of a headline are names.
        for index in reversed(range(len(self.zones))):
            self._zone(index)
        self._persons()
        return self.names

    def _persons(self) -> None:
        """Settles who is a person by what stands around the full name; the surname follows."""
        for name in self.names.values():
            if name.kind or name.claims or " " not in name.key:
                continue
            parts = name.key.split()
            cues = name.cues
            if (
                len(parts) <= 3
                and cues["Rapp_person"] + cues["Ltitle"] + cues["Rage"] + cues["Lspeech"]
                > cues["Lnoun"] + cues["Lnoun2"] + cues["Rapp_company"] + cues["legal"]
                and not any(part in self.lists.cues["suffix_word"] for part in parts)
                and not any(c in name.text for c in "&0123456789+.")
                and not any(part.isupper() for part in name.text.split())
                and not all(part in self.lists.common for part in parts)
            ):
                name.kind = "person"
                self.surnames.add(parts[-1])
        for key in self.surnames & self.names.keys():
            name = self.names[key]
            name.kind = name.kind or ("" if name.claims else "person")
        for key in self.after_company & self.names.keys():
            self.names[key].cues["after company"] = len(self.names[key].places)

    def _zone(self, index: int) -> None:
        zone = self.zones[index]
        lists = self.lists
        previous: tuple[str, int] | None = None
        for span, hit, sure in merged(zone):
            start, end = span.start, span.end
            if sure:
                previous = self._link(zone, previous, "company", span)
                if span.role_after.startswith("="):
                    self.after_company.add(span.role_after[1:])
                continue
            if zone.masks.hides(start, end):
                continue
            text = zone.text[start:end]
            if hit is None:
                ending = text.rpartition(" ")[2].rstrip(".").lower()
                short = LEGAL.sub("", text).rstrip(" &,") if ending in LEGAL_ENDS else text
                key = " ".join(zone.folded[start : start + len(short)].split())
                if len(key) < 2 or key in FUNCTION_WORDS or key.replace(" ", "").isdigit():
                    previous = None
                    continue
                if key not in self.names and zone.is_headline(start):
                    previous = None
                    continue
                # A common word that only opens sentences, or a German noun, is no candidate:
                # four in ten are, and scoring them costs more than all the rest.
                if (
                    key in lists.common
                    and (span.initial or self.german)
                    and key not in self.names
                    and not span.role_after
                ):
                    previous = None
                    continue
                if GENERIC.fullmatch(short):
                    previous = None
                    continue
                kind = "" if short != text else settled(key, short, lists, self.surnames)
            else:
                short, kind = text, ""
                key = "=" + zone.folded[start:end]
            name = self.names.get(key)
            if name is None:
                name = self.names[key] = Name(key, short, kind=kind)
                if hit is not None:
                    name.claims = hit.spellings
            if kind == "person" and " " in key:
                self.surnames.add(key.split()[-1])
            name.places.append((index, span))
            if short != text:
                name.cues["legal"] += 1
            previous = self._link(zone, previous, key, span)
            if not name.kind:
                context(zone.sentences, span, name.cues, lists)

    def _link(
        self, zone: Zoned, previous: tuple[str, int] | None, label: str, span: Span
    ) -> tuple[str, int]:
        """Notes two names that stand in a list as neighbours; returns the new previous one."""
        if previous is not None and span.start - previous[1] <= LIST_SIZE:
            gap = zone.text[previous[1] : span.start].strip(" \u00a0\u202f").lower()
            if gap in COORDINATION:
                if label in self.names:
                    self.names[label].neighbours.append(previous[0])
                if previous[0] in self.names:
                    self.names[previous[0]].neighbours.append(label)
        return label, span.end


def merged(zone: Zoned) -> list[tuple[Span, Hit | None, bool]]:
    """Spans and hits of a zone in reading order: (span, ambiguous hit or None, is a sure hit).

    A span that a hit overlaps is the hit's; what the span adds to it is noted in the hit's span."""
    out: list[tuple[Span, Hit | None, bool]] = []
    hits = sorted(
        [(hit.start, hit.end, hit, True) for hit in zone.sure]
        + [(hit.start, hit.end, hit, False) for hit in zone.unsure],
        key=lambda item: item[0],
    )
    at = 0
    for span in zone.spans:
        while at < len(hits) and hits[at][1] <= span.start:
            out.append(_bare(zone, *hits[at]))
            at += 1
        inside = []
        while at < len(hits) and hits[at][0] < span.end:
            inside.append(hits[at])
            at += 1
        if not inside:
            out.append((span, None, False))
            continue
        for start, end, hit, sure in inside:
            if sure:
                own = Span(start, end, False)
                if end < span.end and zone.text[end : end + 1] in " \u00a0":
                    own.role_after = "=" + zone.folded[end : span.end].strip()
                out.append((own, hit, True))
                continue
            own = Span(start, end, span.initial and start <= span.start, "", "")
            joined = [other for other in inside if start - 3 <= other[1] <= start]
            if start <= span.start:
                own.role_before = span.role_before
            elif any(zone.folded[a:b] in words().first_names for a, b, *_ in joined):
                own.role_before = PERSON_BEFORE  # "Alan Dupont": two spellings, one person
            elif not any(
                other[1] >= start - 3 and other[2] is not hit for other in inside
            ) and not zone.is_headline(start):
                first = zone.folded[span.start : start].split()
                given = len(first) < 3 and first[:1] and first[0] in words().first_names
                # the last part of a longer name
                own.role_before = PERSON_BEFORE if given else "="
            if end >= span.end:
                own.role_after = span.role_after
            elif not any(end <= other[0] <= end + 3 for other in inside):
                own.role_after = "=" + zone.folded[end : span.end].strip()
            out.append((own, hit, False))
    out.extend(_bare(zone, *item) for item in hits[at:])
    return out


def _bare(zone: Zoned, start: int, end: int, hit: Hit, sure: bool) -> tuple[Span, Hit | None, bool]:
    return (Span(start, end, opens(zone.text, start)), hit, sure)


def settled(key: str, text: str, lists: Words, surnames: set[str]) -> str:
    """What a name is for certain, by lists alone; "" when that is open."""
    kind = lists.world.get(key)
    if kind:
        return "person" if kind == "persons" else kind
    parts = key.split()
    if len(parts) == 1:
        return "person" if key in surnames else ""
    if (
        len(parts) <= 3
        and parts[0] in lists.first_names
        and parts[-1] not in lists.cues["suffix_word"]
        and "&" not in text
        and not any(c.isdigit() for c in text)
    ):
        return "person"
    return ""


def _is_headline(line: str) -> bool:
    """Most words of the line are capitalised: capitals tell nothing there."""
    parts = [part for part in line.split() if part[:1].isalpha() and len(part) > 3]
    return len(parts) >= 3 and sum(part[0].isupper() for part in parts) / len(parts) > HEADLINE_CASE


def _headline_lines(text: str) -> list[tuple[int, int]]:
    """Spans of the short lines that are set in headline case or all in capitals."""
    found = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if 0 < len(line) < 160 and line.rstrip()[-1:] not in ".!,;" and _is_headline(line):
            found.append((start, end))
        start = end + 1
    return found
