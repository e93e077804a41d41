"""What a channel said of an address, as JSON in its row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from db.columns import stamp
from db.texts import storable_json
from techwire.types import Entry


def entry_hash(entry: Entry) -> str:
    """Changes when the entry's title or modification time does.

    Not with its summary: some publishers count views and comments there."""
    modified = stamp(entry.modified_at) if entry.modified_at else ""
    said = f"{entry.title or ''}\0{modified}".encode(errors="replace")
    return hashlib.sha256(said).hexdigest()[:16]


def entry_row(entry: Entry | None) -> dict[str, Any] | None:
    """An entry as JSON: only what it says; None when it says nothing but its address."""
    if entry is None:
        return None
    said: dict[str, Any] = {"url": entry.url}
    for name in ("title", "summary", "language", "guid"):
        if value := getattr(entry, name):
            said[name] = value
    for name in ("published_at", "modified_at"):
        if moment := getattr(entry, name):
            said[name] = stamp(moment)
    if entry.authors:
        said["authors"] = list(entry.authors)
    cleaned: dict[str, Any] = storable_json(said)
    return cleaned


def entry_of(said: Mapping[str, Any] | None) -> Entry | None:
    """The inverse of ``entry_row``."""
    if said is None:
        return None
    published, modified = said.get("published_at"), said.get("modified_at")
    return Entry(
        url=said["url"],
        title=said.get("title"),
        summary=said.get("summary"),
        published_at=datetime.fromisoformat(published) if published else None,
        modified_at=datetime.fromisoformat(modified) if modified else None,
        authors=tuple(said.get("authors", ())),
        language=said.get("language"),
        guid=said.get("guid"),
    )
