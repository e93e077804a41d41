"""Explains a company's tag on one article, or its absence: each place, and what spoke there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines.companies import Catalogue
from pipelines.tag import Reading, tag
from pipelines.tag_open import Name
from pipelines.tag_score import weights
from pipelines.tag_text import key, slug
from techwire.types import Tag, Zone

SHOWN = 4  # pieces of evidence told on each side
AROUND = 40  # code points shown on both sides of a place


@dataclass(frozen=True, slots=True)
class Considered:
    """A place where the company may be meant."""

    zone: Zone
    start: int  # code points into the text of the zone
    end: int
    excerpt: str  # with a little of what stands around
    verdict: str  # "alias, sure", "believed (0.91)", "not believed (0.12)", "hidden: …"
    reasons: tuple[str, ...] = ()  # strongest first, with their weight


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article is tagged with a company, or why not."""

    company: str  # id, or slug of an unknown name
    name: str
    tag: Tag | None  # None: it is not tagged
    places: tuple[Considered, ...] = ()

    def lines(self) -> list[str]:
        """The explanation as people read it."""
        if self.tag is None:
            out = [f"{self.name}: not tagged" + ("" if self.places else "; it is not named at all")]
        else:
            found = self.tag
            out = [
                f"{self.name}: {found.level}, relevance {found.relevance:.2f}, confidence "
                f"{found.confidence:.2f}, {len(found.mentions)} mentions"
                + ("" if found.known else "; in no catalogue")
            ]
        for place in self.places:
            out.append(f"  {place.zone} {place.start}-{place.end}: … {place.excerpt} …")
            out.append(f"    {place.verdict}")
            out += [f"      {reason}" for reason in place.reasons]
        return out


def explain(
    title: str,
    summary: str | None,
    body: str,
    *,
    language: str | None,
    catalogue: Catalogue,
    company: str,
    source_name: str = "",
    on: date | None = None,
) -> Explanation:
    """What ``tag`` thought of ``company`` (id, name or any spelling) in an article."""
    known = catalogue.find(company)
    id_, name = (known.id, known.name) if known else (slug(company), company)
    tags = tag(
        title,
        summary,
        body,
        language=language,
        catalogue=catalogue,
        source_name=source_name,
        on=on,
    )
    found = next((one for one in tags if one.company == id_), None)
    reading = Reading(title, summary, body, language, catalogue)
    places: list[Considered] = []
    for index, zone in enumerate(reading.zones):
        for hit in zone.sure:
            if any(spelling.company == id_ for spelling in hit.spellings):
                kind = next(s.kind for s in hit.spellings if s.company == id_)
                places.append(_place(reading, index, hit.start, hit.end, f"{kind}, sure"))
    chances = reading.probabilities(weights())
    accepted = {key_ for key_, p in chances.items() if reading.is_believed(key_, p)}
    for key_, candidate in reading.names.items():
        if not _is_about(candidate, id_, company):
            continue
        reasons: tuple[str, ...] = ()
        if candidate.kind:
            verdict = f"not believed: {candidate.kind}"
        else:
            word = "believed" if key_ in accepted else "not believed"
            verdict = f"{word} ({chances[key_]:.2f})"
            reasons = _reasons(reading, candidate, accepted)
        for index, span in candidate.places:
            places.append(_place(reading, index, span.start, span.end, verdict, reasons))
    return Explanation(id_, name, found, tuple(places))


def _is_about(candidate: Name, id_: str, asked: str) -> bool:
    if candidate.claims:
        return any(claim.company == id_ for claim in candidate.claims)
    return candidate.key == key(asked) or slug(candidate.text) == id_


def _place(
    reading: Reading,
    index: int,
    start: int,
    end: int,
    verdict: str,
    reasons: tuple[str, ...] = (),
) -> Considered:
    text = reading.zones[index].text
    excerpt = " ".join(text[max(0, start - AROUND) : end + AROUND].split())
    return Considered(reading.kinds[index], start, end, excerpt, verdict, reasons)


def _reasons(reading: Reading, candidate: Name, accepted: set[str]) -> tuple[str, ...]:
    """The features that weighed most, for and against."""
    model = weights().claimed if candidate.claims else weights().unknown
    weighed = [
        (model[feature] * value, feature)
        for feature, value in reading.evidence(candidate, accepted).items()
        if feature in model and feature != "bias"
    ]
    strongest = sorted(weighed, key=lambda pair: -abs(pair[0]))[: 2 * SHOWN]
    return tuple(f"{weight:+.2f}  {feature}" for weight, feature in strongest)
