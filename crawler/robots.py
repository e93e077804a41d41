"""robots.txt by RFC 9309: which addresses a crawler of our name may ask for, and how slowly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

LIMIT = 500 * 1024  # bytes that are read (RFC 9309 §2.5)
DAY = 86400.0  # seconds a robots.txt is believed (§2.4)

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_TOKEN = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One Allow or Disallow line."""

    allows: bool
    pattern: str  # percent-encoding made uniform
    matcher: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a robots.txt tells one crawler."""

    rules: tuple[Rule, ...] = ()
    crawl_delay: float | None = None  # seconds
    sitemaps: tuple[str, ...] = ()
    is_closed: bool = False  # everything is disallowed

    def allows(self, url: str) -> bool:
        """Whether ``url`` may be asked for: the longest match decides, Allow on a tie."""
        target = _target(url)
        if target == "/robots.txt":
            return True
        if self.is_closed:
            return False
        best: Rule | None = None
        for rule in self.rules:
            if rule.matcher.match(target) and (best is None or _outranks(rule, best)):
                best = rule
        return best is None or best.allows


OPEN = Rules()
DOWN = Rules(is_closed=True)  # behind a server error: nothing may be asked for, for now


def _outranks(rule: Rule, other: Rule) -> bool:
    one, two = len(rule.pattern), len(other.pattern)
    return one > two or (one == two and rule.allows and not other.allows)


def parse(body: bytes, agent: str) -> Rules:
    """The rules of a robots.txt for the crawler whose ``User-Agent`` is ``agent``."""
    token = product(agent)
    groups: list[tuple[list[str], list[tuple[str, str]]]] = []
    sitemaps: list[str] = []
    is_naming = False
    for key, value in _lines(body):
        if key == "user-agent":
            if not is_naming:
                groups.append(([], []))
            is_naming = True
            groups[-1][0].append("*" if value.startswith("*") else product(value))
        elif key == "sitemap":
            sitemaps.append(value)
        elif key in ("allow", "disallow", "crawl-delay"):
            is_naming = False
            if groups:
                groups[-1][1].append((key, value))
    mine = [lines for names, lines in groups if token and token in names]
    if not mine:
        mine = [lines for names, lines in groups if "*" in names]
    rules: list[Rule] = []
    delay: float | None = None
    for key, value in (pair for lines in mine for pair in lines):
        if key == "crawl-delay":
            delay = delay if delay is not None else _seconds(value)
        elif value:
            pattern = _uniform(value)
            rules.append(Rule(key == "allow", pattern, _compiled(pattern)))
    return Rules(tuple(rules), delay, tuple(sitemaps))


def product(agent: str) -> str:
    """The product token of a User-Agent, in lower case: "techwire/1.0 (+me)" is "techwire"."""
    found = _TOKEN.match(agent.strip())
    return found.group().lower() if found else ""


def _lines(body: bytes) -> list[tuple[str, str]]:
    text = body[:LIMIT].decode("utf-8", "replace").lstrip("\ufeff").replace("\x00", "")
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            found.append((key.strip().lower(), value.strip()))
    return found


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 10**7 else None


def _target(url: str) -> str:
    parts = urlsplit(url)
    return _uniform((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _uniform(text: str) -> str:
    """``text`` with each octet in one form: unreserved ones bare, others as sent, %XX in capitals.

    "%2F" stays apart from "/", as does "%2A" from "*" (RFC 9309 §2.2.2)."""
    raw = text.encode("utf-8", "surrogatepass")
    out, position = [], 0
    while position < len(raw):
        byte = raw[position]
        escape = raw[position + 1 : position + 3]
        if byte == 0x25 and len(escape) == 2 and _is_hex(escape):
            value = int(escape, 16)
            out.append(chr(value) if value in _UNRESERVED else f"%{value:02X}")
            position += 3
            continue
        out.append(chr(byte) if 0x20 < byte < 0x7F else f"%{byte:02X}")
        position += 1
    return "".join(out)


def _is_hex(pair: bytes) -> bool:
    return all(byte in b"0123456789abcdefABCDEF" for byte in pair)


def _compiled(pattern: str) -> re.Pattern[str]:
    """``*`` for anything, ``$`` at the end for the end. Runs of ``*`` are one: no blow-up."""
    is_anchored = pattern.endswith("$")
    parts = [re.escape(part) for part in re.split(r"\*+", pattern.removesuffix("$"))]
    # Lazy parts made atomic: what is matched first is the leftmost, which is enough, and linear.
    body = parts[0] + "".join(f"(?>.*?{part})" if part else "" for part in parts[1:-1])
    if len(parts) > 1:
        body += f".*{parts[-1]}" if is_anchored else f".*?{parts[-1]}"
    return re.compile(body + (r"\Z" if is_anchored else ""), re.DOTALL)


class Book:
    """The robots.txt of many sites, remembered for a day, across crawls."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[Rules, float]] = {}

    def get(self, origin: str, now: float) -> Rules | None:
        """The rules of ``origin``; None when they must be fetched (again). ``now``: monotonic."""
        page = self._pages.get(origin)
        return page[0] if page and page[1] > now else None

    def put(self, origin: str, rules: Rules, now: float, lifetime: float = DAY) -> None:
        """Remember ``rules`` for ``lifetime`` seconds."""
        self._pages[origin] = (rules, now + lifetime)
