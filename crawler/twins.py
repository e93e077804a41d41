"""Which addresses lead to a page that this visit has already seen, without asking for them.

One page answers at many addresses: a redirecting link and the sitemap's own, and on some sites the
same address with a counter behind it ("?id=7&n=12"). That a parameter means nothing is learnt from
the pages: those with it must name (rel=canonical) an address without it that has answered with the
same title. Two such pages prove it for this visit and site; one with another title disproves it.
"""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlsplit

from crawler.identity import named_canonical
from techwire.urls import canonical

PROOFS = 2
_HEAD = 100_000  # bytes in which a title stands
_TITLE = re.compile(rb"<title\b[^>]*>([^<]{1,1000})<", re.IGNORECASE)

_Extra = tuple[str, tuple[str, ...]]  # host, and the parameters that may mean nothing there


class Twins:
    """What the pages of one visit have shown."""

    def __init__(self) -> None:
        self._titles: dict[str, int] = {}  # canonical address → hash of the title, 0 without one
        self._proofs: Counter[_Extra] = Counter()
        self._refuted: set[_Extra] = set()

    def note(self, url: str, body: bytes) -> None:
        """A page has answered at ``url``."""
        key = canonical(url)
        found = _TITLE.search(body, 0, _HEAD)
        title = self._titles[key] = hash(b" ".join(found[1].split())) if found else 0
        if not urlsplit(key).query or (named := named_canonical(url, body)) is None:
            return
        own = canonical(named)
        extra = _extra(key, own)
        if extra is None or own not in self._titles:
            return
        if title and title == self._titles[own]:
            self._proofs[extra] += 1
        else:
            self._refuted.add(extra)

    def has_seen(self, url: str) -> bool:
        """Whether the page at ``url`` has answered, here or at an address that is as good."""
        key = canonical(url)
        return key in self._titles or any(
            proofs >= PROOFS and extra not in self._refuted and self._bare(key, extra)
            for extra, proofs in self._proofs.items()
        )

    def _bare(self, key: str, extra: _Extra) -> bool:
        host, names = extra
        parts = urlsplit(key)
        pairs = parts.query.split("&")
        kept = [pair for pair in pairs if pair.partition("=")[0] not in names]
        return (
            parts.netloc == host
            and len(pairs) - len(kept) == len(names)
            and parts._replace(query="&".join(kept)).geturl() in self._titles
        )


def _extra(key: str, own: str) -> _Extra | None:
    """The parameters that ``key`` has and ``own``, otherwise the same, has not; None when they
    differ in more."""
    one, other = urlsplit(key), urlsplit(own)
    if one._replace(query="") != other._replace(query=""):
        return None
    fewer = other.query.split("&") if other.query else []
    more = [pair for pair in one.query.split("&") if pair not in fewer]
    if not more or len(more) + len(fewer) != len(one.query.split("&")):
        return None
    return one.netloc, tuple(sorted(pair.partition("=")[0] for pair in more))
