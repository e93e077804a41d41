"""JSON Feed 1.0 and 1.1 → entries, whole or cut off."""

from __future__ import annotations

import json
import re
from typing import Any

from crawler.channels import dates
from crawler.channels.reading import Reading, language_of, line, plain, title_of
from techwire.types import ChannelKind, Entry
from techwire.urls import absolute

_ITEMS = re.compile(r'"items"\s*:\s*\[')
_DECODER = json.JSONDecoder(strict=False)


def read(text: str, url: str, zone: str | None) -> Reading | None:
    """The JSON Feed ``text`` fetched from ``url``; None when it is none."""
    start = text.lstrip("\ufeff \t\r\n")
    if not start.startswith(("{", "[")):
        return None
    try:
        document = _DECODER.raw_decode(start)[0]
    except (json.JSONDecodeError, RecursionError):
        document = (
            {"version": "", "items": list(_salvaged(start))} if _ITEMS.search(start) else None
        )
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return None
    home = _text(document.get("home_page_url"))
    entries: dict[str, Entry] = {}
    for item in document["items"]:
        entry = _entry(item, url, zone) if isinstance(item, dict) else None
        if entry is not None:
            entries.setdefault(entry.url, entry)
    older = absolute(home or url, _text(document.get("next_url")) or "")
    return Reading(
        kind=ChannelKind.FEED,
        format="json",
        entries=tuple(entries.values()),
        title=title_of(_text(document.get("title")), is_markup=False),
        language=language_of(_text(document.get("language"))),
        next_pages=(older,) if older else (),
    )


def _salvaged(text: str) -> list[Any]:
    """The items before the point where the document breaks off."""
    found = _ITEMS.search(text)
    items: list[Any] = []
    position = found.end() if found else len(text)
    while position < len(text):
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        try:
            item, position = _DECODER.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            break
        items.append(item)
    return items


def _entry(item: dict[str, Any], url: str, zone: str | None) -> Entry | None:
    identifier = _text(item.get("id"))
    candidates = [_text(item.get("url")), _text(item.get("external_url"))]
    if identifier and identifier.lower().startswith(("http://", "https://")):
        candidates.append(identifier)
    address = next((a for c in candidates if c and (a := absolute(url, c))), None)
    if address is None:
        return None
    modified = dates.parse(_text(item.get("date_modified")), zone)
    return Entry(
        url=address,
        title=title_of(_text(item.get("title")), is_markup=False),
        summary=plain(_text(item.get("summary")) or _text(item.get("content_text")))
        or plain(_text(item.get("content_html"))),
        published_at=dates.parse(_text(item.get("date_published")), zone) or modified,
        modified_at=modified,
        authors=_authors(item),
        language=language_of(_text(item.get("language"))),
        guid=line(identifier),
    )


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    listed = item.get("authors")
    people = listed if isinstance(listed, list) else [item.get("author")]
    names = (line(_text(person.get("name"))) for person in people if isinstance(person, dict))
    return tuple(dict.fromkeys(name for name in names if name))[:6]


def _text(value: Any) -> str | None:
    """A JSON value where a text is due; a lone surrogate in it becomes U+FFFD."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return str(value)
    if not isinstance(value, str):
        return None
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
