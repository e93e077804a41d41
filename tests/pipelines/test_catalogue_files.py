"""The shipped catalogue as data: what every file of ``pipelines/companies`` must keep to.

The files are parsed with ``tomllib`` alone, so that a fault of the loader cannot hide one here.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "pipelines" / "companies"
FILES = sorted(FOLDER.glob("*.toml"))
KEYS = {
    "id",
    "name",
    "aliases",
    "products",
    "owner",
    "owners",
    "country",
    "sector",
    "ticker",
    "domain",
    "wikidata",
    "ambiguous",
    "context",
    "not_context",
}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# ISO 3166-1 alpha-2, officially assigned, as of 2024 (249 codes).
COUNTRIES = frozenset(
    re.findall(
        "[A-Z]{2}",
        """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE
EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM
HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC
LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA
NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO
TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
""",
    )
)


@dataclass(frozen=True)
class Row:
    """One ``[[company]]`` table and the file it stands in."""

    file: str
    table: dict[str, object]

    @property
    def id(self) -> str:
        return str(self.table["id"])

    @property
    def name(self) -> str:
        return str(self.table["name"])

    def listed(self, key: str) -> list[dict[str, object]]:
        """The items of a list, each as a table."""
        value = self.table.get(key, [])
        assert isinstance(value, list), f"{self.id}.{key}"
        return [item if isinstance(item, dict) else {"name": item} for item in value]

    def spellings(self) -> list[str]:
        """Name, aliases and products, in that order."""
        others = [str(item["name"]) for key in ("aliases", "products") for item in self.listed(key)]
        return [self.name, *others]

    def ambiguous(self) -> set[str]:
        """Folded spellings that are declared to need context."""
        value = self.table.get("ambiguous", False)
        if isinstance(value, list):
            return {fold(str(item)) for item in value}
        return {fold(self.name)} if value else set()

    def owners(self) -> list[tuple[str, date | None]]:
        """Owners with the day they began, oldest first."""
        if "owner" in self.table:
            return [(str(self.table["owner"]), None)]
        spans = []
        for span in self.listed("owners"):
            since = span.get("since")
            spans.append((str(span["id"]), date.fromisoformat(str(since)) if since else None))
        return sorted(spans, key=lambda span: span[1] or date.min)


def fold(text: str) -> str:
    """Case, accents and kind of apostrophe or hyphen make no other name."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w&+]", " ", kept).split())


@cache
def rows() -> tuple[Row, ...]:
    found = []
    for path in FILES:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [Row(path.name, table) for table in content["company"]]
    return tuple(found)


def texts(value: object) -> Iterator[str]:
    """Every string inside a TOML value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_in_its_first_line_what_it_holds(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(r"# [A-Z].{20,}\.", first), first
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(content) == {"sector", "company"}
    assert content["sector"].strip()


def test_the_catalogue_is_broad() -> None:
    assert len(rows()) >= 2_500


def test_ids_are_unique() -> None:
    counts = Counter(row.id for row in rows())
    assert [name for name, count in counts.items() if count > 1] == []


def test_ids_are_slugs() -> None:
    assert [row.id for row in rows() if not SLUG.fullmatch(row.id)] == []


def test_every_company_has_a_name_and_a_country() -> None:
    assert [row.id for row in rows() if not row.name or not row.table.get("country")] == []


def test_only_known_keys_are_used() -> None:
    assert [(row.id, set(row.table) - KEYS) for row in rows() if set(row.table) - KEYS] == []


def test_countries_are_iso_3166_codes() -> None:
    wrong = [(row.id, row.table["country"]) for row in rows()]
    assert [pair for pair in wrong if pair[1] not in COUNTRIES] == []
    assert len(COUNTRIES) == 249


def test_no_text_is_empty_or_padded() -> None:
    wrong = [(row.id, text) for row in rows() for text in texts(row.table) if text != text.strip()]
    assert wrong == []
    assert [row.id for row in rows() for text in texts(row.table) if not text] == []


def test_every_spelling_has_a_letter_or_a_digit() -> None:
    bare = [(row.id, s) for row in rows() for s in row.spellings() if not any(map(str.isalnum, s))]
    assert bare == []


def test_every_text_is_nfc() -> None:
    wrong = [
        (row.id, text)
        for row in rows()
        for text in texts(row.table)
        if not unicodedata.is_normalized("NFC", text)
    ]
    assert wrong == []


def test_a_company_spells_each_name_once() -> None:
    twice = []
    for row in rows():
        counts = Counter(fold(spelling) for spelling in row.spellings())
        twice += [(row.id, spelling) for spelling, count in counts.items() if count > 1]
    assert twice == []


def test_a_spelling_of_two_companies_is_ambiguous_in_both() -> None:
    claims: dict[str, list[Row]] = defaultdict(list)
    for row in rows():
        for spelling in {fold(spelling) for spelling in row.spellings()}:
            claims[spelling].append(row)
    undeclared = [
        (spelling, [row.id for row in holders])
        for spelling, holders in claims.items()
        if len(holders) > 1 and not all(spelling in row.ambiguous() for row in holders)
    ]
    assert undeclared == []


def test_what_is_called_ambiguous_is_a_spelling_of_the_company() -> None:
    stray = []
    for row in rows():
        own = {fold(spelling) for spelling in row.spellings()}
        stray += [(row.id, spelling) for spelling in row.ambiguous() - own]
    assert stray == []


def test_owners_exist() -> None:
    ids = {row.id for row in rows()}
    assert [
        (row.id, owner) for row in rows() for owner, _ in row.owners() if owner not in ids
    ] == []


def test_a_company_gives_either_owner_or_owners() -> None:
    assert [row.id for row in rows() if {"owner", "owners"} <= set(row.table)] == []


def test_owners_follow_each_other_in_time() -> None:
    wrong = []
    for row in rows():
        days = [day or date.min for _, day in row.owners()]
        if len(set(days)) != len(days):
            wrong.append(row.id)
    assert wrong == []


def test_nobody_owns_itself_through_others_on_any_day() -> None:
    spans = {row.id: row.owners() for row in rows() if row.owners()}
    days = {day for held in spans.values() for _, day in held if day}
    circles = set()
    for today in (date.min, *sorted(days)):
        above = {
            company: next((o for o, day in reversed(held) if (day or date.min) <= today), "")
            for company, held in spans.items()
        }
        for company in above:
            seen, at = {company}, above[company]
            while at and at not in seen:
                seen.add(at)
                at = above.get(at, "")
            if at:
                circles.add(at)
    assert circles == set()


def test_names_begin_and_end_on_real_days() -> None:
    days = [
        (row.id, date.fromisoformat(str(item[end])))
        for row in rows()
        for item in row.listed("aliases") + row.listed("products")
        for end in ("since", "until")
        if end in item
    ]
    assert days
    assert [pair for pair in days if pair[1] < date(1900, 1, 1)] == []


def test_wikidata_ids_and_domains_look_like_ones() -> None:
    wrong = []
    for row in rows():
        if not re.fullmatch(r"Q[1-9]\d*", str(row.table.get("wikidata", "Q1"))):
            wrong.append((row.id, "wikidata"))
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", str(row.table.get("domain", "a.b"))):
            wrong.append((row.id, "domain"))
        if not re.fullmatch(r"[A-Z0-9.]{1,10}", str(row.table.get("ticker", "A"))):
            wrong.append((row.id, "ticker"))
    assert wrong == []


@pytest.mark.parametrize("field", ["ticker", "domain", "wikidata"])
def test_what_points_to_one_company_is_given_once(field: str) -> None:
    counts = Counter(row.table[field] for row in rows() if field in row.table)
    assert [value for value, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(
    ("brand", "owner"),
    [
        ("instagram", "meta"),
        ("whatsapp", "meta"),
        ("snapchat", "snap"),
        ("youtube", "google"),
        ("waymo", "alphabet"),
        ("twitch", "amazon"),
        ("linkedin", "microsoft"),
        ("github", "microsoft"),
        ("mojang", "microsoft"),
        ("free", "iliad"),
        ("bouygues-telecom", "bouygues"),
    ],
)
def test_a_brand_with_its_own_identity_names_its_owner(brand: str, owner: str) -> None:
    row = next(row for row in rows() if row.id == brand)
    assert row.owners()[-1][0] == owner


def test_names_that_are_common_words_say_so() -> None:
    words = """
    Apple Amazon Meta Alphabet X Orange Free Oracle Signal Slack Box Zoom Square Block Stripe
    Snap Arm Nothing Notion Visa Sage Shell Target Valve Unity Medium Tesla Nikola Alan Bird
    Lime Wish Ring Nest Sea Intel Dell Twitch Bolt Vivaldi Cohere Perplexity
    """
    named = {row.name: row for row in rows()}
    silent = [name for name in words.split() if fold(name) not in named[name].ambiguous()]
    assert silent == []
