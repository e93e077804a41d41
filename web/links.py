"""Addresses of ours, everything in them quoted; and which of others a browser may be sent to."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def link(path: str, *parts: object, **query: object) -> str:
    """A path of ours with its parts and values quoted; values that are None are left out."""
    for part in parts:
        path += "/" + quote(str(part), safe="")
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def web_only(url: str) -> str:
    """``url`` if a browser may be sent there; "#" for javascript:, data: and the like."""
    return url if url.startswith(("https://", "http://")) else "#"
