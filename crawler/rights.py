"""What publishers say about machines: text and data mining reserved, snippets, archives.

TDM Reservation Protocol: https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler import robots

WELL_KNOWN = "/.well-known/tdmrep.json"
MOST_RULES = 1000  # of one tdmrep.json
_HEAD = 200_000  # bytes in which the head of a page ends

_META = re.compile(rb"<meta\b[^>]*>", re.IGNORECASE)
_NAME = re.compile(rb"""\bname\s*=\s*["']?\s*([\w:.\-]+)""", re.IGNORECASE)
_CONTENT = re.compile(rb"""\bcontent\s*=\s*["']?\s*([^"'>]*)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reservation:
    """The rules of a site's tdmrep.json: which of its addresses are reserved."""

    rules: tuple[tuple[robots.Rule, bool], ...] = ()

    def covers(self, url: str) -> bool:
        """Whether ``url`` is reserved: the longest matching location decides."""
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        matching = [(rule, yes) for rule, yes in self.rules if rule.matches(target)]
        return max(matching, key=lambda pair: len(pair[0].pattern))[1] if matching else False


NONE = Reservation()


def parse(body: bytes) -> Reservation:
    """The rules of a tdmrep.json; none when it is not one."""
    try:
        listed = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return NONE
    if not isinstance(listed, list):
        return NONE
    rules = []
    for item in listed[:MOST_RULES]:
        location = item.get("location") if isinstance(item, dict) else None
        if isinstance(location, str) and location.startswith("/"):
            yes = str(item.get("tdm-reservation", "0")).strip() == "1"
            rules.append((robots.rule(location), yes))
    return Reservation(tuple(rules))


def is_reserved(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether an answer reserves itself: by header, or by a meta element of its page."""
    if headers.get("tdm-reservation", "").strip() == "1":
        return True
    return _metas(body).get("tdm-reservation", "").strip() == "1"


def directives(headers: Mapping[str, str], body: bytes, agent: str) -> frozenset[str]:
    """What X-Robots-Tag and the page's robots meta tell us: "noarchive", "nosnippet" …"""
    said = []
    token = robots.product(agent)
    for part in headers.get("x-robots-tag", "").split(","):
        name, colon, rest = part.partition(":")
        if not colon:
            said.append(part)
        elif name.strip().lower() == token:
            said.append(rest)
    metas = _metas(body)
    said += [word for name in ("robots", token) for word in metas.get(name, "").split(",")]
    return frozenset(word for raw in said if (word := raw.strip().lower()))


def _metas(body: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in _META.findall(body, 0, _HEAD):
        name, content = _NAME.search(tag), _CONTENT.search(tag)
        if name and content:
            key = name.group(1).decode("ascii", "ignore").lower()
            found.setdefault(key, content.group(1).decode("utf-8", "replace"))
    return found
