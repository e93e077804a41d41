"""Posts an alert to a web address: signed, without redirects, never into a private network.

The receiver checks ``Techwire-Signature: t=SECONDS,v1=HEX``: HEX is HMAC-SHA256 of
``SECONDS.BODY`` with the watch's secret; SECONDS should be recent. ``Techwire-Delivery`` is the
same at every try of one alert.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from techwire import __version__
from techwire.errors import UsageError

TIMEOUT = 10.0  # seconds for connecting, and for each read
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
MOST_ANSWER = 2_000  # bytes of the answer that are looked at


class NotDelivered(Exception):
    """One line that says why."""


def check(target: str, *, allows_private: bool) -> None:
    """UsageError for an address we would never send to."""
    parts = urlsplit(target)
    if parts.scheme == "http" and not allows_private:
        raise UsageError(
            "watch: a webhook is https: (--allow-private takes http and private hosts)"
        )
    if not parts.hostname or parts.username or parts.password:
        raise UsageError("watch: the webhook needs a host, and no user or password before it")
    try:
        _ = parts.port
    except ValueError:
        raise UsageError("watch: the webhook's port is none") from None
    if not target.isascii() or any(c.isspace() or not c.isprintable() for c in target):
        raise UsageError("watch: the webhook's address holds letters that have to be quoted (%20)")
    if not allows_private:
        refuse_private(parts.hostname)


def refuse_private(host: str) -> None:
    """UsageError when ``host`` is an address, or a name, of this machine or a private network."""
    literal = _literal(host)
    if literal is not None and not is_public(str(literal)):
        raise UsageError(f"watch: {host} is a private address (--allow-private takes it)")


def is_public(address: str) -> bool:
    """Whether a numeric ``address`` lies in the internet; what an IPv6 one carries counts too."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        found = inner or found
    return found.is_global and not (found.is_multicast or found.is_reserved)


def resolved(host: str, port: int) -> list[str]:
    """The addresses of ``host``; OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def post(
    target: str,
    identity: str,
    payload: Mapping[str, Any],
    secret: str,
    seconds: int,
    *,
    allows_private: bool,
) -> str:
    """Posts ``payload``; returns "200 OK". NotDelivered for any answer that is not 2xx."""
    parts = urlsplit(target)
    body = json.dumps(payload, ensure_ascii=False).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"techwire/{__version__}",
        "Techwire-Delivery": identity,
        "Techwire-Signature": f"t={seconds},v1={signature(secret, seconds, body)}",
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection: http.client.HTTPConnection | None = None
    try:
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, allows_private)
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read(MOST_ANSWER)
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise NotDelivered(f"{type(problem).__name__}: {problem}") from None
    finally:
        if connection is not None:
            connection.close()
    said = f"{answer.status} {answer.reason}".strip()
    if not 200 <= answer.status < 300:
        raise NotDelivered(said)
    return said


def signature(secret: str, seconds: int, body: bytes) -> str:
    """HMAC-SHA256 of the time and the body, in hexadecimal."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


def _connection(
    scheme: str, host: str, port: int | None, allows_private: bool
) -> http.client.HTTPConnection:
    """A connection to an address that was looked at: the name is resolved once."""
    port = port or (443 if scheme == "https" else 80)
    usable = [one for one in resolved(host, port) if allows_private or is_public(one)]
    if not usable:
        raise NotDelivered(f"{host} is in a private network")
    reached = socket.create_connection((usable[0], port), TIMEOUT)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
    try:
        if scheme == "https":
            reached = ssl.create_default_context().wrap_socket(reached, server_hostname=host)
    except OSError:
        reached.close()
        raise
    connection.sock = reached
    return connection


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return ipaddress.ip_address("127.0.0.1")
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:  # 2130706433, 0x7f.1: what the system's resolver takes for a number
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None
