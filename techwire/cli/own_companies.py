"""Edits ``companies.toml``, the user's own catalogue, and keeps its comments."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.items import AoT

from techwire.errors import ConfigError

HEAD = "# Your own companies: they override those that come with techwire (docs/companies.md).\n"
LISTS = ("aliases", "products")
COLUMNS = ("name", "id", *LISTS, "owner", "country", "sector", "ticker", "domain", "wikidata")


@dataclass(frozen=True, slots=True)
class Addition:
    """A company to write: its id, and the keys of its table."""

    id: str
    keys: Mapping[str, str | Sequence[str] | bool]


def append(path: Path, additions: Sequence[Addition], check: Callable[[Path], object]) -> None:
    """Writes the companies at the end of ``path``; those it has already are changed in place.

    ``check`` reads the file as it would be; what it raises leaves the old one in force."""
    text = path.read_text(encoding="utf-8") if path.exists() else HEAD
    document = tomlkit.parse(text)
    tables = document.get("company")
    if not isinstance(tables, AoT):
        tables = tomlkit.aot()
        document["company"] = tables
    for addition in additions:
        known = next((table for table in tables if table.get("id") == addition.id), None)
        table = known if known is not None else tomlkit.table()
        table["id"] = addition.id
        for key, value in addition.keys.items():
            table[key] = list(value) if isinstance(value, (list, tuple)) else value
        if known is None:
            tables.append(table)
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.write_text(tomlkit.dumps(document), encoding="utf-8")
        check(fresh)
        fresh.replace(path)
    except ConfigError as error:
        raise ConfigError(error.problem, path=path, key=error.key, hint=error.hint) from None
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def from_csv(path: Path, slug: Callable[[str], str]) -> list[Addition]:
    """The companies of a CSV file with a heading: ``name`` and any of COLUMNS; lists use ";"."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            unknown = [column for column in rows.fieldnames or () if column not in COLUMNS]
            if unknown or "name" not in (rows.fieldnames or ()):
                problem = f"unknown column {unknown[0]!r}" if unknown else "has no column name"
                raise ConfigError(problem, path=path, line=1, hint=f"columns: {', '.join(COLUMNS)}")
            return [_row(path, number, row, slug) for number, row in enumerate(rows, 2)]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise ConfigError(f"cannot be read: {problem}", path=path) from None


def _row(
    path: Path, line: int, row: Mapping[str, str | None], slug: Callable[[str], str]
) -> Addition:
    given = {key: (row.get(key) or "").strip() for key in COLUMNS}
    if not given["name"]:
        raise ConfigError("is empty", path=path, line=line, key="name")
    keys: dict[str, str | Sequence[str] | bool] = {
        key: [item.strip() for item in value.split(";") if item.strip()] if key in LISTS else value
        for key, value in given.items()
        if value and key != "id"
    }
    return Addition(given["id"] or slug(given["name"]), keys)


def propose(name: str) -> list[str]:
    """Other spellings that texts may use for ``name``: parts of a camel-cased or long name."""
    found: list[str] = []
    parts = re.findall(r"[A-Z]{2,}(?![a-z])|[A-Z][a-zà-ÿ]+|[a-zà-ÿ]+|\d+", name)
    if " " not in name and len(parts) > 1:
        found.append(" ".join(part if part[0].isupper() else part.title() for part in parts))
        if len(parts[0]) >= 3 and parts[0].isupper():
            found.append(parts[0])
    words = name.split()
    if len(words) >= 3:
        initials = "".join(word[0] for word in words if word[0].isupper())
        if len(initials) >= 3:
            found.append(initials)
    if "&" in name:
        found += [name.replace("&", "and"), name.replace("&", "et")]
    if name.endswith((" SA", " SAS", " Inc", " GmbH", " Ltd", " AG", " SE", " PLC", " NV")):
        found.append(" ".join(words[:-1]))
    return [spelling for spelling in dict.fromkeys(found) if spelling and spelling != name]
