"""Which story an article belongs to: online, one article at a time, decided once and for good.

A story is an event told by several outlets. A new headline is compared with the stories of the last
days that share a telling word with it; a logistic function of what they have in common
(``pipelines/story_weights.toml``, fitted by ``benchmarks/stories.py``) says how likely it tells one
of them; if none is likely enough it opens a story of its own. A near copy joins the story of its
original whatever its headline. Across languages, where headlines share no words, companies, names
and numbers of title and lead decide.

The index is rebuilt from recent articles (``remember``) and forgets stories nobody has told for
``WINDOW``, and the longest untold of more than ``MOST``: neither its size (1 to 4 KiB a story) nor
its cost grows with the archive or with the number of sources.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from math import log, log1p, sqrt

from pipelines.fingerprint import ENOUGH_WORDS, Copies
from pipelines.story_holders import Holders
from pipelines.story_terms import common_terms, terms
from pipelines.story_weights import Weights, shipped_weights
from techwire.types import Article

WINDOW = timedelta(days=10)  # without a new article, and a story is closed
MOST = 12_000  # open stories: three days of two hundred busy sources
CANDIDATES = 12  # stories compared in full
MANY = 300  # stories that have a term: it adds no candidate when rarer terms have named enough
MEMBERS = 60  # latest articles of a story compared one by one
TELLING = 1.5  # idf below which a word does not make a story a candidate
VOCABULARY_HALVES_AT = 20_000  # headlines: then all counts are halved, so that usage may change
LEAD = 600  # characters of the body that say who, where and how much
RELEVANT = 0.3  # relevance from which a company is part of what happened
COMPANY_PART = 0.25  # of a story's articles: about fewer of them, a company is not what it is about
CROSSING_RARE = 0.02  # part of the stories, or ten: a term of more does not make a candidate
CROSSING_LEAST = 4  # terms that two languages must share, and how much they must weigh together:
CROSSING_SUM = 2.5  # as much as this many of the rarest terms
CROSSING_WITHIN = 48 * 3600.0  # seconds from the story's latest article
# stories that are looked for across languages, the last told: their terms are two thirds of their
# size, and an archive read at once has weeks of them
CROSSING_MOST = MOST * 2 // 3
HOUR = 3600.0
_FIRST = (0,)


@dataclass(frozen=True, slots=True)
class Item:
    """What the index looks at of an article."""

    title: str
    host: str  # or source: one outlet rarely tells an event twice
    at: float  # seconds since the epoch
    language: str | None = None  # ISO 639-1
    lead: str = ""  # summary and first sentences: where the names are
    companies: tuple[str, ...] = ()  # ids
    fingerprint: int = 0  # of the body; 0: none, or too short to tell


@dataclass(slots=True)
class _Member:
    norm: float
    weight: float  # sum of idf
    at: float


@dataclass(slots=True, eq=False)
class _Story:
    label: int
    first: float
    last: float
    members: list[_Member] = field(default_factory=list)
    # term → members that have it. Tuples: most stories are told once, and "(0,)" is there but once.
    holding: dict[str, tuple[int, ...]] = field(default_factory=dict)
    # neighbours in its headlines; of one told once only the headline is kept: a tenth of the size
    pairs: set[tuple[str, str]] | None = None
    only: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    norm: float = 1.0  # of the centroid
    languages: tuple[str, ...] = ()
    crossing: tuple[str, ...] = ()  # terms that cross languages, while fresh
    companies: dict[str, int] = field(default_factory=dict)  # how many articles are about each
    named: int = 0  # articles that are about any

    def count(self, companies: tuple[str, ...]) -> None:
        """Another article is about ``companies``."""
        if not companies:
            return
        self.named += 1
        if self.named == 1:
            self.companies = _told_once(companies)
            return
        if self.named == 2:
            self.companies = dict(self.companies)
        for company in companies:
            self.companies[company] = self.companies.get(company, 0) + 1

    def note(self, headline: _Headline, *, is_first: bool) -> None:
        """Another headline tells the story."""
        if is_first:
            self.only = headline.sequence
            return
        if self.pairs is None:
            self.pairs, self.only = self.neighbours(), ()
        self.pairs |= headline.pairs

    def neighbours(self) -> set[tuple[str, str]]:
        """The pairs of terms that stand side by side in a headline of the story."""
        return set(pairwise(self.only)) if self.pairs is None else self.pairs


@dataclass(slots=True)
class _Headline:
    """A new headline, weighed."""

    sequence: tuple[str, ...]
    weights: dict[str, float]  # term → idf
    pairs: set[tuple[str, str]]  # neighbours
    norm: float
    total: float


class StoryIndex:
    """The stories of the last days."""

    def __init__(self, weights: Weights | None = None) -> None:
        """``weights``: others than the shipped ones, to measure them."""
        self._weights = weights or shipped_weights()
        self._stories: OrderedDict[int, _Story] = OrderedDict()  # the longest untold first
        self._telling = Holders()
        self._fresh: OrderedDict[int, _Story] = OrderedDict()  # told within CROSSING_WITHIN
        self._crossing = Holders()  # of terms that cross languages, those
        self._untaken: dict[int, list[Item]] = {}  # theirs that are not taken in yet, by label
        self._seen: dict[str, float] = {}  # term → headlines that had it
        self._headlines = 0.0
        self._copies = Copies(WINDOW.total_seconds())

    def __call__(self, article: Article, article_id: int, published_at: datetime) -> int:
        """The id of the story ``article`` tells; ``article_id`` when it is the first to tell it."""
        long_enough = len(article.body.split(None, ENOUGH_WORDS - 1)) == ENOUGH_WORDS
        item = Item(
            title=article.title,
            host=article.source,
            at=published_at.timestamp(),
            language=article.language,
            lead=f"{article.summary or ''} {article.body[:LEAD]}",
            companies=tuple(tag.company for tag in article.tags if tag.relevance >= RELEVANT),
            fingerprint=article.fingerprint if long_enough else 0,
        )
        return self.add(item, article_id)

    def add(self, item: Item, label: int) -> int:
        """The label of the story that ``item`` tells; ``label``, unused so far, when it is new."""
        self._forget(item.at)
        headline = self._weigh(item.title)
        found = self._find(item, headline)
        self._remember(item, headline, label if found is None else found)
        self._take_in()
        return label if found is None else found

    def remember(self, item: Item, label: int) -> None:
        """Take in an article whose story is known, to go on from a database's recent rows."""
        self._forget(item.at)
        self._remember(item, self._weigh(item.title), label)

    def __len__(self) -> int:
        """How many stories are open."""
        return len(self._stories)

    # finding ────────────────────────────────────────────────────────────────────────────────────

    def _find(self, item: Item, headline: _Headline) -> int | None:
        if item.fingerprint:
            copied = self._copies.find(item.fingerprint, item.at)
            if copied is not None and copied in self._stories:
                return copied
        best, best_score = None, self._weights.threshold
        for story in self._candidates(headline):
            if not _may_share(item, story):
                continue
            values = common(story, headline, item, self._idf)
            score = self._weights.likelihood(values)
            if score > best_score:
                best, best_score = story.label, score
        return best if best is not None else self._find_across(item)

    def _candidates(self, headline: _Headline) -> list[_Story]:
        """The open stories that share most of the telling words."""
        shared: dict[int, float] = {}
        for term, idf in sorted(headline.weights.items(), key=lambda pair: -pair[1]):
            holders = self._telling.of(term)
            if idf < TELLING or (len(holders) > MANY and len(shared) >= CANDIDATES):
                break
            square = idf * idf
            for label in holders:
                shared[label] = shared.get(label, 0.0) + square
        nearest = sorted(shared, key=shared.__getitem__, reverse=True)[:CANDIDATES]
        return [self._stories[label] for label in nearest]

    def _find_across(self, item: Item) -> int | None:
        """The story told in another language that shares names, companies and numbers enough."""
        if not item.language:
            return None
        self._take_in()
        mine = _crossing_terms(item)
        most = max(10, int(CROSSING_RARE * len(self._fresh)))
        rare: Counter[int] = Counter()
        for term in mine:
            holders = self._crossing.of(term)
            if len(holders) <= most:
                rare.update(holders)
        best, best_sum = None, CROSSING_SUM * self._crossing_idf(1)
        # of those that share as many terms the last told: the same in every process
        least = min(nlargest(CANDIDATES, rare.values()), default=0)
        nearest = [
            (shared, self._stories[label].last, label)
            for label, shared in rare.items()
            if shared >= least
        ]
        for _, _, label in sorted(nearest, reverse=True)[:CANDIDATES]:
            story = self._stories[label]
            if item.language in story.languages or abs(item.at - story.last) > CROSSING_WITHIN:
                continue
            shared = [term for term in story.crossing if term in mine]
            total = sum(self._crossing_idf(len(self._crossing.of(term))) for term in shared)
            if len(shared) >= CROSSING_LEAST and total > best_sum and _may_share(item, story):
                best, best_sum = label, total
        return best

    def _crossing_idf(self, holders: int) -> float:
        return log((len(self._fresh) + 500) / (holders + 0.5))

    # remembering ────────────────────────────────────────────────────────────────────────────────

    def _weigh(self, title: str) -> _Headline:
        sequence = terms(title)
        weights = {term: self._idf(term) for term in sequence}
        return _Headline(
            sequence=sequence,
            weights=weights,
            pairs=set(pairwise(sequence)),
            norm=sqrt(sum(idf * idf for idf in weights.values())) or 1.0,
            total=sum(weights.values()) or 1.0,
        )

    def _idf(self, term: str) -> float:
        return log((self._headlines + 50) / (self._seen.get(term, 0.0) + 0.5))

    def _remember(self, item: Item, headline: _Headline, label: int) -> None:
        story = self._stories.get(label)
        if story is None:
            story = self._stories[label] = _Story(label, first=item.at, last=item.at)
        story.last = max(story.last, item.at)
        self._stories.move_to_end(label)
        place = len(story.members)
        story.members.append(_Member(headline.norm, headline.total, item.at))
        only = _FIRST if place == 0 else (place,)
        for term in headline.weights:
            if term in story.holding:
                story.holding[term] = (*story.holding[term], place)
            else:
                story.holding[term] = only
                self._telling.add(term, label)
            self._seen[term] = self._seen.get(term, 0.0) + 1
        story.count(item.companies)
        story.note(headline, is_first=place == 0)
        if item.host not in story.hosts:
            story.hosts += (item.host,)
        size = len(story.members)
        seen, most = self._seen, self._headlines + 50  # as in ``_idf``
        story.norm = (
            sqrt(
                sum(
                    (log(most / (seen.get(term, 0.0) + 0.5)) * len(held) / size) ** 2
                    for term, held in story.holding.items()
                )
            )
            or 1.0
        )
        self._headlines += 1
        if self._headlines > VOCABULARY_HALVES_AT:
            self._halve()
        self._remember_crossing(item, story)
        if item.fingerprint:
            self._copies.add(item.fingerprint, label, item.at)

    def _remember_crossing(self, item: Item, story: _Story) -> None:
        if item.language:
            if item.language not in story.languages:
                story.languages += (item.language,)
            self._untaken.setdefault(story.label, []).append(item)
            self._fresh[story.label] = story
            self._fresh.move_to_end(story.label)

    def _take_in(self) -> None:
        """Let the stories of ``_fresh`` be found across languages: of what is remembered only when
        somebody looks, since most of that is told too long ago by then."""
        for label, items in self._untaken.items():
            story = self._stories[label]
            known = set(story.crossing)
            for item in items:
                fresh = [term for term in _crossing_terms(item) if term not in known]
                known.update(fresh)
                story.crossing += tuple(fresh)
                for term in fresh:
                    self._crossing.add(term, label)
        self._untaken.clear()

    def _halve(self) -> None:
        self._headlines /= 2
        self._seen = {term: count / 2 for term, count in self._seen.items() if count > 1}

    def _forget(self, now: float) -> None:
        """Close the stories that nobody has told for ``WINDOW``, or that are too many."""
        while self._fresh:
            story = next(iter(self._fresh.values()))
            if story.last >= now - CROSSING_WITHIN and len(self._fresh) <= CROSSING_MOST:
                break
            self._stale(story)
        while self._stories:
            story = next(iter(self._stories.values()))
            if story.last >= now - WINDOW.total_seconds() and len(self._stories) <= MOST:
                return
            self._stale(story)
            del self._stories[story.label]
            for term in story.holding:
                self._telling.drop(term, story.label)

    def _stale(self, story: _Story) -> None:
        """Told too long ago to be found across languages: those terms are most of its size."""
        self._fresh.pop(story.label, None)
        self._untaken.pop(story.label, None)
        for term in story.crossing:
            self._crossing.drop(term, story.label)
        story.crossing = ()


def _may_share(item: Item, story: _Story) -> bool:
    """Whether the companies allow it: headlines of one mould ("… raises 20 million") tell other
    events when they are about other companies. Who names none may share any story."""
    if not item.companies or not story.named:
        return True
    enough = story.named * COMPANY_PART
    told = story.companies  # its ``get``: a Counter's own look-up of what is not there is slow
    return any(told.get(company, 0) >= enough for company in item.companies)


@lru_cache(maxsize=4096)
def _told_once(companies: tuple[str, ...]) -> dict[str, int]:
    """What a first article counts for; never changed: stories about the same companies share it."""
    return dict.fromkeys(companies, 1)


@lru_cache(maxsize=4)  # asked for when a story is looked for and when it is remembered
def _crossing_terms(item: Item) -> dict[str, None]:
    named = [f"@{company}" for company in item.companies]
    return dict.fromkeys((*named, *common_terms(f"{item.title} {item.lead}")))


def common(
    story: _Story, headline: _Headline, item: Item, idf: Callable[[str], float]
) -> tuple[float, ...]:
    """What speaks for ``item`` telling ``story`` and against it: the values of ``FEATURES``.

    Cosines with members and centroid, shared words and pairs of words by their rarity and by the
    part of the story's articles that have them, time since the story was told, its size."""
    size = len(story.members)
    oldest = max(0, size - MEMBERS)
    width = size - oldest
    dots, overlaps, counts = [0.0] * width, [0.0] * width, [0] * width
    held: list[tuple[float, float, float]] = []  # (idf · part, idf, part of the members)
    covered = centroid = strangest = 0.0
    for term, weight in headline.weights.items():
        holders = story.holding.get(term)
        if holders is None:
            strangest = max(strangest, weight)
            continue
        part = len(holders) / size
        held.append((weight * part, weight, part))
        covered += weight
        centroid += weight * weight * part
        for place in reversed(holders):
            if place < oldest:
                break
            dots[place - oldest] += weight * weight
            overlaps[place - oldest] += weight
            counts[place - oldest] += 1
    held.sort(reverse=True)
    cosines = sorted(
        (
            (dots[n] / (headline.norm * m.norm), overlaps[n] / min(headline.total, m.weight), n)
            for n, m in enumerate(story.members[oldest:])
        ),
        reverse=True,
    )
    best, best_overlap, nearest = cosines[0]
    three = [cosine for cosine, _, _ in cosines[:3]]
    one, two, third = (held[n] if n < len(held) else (0.0, 0.0, 0.0) for n in range(3))
    known = story.neighbours()
    pairs = [pair for pair in headline.pairs if pair in known]
    return (
        best,
        three[1] if len(three) > 1 else 0.0,
        sum(three) / len(three),
        sum(cosine for cosine, _, _ in cosines) / len(cosines),
        centroid / (headline.norm * story.norm),
        covered / headline.total,
        best_overlap,
        counts[nearest],
        len(held),
        one[0],
        two[0],
        third[0],
        one[1],
        two[1],
        one[2],
        two[2],
        len(pairs),
        max((idf(one) + idf(two) for one, two in pairs), default=0.0),
        sum(1 for term in headline.weights if term[0].isdigit() and term in story.holding),
        strangest,
        log1p(abs(item.at - story.last) / HOUR),
        log1p(abs(item.at - story.first) / HOUR),
        log(size),
        float(item.host in story.hosts),
        len(headline.weights),
        log1p(abs(item.at - story.members[oldest + nearest].at) / HOUR),
        sum(product for product, _, _ in held),
        headline.total,
    )
