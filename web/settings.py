"""How the page is served: to whom, in which zone, kept how long."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, tzinfo

from techwire.errors import UsageError

PORT = 8765


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What ``techwire serve`` was told."""

    host: str = "127.0.0.1"
    port: int = PORT
    zone: tzinfo = UTC
    password: str | None = None  # None: nobody is asked
    proxy_header: str | None = None  # set by a reverse proxy that has asked who it is
    timezone_name: str | None = None
    keep_seconds: float = 60.0  # how long the answers that cost much are given again


def check(settings: Settings) -> None:
    """UsageError when the page would be open to everybody without being asked to."""
    if is_loopback(settings.host) or settings.password or settings.proxy_header:
        return
    raise UsageError(
        f"serve: {settings.host} can be reached from elsewhere: set TECHWIRE_WEB_PASSWORD, "
        "or TECHWIRE_WEB_PROXY_HEADER behind a reverse proxy that asks who it is"
    )


def is_loopback(host: str) -> bool:
    """Only this machine can reach it."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
