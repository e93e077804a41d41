"""The catalogue of companies: shipped files, then the user's, checked and ready to be matched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from pipelines import companies_snapshot
from pipelines.companies_file import Alias, Entry, Owned, read_entries
from pipelines.tag_text import key
from techwire.errors import ConfigError
from techwire.types import Company


class Kind(StrEnum):
    """What a spelling is to its company."""

    NAME = "name"
    ALIAS = "alias"
    PRODUCT = "product"
    TICKER = "ticker"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way in which texts write a company."""

    text: str
    company: str  # id
    kind: Kind
    ambiguous: bool = False  # needs context
    since: date | None = None  # None: from the beginning
    until: date | None = None  # None: to this day


@dataclass(frozen=True)
class Catalogue:
    """Companies by id, with everything that matching needs. Picklable; never changed once made."""

    companies: Mapping[str, Company]
    spellings: tuple[Spelling, ...]
    owners: Mapping[str, tuple[Owned, ...]]  # id → spans, oldest first
    context: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]  # id → words for, words against
    version: str  # 12 hex digits of the content

    @cached_property
    def _by_key(self) -> dict[str, str]:
        """Folded spelling → id; made when somebody first asks for a name."""
        rank = {Kind.NAME: 0, Kind.ALIAS: 1, Kind.PRODUCT: 2, Kind.TICKER: 3}
        found = {company: company for company in self.companies}
        names: dict[str, str] = {}
        for spelling in sorted(self.spellings, key=lambda s: (rank[s.kind], s.ambiguous)):
            names.setdefault(key(spelling.text), spelling.company)
        return found | names

    def __len__(self) -> int:
        return len(self.companies)

    def find(self, name: str) -> Company | None:
        """The company of that id, name, alias, product or ticker; case and accents are free."""
        company = self._by_key.get(key(name)) or self._by_key.get(name)
        return self.companies[company] if company is not None else None

    def nearest(self, name: str) -> tuple[str, ...]:
        """Up to three display names that look like ``name``, best first."""
        found: dict[str, None] = {}
        for near in get_close_matches(key(name), self._by_key, 9, 0.6):
            found.setdefault(self.companies[self._by_key[near]].name)
        return tuple(found)[:3]

    def parent(self, company: str, on: date | None = None) -> str | None:
        """Id of the direct owner on that day (None: today); None when it belongs to itself."""
        owner = ""
        for span in self.owners.get(company, ()):
            if on is None or span.since is None or span.since <= on:
                owner = span.id
        return owner or None

    def owner(self, company: str, on: date | None = None) -> str | None:
        """Id of the ultimate owner on that day (None: today); None when it belongs to itself."""
        seen = {company}
        top = None
        while (above := self.parent(top or company, on)) is not None and above not in seen:
            seen.add(above)
            top = above
        return top


def shipped() -> tuple[Path, ...]:
    """The catalogue files that come with techwire, in order."""
    folder = Path(str(files("pipelines"))) / "companies"
    return tuple(sorted(folder.glob("*.toml")))


def load(*own: Path) -> Catalogue:
    """The shipped catalogue, overridden by the user's files in order.

    Raises ConfigError with file and line for an unknown key, duplicate id, circular or unknown
    owner, empty alias, or a spelling that two companies claim without declaring it ambiguous.
    """
    base = load_shipped()
    entries: dict[str, Entry] = {}
    rank: dict[str, int] = {}
    for number, path in enumerate(own, 1):
        in_this_file: set[str] = set()
        for entry in read_entries(path):
            if entry.id in in_this_file:
                raise _wrong(entry, "id", f"{entry.id!r} is given twice")
            in_this_file.add(entry.id)
            rank[entry.id] = number
            known = entries.pop(entry.id, None)
            if known is None and entry.id in base.companies:
                known = _entry_of(base, entry.id)
            entries[entry.id] = entry if known is None or entry.remove else _override(known, entry)
    return build(entries.values(), rank, base) if own else base


def load_shipped() -> Catalogue:
    """The catalogue that comes with techwire, from its snapshot unless a file is newer."""
    paths = shipped()
    kept = companies_snapshot.read(paths)
    return parse(paths) if kept is None else from_rows(*kept)


def parse(paths: Sequence[Path]) -> Catalogue:
    """The catalogue that these files make together. Raises ConfigError as ``load`` does."""
    entries: dict[str, Entry] = {}
    for path in paths:
        for entry in read_entries(path):
            if (first := entries.get(entry.id)) is not None:
                where = f"first in {first.path.name}:{first.line}"
                raise _wrong(entry, "id", f"{entry.id!r} is given twice", where)
            entries[entry.id] = entry
    return build(entries.values())


EMPTY = Catalogue({}, (), {}, {}, "")


def build(
    entries: Iterable[Entry], rank: Mapping[str, int] | None = None, base: Catalogue = EMPTY
) -> Catalogue:
    """A catalogue of checked entries, over those of ``base`` that they do not replace.

    ``rank`` tells, by id, how late a file gave the company (missing: shipped); a spelling that
    several claim belongs to those of the highest rank."""
    given = {entry.id: entry for entry in entries}
    changed = given.keys()
    by_id = {id_: entry for id_, entry in given.items() if not entry.remove}
    for entry in by_id.values():
        if not entry.name:
            raise _wrong(entry, "name", "is missing")
    removed = changed - by_id.keys()
    owners = {
        company: tuple(span for span in spans if span.id not in removed)
        for company, spans in base.owners.items()
        if company not in changed
    }
    owners |= {entry.id: entry.owners for entry in by_id.values() if entry.owners}
    _check_owners(by_id, (base.companies.keys() - removed) | by_id.keys(), owners)
    spellings = _spellings(by_id, rank or {})
    taken = {key(s.text) for s in spellings if s.kind is not Kind.TICKER} if base.spellings else ()
    kept = (s for s in base.spellings if s.company not in changed and key(s.text) not in taken)
    companies = {id_: known for id_, known in base.companies.items() if id_ not in changed}
    companies |= {entry.id: _company(entry) for entry in by_id.values()}
    context = {id_: cues for id_, cues in base.context.items() if id_ not in changed}
    context |= {
        entry.id: (entry.context, entry.not_context)
        for entry in by_id.values()
        if entry.context or entry.not_context
    }
    content = repr((base.version, sorted(changed), spellings, sorted(companies.items())))
    version = hashlib.sha256((content + repr((sorted(owners.items()), context))).encode())
    return Catalogue(companies, (*kept, *spellings), owners, context, version.hexdigest()[:12])


def _company(entry: Entry) -> Company:
    return Company(
        id=entry.id,
        name=entry.name,
        aliases=tuple(dict.fromkeys(alias.name for alias in entry.aliases)),
        products=tuple(dict.fromkeys(product.name for product in entry.products)),
        owner=(entry.owners[-1].id or None) if entry.owners else None,
        country=entry.fields.get("country"),
        sector=entry.fields.get("sector"),
        ticker=entry.fields.get("ticker"),
        domain=entry.fields.get("domain"),
        wikidata=entry.fields.get("wikidata"),
    )


def _entry_of(catalogue: Catalogue, company: str) -> Entry:
    """A known company as the entry it was made of; file and line are those of whoever overrides."""
    known = catalogue.companies[company]
    own = [spelling for spelling in catalogue.spellings if spelling.company == company]
    groups = {
        kind: tuple(Alias(s.text, s.since, s.until) for s in own if s.kind is kind) for kind in Kind
    }
    named = ("country", "sector", "ticker", "domain", "wikidata")
    context, not_context = catalogue.context.get(company, ((), ()))
    return Entry(
        id=company,
        path=Path(),
        line=0,
        given=frozenset(),
        name=known.name,
        aliases=groups[Kind.ALIAS],
        products=groups[Kind.PRODUCT],
        owners=catalogue.owners.get(company, ()),
        ambiguous=frozenset(s.text for s in own if s.ambiguous),
        context=context,
        not_context=not_context,
        fields={name: value for name in named if (value := getattr(known, name)) is not None},
    )


def from_rows(version: str, rows: Sequence[Any]) -> Catalogue:
    """The catalogue that ``pipelines.companies_ship`` wrote down as ``rows``."""
    letters = {letter: (Kind(kind), False) for letter, kind in companies_snapshot.KINDS.items()}
    letters |= {letter.upper(): (kind, True) for letter, (kind, _) in letters.items()}
    companies: dict[str, Company] = {}
    spellings: list[Spelling] = []
    owners: dict[str, tuple[Owned, ...]] = {}
    context: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for id_, name, owner, country, sector, ticker, domain, wikidata, own, *more in rows:
        texts: dict[Kind, dict[str, None]] = {Kind.ALIAS: {}, Kind.PRODUCT: {}}
        for item in own:
            short, since, until = (item, None, None) if isinstance(item, str) else item
            kind, unsure = letters[short[0]]
            text = short[1:] or name
            spellings.append(Spelling(text, id_, kind, unsure, _day(since), _day(until)))
            if kind in texts:
                texts[kind][text] = None
        companies[id_] = Company(
            id=id_,
            name=name,
            aliases=tuple(texts[Kind.ALIAS]),
            products=tuple(texts[Kind.PRODUCT]),
            owner=owner,
            country=country,
            sector=sector,
            ticker=ticker,
            domain=domain,
            wikidata=wikidata,
        )
        if more and more[0]:
            owners[id_] = tuple(Owned(above, _day(since)) for above, since in more[0])
        if len(more) > 1:
            context[id_] = (tuple(more[1]), tuple(more[2]))
    return Catalogue(companies, tuple(spellings), owners, context, version)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _wrong(entry: Entry, key: str, problem: str, hint: str | None = None) -> ConfigError:
    return ConfigError(
        problem, path=entry.path, line=entry.line, key=f"{entry.id}.{key}", hint=hint
    )


def _override(known: Entry, entry: Entry) -> Entry:
    """``known`` with the keys that ``entry`` gives."""
    given = entry.given
    return replace(
        known,
        path=entry.path,
        line=entry.line,
        name=entry.name or known.name,
        aliases=entry.aliases if "aliases" in given else known.aliases,
        products=entry.products if "products" in given else known.products,
        owners=entry.owners if given & {"owner", "owners"} else known.owners,
        ambiguous=entry.ambiguous if "ambiguous" in given else known.ambiguous,
        context=entry.context if "context" in given else known.context,
        not_context=entry.not_context if "not_context" in given else known.not_context,
        fields=known.fields | {k: v for k, v in entry.fields.items() if k in given},
    )


def _check_owners(
    by_id: Mapping[str, Entry], ids: Set[str], owners: Mapping[str, Sequence[Owned]]
) -> None:
    for entry in by_id.values():
        for span in entry.owners:
            if span.id and span.id not in ids:
                near = get_close_matches(span.id, ids, 1)
                hint = f"did you mean {near[0]}?" if near else None
                raise _wrong(entry, "owner", f"no company has the id {span.id!r}", hint)
    suspects = _on_circles({id_: {s.id for s in spans if s.id} for id_, spans in owners.items()})
    days = {span.since for id_ in suspects for span in owners[id_] if span.since}
    for day in (None, *sorted(days)):
        done: set[str] = set()
        for start in suspects:
            walk: dict[str, None] = {}
            at: str | None = start
            while at is not None and at not in done:
                if at in walk:
                    circle = [*list(walk)[list(walk).index(at) :], at]
                    blamed = next((by_id[id_] for id_ in circle if id_ in by_id), None)
                    if blamed is not None:
                        raise _wrong(blamed, "owner", f"circular: {' → '.join(circle)}")
                    break
                walk[at] = None
                at = _owner_on(owners.get(at, ()), day)
            done.update(walk)


def _on_circles(above: Mapping[str, set[str]]) -> list[str]:
    """Ids that reach or lie on a circle when all days are taken as one; mostly none.

    Sales back and forth make such circles without one on any day; only these are worth a look
    day by day, which takes seconds over a whole catalogue."""
    left = {id_: owners for id_, owners in above.items() if owners}
    while free := [id_ for id_, owners in left.items() if not owners & left.keys()]:
        for id_ in free:
            del left[id_]
    return list(left)


def _owner_on(spans: Sequence[Owned], day: date | None) -> str | None:
    held = [s.id for s in spans if day is None or s.since is None or s.since <= day]
    return (held[-1] or None) if held else None


def _spellings(by_id: Mapping[str, Entry], rank: Mapping[str, int]) -> tuple[Spelling, ...]:
    """Every spelling of every company; a clash that nobody declared is an error."""
    found: list[Spelling] = []
    keys: list[str] = []  # of the spellings in ``found``; "" for tickers
    for entry in by_id.values():
        doubtful = {key(word or entry.name) for word in entry.ambiguous}
        texts: set[str] = set()
        groups: tuple[tuple[Kind, Iterable[Alias]], ...] = (
            (Kind.NAME, (Alias(entry.name),)),
            (Kind.ALIAS, entry.aliases),
            (Kind.PRODUCT, entry.products),
        )
        for kind, aliases in groups:
            for alias in aliases:
                if alias.name not in texts:
                    texts.add(alias.name)
                    folded = key(alias.name)
                    unsure = folded in doubtful
                    keys.append(folded)
                    found.append(
                        Spelling(alias.name, entry.id, kind, unsure, alias.since, alias.until)
                    )
        if ticker := entry.fields.get("ticker"):
            found.append(Spelling(ticker, entry.id, Kind.TICKER))
            keys.append("")
    claimed: dict[str, list[Spelling]] = {}
    for spelling, folded in zip(found, keys, strict=True):
        if folded:
            claimed.setdefault(folded, []).append(spelling)
    lost: set[Spelling] = set()
    for claims in claimed.values():
        holders = dict.fromkeys(claim.company for claim in claims)
        if len(holders) == 1:
            continue
        top = max(rank.get(holder, 0) for holder in holders)
        lost.update(claim for claim in claims if rank.get(claim.company, 0) < top)
        claims = [claim for claim in claims if rank.get(claim.company, 0) == top]
        holders = dict.fromkeys(claim.company for claim in claims)
        sure = [claim for claim in claims if not claim.ambiguous]
        if len(holders) > 1 and sure:
            other = next(holder for holder in holders if holder != sure[0].company)
            problem = f"{sure[0].text!r} is also a spelling of {other!r} ({by_id[other].path.name})"
            entry = by_id[sure[0].company]
            raise _wrong(entry, "aliases", problem, "declare it ambiguous in both, or drop one")
    return tuple(spelling for spelling in found if spelling not in lost)
