"""Sources: who is due, who holds the lease, how visits are counted."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from db import Database, queries, sources
from db.tables import SourceRow, VisitOutcomeRow, VisitRow
from techwire.errors import NotFound
from techwire.types import Channel, ChannelKind, Outcome, Visit, VisitOutcome
from tests.db.build import GAZETTE, HERALD, HOUR, NOW, with_sources

LEASE = timedelta(minutes=10)


def visit(outcome: VisitOutcome = VisitOutcome.OK, slug: str = "gazette") -> Visit:
    return Visit(
        source=slug,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=9),
        outcome=outcome,
        found=12,
        fresh=5,
        requests=6,
        bytes_received=123_456,
        counts={Outcome.NEW: 3, Outcome.PAYWALL: 2, Outcome.COPY: 0},
    )


def test_a_new_source_is_due_at_once(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        assert sources.claim_due(connection, NOW, "me", LEASE, 10) == ["gazette", "herald"]


def test_a_leased_source_is_nobody_elses_until_the_lease_runs_out(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        assert sources.claim_due(connection, NOW, "me", LEASE, 1) == ["gazette"]
        assert sources.claim_due(connection, NOW, "you", LEASE, 10) == ["herald"]
        assert sources.claim(connection, ["gazette", "herald"], NOW, "me", LEASE) == ["gazette"]
        late = NOW + LEASE
        assert sources.claim(connection, ["gazette"], late, "you", LEASE) == ["gazette"]
        assert sources.release(connection, "you") == ["gazette", "herald"]


def test_two_processes_never_claim_the_same_source(database: Database) -> None:
    with_sources(database, *(replace(GAZETTE, slug=f"s{n}") for n in range(40)))
    claimed: dict[str, list[str]] = {"a": [], "b": []}

    def work(holder: str) -> None:
        while True:
            with database.writing() as connection:
                slugs = sources.claim_due(connection, NOW, holder, LEASE, 3)
            if not slugs:
                return
            claimed[holder] += slugs

    threads = [threading.Thread(target=work, args=(holder,)) for holder in claimed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed["a"] + claimed["b"]) == sorted(f"s{n}" for n in range(40))


def test_a_visit_is_written_down_and_frees_the_lease(database: Database) -> None:
    with_sources(database)
    later = NOW + 2 * HOUR
    with database.writing() as connection:
        sources.claim(connection, ["gazette"], NOW, "me", LEASE)
        sources.finish(connection, visit(), later, "every 2 h")
        assert sources.claim_due(connection, NOW + HOUR, "me", LEASE, 10) == ["herald"]
        assert sources.claim_due(connection, later, "you", LEASE, 10) == ["herald", "gazette"]
        counted = {row.outcome: row.pages for row in connection.execute(select(VisitOutcomeRow))}
        assert counted == {"new": 3, "paywall": 2}
        assert connection.scalar(select(VisitRow.pages)) == sum(counted.values())


def test_failures_are_counted_in_a_row(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        for expected in (1, 2):
            sources.finish(connection, visit(VisitOutcome.TIMEOUT), NOW, "again")
            assert sources.failures(connection, ["gazette"]) == {"gazette": expected}
        sources.finish(connection, visit(VisitOutcome.UNCHANGED), NOW, "again")
        assert sources.failures(connection, ["gazette"]) == {"gazette": 0}
        status = queries.status(connection, ["gazette"])[0]
    assert status.last_outcome == "unchanged"
    assert status.last_success_at == visit().finished_at


def test_a_source_no_longer_listed_is_kept_but_not_visited(database: Database) -> None:
    with_sources(database)
    with_sources(database, HERALD)
    with database.writing() as connection:
        assert sources.claim_due(connection, NOW, "me", LEASE, 10) == ["herald"]
        slugs = connection.scalars(select(SourceRow.slug).order_by(SourceRow.slug)).all()
        assert slugs == ["gazette", "herald"]
        assert [row.slug for row in queries.status(connection)] == ["herald"]


def test_a_second_sync_moves_no_due_time_and_follows_the_file(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        sources.finish(connection, visit(), NOW + HOUR, "every hour")
        sources.sync(connection, [replace(GAZETTE, name="Gazette neuve", keep="excerpt")], NOW)
        row = connection.execute(select(SourceRow).where(SourceRow.slug == "gazette")).one()
    assert (row.name, row.keep, row.next_due_at) == ("Gazette neuve", "excerpt", NOW + HOUR)


def test_a_paused_source_waits_for_resume(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        sources.pause(connection, "gazette", NOW)
        assert sources.claim_due(connection, NOW, "me", LEASE, 10) == ["herald"]
        sources.resume(connection, "gazette", NOW)
        assert sources.claim_due(connection, NOW, "me", LEASE, 10) == ["gazette"]


def test_a_channel_is_remembered_verbatim_and_replaced(database: Database) -> None:
    with_sources(database)
    feed = Channel(
        url="https://gazette.example/feed",
        kind=ChannelKind.FEED,
        etag='W/"a,b"',
        last_modified="Mon, 02 Mar 2026 09:00:00 GMT",
        content_hash="h1",
        full_answer_at=NOW,
        hint_seconds=900,
    )
    with database.writing() as connection:
        sources.save_channel(connection, "gazette", feed, NOW)
        assert sources.channels(connection, ["gazette", "herald"]) == {
            "gazette": [feed],
            "herald": [],
        }
        changed = replace(feed, etag=None, content_hash="h2")
        sources.save_channel(connection, "gazette", changed, NOW)
        assert sources.channels(connection, ["gazette"]) == {"gazette": [changed]}


def test_an_undeclared_source_is_named_with_its_neighbours(database: Database) -> None:
    with_sources(database)
    with pytest.raises(NotFound, match=r"gazete.*did you mean gazette"), database.writing() as c:
        sources.row_id(c, "gazete")


def test_the_log_of_visits_is_kept_as_long_as_asked(database: Database) -> None:
    with_sources(database)
    with database.writing() as connection:
        sources.finish(connection, visit(), NOW + HOUR, "every hour")
        later = replace(visit(), finished_at=NOW + 31 * 24 * HOUR)
        sources.finish(connection, later, NOW + HOUR, "every hour")
        assert sources.prune_visits(connection, NOW + 24 * HOUR) == 1
        assert connection.scalars(select(VisitRow.finished_at)).all() == [later.finished_at]
        left = connection.scalars(select(VisitOutcomeRow.visit_id)).all()
        assert len(set(left)) == 1
