"""Learns the weights of the tagger from the labelled articles beside the project.

``python -m benchmarks.train_tagging`` writes the weights file; ``--check`` only says whether it
would change. Needs ``../shared/tagging``, and reads the unlabelled pages of ``../shared/corpus``:
there companies of the catalogue, seen as if it did not know them, teach what stands around names.

Four logistic regressions, L2, over the evidence of ``pipelines/tag_evidence.py``. Nothing of a text
is kept but the weight of each feature. How it was tuned: by cross-validation over articles, on
catalogues from which a third of the rarer companies of the gold was taken, because the catalogue
holds nearly all of the development half's names and will not hold all of tomorrow's.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.news_pages import news_pages
from benchmarks.tagging import SHARED, traps
from pipelines.companies import Catalogue, build, load
from pipelines.tag import Reading, judge, salience
from pipelines.tag_score import Weights

OUT = Path(__file__).parents[1] / "pipelines" / "tagging" / "weights.json"
STRENGTH = 0.6  # inverse of the L2 penalty (cross-validated: 0.3 to 1 differ by less than .005)
IN_STEP = 0.15  # the pages' texts change a little with their reader, and so do the weights
RARE = 3  # occurrences; rarer features are left out
THIRDS = 3  # reduced catalogues, each without a third of the gold's rarer companies
KNOWN_AS_UNKNOWN = 0.3  # weight of a catalogue company seen as if unknown, in labelled articles …
PAGE_POSITIVE, PAGE_NEGATIVE = 0.2, 0.1  # … and of names in unlabelled pages
PAGE_LENGTH = 5000  # characters of an unlabelled page that are read
TELLING = {  # an unknown name with one of these may well be a company: no negative example
    "any Lnoun",
    "any Lnoun_det",
    "any Lpeople_fr",
    "any Lrole_of",
    "any Rapp_company",
    "legal",
    "any Rticker",
    "any Rrole",
    "any Rhyphen_owned",
}
Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """One name of one text."""

    features: Features
    is_right: bool
    weight: float = 1.0


def fit(samples: list[Sample], strength: float = STRENGTH) -> dict[str, float]:
    """Weights by Newton's method; a feature seen fewer than RARE times has none."""
    counts = Counter(feature for sample in samples for feature in sample.features)
    names = sorted(name for name, count in counts.items() if count >= RARE)
    place = {name: i for i, name in enumerate(names)}
    x: NDArray[np.float64] = np.zeros((len(samples), len(names)))
    for row, sample in enumerate(samples):
        for name, value in sample.features.items():
            if name in place:
                x[row, place[name]] = value
    y = np.array([float(sample.is_right) for sample in samples])
    weight = np.array([sample.weight for sample in samples])
    w = np.zeros(len(names))
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (weight * (p - y)) + w / strength
        curvature = (x * (weight * p * (1 - p))[:, None]).T @ x
        step = np.linalg.solve(curvature + np.eye(len(names)) / strength, gradient)
        w -= step
        if float(np.abs(step).max()) < 1e-6:
            break
    return {name: round(float(value), 4) for name, value in zip(names, w, strict=True)}


class Gold:
    """The labelled texts, and the scorer's idea of when two names are the same."""

    def __init__(self) -> None:
        sys.path.insert(0, str(SHARED))
        import score_tagging  # type: ignore[import-not-found]

        self.scorer: Any = score_tagging
        self.aliases: Any = score_tagging.Aliases()
        self.press = {self.aliases.norm(name) for name in score_tagging.MEDIA}
        self.articles: list[dict[str, Any]] = []
        for name in ("articles.jsonl", "articles_g3.jsonl"):
            for line in (SHARED / name).read_text(encoding="utf-8").splitlines():
                article = json.loads(line)
                path = SHARED / "text" / f"{article['id']}.txt"
                article["text"] = path.read_text(encoding="utf-8")
                self.articles.append(article)
        challenge = (SHARED / "challenge.jsonl").read_text(encoding="utf-8").splitlines()
        self.sentences = [json.loads(line) for line in challenge]
        self.sentences += [
            {"lang": t.language, "text": t.text, "companies": [*t.companies, *t.also]}
            for t in traps()
        ]

    def same(self, name: str) -> str:
        """The key of a company's name."""
        return str(self.aliases.norm(name))

    def names(self, article: dict[str, Any]) -> set[str]:
        """Keys of everything that names a company of an article, owners included."""
        found: set[str] = set()
        for row in article["companies"]:
            found |= {self.same(row["company"]), self.same(row["owner"])}
            found |= {self.scorer.key(surface) for surface in row["surface"]}
        return found

    def is_claim_right(self, reading: Reading, key: str, names: set[str]) -> bool:
        """Whether the company an ambiguous spelling would mean is one of ``names``."""
        name = reading.names[key]
        meant = self.same(reading.catalogue.companies[reading.company_of(name)].name)
        return bool({meant, str(self.aliases.own(meant)), self.scorer.key(name.text)} & names)


def reduced(catalogue: Catalogue, gold: Gold, third: int) -> Catalogue:
    """``catalogue`` without a third of the gold's companies that the baseline list lacks."""
    listed = set(gold.aliases.canon.values())
    named: set[str] = set().union(*(gold.names(article) for article in gold.articles))
    drop = {
        company.id
        for company in catalogue.companies.values()
        if gold.same(company.name) in named - listed
        and hashlib.sha256(company.id.encode()).digest()[0] % THIRDS == third
    }
    return Catalogue(
        {id_: known for id_, known in catalogue.companies.items() if id_ not in drop},
        tuple(s for s in catalogue.spellings if s.company not in drop),
        {id_: spans for id_, spans in catalogue.owners.items() if id_ not in drop},
        catalogue.context,
        f"{catalogue.version}-{third}",
    )


def article_samples(
    gold: Gold, article: dict[str, Any], catalogues: list[Catalogue]
) -> Iterator[tuple[str, Sample]]:
    """Names of a labelled article, under the whole catalogue (the first) and reduced ones."""
    nobody = build([])
    names = gold.names(article)
    ignored = {gold.same(name) for name in article.get("ignore", [])} | gold.press
    words = (article["title"], None, article["text"], article["lang"])
    whole = Reading(*words, catalogues[0])
    for under in catalogues:
        reading = whole if under is catalogues[0] else Reading(*words, under)
        for key, name in reading.names.items():
            same = gold.same(name.text)
            if name.kind:
                continue
            if name.claims:
                if under is catalogues[0]:
                    right = gold.is_claim_right(reading, key, names)
                    yield "claimed", Sample(reading.evidence(name), right)
            elif same in names or same not in ignored:
                weight = 1 / len(catalogues)
                yield "unknown", Sample(reading.evidence(name), same in names, weight)
    bare = Reading(*words, nobody)
    bare.present = whole.present
    for key, name in bare.names.items():
        if not name.kind and key not in whole.names and gold.same(name.text) in names:
            yield "unknown", Sample(bare.evidence(name), True, KNOWN_AS_UNKNOWN)


def sentence_samples(
    gold: Gold, sentence: dict[str, Any], catalogue: Catalogue
) -> Iterator[tuple[str, Sample]]:
    """Names of a trap sentence, of the scorer's or ours."""
    names = {gold.same(name) for name in sentence["companies"]}
    names |= {str(gold.aliases.own(name)) for name in sentence["companies"]}
    reading = Reading("", None, sentence["text"], sentence["lang"], catalogue)
    for key, name in reading.names.items():
        if name.kind:
            continue
        if name.claims:
            right = gold.is_claim_right(reading, key, names)
            yield "claimed", Sample(reading.evidence(name), right)
        else:
            right = gold.same(name.text) in names
            yield "unknown", Sample(reading.evidence(name), right, 1.5 if right else 0.7)


def page_samples(gold: Gold, catalogue: Catalogue) -> Iterator[Sample]:
    """Names of unlabelled pages; pages that hold a labelled article are left out."""
    heads = {
        head
        for article in gold.articles
        for head in (article["text"][:60], article["text"][200:260])
        if len(head) > 30
    }
    nobody = build([])
    for page in news_pages():
        if page.language not in ("en", "de", "fr") or any(head in page.text for head in heads):
            continue
        words = (page.title, None, page.text[:PAGE_LENGTH], page.language)
        reading, bare = Reading(*words, catalogue), Reading(*words, nobody)
        bare.present = reading.present
        sure = {
            " ".join(zone.folded[hit.start : hit.end].split())
            for zone in reading.zones
            for hit in zone.sure
        }
        for key, name in bare.names.items():
            if name.kind:
                continue
            evidence = bare.evidence(name)
            if key in sure:
                yield Sample(evidence, True, PAGE_POSITIVE)
            elif key in reading.names and not TELLING & evidence.keys():
                yield Sample(evidence, False, PAGE_NEGATIVE)


def salience_samples(
    gold: Gold, articles: list[dict[str, Any]], catalogue: Catalogue, model: Weights
) -> Iterator[tuple[Sample, Sample]]:
    """For each company found rightly: does it carry the story, does it take part?"""
    order = ("primary", "secondary", "mention")
    for article in articles:
        title, text = article["title"], article["text"]
        found = judge(Reading(title, None, text, article["lang"], catalogue), model)
        most = max((len(judged.mentions) for judged in found.values()), default=1)
        for judged in found.values():
            same = gold.same(judged.name)
            levels = [
                row["salience"]
                for row in article["companies"]
                if same in (gold.same(row["company"]), gold.same(row["owner"]))
                or gold.scorer.key(judged.name) in map(gold.scorer.key, row["surface"])
            ]
            if levels:
                level = min(levels, key=order.index)
                marks = salience(judged, len(text), most, len(found), title)
                yield Sample(marks, level == "primary"), Sample(marks, level != "mention")


Regressions = dict[str, dict[str, float]]  # regression → feature → weight
Samples = dict[str, list[Sample]]  # regression → its samples


def samples_of(found: Iterator[tuple[str, Sample]]) -> Samples:
    """Samples by the regression they teach."""
    out: Samples = {"unknown": [], "claimed": []}
    for kind, sample in found:
        out[kind].append(sample)
    return out


def trained(
    gold: Gold, articles: list[dict[str, Any]], catalogue: Catalogue, parts: list[Samples]
) -> Weights:
    """The weights that ``parts`` teach, with the salience that ``articles`` do."""
    unknown, claimed = (fit([s for part in parts for s in part[k]]) for k in ("unknown", "claimed"))
    pairs = list(salience_samples(gold, articles, catalogue, Weights(unknown, claimed, {}, {})))
    primary, part = (fit([pair[i] for pair in pairs], 1.0) for i in (0, 1))
    return Weights(unknown, claimed, primary, part)


def main() -> int:
    """Trains on everything there is and writes the weights."""
    if not SHARED.exists():
        print("no labelled articles beside the project: ../shared/tagging is absent")
        return 1
    gold, catalogue = Gold(), load()
    under = [catalogue, *(reduced(catalogue, gold, third) for third in range(THIRDS))]
    parts = [samples_of(article_samples(gold, article, under)) for article in gold.articles]
    parts += [samples_of(sentence_samples(gold, s, catalogue)) for s in gold.sentences]
    parts.append({"unknown": list(page_samples(gold, catalogue)), "claimed": []})
    weights: Regressions = asdict(trained(gold, gold.articles, catalogue, parts))
    for kind, found in weights.items():
        print(f"{kind:<12} {len(found):>4} weights")
    difference = largest_difference(weights, json.loads(OUT.read_text(encoding="utf-8")))
    print(f"largest difference from the weights that are shipped: {difference:.3f}")
    if "--check" in sys.argv:
        return int(difference > IN_STEP)
    text = json.dumps(weights, ensure_ascii=False, indent=0) + "\n"
    OUT.write_text(text, encoding="utf-8")
    return 0


def largest_difference(ours: Regressions, theirs: Regressions) -> float:
    """Of any weight; one that only one side has is 0 on the other."""
    return max(
        abs(ours[kind].get(name, 0.0) - theirs.get(kind, {}).get(name, 0.0))
        for kind in ours
        for name in ours[kind].keys() | theirs.get(kind, {}).keys()
    )


if __name__ == "__main__":
    sys.exit(main())
