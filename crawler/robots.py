"""robots.txt by RFC 9309: which addresses a crawler of our name may ask for, and how slowly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

LIMIT = 500 * 1024  # bytes that are read (RFC 9309 §2.5)
LEAST_KEPT = 512  # sites: with fewer, nothing is looked through for what is out of date
DAY = 86400.0  # seconds a robots.txt is believed (§2.4)

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Octets that stand for themselves, escaped or not; "*" and "$" mean something to rules and are
# escaped in addresses, "/" structures a path, "&", "=" and "+" a query: their escapes stay apart.
_PLAIN = _UNRESERVED | frozenset(b"!'(),;:@")
_PATH = _PLAIN | frozenset(b"=&+/")
_PATH_DECODED = _PLAIN | frozenset(b"=&+")
_QUERY = _PLAIN | frozenset(b"=&+/?")
_QUERY_DECODED = _PLAIN | frozenset(b"/?")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")  # RFC 9309 has no digits; names of crawlers do
# "Mozilla/5.0 (compatible; ExampleBot/0.1; …)": who it really is stands in the comment (§2.2.1).
_COMPATIBLE = re.compile(r"\bcompatible;\s*([^;)]*)", re.IGNORECASE)
# Names of lines as people misspell them, by what they mean. The large crawlers read them so, and
# who writes "disalow" does not want us there.
_MEANT = {
    "useragent": "user-agent",
    "user agent": "user-agent",
    "dissallow": "disallow",
    "dissalow": "disallow",
    "disalow": "disallow",
    "diasllow": "disallow",
    "disallaw": "disallow",
    "site-map": "sitemap",
    "sitemaps": "sitemap",
    "crawl delay": "crawl-delay",
}
_NAMES = frozenset({"user-agent", "allow", "disallow", "crawl-delay", "sitemap"})
# A line without its colon: a name, white space, a value.
_BARE = re.compile(rf"({'|'.join(sorted(_NAMES | _MEANT.keys()))})\s+(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One Allow or Disallow line."""

    allows: bool
    pattern: str  # percent-encoding made uniform
    start: str  # what a match begins with, before the first wildcard

    def matches(self, target: str) -> bool:
        """Whether the rule speaks of ``target``. A regular expression is made only when needed: a
        robots.txt may have ten thousand rules."""
        if not target.startswith(self.start):
            return False
        return len(self.start) == len(self.pattern) or bool(_compiled(self.pattern).match(target))


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
            if rule.matches(target) and (best is None or _outranks(rule, best)):
                best = rule
        return best is None or best.allows


OPEN = Rules()
DOWN = Rules(is_closed=True)  # behind a server error: nothing may be asked for, for now
BUSY = Rules(is_closed=True, sitemaps=())  # the site asked us to come back later


def _outranks(rule: Rule, other: Rule) -> bool:
    one, two = len(rule.pattern), len(other.pattern)
    return one > two or (one == two and rule.allows and not other.allows)


def parse(body: bytes, agent: str) -> Rules:
    """The rules of a robots.txt for the crawler whose ``User-Agent`` is ``agent``."""
    groups: list[tuple[list[str], list[tuple[str, str]]]] = []
    sitemaps: list[str] = []
    is_naming = False
    for key, value in _lines(body):
        if key == "user-agent":
            if not is_naming:
                groups.append(([], []))
            is_naming = True
            groups[-1][0].append("*" if value.split()[:1] == ["*"] else product(value.strip("*")))
        elif key == "sitemap":
            sitemaps.append(value.encode("utf-8", "replace").decode())
        elif key in ("allow", "disallow", "crawl-delay"):
            is_naming = False
            if groups:
                groups[-1][1].append((key, value))
    mine: list[list[tuple[str, str]]] = []
    for token in (*_tokens(agent), "*"):
        if mine := [lines for names, lines in groups if token in names]:
            break
    rules: list[Rule] = []
    delay: float | None = None
    for key, value in (pair for lines in mine for pair in lines):
        if key == "crawl-delay":
            delay = delay if delay is not None else _seconds(value)
        elif value:
            rules.append(rule(value, allows=key == "allow"))
    return Rules(tuple(rules), delay, tuple(sitemaps))


def rule(value: str, *, allows: bool = False) -> Rule:
    """The rule of one path pattern."""
    pattern = _pattern(value)
    return Rule(allows, pattern, _start(pattern))


def product(agent: str) -> str:
    """The product token of a User-Agent, in lower case: "techwire/1.0 (+me)" is "techwire"."""
    found = _TOKEN.match(agent.strip())
    return found.group().lower() if found else ""


def _tokens(agent: str) -> list[str]:
    """The names under which the crawler ``agent`` may be spoken to, the likeliest first."""
    named = [product(name) for name in _COMPATIBLE.findall(agent)]
    return [token for token in (*named, product(agent)) if token]


def _lines(body: bytes) -> list[tuple[str, str]]:
    charset = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    # A byte that is no UTF-8 is an octet of its own in a path (§2.2.2), and is kept as one.
    text = body[:LIMIT].decode(charset, "surrogateescape").lstrip("\ufeff").replace("\x00", "")
    found = []
    for raw in re.split(r"\r\n|\r|\n", text):
        line = raw.partition("#")[0].strip()
        key, colon, value = line.partition(":")
        key = " ".join(key.lower().split())
        if (_MEANT.get(key, key) not in _NAMES or not colon) and (bare := _BARE.fullmatch(line)):
            key, value = bare.group(1).lower(), bare.group(2)
        elif not colon:
            continue
        found.append((_MEANT.get(key, key), value.strip()))
    return found


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 10**7 else None


def _target(url: str) -> str:
    parts = urlsplit(url)
    has_query = "?" in url.partition("#")[0]  # an empty one as well
    query = f"?{_uniform(parts.query, _QUERY, _QUERY_DECODED)}" if has_query else ""
    return _uniform(parts.path or "/", _PATH, _PATH_DECODED) + query


def _pattern(value: str) -> str:
    """A rule's pattern in the form of ``_target``; ``*`` and a final ``$`` keep their meaning."""
    is_anchored = value.endswith("$")
    path, mark, query = value.removesuffix("$").partition("?")
    wild = frozenset(b"*")
    first = _uniform(path, _PATH | wild, _PATH_DECODED)
    second = _uniform(query, _QUERY | wild, _QUERY_DECODED)
    return first + mark + second + ("$" if is_anchored else "")


def _uniform(text: str, bare: frozenset[int], decoded: frozenset[int]) -> str:
    """``text`` with each octet in one form (RFC 9309 §2.2.2): those of ``bare`` as they are, those
    of ``decoded`` also when they came escaped; all others as %XX in capitals."""
    raw = text.encode("utf-8", "surrogateescape")
    out, position = [], 0
    while position < len(raw):
        byte = raw[position]
        escape = raw[position + 1 : position + 3]
        if byte == 0x25 and len(escape) == 2 and _is_hex(escape):
            value = int(escape, 16)
            out.append(chr(value) if value in decoded else f"%{value:02X}")
            position += 3
            continue
        out.append(chr(byte) if byte in bare else f"%{byte:02X}")
        position += 1
    return "".join(out)


def _is_hex(pair: bytes) -> bool:
    return all(byte in b"0123456789abcdefABCDEF" for byte in pair)


def _start(pattern: str) -> str:
    """The letters before the first ``*`` or the final ``$``."""
    return pattern.removesuffix("$").partition("*")[0]


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    """``*`` for anything, ``$`` at the end for the end. Runs of ``*`` are one: no blow-up."""
    is_anchored = pattern.endswith("$")
    parts = [re.escape(part) for part in re.split(r"\*+", pattern.removesuffix("$"))]
    # Lazy parts made atomic: what is matched first is the leftmost, which is enough, and linear.
    body = parts[0] + "".join(f"(?>.*?{part})" if part else "" for part in parts[1:-1])
    if len(parts) > 1:
        body += f".*{parts[-1]}" if is_anchored else f".*?{parts[-1]}"
    return re.compile(body + (r"\Z" if is_anchored else ""), re.DOTALL)


class Book(Generic[T]):
    """What many sites told us of their rules, remembered for a day, across crawls."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[T, float]] = {}
        self._look_round_at = LEAST_KEPT

    def get(self, origin: str, now: float) -> T | None:
        """The rules of ``origin``; None when they must be fetched (again). ``now``: monotonic."""
        page = self._pages.get(origin)
        return page[0] if page and page[1] > now else None

    def put(self, origin: str, rules: T, now: float, lifetime: float = DAY) -> None:
        """Remember ``rules`` for ``lifetime`` seconds."""
        self._pages[origin] = (rules, now + lifetime)
        if len(self._pages) >= self._look_round_at:
            self._pages = {name: page for name, page in self._pages.items() if page[1] > now}
            self._look_round_at = max(LEAST_KEPT, 2 * len(self._pages))
