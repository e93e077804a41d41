"""Says which companies an article is about, and shows the words that say so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from pipelines.companies import Catalogue, Kind, Spelling
from pipelines.tag_features import SHORT, claimed_features, features
from pipelines.tag_masks import Masks
from pipelines.tag_names import Hit, Matcher
from pipelines.tag_ner import Witness
from pipelines.tag_open import Collector, Name, Zoned, prepare
from pipelines.tag_score import Weights, probability, weights
from pipelines.tag_text import fold, slug, untwin
from pipelines.tag_words import is_doubtful, words
from techwire.types import Level, Mention, Tag, Zone

BELIEVED = 0.55  # probability from which an ambiguous spelling is taken for its company …
UNKNOWN = 0.68  # … and a name that no catalogue has for a company
BALANCE = 0.5  # probability from which a level is given
SURE = 0.97  # confidence in an unambiguous spelling of the catalogue
FORMER = "former name"  # the rule of a mention that uses one
UNKNOWN_ALONE = 0.6  # … in a text too short to tell more than once
DECISIVE = frozenset(("legal", "Rexchange"))  # cues that settle an unknown name …
PERSON = frozenset(("Rapp_person", "Ltitle", "Rage", "Lspeech"))  # … unless one of these speaks
DECIDED = 0.75  # … and how much it is believed then
WITNESS = 4.0  # how much likelier a name is once a named-entity pipeline calls it an organisation
MEASURE = 0.5  # share of its places at which a German noun follows a number
ALWAYS = 0.99  # share of its places at which an ambiguous spelling ends a longer name …
PART = 0.3  # … which is then a person's or a place's: the most it can be believed
ZONES = (Zone.TITLE, Zone.SUMMARY, Zone.BODY)
_matchers: dict[str, Matcher] = {}  # catalogue version → its matcher; building one costs ~50 ms


def matcher_of(catalogue: Catalogue) -> Matcher:
    """The matcher of a catalogue, built at its first use in a process."""
    if (matcher := _matchers.get(catalogue.version)) is None:
        while len(_matchers) > 7:  # a daemon that reloads its catalogue must not pile them up
            del _matchers[next(iter(_matchers))]
        matcher = _matchers[catalogue.version] = Matcher(catalogue, words().hiding, is_doubtful)
    return matcher


@dataclass(slots=True)
class Judged:
    """A company of an article with its mentions, before it becomes a tag."""

    company: str  # id, or slug of the name
    name: str
    known: bool
    confidence: float
    mentions: list[Mention] = field(default_factory=list)


class Reading:
    """One article, read for companies. Everything a tag or an explanation needs is kept."""

    def __init__(
        self,
        title: str,
        summary: str | None,
        body: str,
        language: str | None,
        catalogue: Catalogue,
        witness: Witness | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.organisations: set[str] = set()  # keys of names that the witness takes for some
        self.language = language or guess_language(body or title)
        german = self.language == "de"
        matcher = matcher_of(catalogue)
        self.zones: list[Zoned] = []
        self.kinds: list[Zone] = []
        for kind, text in zip(ZONES, (title, summary or "", body), strict=True):
            if text or kind is Zone.BODY:
                plain = untwin(text)
                folded = fold(plain)
                masks = Masks(plain, folded)
                hits = matcher.find(plain, folded, masks, german=german)
                self.zones.append(prepare(plain, folded, masks, hits, german))
                if witness is not None:
                    for start, end in witness(text):
                        self.organisations.add(" ".join(folded[start:end].split()))
                self.kinds.append(kind)
        self._doubt_surnames()
        self.present = Counter(
            best(hit.spellings).company for zone in self.zones for hit in zone.sure
        )
        self.names = Collector(self.zones, german=german).collect()
        self.first_words = {  # the beginnings of longer names
            key.rpartition(" ")[0] for key in self.names if " " in key
        }
        self.last_words = {key.rpartition(" ")[2] for key in self.names if " " in key}

    def _doubt_surnames(self) -> None:
        """A sure spelling after a given name ("Alan Dupont") is none in the whole article."""
        surnames = {
            zone.folded[hit.start : hit.end]
            for zone in self.zones
            for hit in zone.sure
            if is_surname(zone, hit)
        }
        if surnames:
            for zone in self.zones:
                doubted = [h for h in zone.sure if zone.folded[h.start : h.end] in surnames]
                zone.sure = [hit for hit in zone.sure if hit not in doubted]
                zone.unsure += doubted

    def evidence(self, name: Name, accepted: Iterable[str] = ()) -> dict[str, float]:
        """The features of one open name; ``accepted`` are keys of names already believed."""
        name.kinds = {self._kind(label, accepted) for label in name.neighbours}
        found = features(
            name,
            self.zones,
            language=self.language,
            companies=len(self.present),
            longer=name.key in self.first_words,
            ends=name.key in self.last_words,
            lists=words(),
        )
        if name.claims:
            company = self.company_of(name)
            claimed_features(
                name,
                found,
                self.zones,
                self.catalogue,
                company,
                self.present,
                self.language,
                words(),
            )
        return found

    def company_of(self, name: Name) -> str:
        """The company an ambiguous spelling would mean: first one that is there anyway."""
        there = [claim for claim in name.claims if self.present.get(claim.company)]
        return best(there or name.claims).company

    def _kind(self, label: str, accepted: Iterable[str]) -> str:
        if label == "company" or label in accepted:
            return "company"
        known = self.names.get(label)
        return known.kind if known is not None else ""

    def is_believed(self, key: str, p: float) -> bool:
        """Whether a name with this probability is tagged."""
        if self.names[key].claims:
            return p >= BELIEVED
        return p >= (UNKNOWN_ALONE if len(self.zones[-1].text) < SHORT else UNKNOWN)

    def probabilities(self, model: Weights) -> dict[str, float]:
        """How probably each open name is a company; twice, as lists of companies grow."""
        found: dict[str, float] = {}
        accepted: set[str] = set()
        for turn in range(2):
            for key, name in self.names.items():
                if name.kind or (turn and not name.neighbours):
                    continue
                rule = model.claimed if name.claims else model.unknown
                evidence = self.evidence(name, accepted)
                found[key] = probability(rule, evidence)
                if not name.claims and name.key in self.organisations:
                    odds = found[key] / max(1 - found[key], 1e-9) * WITNESS
                    found[key] = odds / (1 + odds)
                if (
                    not name.claims
                    and DECISIVE & name.cues.keys()
                    and not PERSON & name.cues.keys()
                ):
                    found[key] = max(found[key], DECIDED)
                if self.language != "de" and evidence.get("tail", 0.0) >= ALWAYS:
                    found[key] = min(found[key], PART)
                if name.claims:
                    if "any Rhyphen_owned" in evidence and not evidence.get("tail"):
                        found[key] = max(found[key], DECIDED)  # "Apple-designed"
                    elif is_plain_word(name, evidence, self.language):
                        found[key] = min(found[key], PART)
                    elif self.language == "fr" and is_borrowed(evidence):
                        found[key] = max(found[key], DECIDED)
                if "context" in evidence:
                    found[key] = max(found[key], DECIDED)
                if "not context" in evidence:
                    found[key] = min(found[key], PART)
            more = {key for key, p in found.items() if self.is_believed(key, p)}
            if turn == 0 and more == accepted:
                break
            accepted = more
        return found


def is_surname(zone: Zoned, hit: Hit) -> bool:
    """Whether a spelling of one word follows a given name, as a person's surname does."""
    lists = words()
    start = hit.start
    if start < 2 or zone.text[start - 1] not in " \u00a0" or " " in zone.text[start : hit.end]:
        return False
    before = zone.folded[max(0, start - 24) : start - 1].rpartition(" ")[2]
    return (
        before in lists.first_names
        and lists.world.get(before, "persons") == "persons"
        and before not in lists.common
        and zone.text[start - 1 - len(before)].isupper()
    )


SPOKEN_OF = frozenset(  # what a company is said to do or have, even where it opens a sentence
    ("Rverb", "Rverb2", "Rposs", "Rcomma", "Rparen", "Rrole", "Rbel", "Rfund", "Rticker", "list")
)


def is_plain_word(name: Name, evidence: dict[str, float], language: str) -> bool:
    """Whether a capital tells nothing, and nothing else speaks for a company.

    A common word that only opens sentences, before a noun ("Block storage costs more"),
    a German measure ("120 Hertz"), a person ("Alan, 42 ans", "Alan Dupont")."""
    if language == "de" and evidence.get("Lnum", 0.0) >= MEASURE:
        return True
    if "same company" not in evidence and ("any Rage" in evidence or evidence.get("surname")):
        return not SPOKEN_OF - {"Rcomma", "Rverb", "Rverb2"} & evidence.keys()
    return (
        "only initial, common" in evidence
        and "compound" in evidence
        and "foreign word" not in evidence
        and "same company" not in evidence
        and not SPOKEN_OF & evidence.keys()
    )


def is_borrowed(evidence: dict[str, float]) -> bool:
    """Whether a French text writes a foreign word with a capital amid a sentence ("sur Discord").

    It does so with names only, and this is one of the catalogue's unless it is part of a longer
    one, or a person's or a place's."""
    return (
        "foreign word" in evidence
        and evidence.get("Linit", 0.0) < 1
        and not {"tail", "head", "surname", "first_name_only", "world places"} & evidence.keys()
        and not {"world persons", "world peoples", "written lower", "number"} & evidence.keys()
    )


ORDER = {Kind.NAME: 0, Kind.ALIAS: 1, Kind.TICKER: 2, Kind.PRODUCT: 3}


def best(spellings: Sequence[Spelling]) -> Spelling:
    """The spelling that speaks first: unambiguous ones, then names, aliases, products."""
    if len(spellings) == 1:
        return spellings[0]
    return min(spellings, key=lambda spelling: (spelling.ambiguous, ORDER[spelling.kind]))


FRENCH = re.compile(r"\b(?:le|la|les|des|une|est|dans|pour|qui|du)\b")
GERMAN = re.compile(r"\b(?:der|die|das|und|ist|mit|von|den|nicht|auf)\b")


def guess_language(text: str) -> str:
    """fr, de or en by their commonest words; good enough where a page does not say."""
    head = text[:2000]
    french, german = len(FRENCH.findall(head)), len(GERMAN.findall(head))
    if max(french, german) * 40 < len(head.split()):
        return "en"
    return "fr" if french >= german else "de"


def judge(reading: Reading, model: Weights) -> dict[str, Judged]:
    """The companies of an article, by id."""
    found: dict[str, Judged] = {}
    catalogue = reading.catalogue

    def add(
        company: str,
        name: str,
        known: bool,
        sure: float,
        zone: int,
        span: tuple[int, int],
        rule: str,
    ) -> None:
        entry = found.get(company)
        if entry is None:
            entry = found[company] = Judged(company, name, known, sure)
        entry.confidence = max(entry.confidence, sure)
        surface = reading.zones[zone].text[span[0] : span[1]]
        entry.mentions.append(
            Mention(
                zone=reading.kinds[zone], start=span[0], end=span[1], surface=surface, rule=rule
            )
        )

    for index, zone in enumerate(reading.zones):
        for hit in zone.sure:
            spelling = best(hit.spellings)
            rule = FORMER if spelling.until is not None else str(spelling.kind)
            name = catalogue.companies[spelling.company].name
            span = (hit.start, hit.end)
            add(spelling.company, name, True, SURE, index, span, rule)
    for key, p in reading.probabilities(model).items():
        if not reading.is_believed(key, p):
            continue
        judged = reading.names[key]
        if judged.claims:
            company = reading.company_of(judged)
            display, rule = catalogue.companies[company].name, "context"
        else:
            company, display, rule = slug(judged.text), judged.text, "pattern"
        for index, place in judged.places:
            add(company, display, bool(judged.claims), p, index, (place.start, place.end), rule)
    return found


def tag(
    title: str,
    summary: str | None,
    body: str,
    *,
    language: str | None,
    catalogue: Catalogue,
    source_name: str = "",
    on: date | None = None,
    model: Weights | None = None,
    witness: Witness | None = None,
) -> tuple[Tag, ...]:
    """The companies of an article, best first.

    ``language`` is ISO 639-1 or None; ``source_name`` is the publisher, never tagged for naming
    itself; ``on`` is the day of the article (None: today) and decides owners.
    ``model`` replaces the shipped weights; ``witness`` is asked about names nobody knows
    (``pipelines.tag_ner``).
    """
    model = model or weights()
    reading = Reading(title, summary, body, language, catalogue, witness)
    found = judge(reading, model)
    most = max((len(judged.mentions) for judged in found.values()), default=1)
    tags = []
    for judged in found.values():
        if source_name and judged.name == source_name:
            continue
        marks = salience(judged, len(body), most, len(found), title)
        primary = probability(model.primary, marks)
        part = max(primary, probability(model.taking_part, marks))
        level = Level.PASSING
        if is_only_source(reading, judged):
            level, primary, part = Level.SOURCE_ONLY, 0.0, 0.0
        elif part >= BALANCE:
            level = Level.PRIMARY if primary >= BALANCE else Level.SECONDARY
        tags.append(
            Tag(
                company=judged.company,
                name=judged.name,
                owner=catalogue.owner(judged.company, on),
                relevance=round((primary + part) / 2, 3),
                level=level,
                confidence=round(judged.confidence, 3),
                known=judged.known,
                mentions=tuple(judged.mentions),
            )
        )
    return tuple(sorted(tags, key=lambda t: (-t.relevance, -t.confidence, t.company)))


def is_only_source(reading: Reading, judged: Judged) -> bool:
    """Whether a title of the press is only quoted ("Reuters reported"), not written about.

    It is written about when the headline names it, or when a sentence that names it speaks of
    owners, staff, readers or money."""
    known = reading.catalogue.companies.get(judged.company)
    if known is None or known.sector != "press":
        return False
    subject = words().cues["press_subject"]
    for mention in judged.mentions:
        if mention.zone is Zone.TITLE:
            return False
        zone = reading.zones[reading.kinds.index(mention.zone)]
        before, after, _, _ = zone.sentences.around(mention.start, mention.end)
        if not subject.isdisjoint(before) or not subject.isdisjoint(after):
            return False
    return True


def salience(judged: Judged, size: int, most: int, others: int, title: str) -> dict[str, float]:
    """What tells how much an article is about a company, as numbers."""
    out = {"bias": 1.0}
    count = len(judged.mentions)
    in_title = [m.start for m in judged.mentions if m.zone is Zone.TITLE]
    if in_title:
        out["in title"] = 1.0
        out["title place"] = min(in_title) / max(len(title), 1)
        if min(in_title) < 3:
            out["opens title"] = 1.0
    if not title:
        out["no title"] = 1.0
    if any(m.zone is Zone.SUMMARY for m in judged.mentions):
        out["in summary"] = 1.0
    body = [m.start for m in judged.mentions if m.zone is Zone.BODY]
    first = min(body) if body else size
    out["first"] = first / max(size, 1)
    if first < 60:
        out["opens body"] = 1.0
    if first < 350:
        out["early"] = 1.0
    out["share"] = count / most
    if count == most:
        out["most"] = 1.0
    out[f"count={min(count, 6)}"] = 1.0
    out["spread"] = (max(body) - min(body)) / max(size, 1) if body else 0.0
    out["others"] = min(others, 12) / 12
    if not judged.known:
        out["unknown"] = 1.0
    return out
