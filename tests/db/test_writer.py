"""The writer: one thread, shared commits, no failure that hurts its neighbours."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import wait

import pytest
from sqlalchemy import Connection, event, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from db import Database, articles
from db.tables import ArticleRow, TombstoneRow
from db.writer import Writer
from techwire.types import Outcome
from tests.db.build import NOW, article, with_sources


def note(value: str) -> dict[str, object]:
    return {"kind": "url", "value": value, "created_at": NOW}


def stored(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(TombstoneRow.value).order_by(TombstoneRow.id)))


def add(value: str) -> Callable[[Connection], str]:
    def work(connection: Connection) -> str:
        connection.execute(insert(TombstoneRow), note(value))
        return value

    return work


def test_a_future_is_resolved_after_the_commit_that_holds_it(database: Database) -> None:
    with Writer(database) as writer:
        assert writer.submit(add("a")).result(10) == "a"
        assert stored(database) == ["a"]


def test_many_items_share_a_commit(database: Database) -> None:
    commits: list[object] = []
    event.listen(database.engine, "commit", commits.append)
    gate = threading.Event()

    def slow(_: Connection) -> None:
        gate.wait(10)

    with Writer(database) as writer:
        writer.submit(slow)
        futures = [writer.submit(add(f"{n:03}")) for n in range(150)]
        gate.set()
        wait(futures, 20)
    assert stored(database) == [f"{n:03}" for n in range(150)]
    assert len(commits) <= 3


def test_a_failing_item_hurts_no_other(database: Database) -> None:
    def broken(connection: Connection) -> None:
        connection.execute(insert(TombstoneRow), note("half"))
        raise ValueError("no")

    def twice(connection: Connection) -> None:
        connection.execute(insert(TombstoneRow), note("a"))

    with Writer(database) as writer:
        gate = threading.Event()
        writer.submit(lambda _: gate.wait(10))
        first = writer.submit(add("a"))
        second, third = writer.submit(broken), writer.submit(twice)
        last = writer.submit(add("z"))
        gate.set()
        assert first.result(10) == "a"
        with pytest.raises(ValueError, match="no"):
            second.result(10)
        with pytest.raises(IntegrityError):
            third.result(10)
        assert last.result(10) == "z"
    assert stored(database) == ["a", "z"]


def test_closing_writes_what_waits(database: Database) -> None:
    writer = Writer(database)
    futures = [writer.submit(add(str(n))) for n in range(20)]
    writer.close()
    assert all(future.done() for future in futures)
    assert len(stored(database)) == 20
    with pytest.raises(RuntimeError, match="closed"):
        writer.submit(add("late"))


def test_readers_are_not_disturbed_by_the_writer(database: Database) -> None:
    with_sources(database)
    seen: list[int] = []

    def read() -> None:
        while not seen or seen[-1] < 100:
            with database.reading() as connection:
                seen.append(connection.scalar(select(func.count()).select_from(ArticleRow)) or 0)

    reader = threading.Thread(target=read)
    reader.start()
    with Writer(database) as writer:
        outcomes = [
            writer.submit(
                lambda c, n=n: articles.save(  # type: ignore[misc]
                    c, article(f"https://gazette.example/{n}", body=f"Texte {n}"), NOW
                )
            )
            for n in range(100)
        ]
        assert {future.result(30) for future in outcomes} == {Outcome.NEW}
    reader.join(30)
    assert seen == sorted(seen)
    assert seen[-1] == 100


def test_a_lost_connection_costs_nothing_but_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.dialect != "postgresql":
        pytest.skip("SQLite has no connection to lose")
    monkeypatch.setattr("db.writer.PAUSES", (0.0, 0.0))
    runs: list[int] = []

    def cut_once(connection: Connection) -> None:
        connection.execute(insert(TombstoneRow), note("kept"))
        runs.append(1)
        if len(runs) == 1:
            own = connection.scalar(text("SELECT pg_backend_pid()"))
            with database.engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
            connection.execute(text("SELECT 1"))

    with Writer(database) as writer:
        writer.submit(cut_once).result(20)
    assert stored(database) == ["kept"]
    assert len(runs) == 2


def test_what_waits_together_is_done_together(database: Database) -> None:
    batches: list[list[str]] = []

    def note_all(connection: Connection, values: Sequence[str]) -> list[str]:
        batches.append(list(values))
        connection.execute(insert(TombstoneRow), [note(value) for value in values])
        return [value.upper() for value in values]

    gate = threading.Event()
    with Writer(database) as writer:
        writer.submit(lambda _: gate.wait(10))
        futures = [writer.submit_to(note_all, value) for value in "abc"]
        other = writer.submit(add("x"))
        futures += [writer.submit_to(note_all, value) for value in "ade"]
        gate.set()
        results = [future.exception(10) or future.result() for future in futures]
        assert other.result(10) == "x"
    # "a" twice is refused: all of them are done again one by one, and only the second "a" fails
    assert batches == [["a", "b", "c", "a", "d", "e"], *(["a"], ["b"], ["c"], ["a"], ["d"], ["e"])]
    assert [r for r in results if isinstance(r, str)] == ["A", "B", "C", "D", "E"]
    assert isinstance(results[3], IntegrityError)
    assert sorted(stored(database)) == ["a", "b", "c", "d", "e", "x"]


def test_shared_work_that_comes_quickly_waits_for_more_until_somebody_is_in_a_hurry(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.writer.LINGER", 60.0)
    monkeypatch.setattr("db.writer.GAP", 60.0)
    groups: list[list[str]] = []

    def note_all(connection: Connection, values: Sequence[str]) -> list[str]:
        groups.append(list(values))
        connection.execute(insert(TombstoneRow), [note(value) for value in values])
        return list(values)

    with Writer(database) as writer:
        for value in "abc":  # the first few of a quiet day do not wait
            writer.submit_to(note_all, value).result(20)
        futures = [writer.submit_to(note_all, value) for value in "def"]
        assert writer.submit(add("g")).result(20) == "g"
        assert [future.result(0) for future in futures] == ["d", "e", "f"]
    assert groups == [["a"], ["b"], ["c"], ["d", "e", "f"]]
    assert stored(database) == list("abcdefg")
