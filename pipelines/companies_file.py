"""Reads one catalogue file (TOML) into entries, and says file and line of what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from techwire.errors import ConfigError

STRINGS = ("id", "name", "country", "sector", "ticker", "domain", "wikidata", "owner")
LISTS = ("aliases", "products", "context", "not_context")
KEYS = frozenset((*STRINGS, *LISTS, "owners", "ambiguous", "remove"))
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
HEADER = re.compile(r"^\s*\[\[\s*company\s*\]\]", re.MULTILINE)
AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")  # how tomllib ends its messages


@dataclass(frozen=True, slots=True)
class Alias:
    """A spelling as a file gives it."""

    name: str
    since: date | None = None  # None: from the beginning
    until: date | None = None  # None: to this day


@dataclass(frozen=True, slots=True)
class Owned:
    """From ``since`` on (None: from the beginning) the owner is ``id`` (empty: none)."""

    id: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``[[company]]`` table. ``given`` names the keys it sets, for files that override."""

    id: str
    path: Path
    line: int  # of its header, 1-based
    given: frozenset[str]
    name: str = ""
    aliases: tuple[Alias, ...] = ()
    products: tuple[Alias, ...] = ()
    owners: tuple[Owned, ...] = ()
    ambiguous: frozenset[str] = frozenset()  # spellings; "" stands for the name
    context: tuple[str, ...] = ()
    not_context: tuple[str, ...] = ()
    remove: bool = False
    fields: dict[str, str] = field(
        default_factory=dict
    )  # country, sector, ticker, domain, wikidata


class Place:
    """Where in a file we are: makes the error that says so."""

    def __init__(self, path: Path, text: str, start: int, end: int, line: int = 1) -> None:
        self.path, self.text, self.start, self.end = path, text, start, end
        self.line = line  # of the table's header, 1-based

    def error(self, key: str, problem: str, hint: str | None = None) -> ConfigError:
        """The error at ``key`` of this table; at its header when it lacks the key."""
        spelled = re.compile(rf"^\s*{re.escape(key)}\s*=", re.MULTILINE)
        found = spelled.search(self.text, self.start, self.end)
        at = found.end() if found else self.start
        line = self.text.count("\n", 0, at) + 1
        return ConfigError(problem, path=self.path, line=line, key=key, hint=hint)


def read_entries(path: Path) -> list[Entry]:
    """The entries of one file, in its order. Raises ConfigError with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"cannot be read: {problem}", path=path) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        at = AT_LINE.search(str(problem))
        said = AT_LINE.sub("", str(problem)).strip()
        line = int(at[1]) if at else text.rstrip("\n").count("\n") + 1
        raise ConfigError(said, path=path, line=line) from None
    top = Place(path, text, 0, len(text))
    for key in content:
        if key not in ("sector", "company"):
            raise top.error(key, "unknown key", "a catalogue has `sector` and `[[company]]`")
    sector = content.get("sector", "")
    if not isinstance(sector, str):
        raise top.error("sector", "must be text")
    tables = content.get("company", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise top.error("company", "must be written as [[company]] tables")
    starts = [match.start() for match in HEADER.finditer(text)]
    starts += [len(text)] * (len(tables) + 1 - len(starts))
    found = []
    line, counted = 1, 0
    for i, table in enumerate(tables):
        line += text.count("\n", counted, starts[i])
        counted = starts[i]
        found.append(read_entry(table, Place(path, text, starts[i], starts[i + 1], line), sector))
    return found


def read_entry(table: dict[str, Any], place: Place, sector: str) -> Entry:
    """One ``[[company]]`` table, checked."""
    for key in table:
        if key not in KEYS:
            near = get_close_matches(key, KEYS, 1)
            raise place.error(key, "unknown key", f"did you mean {near[0]}?" if near else None)
    text: dict[str, str] = {}
    for key in STRINGS:
        value = table.get(key, "")
        if not isinstance(value, str) or (key in table and not value.strip()):
            raise place.error(key, "must be text, not empty")
        text[key] = value.strip()
    if not text["id"]:
        raise place.error("id", "is missing")
    if not SLUG.fullmatch(text["id"]):
        raise place.error("id", f"{text['id']!r} is not a slug", "lower case, digits, hyphens")
    if "remove" in table and not isinstance(table["remove"], bool):
        raise place.error("remove", "must be true or false")
    country = text["country"]
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise place.error("country", f"{country!r} is not an ISO 3166-1 code", 'two letters: "FR"')
    lists = {key: read_list(table, key, place) for key in LISTS}
    fields = {key: text[key] for key in ("country", "ticker", "domain", "wikidata") if text[key]}
    if text["sector"] or sector:
        fields["sector"] = text["sector"] or sector
    return Entry(
        id=text["id"],
        path=place.path,
        line=place.line,
        given=frozenset(table),
        name=text["name"],
        aliases=lists["aliases"],
        products=lists["products"],
        owners=read_owners(table, text["owner"], place),
        ambiguous=read_ambiguous(table, place),
        context=tuple(word.name for word in lists["context"]),
        not_context=tuple(word.name for word in lists["not_context"]),
        remove=bool(table.get("remove", False)),
        fields=fields,
    )


def read_list(table: dict[str, Any], key: str, place: Place) -> tuple[Alias, ...]:
    """A list of spellings; each is text or ``{ name, since, until }``."""
    value = table.get(key, [])
    if not isinstance(value, list):
        raise place.error(key, "must be a list")
    found = []
    for item in value:
        if isinstance(item, str):
            item = {"name": item}
        if not isinstance(item, dict) or not set(item) <= {"name", "since", "until"}:
            raise place.error(key, "holds texts, or tables of name, since and until")
        name = item.get("name", "")
        if not isinstance(name, str) or not any(letter.isalnum() for letter in name):
            raise place.error(key, "holds an empty spelling")
        since, until = (read_day(item.get(end), key, place) for end in ("since", "until"))
        found.append(Alias(name.strip(), since, until))
    return tuple(found)


def read_owners(table: dict[str, Any], owner: str, place: Place) -> tuple[Owned, ...]:
    """``owner`` or ``owners``, oldest first."""
    spans = table.get("owners", [])
    if owner:
        if spans:
            raise place.error("owners", "give either owner or owners")
        return (Owned(owner),)
    if not isinstance(spans, list):
        raise place.error("owners", "must be a list of { id, since }")
    found = []
    for span in spans:
        if not isinstance(span, dict) or not set(span) <= {"id", "since"} or "id" not in span:
            raise place.error("owners", "must be a list of { id, since }")
        if not isinstance(span["id"], str):
            raise place.error("owners", "id must be text")
        found.append(Owned(span["id"], read_day(span.get("since"), "owners", place)))
    return tuple(sorted(found, key=lambda span: span.since or date.min))


def read_ambiguous(table: dict[str, Any], place: Place) -> frozenset[str]:
    """The spellings that need context; ``true`` means the display name, written as ""."""
    value = table.get("ambiguous", False)
    if isinstance(value, bool):
        return frozenset([""]) if value else frozenset()
    if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
        return frozenset(value)
    raise place.error("ambiguous", "must be true, or a list of spellings")


def read_day(value: object, key: str, place: Place) -> date | None:
    """A day as TOML date or text; a year or a month alone means its first day."""
    if value is None or type(value) is date:
        return value
    try:
        parts = [int(part) for part in str(value).split("-")]
        return date(*([*parts, 1, 1])[:3])
    except (ValueError, TypeError):
        raise place.error(key, f"{value!r} is not a day", 'write "2021-10-28"') from None
