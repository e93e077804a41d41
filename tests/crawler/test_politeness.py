"""When a host may be asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from crawler.politeness import LEAST_KEPT, Hosts, retry_after

NOW = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("316800", 86400.0),
        ("99999999999999999999", 86400.0),
        ("Tue, 03 Mar 2026 08:02:00 GMT", 120.0),
        ("Tuesday, 03-Mar-26 08:02:00 GMT", 120.0),
        ("Tue Mar  3 08:02:00 2026", 120.0),
        ("Tue, 03 Mar 2026 07:00:00 GMT", 0.0),
        ("Tue, 03 Mar 2036 07:00:00 GMT", 86400.0),
        ("Tuesday, 03-Mar-70 08:02:00 GMT", 86400.0),
        ("Tuesday, 03-Mar-80 08:02:00 GMT", 0.0),
        ("Tue, 03 Mar 2026 08:01:60 GMT", 120.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Tue, 99 Mar 2026 08:02:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, expected: float | None) -> None:
    wait = retry_after(value, NOW)
    assert (wait.total_seconds() if wait is not None else None) == expected


def test_no_retry_after_is_none() -> None:
    assert retry_after(None, NOW) is None
    assert retry_after("86401", NOW) == timedelta(days=1)


def test_a_host_is_spaced_by_its_delay_give_or_take_half() -> None:
    hosts = Hosts(2.0)
    spacings = [hosts.spacing("gazette.example") for _ in range(200)]
    assert 1.0 <= min(spacings) < 1.3
    assert 2.7 < max(spacings) <= 3.0


def test_the_crawl_delay_is_a_minimum() -> None:
    hosts = Hosts(0.5)
    hosts["gazette.example"].crawl_delay = 10.0
    assert 10.0 <= hosts.spacing("gazette.example") < 10.5


def test_a_crawl_delay_counts_from_the_end_of_the_last_answer() -> None:
    hosts = Hosts(0.0)
    hosts["gazette.example"].crawl_delay = 10.0
    hosts.take("gazette.example", 0.0)
    hosts.leave("gazette.example", 7.0)
    assert hosts.wait("gazette.example", 7.0) == 10.0


def test_failures_in_a_row_make_the_pause_longer_until_one_answer() -> None:
    hosts = Hosts(0.0, backoff=4.0)
    pauses = [hosts.failed("gazette.example", 0.0) for _ in range(4)]
    assert all(3 * 2**n <= pause <= 5 * 2**n for n, pause in enumerate(pauses))
    hosts.succeeded("gazette.example")
    assert hosts.failed("gazette.example", 0.0) <= 5.0
    assert all(Hosts(0.0).failed("a", 0.0) <= 750 for _ in range(3))


def test_hosts_that_were_met_once_are_forgotten_and_others_are_not() -> None:
    hosts = Hosts(0.0)
    hosts["slow.example"].crawl_delay = 5.0
    hosts["busy.example"].is_busy = True
    hosts["failing.example"].failures = 3
    hosts["failing.example"].next_at = monotonic()
    for number in range(3 * LEAST_KEPT):
        hosts[f"h{number}.example"].next_at = -1e6
    assert len(hosts._hosts) <= LEAST_KEPT + 1
    assert hosts["slow.example"].crawl_delay == 5.0
    assert hosts["busy.example"].is_busy
    assert hosts["failing.example"].failures == 3


def test_who_waits_for_a_host_is_told_when_it_is_free() -> None:
    hosts, told = Hosts(0.0), []
    hosts.take("gazette.example", 0.0)
    hosts["gazette.example"].waiting.append(lambda: told.append("now"))
    hosts.leave("gazette.example")
    hosts.leave("gazette.example")
    assert told == ["now"]
