"""No request leaves for a private address: not by name, not as a number, not after a redirect.

Addresses are checked after resolution, where it counts: what the name resolved to is what is
connected to, so a name that changes its mind between check and connection gains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution
from zope.interface import implementer  # type: ignore[import-untyped]

Address = IPv4Address | IPv6Address
MOST_REFUSED = 1000  # hosts whose reason is kept until the request that failed has asked for it

# Carry an IPv4 address inside: 6to4, NAT64 (RFC 6052) and the like are judged by it.
_NAT64 = IPv6Network("64:ff9b::/96")


class ForbiddenAddress(Exception):
    """A host that is, or resolved to, an address we do not go to."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(f"{host} is at {address}, a private address" if host != address else host)
        self.host, self.address = host, address


class Guard:
    """Which addresses may be connected to: the public ones, and the networks the user allowed."""

    def __init__(self, allow: Iterable[str] = (), exact: Iterable[tuple[str, int]] = ()) -> None:
        """``allow``: networks ("127.0.1.0/24"). ``exact``: host and port of proxies and mapped
        hosts, which are the user's own word."""
        self._networks = [ip_network(network) for network in allow]
        self._exact = set(exact)

    def permit(self, host: str, port: int) -> None:
        """Let through one host at one port as well: the proxy of a source."""
        self._exact.add((host, port))

    def allows(self, address: str) -> bool:
        """Whether ``address``, a numeric one, may be connected to."""
        try:
            return self._is_public_or_allowed(ip_address(address.partition("%")[0]))
        except ValueError:
            return False

    def check(self, host: str, port: int, address: str) -> None:
        """Raises ForbiddenAddress unless ``host``, resolved to ``address``, may be connected to."""
        if (host, port) not in self._exact and not self.allows(address):
            raise ForbiddenAddress(host, address)

    def check_literal(self, host: str) -> None:
        """Raises ForbiddenAddress when ``host`` is itself a number we do not go to."""
        if _is_number(host.strip("[]")) and not self.allows(host.strip("[]")):
            raise ForbiddenAddress(host, host)

    def _is_public_or_allowed(self, address: Address) -> bool:
        for one in _meanings(address):
            if any(one in network for network in self._networks):
                continue
            if not one.is_global or one.is_multicast or one.is_reserved or one.is_unspecified:
                return False
        return True


@lru_cache(maxsize=4096)
def _is_number(host: str) -> bool:
    """Whether ``host`` is an address, not a name. Asked for every request."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _meanings(address: Address) -> Iterator[Address]:
    """``address`` and the IPv4 address it carries; the carrier alone does not count."""
    inner: IPv4Address | None = None
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
    yield inner if inner is not None else address


@implementer(IHostnameResolver)
class GuardedResolver:
    """The reactor's name resolver, with a guard behind it.

    ``refused`` remembers why a host got no address, for the errback to name it."""

    def __init__(self, original: Any) -> None:
        self._original = original
        self.guard = Guard()
        self.refused: dict[str, str] = {}

    def resolveHostName(  # noqa: N802 - the interface's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve; every address passes the guard or is dropped."""
        receiver = _GuardedReceiver(resolutionReceiver, hostName, portNumber, self)
        resolution: IHostResolution = self._original.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution


class _GuardedReceiver:
    def __init__(self, receiver: Any, host: str, port: int, resolver: GuardedResolver) -> None:
        self._receiver, self._host, self._port, self._resolver = receiver, host, port, resolver

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self._resolver.refused.pop(self._host, None)
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        try:
            self._resolver.guard.check(self._host, self._port, address.host)
        except ForbiddenAddress as error:
            if len(self._resolver.refused) >= MOST_REFUSED:
                self._resolver.refused.clear()
            self._resolver.refused[self._host] = error.address
            return
        self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


def install(guard: Guard) -> GuardedResolver:
    """Put ``guard`` behind the running reactor's name resolver; the last one counts."""
    from twisted.internet import reactor

    running: Any = reactor
    resolver = running.nameResolver
    if not isinstance(resolver, GuardedResolver):
        resolver = GuardedResolver(resolver)
        running.installNameResolver(resolver)
    resolver.guard = guard
    return resolver
