"""Changes to ``sources.toml`` that leave its comments, its order and its other sources alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Table

from crawler import sources
from techwire.errors import NotFound
from techwire.types import Source

# The order in which people read a source.
_ORDER = (
    "slug", "name", "url", "language", "country", "timezone", "feeds", "sitemaps", "listings",
    "include", "exclude", "render", "keep", "groups", "verified",
)  # fmt: skip


def block(source: Source, comments: Iterable[str] = ()) -> str:
    """``source`` as a [[source]] table, with ``comments`` above its keys."""
    document = tomlkit.document()
    listed = tomlkit.aot()
    listed.append(_table(source, comments))
    document["source"] = listed
    return tomlkit.dumps(document)


def chosen(groups: Iterable[str]) -> str:
    """The shipped sources of any of ``groups`` as the text of a sources.toml. NotFound names the
    nearest groups for one that does not exist."""
    known = sources.shipped()
    wanted = list(dict.fromkeys(groups))
    existing = dict.fromkeys(group for source in known for group in source.groups)
    for group in wanted:
        if group not in existing:
            raise NotFound("group", group, sources.nearest(group, existing) or list(existing)[:3])
    kept = [source for source in known if set(source.groups) & set(wanted)]
    head = f"# The sites to watch: {', '.join(wanted)} of the catalogue.\n"
    note = "# Addresses are from knowledge: `techwire source check` tells which of them answer.\n"
    return "\n".join([head + note, *(block(source) for source in kept)])


def add(path: Path, new: Iterable[tuple[Source, Iterable[str]]]) -> None:
    """Append sources, each with its comments, to the file; made when missing."""
    text = path.read_text("utf-8") if path.exists() else ""
    blocks = [block(source, comments) for source, comments in new]
    _write(path, "\n".join([text.rstrip() + "\n" if text.strip() else "", *blocks]).lstrip("\n"))


def remove(path: Path, slug: str) -> None:
    """Take a source out of the file. NotFound when it is not there."""
    document = tomlkit.parse(path.read_text("utf-8"))
    tables = _tables(document)
    slugs = [str(table.get("slug", "")) for table in tables]
    if slug not in slugs:
        raise NotFound("source", slug, sources.nearest(slug, slugs))
    del tables[slugs.index(slug)]
    if not tables:
        del document["source"]
    _write(path, tomlkit.dumps(document))


def mark_verified(path: Path, slugs: Iterable[str]) -> None:
    """Set ``verified = true`` for sources that have answered with articles."""
    wanted = set(slugs)
    document = tomlkit.parse(path.read_text("utf-8"))
    for table in _tables(document):
        if table.get("slug") in wanted and table.get("verified") is not True:
            table["verified"] = True
    _write(path, tomlkit.dumps(document))


def _tables(document: TOMLDocument) -> AoT:
    listed = document.get("source")
    return listed if isinstance(listed, AoT) else tomlkit.aot()


def _table(source: Source, comments: Iterable[str]) -> Table:
    table = tomlkit.table()
    for comment in comments:
        table.add(tomlkit.comment(comment))
    for name in _ORDER:
        value = getattr(source, name)
        if value not in (None, (), False) and not (name == "keep" and value == "full"):
            table[name] = list(value) if isinstance(value, tuple) else value
    return table


def _write(path: Path, text: str) -> None:
    """All or nothing: a crash never leaves half a file, and what cannot be read is not written."""
    sources.parse(tomlkit.parse(text).unwrap(), text, path)
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, "utf-8")
    if path.exists():
        beside.chmod(path.stat().st_mode)
    beside.replace(path)
