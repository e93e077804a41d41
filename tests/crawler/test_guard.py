"""Which addresses we never go to."""

from __future__ import annotations

import pytest

from crawler.guard import ForbiddenAddress, Guard


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "0.0.0.0", "100.64.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1",  # noqa: S104
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "fd00:ec2::254", "not an address",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(address: str) -> None:
    assert not Guard().allows(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert Guard().allows(address)


def test_an_allowed_network_is_allowed_and_nothing_beside_it() -> None:
    guard = Guard(["127.0.1.0/24"])
    assert guard.allows("127.0.1.7")
    assert guard.allows("::ffff:127.0.1.7")
    assert not guard.allows("127.0.0.1")
    assert not guard.allows("127.0.2.1")


def test_a_proxy_of_the_user_s_own_is_reached_and_only_at_its_port() -> None:
    guard = Guard(exact=[("127.0.0.1", 3128)])
    guard.check("127.0.0.1", 3128, "127.0.0.1")
    with pytest.raises(ForbiddenAddress, match=r"127\.0\.0\.1"):
        guard.check("127.0.0.1", 80, "127.0.0.1")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "::ffff:10.0.0.1", "169.254.169.254"])
def test_a_host_that_is_a_private_number_is_refused_before_any_lookup(host: str) -> None:
    with pytest.raises(ForbiddenAddress):
        Guard().check_literal(host)


def test_a_name_is_no_literal() -> None:
    Guard().check_literal("gazette.example")
