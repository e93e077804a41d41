"""Through a forward proxy: where it is, who we are to it, and what must not be asked of it.

A proxy looks names up itself, so the guard behind our resolver sees the proxy's address and nothing
else. What can be known of a host from its name alone is refused here; which networks the proxy
reaches beyond that is its owner's decision.
"""

from __future__ import annotations

import base64
import socket
from urllib.parse import unquote, urlsplit

from crawler.guard import ForbiddenAddress, Guard

# Names that exist only inside a network (RFC 6761, 6762, 8375, 9476), or are used as if.
_INSIDE = ("localhost", "local", "internal", "home.arpa", "alt", "lan", "home", "intranet")


def endpoint(proxy: str) -> tuple[str, int]:
    """Host and port of "127.0.0.1:8123" or "http://name:word@proxy:3128"."""
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def door(proxy: str) -> tuple[str, str | None]:
    """The address of ``proxy`` without name and password, and the ``Proxy-Authorization`` that
    says them; None when it has none."""
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    host, port = endpoint(proxy)
    at = f"[{host}]" if ":" in host else host
    bare = f"{parts.scheme}://{at}:{port}"
    if parts.username is None:
        return bare, None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return bare, "Basic " + base64.b64encode(pair.encode()).decode("ascii")


def check(host: str, guard: Guard) -> None:
    """Raises ForbiddenAddress when ``host`` is by its name alone nothing to ask a proxy for: a
    name of an inner network, or a private address however it is spelled ("2130706433")."""
    name = host.strip("[]").rstrip(".").lower()
    guard.check_literal(name)
    last = name.rpartition(".")[2]
    if last[:1].isdigit():
        try:
            address = socket.inet_ntoa(socket.inet_aton(name))
        except OSError:
            raise ForbiddenAddress(host, host) from None
        if not guard.allows(address):
            raise ForbiddenAddress(host, address)
    elif ":" not in name and ("." not in name or name.endswith(tuple(f".{x}" for x in _INSIDE))):
        raise ForbiddenAddress(host, host)
