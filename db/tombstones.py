"""What must not come back: which addresses and authors a tombstone covers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from sqlalchemy import Connection, select

from db.dialects import chunks
from db.tables import TombstoneRow
from db.texts import storable
from db.words import fold
from techwire.urls import canonical, host, site

Kind = Literal["url", "host", "author"]


def normal(kind: Kind, value: str) -> str:
    """``value`` as a tombstone spells it: canonical address, bare host, folded name."""
    value = storable(value.strip())
    if kind == "url":
        return canonical(value)
    if kind == "host":
        return site(value if "://" in value else f"http://{value}/") or value.lower()
    return " ".join(fold(value).split())


def are_there(connection: Connection) -> bool:
    """Somebody has asked for something to be forgotten."""
    return connection.execute(select(TombstoneRow.id).limit(1)).first() is not None


def covered(connection: Connection, urls: Iterable[str], authors: Iterable[str] = ()) -> set[str]:
    """Those of ``urls`` (canonical) that a tombstone covers; all when it covers an author."""
    wanted: dict[tuple[str, str], set[str]] = {}
    urls = [storable(url) for url in urls]
    for url in urls:
        wanted.setdefault(("url", url), set()).add(url)
        labels = host(url).split(".")
        for place in range(len(labels) - 1):
            wanted.setdefault(("host", ".".join(labels[place:])), set()).add(url)
    for name in authors:
        wanted.setdefault(("author", normal("author", name)), set()).update(urls)
    found: set[str] = set()
    values = sorted({value for _, value in wanted})
    for part in chunks(values):
        rows = connection.execute(
            select(TombstoneRow.kind, TombstoneRow.value).where(TombstoneRow.value.in_(part))
        )
        for row in rows:
            found |= wanted.get((row.kind, row.value), set())
    return found
